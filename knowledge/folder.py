"""The policy folder: its files read and parsed, what is wrong with them said, the unchanged ones passed over."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import NothingToPublishError, UnreadableFileError
from knowledge.model import Fault, Policy
from knowledge.normalise import normalise
from knowledge.parse import digest, parse, policy_id
from knowledge.readers import read_file

Progress = Callable[[int, int], None]

# What systems and editors leave beside documents.
_LEAVINGS = re.compile(r"\.|~\$|.*~$|Thumbs\.db$|desktop\.ini$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What a folder holds: policies read anew, ids of those already known word for word, and the faults found.

    Where a fault is fatal, ``faults`` names the file, or the folder, that could not be read.
    """

    read: tuple[Policy, ...]
    unchanged: tuple[str, ...]
    faults: tuple[Fault, ...]


def read_folder(
    folder: Path, known: Mapping[str, str], *, max_bytes: int, progress: Progress = lambda done, total: None
) -> FolderReading:
    """Read every file under ``folder``, folders within included; hidden files and editors' leavings are passed over.

    ``known`` maps policy ids to digests: a file whose policy is known with that digest is not parsed again. A file that
    cannot be read becomes a fatal fault and keeps no other from being read. Raises NothingToPublishError where the
    folder does not exist or nothing in it can be read.
    """
    if not folder.is_dir():
        raise NothingToPublishError(f"The policy folder {folder} does not exist; create it or set HELPDESK_POLICY_DIR.")
    faults: list[Fault] = []
    files = _files(folder, faults)
    read: list[Policy] = []
    unchanged: list[str] = []
    paths: dict[str, str] = {}
    for done, file in enumerate(files, 1):
        path = file.relative_to(folder).as_posix()
        name = policy_id(path)
        if name in paths:
            message = f"has the same name as {paths[name]} but for its type; one of the two must go or be renamed"
            faults.append(Fault(path, None, message, fatal=True))
        elif name in known and known[name] == _digest(file, max_bytes):
            paths[name] = path
            unchanged.append(name)
        else:
            try:
                source = read_file(file, max_bytes=max_bytes)
            except UnreadableFileError as error:
                faults.append(Fault(path, None, error.user, fatal=True))
            else:
                policy, found = parse(path, source.text, source.digest)
                paths[name] = path
                read.append(policy)
                faults.extend(found)
        progress(done, len(files))
    if not read and not unchanged:
        raise NothingToPublishError(f"Nothing in the policy folder {folder} can be read: {_causes(faults)}")
    return FolderReading(tuple(read), tuple(unchanged), tuple(faults))


def _causes(faults: Sequence[Fault]) -> str:
    if not faults:
        return "it holds no files. Put notices into it or set HELPDESK_POLICY_DIR."
    more = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
    return f"{faults[0].path}: {faults[0].message}{more}"


def duplicates(policies: list[Policy]) -> list[Fault]:
    """A fault for every policy whose words another one, earlier in the order of paths, has already."""
    first: dict[str, Policy] = {}
    found = []
    # Normalising takes long; the same words have at least as many characters.
    sizes = Counter(map(_size, policies))
    for policy in sorted((p for p in policies if sizes[_size(p)] > 1), key=lambda p: p.path):
        plain = hashlib.sha256("".join(normalise(line) for line in policy.body.split("\n")).encode()).hexdigest()
        if (other := first.setdefault(plain, policy)) is not policy:
            found.append(Fault(policy.path, None, f"is the same notice as {other.path}"))
    return found


def _size(policy: Policy) -> int:
    return sum(map(len, re.findall(r"[\u4e00-\u9fff]+", policy.body)))


def _files(folder: Path, faults: list[Fault]) -> list[Path]:
    """The files under ``folder`` in the order of their paths; what cannot be listed or named is added to ``faults``."""
    found: list[Path] = []
    entered: set[str] = set()

    def refused(error: OSError) -> None:
        where = Path(error.filename).relative_to(folder).as_posix()
        message = f"This folder cannot be read ({error.strerror}); give read permission on it."
        faults.append(Fault(_printable(where), None, message, fatal=True))

    # Links to folders are followed, but none twice: they may lead in a circle.
    for place, folders, names in os.walk(folder, onerror=refused, followlinks=True):
        real = os.path.realpath(place)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = (name for name in folders if not _LEAVINGS.match(name))
        for path in (Path(place, name) for name in names if not _LEAVINGS.match(name)):
            shown = _printable(path.relative_to(folder).as_posix())
            if shown == path.relative_to(folder).as_posix():
                found.append(path)
            else:
                message = "The name is not in UTF-8; rename the file."
                faults.append(Fault(shown, None, message, fatal=True))
    return sorted(found)


def _printable(path: str) -> str:
    """A path as it can be shown: a name that is not in UTF-8 is taken for GB18030, as Windows writes into zip files."""
    return os.fsencode(path).decode("gb18030", "replace") if re.search(r"[\udc80-\udcff]", path) else path


def _digest(file: Path, max_bytes: int) -> str | None:
    try:
        if file.stat().st_size > max_bytes:
            return None
        return digest(hashlib.sha256(file.read_bytes()).hexdigest())
    except OSError:
        return None
