"""A question taken apart: what it is about, what kind of thing it asks for, and what else each of its words may stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knowledge.normalise import normalise
from knowledge.numerals import CLASS, in_figures
from knowledge.regions import PLACE, places
from knowledge.segment import frame_words, function_words, placed, tokens

Numbers = npt.NDArray[np.int64]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")

ASKED: tuple[tuple[str, str], ...] = (
    # What was said on the telephone (打电话说), or what a hotline did (热线为…), asks for no number.
    (
        "number",
        r"(?<![打接])电话(?!为(?!多少|何))|[打拨](?:哪个|多少|什么)|热线(?!共|为(?!多少|何))|号码|账号|帐号|联系方式|联系人",
    ),
    ("website", r"网址|网站|链接|公众号|app|小程序|平台是|路径|哪个平台|什么平台|什么途径|哪些途径|什么渠道|哪些渠道"),
    (
        "when",
        r"什么时候|何时|几月|哪天|日期|(?<!段)时间|多久|多长|期限|几号|到几|截止|至什么|延期到|延长至|哪一天|什么时|几点",
    ),
    # Some months (这几个月, 拖几个月, 几个月后) are no question.
    (
        "how_much",
        r"多少|(?<![好这那晚拖缓过])几个(?!月[后前])|几种|几项|几类|几条|比例(?!的?限制)|标准是|金额|额度|几成|几折|最高(?!等级)|上限"
        r"|几倍|多大|百分之|利率是",
    ),
    (
        "who",
        r"谁|哪些人|哪些企业|什么企业|哪些单位|哪个部门|什么部门|哪些部门|哪个机构|哪些机构|对象|什么人|哪家|哪些地区|由哪",
    ),
    ("where", r"哪里|哪儿|什么地方|地址|何处(?![理置罚分])|哪些地方|在哪|[去到上]哪(?![个些家种天年月一几])"),
    ("how", r"如何|怎么|怎样|流程|步骤|方式|办法|途径|程序"),
    ("what_measures", r"措施|举措|政策|支持|优惠|补贴|扶持|帮助|要求|规定|做法|安排|工作"),
    ("which", r"哪些|什么|哪几|内容|包括|条件|材料|哪种|哪个"),
    ("may_i", r"吗|能不能|可不可以|会不会|是否|能否|可以|行不行|要不要|用不用|有没有"),
    ("why", r"为什么|为何|原因|目的"),
)
"""The kinds of thing a question may ask for, and the words (in normalised text) that show it. A question may be of several."""

KINDS = tuple(kind for kind, _ in ASKED)
_ASKED = tuple((kind, re.compile(pattern)) for kind, pattern in ASKED)


@dataclass(frozen=True, slots=True)
class Form:
    """Other words that a term may stand for: ``text`` as it would stand in a clause, how surely, why, and its index tokens."""

    text: str
    factor: float
    why: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or pair of the question: where it stands there, its weight (inverse document frequency), its other forms.

    ``word`` tells words of two characters or more from single characters and from pairs that no word is.
    """

    text: str
    start: int
    weight: float
    forms: tuple[Form, ...] = ()
    word: bool = False


@dataclass(frozen=True, slots=True)
class Needles:
    """What is looked for in texts, ready to be found.

    ``strings`` are what terms and their other forms look like, each once; ``entries`` numbers those of the terms, each term's
    together, itself first: ``firsts`` has the place there of each term's first, ``owners`` the term of each, ``factors`` how
    surely it stands for the term.

    ``pairs`` numbers the strings of two characters and ``pair_codes`` has the code points of the first in one row, of the second
    in another; ``others`` numbers the strings of one character, or of more than two. ``layers`` tell by the number of a string
    which entry it is (``_layers``). ``looks`` are the strings as a set.
    """

    strings: tuple[str, ...]
    entries: Numbers
    firsts: Numbers
    owners: Numbers
    factors: npt.NDArray[np.float32]
    pairs: Numbers
    pair_codes: npt.NDArray[np.uint32]
    others: tuple[int, ...]
    layers: tuple[Numbers, ...]
    looks: frozenset[str]

    @classmethod
    def of(cls, terms: Sequence[Term]) -> Needles:
        """The needles of some terms."""
        numbers: dict[str, int] = {}
        entries: list[int] = []
        factors: list[float] = []
        firsts: list[int] = []
        owners: list[int] = []
        for n, term in enumerate(terms):
            firsts.append(len(entries))
            owners.append(n)
            entries.append(numbers.setdefault(term.text, len(numbers)))
            factors.append(1.0)
            for form in term.forms:
                owners.append(n)
                entries.append(numbers.setdefault(form.text, len(numbers)))
                factors.append(form.factor)
        pairs = [string for string in numbers if len(string) == 2]
        codes = np.frombuffer("".join(pairs).encode("utf-32-le", "surrogatepass"), "<u4")
        return cls(
            tuple(numbers),
            np.array(entries, np.int64),
            np.array(firsts, np.int64),
            np.array(owners, np.int64),
            np.array(factors, np.float32),
            np.array([numbers[pair] for pair in pairs], np.int64),
            np.ascontiguousarray(codes.reshape(-1, 2).T),
            tuple([n for string, n in numbers.items() if len(string) != 2]),
            _layers(entries, len(numbers)),
            frozenset(numbers),
        )


