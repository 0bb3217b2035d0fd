"""The province platform's filters: 发文系统, 主题分类, 文件级别, region, date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.model import Metadata
from knowledge.regions import places


@dataclass(frozen=True, slots=True)
class Filters:
    """Which notices are wanted; "" or None where any will do. ``since`` and ``until`` bound the publication date, both included.

    ``region`` names a province, a place in it, or both (湖南, 湖南省长沙市); a notice must be of each.
    """

    department: str = ""
    topic: str = ""
    level: str = ""
    region: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def tokens(self) -> tuple[str, ...]:
        """The index tokens that a notice must have."""
        named = (("department", self.department), ("topic", self.topic), ("level", self.level))
        return (*(f"{name}:{value}" for name, value in named if value), *_regions(self.region))


def tokens(metadata: Metadata) -> tuple[str, ...]:
    """The index tokens of a notice; those of its region are the province and the place within it."""
    return (
        f"department:{metadata.department}",
        f"level:{metadata.level}",
        *(f"topic:{topic}" for topic in metadata.topics),
        *_regions(metadata.region),
    )


def _regions(text: str) -> tuple[str, ...]:
    return tuple(f"region:{place}" for place in places(text) or text.split())


def day(metadata: Metadata) -> int:
    """The day a notice is filed under, as a number that orders: published, else signed; 0 where neither is known."""
    filed = metadata.published or metadata.signed
    return filed.toordinal() if filed else 0
