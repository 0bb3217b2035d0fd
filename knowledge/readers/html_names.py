"""Names of HTML, CSS and the encodings of the web, by what they mean to the reader of pages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNSEEN = _words("script style noscript template head svg math iframe noframes object audio video canvas datalist rp rt")
"""Elements whose text a browser does not show, or only as a stand-in or a reading aid."""

HEADINGS = _words("h1 h2 h3 h4 h5 h6")

BLOCKS = HEADINGS | _words("""
    address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form header hgroup hr legend li main menu nav ol optgroup p pre search section summary table tbody textarea
    tfoot thead tr ul
""")
"""Elements that begin and end a line; ``td`` and ``th`` are apart, since a row is one line."""

NEVER_CLOSED = _words("""
    area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr wbr
""")
"""Elements whose end tag is left out or does not exist."""

CODECS = {
    **dict.fromkeys(_words("utf-8 utf8 unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(_words("gb2312 gb_2312 gb_2312-80 gbk x-gbk gb18030 chinese csgb2312 cp936"), "gb18030"),
    **dict.fromkeys(_words("big5 big5-hkscs cn-big5 csbig5 x-x-big5"), "big5hkscs"),
}
"""Python's codecs by the labels that the WHATWG Encoding Standard gives for what Chinese pages are written in."""

LIST_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
"""CSS list styles by the ``type`` of an ``ol``."""

LATIN_STYLES = {
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    **dict.fromkeys(_words("none disc circle square"), "none"),
}
"""The styles of ``knowledge.readers.list_numbers`` by CSS list style, for numbers that a full stop follows."""

CHINESE_STYLES = {
    **dict.fromkeys(_words("cjk-ideographic simp-chinese-informal trad-chinese-informal"), "simp-chinese-informal"),
    "simp-chinese-formal": "chineseLegalSimplified",
    "trad-chinese-formal": "ideographLegalTraditional",
    "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
"""The same for numbers that 、 follows."""
