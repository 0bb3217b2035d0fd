"""The parts of a Word document: a zip of XML files that refer to each other.

Only the parts that hold words are unpacked, each up to a limit, so a missing picture does not keep a notice out and a
zip bomb stays packed. (python-docx loads every part and gives up on the first that is missing; nor does it know
numbering, content controls or text boxes.)
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from knowledge.errors import UnreadableFileError

Element = ElementTree.Element

# The second of each pair is what "Strict Open XML" files say.
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
}
# Some 1,500 pages of text.
_LARGEST_PART = 30_000_000
_MOST_TAGS = 2_000_000
_DEEPEST = 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Package:
    """An opened ``.docx``. Namespaces go by short names in either edition of the standard: ``{w}p``, ``{mc}Choice``."""

    def __init__(self, data: bytes) -> None:
        """Open the zip in ``data``; raises ``UnreadableFileError`` where it is none or is locked."""
        if data.startswith(_OLE):
            if _ENCRYPTED_STREAM in data:
                raise UnreadableFileError(
                    "The document is protected by a password; open it in Word, take the password away and save it."
                )
            raise UnreadableFileError(
                "This is a document of the old kind (.doc) under a .docx name; open it in Word and save it as .docx."
            )
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _ZIP_FAULTS as error:
            raise UnreadableFileError(
                "This is no Word document, or a damaged one (a .docx is a zip archive, and this is none); "
                "open it in Word and save it as .docx again.",
                log=f"{type(error).__name__}: {error}",
            ) from error
        # Some programs write "word\\document.xml", and names differ in case between a part and what refers to it.
        self._names = {_key(name): name for name in reversed(self._zip.namelist())}
        self.document_name, self.document = self._find_document()

    def _find_document(self) -> tuple[str, Element]:
        named = next(self.related("", "officeDocument"), "word/document.xml")
        for name in (named, "word/document.xml"):
            root = self.part(name)
            if root is not None and root.tag == "{w}document":
                return name, root
        raise UnreadableFileError(
            "This is a zip archive but no Word document; open the document in Word and save it as .docx."
        )

    def related(self, part: str, kind: str) -> Iterator[str]:
        """The names of the parts that ``part`` ("" for the package) refers to as ``kind`` ("styles", "numbering" …)."""
        folder, name = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        for relation in root if root is not None else ():
            if relation.get("Type", "").rpartition("/")[2] == kind and relation.get("TargetMode") != "External":
                yield posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")

    def part(self, name: str) -> Element | None:
        """The root element of the part called ``name``, None where there is no such part.

        Raises ``UnreadableFileError`` where the part is damaged, too large or unsafe.
        """
        stored = self._names.get(_key(name))
        if stored is None:
            return None
        if self._zip.getinfo(stored).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged(f"{name}: compressed as Word never does")
        try:
            with self._zip.open(stored) as file:
                content = file.read(_LARGEST_PART + 1)
        except _ZIP_FAULTS as error:
            raise _damaged(f"{name}: {type(error).__name__}: {error}") from error
        if len(content) > _LARGEST_PART or content.count(b"<") > _MOST_TAGS:
            raise _too_large()
        # _Builder refuses what makes XML from strangers dangerous: document types, and with them entities.
        parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314
        try:
            parser.feed(content)
            root: Element = parser.close()
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise _damaged(f"{name}: {error}") from error
        return root


class _Builder(ElementTree.TreeBuilder):
    """Builds elements with short names, from XML of sane depth without a document type."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        # No Word document has one; it is where entities are declared that expand without end.
        raise UnreadableFileError(
            "The document declares an XML document type, which Word never does; save it in Word again."
        )

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableFileError("The document's elements are nested too deep; save its text as .txt instead.")
        return super().start(_short(tag), {_short(name): value for name, value in attrs.items()})

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(_short(tag))


@lru_cache(maxsize=1024)
def _short(name: str) -> str:
    """``{w}p`` for ``{http://…/wordprocessingml/2006/main}p``; ``{?}x`` for a name of an unknown namespace."""
    if not name.startswith("{"):
        return name
    namespace, _, local = name[1:].partition("}")
    return f"{{{_PREFIXES.get(namespace, '?')}}}{local}"


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _damaged(log: str) -> UnreadableFileError:
    return UnreadableFileError(
        "The Word document is damaged; open it in Word, which may repair it, and save it again.", log=log
    )


def _too_large() -> UnreadableFileError:
    return UnreadableFileError("The document is far larger unpacked than a notice can be; split it or save it as .txt.")
