"""What the library says in English of files and of its troubles, in Chinese. A test keeps this in step with the library."""

from __future__ import annotations

import re

from knowledge.errors import (
    HelpdeskError,
    NoReleaseError,
    NothingToPublishError,
    SearchIndexError,
    SettingsError,
    StoreError,
    UnknownReleaseError,
)

_TYPES = r"(?P<types>[.\w, ]+)"
_TOLD: tuple[tuple[str, str], ...] = (
    # What was read and is to be looked at
    (r"no title found; the file's name is used", "没有找到标题，以文件名代替"),
    (r"the title names its issuers only; .*", "标题只有发文机关，请把完整标题写在第一行"),
    (r"is the same notice as (?P<other>.+)", "与 {other} 是同一份文件"),
    (r"the separator after (?P<label>.+) is missing; read as (?P<as>.+)", "“{label}”后面缺少顿号，按“{as}”读取"),
    (r"(?P<label>.+) stands inside a line; read as a provision of its own", "“{label}”夹在一行中间，按单独一条读取"),
    (r"the numbering jumps from (?P<a>.+) to (?P<b>.+)", "编号从“{a}”跳到“{b}”"),
    (r"the numbering begins with (?P<label>.+)", "编号从“{label}”开始"),
    # Files that could not be read
    (r"has the same name as (?P<other>.+) but for its type; .*", "与 {other} 只有后缀不同，请删除或改名其中一个"),
    (r"The file is empty; .*", "文件是空的，请写入内容或移走"),
    (r"The file holds no words; .*", "文件里没有文字，请写入内容或移走"),
    (r"The file's name cannot be used; .*", "文件名无法使用，请换一个简短普通的名字"),
    (r"The name is not in UTF-8; .*", "文件名不是 UTF-8 编码，请改名"),
    (r"Files .* are not read; save it as one of " + _TYPES + r"\.", "不读取这种文件，请另存为以下格式之一：{types}"),
    (
        r"The file is larger than the limit \((?P<size>.+) against (?P<most>.+)\); .*",
        "文件太大（{size}，上限 {most}），请拆分",
    ),
    (r"The file is no longer there; .*", "文件已经不在了，请放回或重新读取"),
    (r"The file may not be read by this user; .*", "没有读取这个文件的权限，请维护人员开放读权限"),
    (r"The file could not be read from the disk \((?P<cause>.+)\); .*", "从磁盘读取失败（{cause}），请重新复制一份"),
    (r"This folder cannot be read \((?P<cause>.+)\); .*", "文件夹无法读取（{cause}），请维护人员开放读权限"),
    (r"This is a folder with the name of a document; .*", "这是一个名字像文件的文件夹，请改名"),
    (r"This is not an ordinary file; .*", "这不是普通文件，请换成文件的副本"),
    (r"The content is .*, not what the file's name says; .*", "内容与后缀不符，请改正后缀或另存为文本"),
    (r"Line (?P<line>.+) holds bytes that are no characters .*", "第 {line} 行有无法识别的字节，请改正后存为 UTF-8"),
    (r"The content is not readable as text: .*", "内容不是 UTF-8、UTF-16 或 GB18030 文本，请存为 UTF-8"),
    (r"The page's elements are nested more than .*", "网页嵌套太深，请把文字另存为 .txt"),
    (r"The page cannot be parsed as HTML; .*", "网页无法解析，请用浏览器打开后重新保存"),
    (r"The document is protected by a password; .*", "文档有密码保护，请用 Word 打开，去掉密码后保存"),
    (r"This is a document of the old kind .*", "这是旧格式（.doc）的文档，请用 Word 另存为 .docx"),
    (r"This is no Word document, or a damaged one .*", "这不是 Word 文档，或已损坏，请用 Word 重新另存为 .docx"),
    (r"This is a zip archive but no Word document; .*", "这是压缩包，不是 Word 文档，请用 Word 另存为 .docx"),
    (r"The document declares an XML document type, .*", "文档含有 Word 不会写入的声明，请用 Word 重新保存"),
    (r"The document's elements are nested too deep; .*", "文档嵌套太深，请把文字另存为 .txt"),
    (r"The Word document is damaged; .*", "Word 文档已损坏，请用 Word 打开修复后保存"),
    (r"The document is far larger unpacked .*", "文档解压后远大于一份文件应有的大小，请拆分或另存为 .txt"),
    (r"This is no PDF although its name says so; .*", "这不是 PDF，请改正后缀或重新导出"),
    (r"The PDF is encrypted; .*", "PDF 已加密，请输入密码打开后另存为不加密的文件"),
    (r"The PDF is damaged; .*", "PDF 已损坏，请用阅读器打开后打印成新的 PDF"),
    (r"The PDF holds pictures of pages without text, .*", "PDF 是扫描图片，没有文字，请先做文字识别（OCR）"),
    (
        r"The PDF's fonts do not tell which characters they show; .*",
        "PDF 的字体无法还原文字，请重新导出或做文字识别（OCR）",
    ),
    # The thesaurus
    (r"a line has words, .*; this one has not: (?P<line>.+)", "这一行不是“说法 → 说法”的格式：{line}"),
    (r"(?P<word>.+) is a figure, unit or grade, .*", "{word} 是数字、单位或等级，只能完全相同，不能有同义词"),
    (r"(?P<word>.+) and (?P<other>.+) differ in a figure or grade", "{word} 与 {other} 的数字或等级不同"),
    (r"(?P<word>.+) stands for itself", "{word} 的意思写的还是它自己"),
    (r"(?P<word>.+) already stands for this on a line above", "{word} 的这个意思上面已经写过"),
    # A reload that found nothing, or came too late
    (r"Another release came into force since this preview; .*", "预览之后又启用了别的版本，请重新预览"),
    (r"Nothing in the policy folder .* can be read: it holds no files\..*", "政策文件夹是空的，请放入文件"),
    (
        r"Nothing in the policy folder .* can be read: (?P<path>.+?): (?P<cause>.+)",
        "政策文件夹里的文件都无法读取。{path}：{cause}",
    ),
    (r"Nothing in the policy folder .* can be read: .*", "政策文件夹里的文件都无法读取"),
    (r"The policy folder .* does not exist; .*", "政策文件夹不存在，请维护人员建立它或检查 HELPDESK_POLICY_DIR"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), told) for pattern, told in _TOLD)