def _layers(wanted: Sequence[int], strings: int) -> tuple[Numbers, ...]:
    """For each of ``strings`` strings the place in ``wanted`` that has its number, -1 where none has: one array for the first
    that has, another for the second, where some string has two, and so on."""
    found: list[list[int]] = []
    depths = [0] * strings
    for place, string in enumerate(wanted):
        depth = depths[string]
        if depth == len(found):
            found.append([-1] * strings)
        found[depth][string] = place
        depths[string] = depth + 1
    return tuple(np.array(layer, np.int64) for layer in found)


@dataclass(frozen=True)
class Question:
    """A question ready to be answered.

    ``plain`` is its normalised text, ``content`` the same without question words and politeness, ``terms`` what is
    looked for, ``asked`` the kinds of thing it asks for, ``places`` and ``figures`` what it names exactly. ``carried`` are the
    terms among them that were taken over from earlier turns, and ``bare`` tells whether the last turn only names a subject
    (那护照呢).
    """

    plain: str
    content: str
    terms: tuple[Term, ...]
    asked: frozenset[str]
    places: tuple[str, ...]
    figures: tuple[str, ...]
    carried: frozenset[str] = frozenset()
    bare: bool = False

    @cached_property
    def needles(self) -> Needles:
        """What is looked for in texts."""
        return Needles.of(self.terms)

    @cached_property
    def weights(self) -> npt.NDArray[np.float32]:
        """The weights of the terms."""
        return np.array([term.weight for term in self.terms], np.float32)

    @cached_property
    def word_weights(self) -> npt.NDArray[np.float32]:
        """The weights of the terms that are words, 0 for the others; those of all where none is."""
        if any(term.word for term in self.terms):
            return np.array([term.weight * term.word for term in self.terms], np.float32)
        return self.weights


# What a term weighs beside a whole word of the subject: a word of the frame, a single character, a pair across the border of
# two words, a pair with a character of a function word.
_FRAME, _SINGLE, _ACROSS, _AT_FUNCTION_WORD = 0.4, 0.5, 0.6, 0.15
_PLACE_SUFFIX = re.compile(r"(?:省|市|自治区|特别行政区|壮族自治区|回族自治区|维吾尔自治区|区|县|州)$")
_PLACE_ENDS = frozenset("省市区县州")
_SAME_PLACE, _SAME_FIGURE = 0.95, 0.9
_COUNTS_ON = frozenset(CLASS + "两千万亿第")


def _short_place(word: str) -> tuple[Form, ...]:
    """湖南 for 湖南省: what notices may call a place of the table that is named in full."""
    short = _PLACE_SUFFIX.sub("", word)
    return (Form(short, _SAME_PLACE, "place", (short,)),) if short != word and PLACE.fullmatch(short) else ()


def _figures(word: str, before: str, behind: str) -> tuple[Form, ...]:
    """5个 for 五个: how notices write a count. Not for a part of one (三家 of 二十三家) nor of an ordinal (三条 of 第三条)."""
    figures = in_figures(word)
    if not figures or before in _COUNTS_ON or (word[-1] in _COUNTS_ON and behind in _COUNTS_ON):
        return ()
    return (Form(figures, _SAME_FIGURE, "figure", tuple(tokens(figures))),)


def analyse(text: str, idf: Callable[[str], float]) -> Question:
    """Take a question apart; ``idf`` weighs a term by the corpus."""
    plain = normalise(text)
    kept = [True] * len(plain)
    found: list[tuple[str, int]] = []
    for word, start in placed(plain):
        if word in function_words():
            kept[start : start + len(word)] = [False] * len(word)
        else:
            found.append((word, start))
    known = {word for word, _ in found if len(word) > 1}
    seen: set[str] = set()
    terms: list[Term] = []

    def add(term: str, start: int, factor: float) -> None:
        if term not in seen:
            seen.add(term)
            forms: tuple[Form, ...] = ()
            # One character tells sooner than a pattern that most terms are neither a place nor a count.
            if term[-1] in _PLACE_ENDS:
                forms = _short_place(term)
            if not forms and term[0] in _COUNTS_ON:
                end = start + len(term)
                forms = _figures(term, plain[max(0, start - 1) : start], plain[end : end + 1])
            terms.append(Term(term, start, idf(term) * factor, forms, term in known))

    boundaries = {start for _, start in found}
    for word, start in found:
        factor = _FRAME if word in frame_words() else 1.0
        add(word, start, factor if len(word) > 1 or not _HAN.match(word) else factor * _SINGLE)
    for m in _HAN_PAIR.finditer(plain):
        i = m.start()
        if kept[i] or kept[i + 1]:
            inside = kept[i] and kept[i + 1] and i + 1 not in boundaries
            add(m[1], i, 1.0 if inside else _ACROSS if kept[i] and kept[i + 1] else _AT_FUNCTION_WORD)
    content = "".join([c for c, keep in zip(plain, kept, strict=True) if keep and (c.isalnum() or c in "%.-")])
    asked = {kind for kind, pattern in _ASKED if pattern.search(plain)}
    if "number" in asked:
        # 电话是多少 asks for no amount.
        asked.discard("how_much")
    return Question(plain, content, tuple(terms), frozenset(asked), places(plain), tuple(_FIGURE.findall(plain)))
