"""What the API takes and gives, as OpenAPI describes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from knowledge.answer import Answer, Citation
from knowledge.model import Clause, Metadata

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")]


class Question(BaseModel):
    """A question, with the questions asked before it in the same conversation, oldest first."""

    model_config = ConfigDict(extra="forbid")

    question: Text = Field(description="问题，平常话即可", examples=["厂里电费交不上，会不会断电？"])
    history: list[Text] = Field(default=[], max_length=20, description="同一次谈话中此前的问题，由早到晚")


class ReprintOut(BaseModel):
    """A clause of another notice that prints the same provision."""

    clause_id: str = Field(description="条款编号")
    title: str = Field(description="文件标题")


class ClauseOut(BaseModel):
    """A clause as an answer cites it: the fields of a line of ``helpdesk ask --batch``."""

    clause_id: str = Field(description="条款编号，文件和编号不变它就不变")
    source: str = Field(description="文件名（不含后缀）")
    number: int | None = Field(description="第几条（一级条款），没有编号时为 null")
    label: str = Field(description="原文编号，如“四”“四（二）”")
    heading: str = Field(description="条款小标题，没有时为空")
    title: str = Field(description="文件标题")
    text: str = Field(description="条款原文")
    score: float = Field(description="这一条正是答案的可能性，0 到 1")
    also_in: list[ReprintOut] = Field(description="作同样规定的其他文件")


class AnswerOut(BaseModel):
    """An answer: a line of ``helpdesk ask --batch``, but for its id."""

    decision: Literal["answer", "choose", "refuse"] = Field(
        description="answer 直接答复；choose 请用户在前三条中选择；refuse 没有找到"
    )
    confidence: float = Field(description="第一条正是答案的把握，0 到 1")
    evidence: str = Field(description="直接回答问题的原文语句，没有时为空")
    release: int = Field(description="知识库版本")
    elapsed_ms: float = Field(description="用时，毫秒")
    clauses: list[ClauseOut] = Field(description="最多十条，最好的在前")

    @classmethod
    def of(cls, answer: Answer) -> AnswerOut:
        """The answer's own JSON form, checked against this one."""
        return cls.model_validate(answer.as_json())


class NoticeOut(BaseModel):
    """A notice's metadata; "" or null or [] where the file does not say."""

    policy_id: str
    title: str
    issuer: str
    document_number: str
    level: str
    topics: list[str]
    department: str
    region: str
    published: date | None
    signed: date | None
    in_force_from: date | None
    in_force_until: date | None

    @classmethod
    def of(cls, policy_id: str, m: Metadata) -> NoticeOut:
        """A notice's metadata."""
        return cls(
            policy_id=policy_id,
            title=m.title,
            issuer=m.issuer,
            document_number=m.document_number,
            level=m.level,
            topics=list(m.topics),
            department=m.department,
            region=m.region,
            published=m.published,
            signed=m.signed,
            in_force_from=m.in_force_from,
            in_force_until=m.in_force_until,
        )


class FoundClause(BaseModel):
    """A clause with its notice and its address on this server."""

    clause_id: str = Field(description="条款编号，文件和编号不变它就不变")
    number: int | None
    label: str
    heading: str = Field(description="条款小标题，没有时为空")
    text: str
    url: str = Field(description="条款页面的网址，可发给他人")
    policy: NoticeOut = Field(description="所在文件的标题、机关、文号、日期等")

    @classmethod
    def of(cls, citation: Citation, url: str) -> FoundClause:
        """A citation."""
        c: Clause = citation.clause
        return cls(
            clause_id=c.clause_id,
            number=c.number,
            label=c.label,
            heading=c.heading,
            text=c.text,
            url=url,
            policy=NoticeOut.of(citation.policy_id, citation.metadata),
        )


class SearchOut(BaseModel):
    """Clauses found, best first."""

    release: int
    clauses: list[FoundClause] = Field(description="查到的条款，最好的在前")
    more: bool = Field(description="后面是否还有")


class NoticesOut(BaseModel):
    """Notices, newest first."""

    release: int
    total: int = Field(description="符合条件的文件总数")
    policies: list[NoticeOut] = Field(description="文件，新的在前；文件里没有写明的为空")


class Unfit(BaseModel):
    """A part of a call that does not fit."""

    loc: list[str | int] = Field(description="在请求中的位置")
    msg: str = Field(description="原因（英文）")
    type: str


class Unprocessable(BaseModel):
    """Which parts of a call do not fit, and why."""

    detail: list[Unfit]


class Problem(BaseModel):
    """Why a call was refused, in one sentence."""

    detail: str
