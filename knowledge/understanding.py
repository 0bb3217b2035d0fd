"""A question understood on a corpus: its words weighed, their homophones and synonyms there found, earlier turns taken up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge import sound
from knowledge.index import ClauseIndex
from knowledge.question import Form, Question, Term, analyse
from knowledge.segment import in_dictionary, tokens
from knowledge.thesaurus import Thesaurus

# How surely a word stands for another: said alike, said alike but for an accent, by the thesaurus (surest, others).
_SAME_SOUND, _SAME_FOLDED, _SYNONYM, _LATER_SYNONYM = 0.9, 0.75, 0.8, 0.65
# A word that stands in clauses itself is taken for a slip only where the other is this many times as frequent.
_SLIP = 40
_FORMS = 3
_LATIN = re.compile(r"[a-z]+(?:[\s'’]*[a-z]+)*")
# A turn that opens or ends so, and says little, goes on from the ones before.
_GOES_ON = re.compile(r"^(?:那|那么|还有|另外|然后|如果|要是|它|这个|这种)|呢[?!。]*$")
_SAYS_LITTLE, _SAYS_NOTHING = 6, 2
_CARRIED = 0.45


def understand(turns: Sequence[str], index: ClauseIndex, thesaurus: Thesaurus) -> Question:
    """The last of ``turns`` as a question to ``index``; where it goes on from earlier ones, with their words at less weight."""
    last = _alone(turns[-1], index, thesaurus)
    if len(turns) < 2 or not goes_on(last):
        return last
    before = understand(turns[:-1][-2:], index, thesaurus)
    own = {t.text for t in last.terms}
    carried = tuple(replace(t, weight=t.weight * _CARRIED) for t in before.terms if t.text not in own)
    return replace(
        last,
        content=last.content + before.content if len(last.content) < 3 else last.content,
        terms=last.terms + carried,
        asked=last.asked or before.asked,
        places=last.places or before.places,
        figures=last.figures,
    )


def goes_on(question: Question) -> bool:
    """Whether a turn needs the ones before it: it says so (那…, …呢) and says little, or has hardly a word of its own."""
    said = len(question.content)
    return said <= _SAYS_NOTHING or (said <= _SAYS_LITTLE and bool(_GOES_ON.search(question.plain)))


def _alone(text: str, index: ClauseIndex, thesaurus: Thesaurus) -> Question:
    question = analyse(text, index.idf)
    synonyms: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    found = list(thesaurus.find(question.plain))
    for start, phrase, meant in found:
        for at in range(start, start + len(phrase)):
            synonyms.setdefault(at, []).append((start, meant))
    terms = [_with_forms(t, synonyms, index) for t in question.terms]
    # 带 and 款 say nothing where 带款 was heard as 贷款.
    misheard = {
        at for t in terms if t.forms and t.forms[0].why == "sound" for at in range(t.start, t.start + len(t.text))
    }
    terms = [t for t in terms if len(t.text) > 1 or t.forms or t.start not in misheard]
    covered = {at for t in terms for at in range(t.start, t.start + len(t.text))}
    for start, phrase, meant in found:
        # A phrase of function words alone (还不上) has no term that could carry its synonyms.
        if not covered & set(range(start, start + len(phrase))):
            terms.append(Term(phrase, start, _weight(meant, index), _synonyms(meant, index)))
    return replace(question, terms=tuple(terms) + _typed_sounds(question.plain, index))


def _with_forms(term: Term, synonyms: dict[int, list[tuple[int, tuple[str, ...]]]], index: ClauseIndex) -> Term:
    forms: dict[str, Form] = {form.text: form for form in term.forms}
    for at in range(term.start, term.start + len(term.text)):
        for _, meant in synonyms.get(at, ()):
            for form in _synonyms(meant, index):
                forms.setdefault(form.text, form)
    if not forms:
        forms = {f.text: f for f in _homophones(term.text, index)}
    forms.pop(term.text, None)
    if not forms:
        return term
    chosen = tuple(sorted(forms.values(), key=lambda f: -f.factor))
    # A word the corpus has not would weigh as the rarest of all; it weighs as what it stands for.
    weight = term.weight if index.counts.documents(term.text) else max(index.idf(f.text) for f in chosen)
    return replace(term, forms=chosen, weight=min(term.weight, weight))


def _synonyms(meant: tuple[str, ...], index: ClauseIndex) -> tuple[Form, ...]:
    return tuple(Form(m, _LATER_SYNONYM if n else _SYNONYM, "thesaurus", tuple(tokens(m))) for n, m in enumerate(meant))


def _weight(meant: tuple[str, ...], index: ClauseIndex) -> float:
    return max(index.idf(m) for m in meant)


def _homophones(word: str, index: ClauseIndex) -> tuple[Form, ...]:
    if not 2 <= len(word) <= 4 or not (key := sound.key(word)):
        return ()
    least = max(1, index.counts.documents(word) * _SLIP)
    found = []
    for other in index.sounding_like(key):
        if index.counts.documents(other) < least:
            break  # the most frequent come first
        if other != word and in_dictionary(other):
            same = sound.syllables(other) == sound.syllables(word)
            found.append(Form(other, _SAME_SOUND if same else _SAME_FOLDED, "sound", (other,)))
    return tuple(sorted(found, key=lambda f: -f.factor)[:_FORMS])


def _typed_sounds(plain: str, index: ClauseIndex) -> tuple[Term, ...]:
    """Terms for what was typed in pinyin: every run of two to four syllables that sounds like a word of the corpus."""
    terms = []
    for m in _LATIN.finditer(plain):
        syllables = sound.read_pinyin(m[0])
        for length in (4, 3, 2):
            for i in range(len(syllables) - length + 1):
                run = syllables[i : i + length]
                exact = [w for w in index.sounding_like("'".join(map(sound.fold, run))) if in_dictionary(w)]
                forms = [
                    Form(w, _SAME_SOUND if sound.syllables(w) == run else _SAME_FOLDED, "sound", (w,)) for w in exact
                ]
                if forms:
                    best = tuple(sorted(forms, key=lambda f: -f.factor)[:_FORMS])
                    terms.append(Term("".join(run), m.start(), max(index.idf(f.text) for f in best), best))
    return tuple(terms)
