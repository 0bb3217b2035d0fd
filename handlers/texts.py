"""Every sentence that users read, in one place."""

from __future__ import annotations

from datetime import date

from knowledge.answer import Answer, Citation
from knowledge.model import Metadata
from knowledge.numbering import marker
from knowledge.numerals import CLASS

REFUSED = "没有找到适用的条款。"
CHOOSE = "可能适用的条款有："
NO_DATE = "日期不详"
IN_FORCE = "有效"
EXPIRED = "已失效"
NOT_YET = "尚未生效"
GREETING = "您好！请把问题直接写给我，例如：厂里电费交不上，会不会断电？"
YOU_ARE_WELCOME = "不客气，还有问题随时写给我。"
_NAMED = 3


def hotline(number: str, hours: str) -> str:
    """Where a person answers; ``hours`` may be ""."""
    return f"人工服务：请拨打 {number}{f'，{hours}' if hours else ''}。"


def standing(metadata: Metadata, today: date) -> str:
    """Whether the notice is in force on ``today``, as far as it says itself; "" where it says nothing."""
    if metadata.in_force_until and metadata.in_force_until < today:
        return EXPIRED
    if metadata.in_force_from and metadata.in_force_from > today:
        return NOT_YET
    return IN_FORCE if metadata.in_force_from or metadata.in_force_until else ""


def source_line(citation: Citation, today: date) -> str:
    """Where a clause stands: notice, number of the clause, issuer, document number, date, level, in force or not."""
    m = citation.metadata
    title = m.title if m.title.startswith("《") else f"《{m.title}》"
    label = citation.clause.label
    filed = m.published or m.signed
    parts = [
        title + (f"第{label}条" if label and not label.startswith("第") else label),
        m.issuer,
        m.document_number,
        f"{filed.isoformat()} 发布" if filed else NO_DATE,
        m.level,
        standing(m, today),
    ]
    return " · ".join(part for part in parts if part)


def quotation(citation: Citation, words: str, today: date) -> str:
    """``words`` of a clause ("": all of it) with their source, for copying and forwarding."""
    return f"“{(words or citation.clause.text).strip()}”\n—— {source_line(citation, today)}"


def also_in_line(citation: Citation) -> str:
    """The other notices that print the same provision, the first few by title; "" where there are none."""
    titles = list(dict.fromkeys(one.title for one in citation.also_in))
    if not titles:
        return ""
    named = "".join(t if t.startswith("《") else f"《{t}》" for t in titles[:_NAMED])
    return f"另有 {len(citation.also_in)} 份通知作同样规定：{named}{'等' if len(titles) > _NAMED else ''}"


def reading_line(citation: Citation, words: str) -> str:
    """``words`` of a clause ("": all of it) as they are read out on the telephone."""
    m, label = citation.metadata, citation.clause.label
    filed = m.published or m.signed
    when = f"{filed.year}年{filed.month}月{filed.day}日发布的" if filed else ""
    title = m.title if m.title.startswith("《") else f"《{m.title}》"
    place = f"第{label}条" if label and not label.startswith("第") else label
    read = " ".join((words or citation.clause.text).split())
    return f"您好，根据{m.issuer}{when}{title}{place}：{_without_number(read, label, citation.clause.heading)}"


def _without_number(words: str, label: str, heading: str) -> str:
    """``words`` without the number ``label`` at their beginning, which has just been read out."""
    mark = marker(words)
    if mark and _ends_in(label, mark.label):
        rest = words[mark.end :]
    elif label and heading and words.startswith(label + heading):
        # The separator behind the number was lost.
        rest = words[len(label) :]
    else:
        return words
    return rest.lstrip("：:、.．，, \u3000") or words


def _ends_in(label: str, number: str) -> bool:
    """Whether ``number`` is the last of those that make up ``label``: （二） is of 四（二）, but 二 not of 十二, nor 5 of 15."""
    above = label.removesuffix(number)
    within = above[-1:] + number[0]
    return above != label and not (len(within) == 2 and (within.isdecimal() or set(within) <= set(CLASS)))


def place_note(answer: Answer) -> str:
    """Said before a clause of another place than the one asked about; "" where there is nothing to say."""
    return (
        f"注意：以下条款出自{answer.other_place}的文件，不一定适用于所问的地方，仅供参考。"
        if answer.other_place
        else ""
    )


def summary(answer: Answer) -> str:
    """What the decision was, in a line."""
    return {"answer": "", "choose": CHOOSE, "refuse": REFUSED}[answer.decision]