_STAYS = " What was published of it stays."

NO_RELEASE = "没有这个版本，请从版本列表中选择。"

_BY_KIND: tuple[tuple[type[HelpdeskError], str], ...] = (
    (StoreError, "数据库暂时无法使用，请稍后再试；已发布的内容不会丢失。"),
    (UnknownReleaseError, NO_RELEASE),
    (SearchIndexError, "检索索引无法建立，原来的版本继续使用，请维护人员检查数据文件夹的空间和权限。"),
    (NoReleaseError, "知识库还没有发布任何内容。"),
)

_BY_SETTING = {
    "HELPDESK_POLICY_DIR": "服务器上的政策文件夹无法写入，请维护人员检查 HELPDESK_POLICY_DIR 及其权限。",
    "HELPDESK_THESAURUS": "服务器上的同义词表无法读取，请维护人员检查 HELPDESK_THESAURUS：应当是可读的 UTF-8 文本文件。",
}
_SETTING = "服务器的一项设置无法使用，请维护人员检查{name}。"
_NAMED = re.compile(r"HELPDESK_[A-Z_]*[A-Z]")


def in_chinese(message: str) -> str:
    """``message`` of the library about a file in Chinese; as it is where it is in Chinese already, or unknown."""
    if message.endswith(_STAYS):
        return f"{in_chinese(message.removesuffix(_STAYS))}；以前发布的内容保留"
    for pattern, told in _PATTERNS:
        if found := pattern.fullmatch(message):
            parts = {name: in_chinese(value) if name == "cause" else value for name, value in found.groupdict().items()}
            return told.format_map(parts)
    return message


def sentence(error: HelpdeskError) -> str:
    """An error as a Chinese sentence; what is wrong with a file is said as the reader found it."""
    for kind, text in _BY_KIND:
        if isinstance(error, kind):
            return text
    if isinstance(error, SettingsError):
        return _setting(error.user)
    if isinstance(error, NothingToPublishError):
        return f"没有可以发布的内容：{in_chinese(error.user)}"
    return in_chinese(error.user)


def _setting(told: str) -> str:
    """What an error of the settings says, by the setting that it names; not its own words, which hold the server's paths."""
    found = _NAMED.search(told)
    name = found[0] if found else ""
    return _BY_SETTING.get(name) or _SETTING.format(name=f" {name}" if name else "设置")
