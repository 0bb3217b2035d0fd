"""A question understood on a corpus: its words weighed, their homophones and synonyms there found, earlier turns taken up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from knowledge import sound
from knowledge.index import ClauseIndex
from knowledge.normalise import normalise
from knowledge.question import Form, Question, Term, analyse
from knowledge.segment import in_dictionary, placed, tokens
from knowledge.thesaurus import Thesaurus

# How surely a word stands for another: said alike, said alike but for an accent, by the thesaurus (surest, others).
_SAME_SOUND, _SAME_FOLDED, _SYNONYM, _LATER_SYNONYM = 0.9, 0.75, 0.8, 0.65
# A word that stands in clauses itself is taken for a slip only where the other is this many times as frequent.
_SLIP = 40
_FORMS = 3
_LATIN = re.compile(r"[a-z]+(?:[\s'’]*[a-z]+)*")
# A turn that opens or ends so, and says little, goes on from the ones before.
_GOES_ON = re.compile(r"^(?:那|那么|还有|另外|然后|如果|要是|它|这个|这种|na\b)|(?:呢|\bne)[?!。]*$")
# What may stand about a subject that a turn only names.
_BARE = re.compile(r"^(?:那|那么|还有|另外)|呢?[?!。]*$")
_SAYS_LITTLE, _SAYS_NOTHING = 6, 2
_CARRIED = 0.45
_LONGEST_PAIR, _LONGEST_HEARD = 2, 4


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
        carried=frozenset(t.text for t in carried),
        bare=_BARE.sub("", last.plain) == last.content,
    )


def goes_on(question: Question) -> bool:
    """Whether a turn needs the ones before it: it says so (那…, …呢) and says little, or has hardly a word of its own.

    A turn that asks for nothing and has no word of its own at all (谢谢, 好的) needs none.
    """
    typed = _LATIN.findall(question.plain)
    # What is typed in pinyin is as long as what it stands for.
    said = (
        len(question.content)
        - len("".join(typed).replace(" ", ""))
        + sum(len(sound.read_pinyin(t)) or len(t) for t in typed)
    )
    if not said and not question.asked:
        return bool(_GOES_ON.search(question.plain))
    return said <= _SAYS_NOTHING or (said <= _SAYS_LITTLE and bool(_GOES_ON.search(question.plain)))


def _alone(text: str, index: ClauseIndex, thesaurus: Thesaurus) -> Question:
    question = analyse(sound.without_tones(normalise(text)), index.idf)
    synonyms: dict[int, tuple[str, ...]] = {}
    found = [one for one in thesaurus.find(question.plain) if not _inside_word(one[0], one[1], question)]
    for start, phrase, meant in found:
        for at in range(start, start + len(phrase)):
            synonyms[at] = meant
    phrases = {start: phrase for start, phrase, _ in found}
    # Within a word, and across its end, nothing was misheard: 省平 of 甘肃省平凉市 is not 生平, nor 是希 of 是希望 实习.
    within = {at for word, start in placed(question.plain) if len(word) > 1 for at in range(start, start + len(word))}
    terms = [
        _with_forms(
            t,
            synonyms,
            index,
            thesaurus,
            phrase=phrases.get(t.start) == t.text,
            heard=t.word or within.isdisjoint((t.start, t.start + 1)),
        )
        for t in question.terms
    ]
    # 带 and 款 say nothing where 带款 was heard as 贷款.
    misheard = {
        at for t in terms if t.forms and t.forms[0].why == "sound" for at in range(t.start, t.start + len(t.text))
    }
    terms = [t for t in terms if len(t.text) > 1 or t.forms or t.start not in misheard]
    covered = {at for t in terms for at in range(t.start, t.start + len(t.text))}
    for start, phrase, meant in found:
        # A phrase of function words alone (还不上) has no term that could carry its synonyms.
        if not covered & set(range(start, start + len(phrase))):
            terms.append(Term(phrase, start, _weight(_synonyms(meant), index), _synonyms(meant), word=True))
    typed = _typed_sounds(question.plain, index, thesaurus)
    # What was typed in pinyin is looked for as the words it stands for, not as letters.
    read = {at for t in typed for at in range(t.start, t.start + len(t.text))}
    terms = [t for t in terms if t.start not in read or index.counts.documents(t.text)]
    return replace(question, terms=(*terms, *typed))


def _inside_word(start: int, phrase: str, question: Question) -> bool:
    """Whether a phrase is only a part of a longer word (机器 of 机器人), which says something else."""
    end = start + len(phrase)
    words = [(t.start, t.start + len(t.text)) for t in question.terms if t.word and len(t.text) > len(phrase)]
    return any(begins <= start and end <= ends for begins, ends in words)


def _with_forms(
    term: Term,
    synonyms: dict[int, tuple[str, ...]],
    index: ClauseIndex,
    thesaurus: Thesaurus,
    *,
    phrase: bool,
    heard: bool,
) -> Term:
    """A term with what it may stand for by ``synonyms`` or, if it may be ``heard``, as a slip. ``phrase`` tells one that the
    thesaurus has: it is a word, even if the dictionary has it not."""
    meant = dict.fromkeys(synonyms[at] for at in range(term.start, term.start + len(term.text)) if at in synonyms)
    if not meant and not term.forms:
        return _heard(term, index, thesaurus) if heard else term
    forms: dict[str, Form] = {form.text: form for form in term.forms}
    for official in meant:
        for form in _synonyms(official):
            forms.setdefault(form.text, form)
    forms.pop(term.text, None)
    if not forms:
        return _heard(term, index, thesaurus) if heard else term
    chosen = tuple(sorted(forms.values(), key=lambda f: -f.factor))
    weight = term.weight
    if not index.counts.documents(term.text):
        # A word the corpus has not would weigh as the rarest of all; it weighs as what it stands for.
        as_meant = _weight(chosen, index)
        weight = as_meant if phrase else min(weight, as_meant)
    return replace(term, forms=chosen, weight=weight, word=term.word or phrase)


def _heard(term: Term, index: ClauseIndex, thesaurus: Thesaurus) -> Term:
    """A term with the words that it may be a slip for. It then is a word, and weighs as what it stands for."""
    text = term.text
    if not 2 <= len(text) <= _LONGEST_HEARD or not (key := sound.key(text)):
        return term
    known = index.counts.documents(text)
    forms = _homophones(text, key, max(1, known * _SLIP), index)
    if not in_dictionary(text):
        # 水废 may be 税费, which clauses have, or 水费, which they call 用水: what stands about it tells.
        forms = _distinct((*forms, *_meant_by_sound(text, key, sound.syllables(text), index, thesaurus)))
    if not forms:
        return term
    return replace(term, forms=forms) if known else replace(term, forms=forms, weight=_weight(forms, index), word=True)


def _distinct(forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms, surest first, each text once."""
    found: dict[str, Form] = {}
    for form in sorted(forms, key=lambda f: -f.factor):
        found.setdefault(form.text, form)
    return tuple(found.values())


