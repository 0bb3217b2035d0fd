"""Word documents: everything that is seen, in its order."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from files_for_readers import OFFICIAL, STRICT, docx, p, r, row, zipped

from knowledge.readers.docx import read_docx


def lines(body: str, **parts: str) -> list[str]:
    return read_docx(docx(body, **parts)).split("\n")


# What is seen, in its order ---------------------------------------------------------------------------------------

BOX = "<w:txbxContent>{}</w:txbxContent>"
SHOWN = '<w:vanish w:val="0"/>'
SEEN = [
    ("characters", f"<w:p>{r('甲')}<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t></w:r></w:p>",
     ["甲 乙", "丙-丁"]),
    ("source line ends", "<w:p><w:r><w:t>甲\n乙</w:t></w:r></w:p>", ["甲 乙"]),
    ("wrapped runs", f"<w:p><w:hyperlink>{r('甲')}</w:hyperlink><w:sdt><w:sdtPr/><w:sdtContent>{r('乙')}</w:sdtContent>"
     f"</w:sdt><w:smartTag>{r('丙')}</w:smartTag><w:fldSimple>{r('丁')}</w:fldSimple>"
     f"<w:customXml>{r('戊')}</w:customXml><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:p>", ["甲乙丙丁戊x=1"]),
    ("fields show their result", "<w:p><w:r><w:fldChar/><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r></w:p>",
     ["3"]),
    ("content control of blocks", f"{p('甲')}<w:sdt><w:sdtContent>{p('乙')}<w:sdt><w:sdtContent>{p('丙')}</w:sdtContent>"
     f"</w:sdt></w:sdtContent></w:sdt>{p('丁')}", ["甲", "乙", "丙", "丁"]),
    ("tracked changes", f"<w:p>{r('甲')}<w:ins>{r('乙')}</w:ins><w:del><w:r><w:delText>丙</w:delText></w:r></w:del>"
     f"<w:moveFrom>{r('丁')}</w:moveFrom><w:moveTo>{r('戊')}</w:moveTo></w:p>", ["甲乙戊"]),
    ("deleted paragraph mark", f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('甲')}</w:p>{p('乙')}{p('丙')}",
     ["甲乙", "丙"]),
    ("hidden text", f"<w:p>{r('甲', '<w:vanish/>')}{r('乙', SHOWN)}</w:p>", ["乙"]),
    ("ruby", f"<w:p><w:r><w:ruby><w:rt>{r('qǐ')}</w:rt><w:rubyBase>{r('企')}</w:rubyBase></w:ruby></w:r>{r('业')}</w:p>",
     ["企业"]),
    # tables
    ("table between paragraphs", f"{p('甲')}<w:tbl>{row('项目', '电话')}{row('用电', '96871')}</w:tbl>{p('乙')}",
     ["甲", "项目 电话", "用电 96871", "乙"]),
    ("cells of several paragraphs", f"<w:tbl><w:tr><w:tc>{p('用电')}</w:tc><w:tc>{p('欠费')}{p('不停供')}</w:tc></w:tr></w:tbl>",
     ["用电 欠费 不停供"]),
    ("a table of one cell is a frame", f"<w:tbl><w:tr><w:tc>{p('甲')}{p('乙')}</w:tc></w:tr></w:tbl>", ["甲", "乙"]),
    ("merged cells", f"<w:tbl>{row('甲', '乙')}<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('旧')}</w:tc><w:tc>{p('丙')}</w:tc>"
     "</w:tr></w:tbl>", ["甲 乙", "丙"]),
    ("deleted row", f"<w:tbl>{row('甲')}<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('乙')}</w:tc></w:tr></w:tbl>", ["甲"]),
    ("table in a table", f"<w:tbl><w:tr><w:tc>{p('甲')}</w:tc><w:tc><w:tbl>{row('乙', '丙')}</w:tbl>{p('丁')}</w:tc></w:tr>"
     "</w:tbl>", ["甲", "乙 丙", "丁"]),
    # text boxes stand at the end, each once
    ("text box in two forms", "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>" + BOX.format(p("框"))
     + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>" + BOX.format(p("框"))
     + f"</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{r('甲')}</w:p>{p('乙')}", ["甲", "乙", "框"]),
    ("text box in a text box", "<w:p><w:r><w:pict>" + BOX.format("<w:p><w:r><w:t>外</w:t><w:pict>" + BOX.format(p("内"))
     + "</w:pict></w:r></w:p>") + f"</w:pict></w:r></w:p>{p('甲')}", ["甲", "外", "内"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in SEEN], ids=[case[0] for case in SEEN])
def test_what_is_seen(body: str, expected: list[str]) -> None:
    assert lines(body) == expected


def test_notes_stand_at_the_end_in_the_order_of_their_references() -> None:
    def reference(kind: str, number: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    footnotes = f'<w:footnote w:type="separator" w:id="-1">{p("—")}</w:footnote>' + "".join(
        f'<w:footnote w:id="{number}">{p(words)}</w:footnote>'
        for number, words in ((1, "注一"), (2, "注二"), (3, "无人引用"))
    )
    body = f"<w:p>{r('100万元')}{reference('footnote', 2)}{reference('endnote', 1)}{reference('footnote', 1)}</w:p>{p('乙')}"
    endnotes = f'<w:endnote w:id="1">{p("尾注")}</w:endnote>'
    assert lines(body, footnotes=footnotes, endnotes=endnotes) == ["100万元", "乙", "注二", "注一", "尾注"]


# Packages of other makes ------------------------------------------------------------------------------------------


def test_strict_documents_and_parts_in_other_places() -> None:
    assert read_docx(docx(p("甲", num=1), numbering=OFFICIAL, namespace=STRICT)) == "一、甲"
    assert read_docx(docx(p("甲", num=1), numbering=OFFICIAL, main="here/there/text.xml")) == "一、甲"
    assert read_docx(docx(p("甲", num=1), numbering=OFFICIAL, main="main.xml")) == "一、甲"


def test_a_missing_picture_or_list_of_relations_does_no_harm() -> None:
    with zipfile.ZipFile(BytesIO(docx(p("甲")))) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    image = '<Relationship Id="i" Type="http://x/image" Target="media/none.png"/></Relationships>'
    relations = "word/_rels/document.xml.rels"
    assert read_docx(zipped(files | {relations: files[relations].replace("</Relationships>", image)})) == "甲"
    assert read_docx(zipped({"Word\\Document.xml": files["word/document.xml"]})) == "甲"
