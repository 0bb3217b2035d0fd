"""Makes the files that the readers are tested on: Word documents from their XML, PDF files from their operators."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader, PdfWriter

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def docx(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    footnotes: str = "",
    endnotes: str = "",
    namespace: str = TRANSITIONAL,
    main: str = "word/document.xml",
) -> bytes:
    """A ``.docx`` with these contents of w:body, w:numbering, w:styles, w:footnotes and w:endnotes."""
    parts = {"numbering": numbering, "styles": styles, "footnotes": footnotes, "endnotes": endnotes}
    folder, _, name = main.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    files = {
        "_rels/.rels": _relations({"officeDocument": main}),
        main: _xml("document", f"<w:body>{body}</w:body>", namespace),
        f"{prefix}_rels/{name}.rels": _relations({kind: f"{kind}.xml" for kind, content in parts.items() if content}),
        **{f"{prefix}{kind}.xml": _xml(kind, content, namespace) for kind, content in parts.items() if content},
    }
    types = "".join(
        f'<Override PartName="/{part}" ContentType="application/'
        f'vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>'
        for part, kind in (
            (main, "document.main"),
            *((f"{prefix}{kind}.xml", kind) for kind, content in parts.items() if content),
        )
    )
    files["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
    )
    return zipped(files)


def zipped(files: dict[str, str]) -> bytes:
    """A zip archive of these files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def p(text: str, *, num: int | None = None, level: int | None = None, style: str = "") -> str:
    """A paragraph, with a number of its own (w:numId and w:ilvl) or one from its style."""
    numbering = (f'<w:ilvl w:val="{level}"/>' if level is not None else "") + (
        f'<w:numId w:val="{num}"/>' if num is not None else ""
    )
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        f"<w:numPr>{numbering}</w:numPr>" if numbering else ""
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def row(*cells: str) -> str:
    """A table row of one-paragraph cells."""
    return "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def abstract(number: int, *levels: str) -> str:
    """A w:abstractNum of ``level`` elements."""
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def level(at: int, style: str, pattern: str, *, start: int | None = 1, more: str = "", after: str = "") -> str:
    """A w:lvl: ``more`` goes before its w:lvlText, ``after`` behind it."""
    begin = f'<w:start w:val="{start}"/>' if start is not None else ""
    return f'<w:lvl w:ilvl="{at}">{begin}<w:numFmt w:val="{style}"/>{more}<w:lvlText w:val="{pattern}"/>{after}</w:lvl>'


def num(number: int, list_number: int, overrides: str = "") -> str:
    """A w:num, the use of a w:abstractNum."""
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{list_number}"/>{overrides}</w:num>'


def _xml(root: str, content: str, namespace: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{namespace}" {_NAMESPACES}>{content}</w:{root}>'


def _relations(targets: dict[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{count}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for count, (kind, target) in enumerate(targets.items())
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relations}</Relationships>"
    )


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of a PDF page, ``x`` and ``y`` points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 16


def pdf(
    pages: Sequence[Sequence[Printed]], *, picture: bool = False, turned: bool = False, font: str = "UniGB-UTF16-H"
) -> bytes:
    """A PDF of these lines on A4 pages, set in a Chinese font that every viewer brings along (and so holds none).

    ``picture`` puts a small one on every page, as a scanner does with a large one; ``turned`` pages lie on their sides.
    """
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{font} /DescendantFonts [4 0 R] >>"
        ).encode(),
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        6: _stream(
            b"\xff", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        ),
    }
    kids = []
    for lines in pages:
        content = "".join(
            f"BT /F1 {line.size} Tf {_place(line, turned)} Tm <{line.text.encode('utf-16-be').hex()}> Tj ET\n"
            for line in lines
        ) + ("q 9 0 0 9 50 50 cm /I1 Do Q\n" if picture else "")
        page = len(objects) + 2 if 2 not in objects else len(objects) + 1
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {page + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >>{' /XObject << /I1 6 0 R >>' if picture else ''} >> >>"
        ).encode()
        objects[page + 1] = _stream(content.encode())
        kids.append(f"{page} 0 R")
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _assembled(objects)


def _place(line: Printed, turned: bool) -> str:
    return f"0 1 -1 0 {595 - line.y} {line.x}" if turned else f"1 0 0 1 {line.x} {line.y}"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _assembled(objects: dict[int, bytes]) -> bytes:
    data = b"%PDF-1.4\n"
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(objects))
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(data))
    )


def encrypted(data: bytes, *, user_password: str) -> bytes:
    """The PDF ``data``, encrypted."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def page(lines: Sequence[str], *, left: float = 90, indent: float = 32, top: float = 760) -> list[Printed]:
    """Lines of one page, one under the other; those that begin with two ideographic spaces are set in."""
    return [
        Printed(left + indent if line.startswith("　　") else left, top - 28 * at, line.removeprefix("　　"))
        for at, line in enumerate(lines)
    ]


OFFICIAL = abstract(
    1,
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "（%4）"),
    level(4, "decimalEnclosedCircle", "%5"),
) + num(1, 1)