@lru_cache(maxsize=20_000)
def _synonyms(meant: tuple[str, ...], sureness: float = 1.0, why: str = "thesaurus") -> tuple[Form, ...]:
    return tuple(
        Form(m, sureness * (_LATER_SYNONYM if n else _SYNONYM), why, tuple(tokens(m))) for n, m in enumerate(meant)
    )


def _weight(forms: Sequence[Form], index: ClauseIndex) -> float:
    return max(index.idf(form.text) for form in forms)


def _homophones(word: str, key: str, least: int, index: ClauseIndex) -> tuple[Form, ...]:
    """The words with this key of ``sound.key`` that at least ``least`` clauses have."""
    # Of most words that clauses have, none is that much more frequent.
    if least > index.clauses:
        return ()
    found = []
    for other in index.sounding_like(key):
        if index.counts.documents(other) < least:
            break  # the most frequent come first
        if other != word:
            found.append(Form(other, _likeness(sound.syllables(word), other), "sound", (other,)))
    return tuple(sorted(found, key=lambda f: -f.factor)[:_FORMS])


def _likeness(syllables: tuple[str, ...], word: str) -> float:
    return _SAME_SOUND if sound.syllables(word) == syllables else _SAME_FOLDED


def _meant_by_sound(
    said: str, key: str, syllables: tuple[str, ...], index: ClauseIndex, thesaurus: Thesaurus
) -> tuple[Form, ...]:
    """What the phrases of the thesaurus that sound so stand for (电废, dianfei: 电费, and with it 用电)."""
    for phrase in thesaurus.sounding_like(key):
        meant = tuple(m for m in thesaurus.entries[phrase] if index.counts.documents(m) or len(m) > _LONGEST_PAIR)
        if phrase != said and meant:
            return _synonyms(meant, _likeness(syllables, phrase), "sound")
    return ()


def _typed_sounds(plain: str, index: ClauseIndex, thesaurus: Thesaurus) -> tuple[Term, ...]:
    """Terms for what was typed in pinyin: every run of two to four syllables that sounds like a word."""
    terms = []
    for m in _LATIN.finditer(plain):
        syllables = sound.read_pinyin(m[0])
        for length in (4, 3, 2):
            for i in range(len(syllables) - length + 1):
                run = syllables[i : i + length]
                key = sound.fold_all(run)
                forms = [Form(w, _likeness(run, w), "sound", (w,)) for w in index.sounding_like(key)]
                best = tuple(sorted(forms, key=lambda f: -f.factor)[:_FORMS])
                best = _distinct((*best, *_meant_by_sound("", key, run, index, thesaurus)))
                if best:
                    terms.append(Term("".join(run), m.start(), _weight(best, index), best, word=True))
    return tuple(terms)
