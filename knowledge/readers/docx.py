"""Word documents as a reader sees them, with the automatic numbers that Word keeps out of the text."""

from __future__ import annotations

from knowledge.readers.docx_numbering import Numbering
from knowledge.readers.lines import row_lines, squeeze
from knowledge.readers.ooxml import Element, Package

# What a paragraph's runs may be wrapped in. Deletions ({w}del, {w}moveFrom) and field codes are not among them.
_CONTAINERS = frozenset(
    "{w}" + name
    for name in (
        *("r", "hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple"),
        *("ins", "moveTo", "dir", "bdo", "ruby", "rubyBase"),
    )
)
_CHARACTERS = {
    "{w}tab": " ",
    "{w}ptab": " ",
    "{w}br": "\n",
    "{w}cr": "\n",
    "{w}noBreakHyphen": "-",
}
_DRAWINGS = frozenset({"{w}drawing", "{w}pict", "{w}object"})
_NOTES = {"{w}footnoteReference": "footnotes", "{w}endnoteReference": "endnotes"}


def read_docx(data: bytes) -> str:
    """The text of a ``.docx``: paragraphs and tables in order, then text boxes, footnotes and endnotes.

    Tracked insertions are shown, deletions and hidden text are not. Raises ``UnreadableFileError`` where ``data`` is no
    Word document that can be read.
    """
    return "\n".join(_Document(Package(data)).lines())


class _Document:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._numbering = Numbering(self._side_part("numbering"), self._side_part("styles"))
        self._boxes: list[Element] = []
        self._notes: dict[str, list[str]] = {"footnotes": [], "endnotes": []}

    def _side_part(self, kind: str) -> Element | None:
        name = next(self._package.related(self._package.document_name, kind), None)
        return self._package.part(name) if name is not None else None

    def lines(self) -> list[str]:
        body = self._package.document.find("{w}body")
        lines = self._blocks(body) if body is not None else []
        # A text box may hold another one, which then stands later in the same list.
        for box in self._boxes:
            lines += self._blocks(box)
        for kind, references in self._notes.items():
            part = self._side_part(kind) if references else None
            notes = {note.get("{w}id"): note for note in part} if part is not None else {}
            for reference in references:
                if (note := notes.get(reference)) is not None:
                    lines += self._blocks(note)
        return lines

    def _blocks(self, container: Element) -> list[str]:
        """The lines of the paragraphs and tables in ``container``."""
        lines: list[str] = []
        before = ""
        for block in _flat(container, frozenset({"{w}p", "{w}tbl"})):
            if block.tag == "{w}tbl":
                lines += self._table(block)
                continue
            pieces = [before]
            self._runs(block, pieces)
            text = "".join(pieces)
            properties = block.find("{w}pPr")
            if properties is not None and _runs_on(properties):
                before = text
                continue
            before = ""
            # Word counts a paragraph without words too.
            label = self._numbering.label(properties)
            lines += _split(label + text.lstrip()) if text.strip() else []
        return lines + _split(before)

    def _runs(self, element: Element, pieces: list[str]) -> None:
        """Add the characters in ``element`` to ``pieces``; take note of its text boxes and notes."""
        for child in element:
            tag = child.tag
            if tag in ("{w}t", "{m}t"):
                pieces.append((child.text or "").replace("\n", " "))
            elif tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag in _NOTES:
                self._notes[_NOTES[tag]].append(child.get("{w}id", ""))
            elif tag in _DRAWINGS:
                self._boxes += _flat(child, frozenset({"{w}txbxContent"}))
            elif tag == "{mc}AlternateContent":
                self._runs(_alternative(child), pieces)
            elif (tag in _CONTAINERS or tag.startswith("{m}")) and not _is_hidden(child):
                self._runs(child, pieces)

    def _table(self, table: Element) -> list[str]:
        lines: list[str] = []
        for row in _flat(table, frozenset({"{w}tr"})):
            if row.find("{w}trPr/{w}del") is not None:
                continue
            cells = [cell for cell in _flat(row, frozenset({"{w}tc"})) if not _is_merged_away(cell)]
            texts = [self._blocks(cell) for cell in cells]
            if any(cell.find(".//{w}tbl") is not None for cell in cells):
                lines += [line for text in texts for line in text]
            else:
                lines += row_lines(texts)
        return lines


def _flat(container: Element, tags: frozenset[str]) -> list[Element]:
    """The outermost elements of these ``tags`` in ``container``, in order, but none that is deleted."""
    found: list[Element] = []
    for child in container:
        if child.tag in tags:
            found.append(child)
        elif child.tag == "{mc}AlternateContent":
            found += _flat(_alternative(child), tags)
        elif child.tag not in ("{w}del", "{w}moveFrom"):
            found += _flat(child, tags)
    return found


def _alternative(element: Element) -> Element:
    """One of the forms of a content that is stored in several: the newest."""
    choice = element.find("{mc}Choice")
    if choice is None:
        choice = element.find("{mc}Fallback")
    return choice if choice is not None else Element("none")


def _runs_on(properties: Element) -> bool:
    """Whether the paragraph's mark was deleted or moved away, so that it goes on in the next one."""
    return any(properties.find(f"{{w}}rPr/{{w}}{change}") is not None for change in ("del", "moveFrom"))


def _is_hidden(run: Element) -> bool:
    vanish = run.find("{w}rPr/{w}vanish")
    return vanish is not None and vanish.get("{w}val", "true") not in ("0", "false", "off")


def _is_merged_away(cell: Element) -> bool:
    """Whether ``cell`` is covered by the one above it."""
    merge = cell.find("{w}tcPr/{w}vMerge")
    return merge is not None and merge.get("{w}val", "continue") == "continue"


def _split(text: str) -> list[str]:
    return [line for line in map(squeeze, text.split("\n")) if line]
