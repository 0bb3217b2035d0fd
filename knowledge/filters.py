"""The province platform's filters: 发文系统, 主题分类, 文件级别, region, date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.model import Metadata
from knowledge.regions import places, within


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


_NO_PLACE = "place:"


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


def place_tokens(of: Sequence[str]) -> tuple[str, ...]:
    """The index tokens of the places that a notice is of; one that says so where it is of none (the nation's, most often)."""
    return tuple(f"place:{place}" for place in of) or (_NO_PLACE,)


def applicable(places: Sequence[str]) -> tuple[str, ...]:
    """Index tokens of which a notice must have one to apply to people of ``places``: of theirs or near, or of no place."""
    return (*dict.fromkeys(f"place:{near}" for place in places for near in within(place)), _NO_PLACE)


def day(metadata: Metadata) -> int:
    """The day a notice is filed under, as a number that orders: published, else signed; 0 where neither is known."""
    filed = metadata.published or metadata.signed
    return filed.toordinal() if filed else 0
