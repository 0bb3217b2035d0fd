"""The clauses of a notice: its provisions, long ones cut into parts that can be read at once, each with an id that stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge import passages
from knowledge.model import Clause, Fault
from knowledge.numbering import Marker
from knowledge.outline import Paragraph, Provision, provisions
from knowledge.page import Line
from knowledge.passages import Block
from knowledge.sentences import Span, cut, visible


def clauses(
    policy_id: str, source: str, path: str, lines: Sequence[Line]
) -> tuple[str, tuple[Clause, ...], list[Fault]]:
    """The body that ``lines`` make, its clauses in order, and what is wrong with the numbering.

    Every character of the body that is not blank lies in exactly one clause. A clause's id is made of the notice's id and
    the numbers it stands under, so that it stays while they do; where those leave several alike, they are counted.
    """
    body = "\n".join(line.text for line in lines)
    found, faults = provisions(lines, path)
    result: list[Clause] = []
    used: dict[str, int] = {}
    for provision in found:
        for part in _parts(provision, body):
            used[part.key] = count = used.get(part.key, 0) + 1
            clause_id = f"{policy_id}-{part.key}" + (f"_{count}" if count > 1 else "")
            start, end = part.span.start, part.span.end
            result.append(
                Clause(
                    clause_id, source, len(result), provision.number, part.label, part.heading, body[start:end], start
                )
            )
    return body, tuple(result), faults


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    label: str
    heading: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or one of the stretches that a long one was cut into; ``opens`` where it begins with its paragraph."""

    paragraph: Paragraph
    span: Span
    opens: bool


def _parts(provision: Provision, body: str) -> Iterator[_Part]:
    """Cut a provision into parts of at most ``passages.LIMIT`` characters, at its items where it has any."""
    pieces = [piece for paragraph in provision.paragraphs for piece in _pieces(paragraph)]
    starts = passages.join(list(_blocks(pieces, body)))
    place = _Place(provision)
    for start, stop in zip(starts, [*starts[1:], len(pieces)], strict=True):
        label, key, heading = place.enter(pieces[start:stop])
        yield _Part(key, label, heading, _trimmed(body, pieces[start].span.start, pieces[stop - 1].span.end))


def _pieces(paragraph: Paragraph) -> Iterator[_Piece]:
    if visible(paragraph.text) <= passages.LIMIT:
        yield _Piece(paragraph, Span(paragraph.start, paragraph.end), True)
        return
    for n, span in enumerate(cut(paragraph.text, passages.LIMIT)):
        yield _Piece(paragraph, Span(paragraph.start + span.start, paragraph.start + span.end), n == 0)


def _blocks(pieces: Sequence[_Piece], body: str) -> Iterator[Block]:
    before: Paragraph | None = None
    # What comes next decides whether a line leads somewhere; nothing comes behind the last one.
    following = [piece.paragraph for piece in pieces[1:]] + [pieces[-1].paragraph]
    for piece, after in zip(pieces, following, strict=True):
        if not piece.opens:
            cost = passages.INSIDE_PARAGRAPH
        elif before and before.leads_to(piece.paragraph):
            cost = passages.BEHIND_HEADING
        elif piece.paragraph.marker or piece.paragraph.leads_to(after):
            cost = passages.STARTS_ITEM
        elif before and before.breaks_off:
            cost = passages.INSIDE_SENTENCE
        else:
            cost = passages.STARTS_PARAGRAPH
        yield Block(visible(body[piece.span.start : piece.span.end]), cost)
        before = piece.paragraph


@dataclass(slots=True)
class _Place:
    """Where in a provision the parts stand: the marks of the items they are in, the last heading above them."""

    provision: Provision
    _marks: list[Marker] = field(default_factory=list)
    _heading: str = ""
    _entered: bool = False

    def enter(self, pieces: Sequence[_Piece]) -> tuple[str, str, str]:
        """Label, key and heading of the next part of the provision, which ``pieces`` make."""
        top = self.provision.marker
        opened = [piece.paragraph for piece in pieces if piece.opens]
        if not self._entered and top:
            # The first paragraph's mark is the provision's own.
            title = opened.pop(0).heading
            self._entered, self._heading = True, title
            self._take(opened)
            return top.label, self.provision.key, title
        first = opened[0] if pieces[0].opens else None
        if first:
            self._take([first])
        key = "-".join([self.provision.key, *(str(m.value) for m in self._marks)])
        label = (top.label if top else "") + "".join(m.label for m in self._marks)
        if first and first.marker:
            peers = [p.marker for p in opened[1:] if p.marker and p.marker.level is first.marker.level]
            if peers and peers[-1].value > first.marker.value:
                label += f"至{peers[-1].label}"
        title = self.provision.paragraphs[0].heading if top else ""
        heading = " ".join(dict.fromkeys(h for h in (title, self._heading) if h))
        self._take(opened[1:] if first else opened)
        self._entered = True
        return label, key, heading

    def _take(self, paragraphs: Sequence[Paragraph]) -> None:
        for paragraph in paragraphs:
            if paragraph.marker:
                self._push(paragraph.marker)
            self._heading = paragraph.heading or self._heading

    def _push(self, m: Marker) -> None:
        """A mark of a kind met before ends the items down to that; a new list that starts below another stands in it."""
        kinds = [mark.level for mark in self._marks]
        if m.level in kinds:
            del self._marks[kinds.index(m.level) :]
        elif m.value > 1:
            self._marks = [mark for mark in self._marks if mark.level < m.level]
        self._marks.append(m)


def _trimmed(body: str, start: int, end: int) -> Span:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return Span(start, end)
