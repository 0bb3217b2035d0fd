"""Files that were uploaded and wait for a decision: in memory, the last four."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from fastapi import HTTPException

from handlers.web import words
from knowledge.model import Fault
from knowledge.received import ReceivedFile

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that were sent together. ``refused`` says which could not be taken at all."""

    upload_id: str
    owner: int
    files: tuple[ReceivedFile, ...]
    refused: tuple[Fault, ...]

    @property
    def usable(self) -> tuple[ReceivedFile, ...]:
        """Those that hold a policy."""
        return tuple(f for f in self.files if f.policy is not None)


class Uploads:
    """What was uploaded and not yet put into the folder; in memory, the last four."""

    def __init__(self) -> None:
        self._uploads: OrderedDict[str, Upload] = OrderedDict()

    def add(self, upload: Upload) -> None:
        """Keep it until it is taken or three others have come."""
        self._uploads[upload.upload_id] = upload
        while len(self._uploads) > _KEPT:
            self._uploads.popitem(last=False)

    def get(self, upload_id: str, owner: int) -> Upload:
        """The upload of that id and owner. Raises HTTPException 404."""
        found = self._uploads.get(upload_id)
        if found is None or found.owner != owner:
            raise HTTPException(404, words.JOB_GONE)
        return found

    def remove(self, upload_id: str) -> None:
        """Let go of it."""
        self._uploads.pop(upload_id, None)
