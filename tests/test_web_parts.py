"""The parts of the web that need no server: marking, differences, charts, limits, labels."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from handlers.differences import differences
from handlers.told import in_chinese, sentence
from handlers.web import charts, labels
from handlers.web.limits import RateLimit
from handlers.web.marks import opening, stretches, words_in
from handlers.web.pages import HERE, moment
from knowledge.decision import DOUBTS
from knowledge.errors import SettingsError
from knowledge.features import NAMES
from knowledge.question import ASKED
from knowledge.sentences import Span


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("对贷款给予贴息", {"贷款", "贴息"}, ["贷款", "贴息"]),
        ("贷款利率", {"贷款", "款利", "利率"}, ["贷款利率"]),
        # Wide, traditional, upper case and broken by a blank in the notice; plain in the question.
        ("發放貸款", {"贷款"}, ["貸款"]),
        ("ＡＰＰ与App", {"app"}, ["ＡＰＰ", "App"]),
        ("贷 款", {"贷款"}, ["贷 款"]),
        ("没有", {"贷款"}, []),
        ("", {"贷款"}, []),
    ],
)
def test_words_are_found_however_they_are_written(text: str, terms: set[str], marked: list[str]) -> None:
    assert [text[s.start : s.end] for s in words_in(text, terms)] == marked


@pytest.mark.parametrize(
    ("evidence", "words", "heading"),
    [(None, [], 0), (Span(2, 5), [], 0), (Span(2, 5), [Span(4, 8)], 3), (Span(0, 10), [Span(0, 10)], 10)],
)
def test_stretches_joined_are_the_text(evidence: Span | None, words: list[Span], heading: int) -> None:
    text = "零一二三四五六七八九"
    cut = stretches(text, evidence, words, heading)
    assert "".join(s.text for s in cut) == text
    assert "".join(s.text for s in cut if s.evidence) == (text[evidence.start : evidence.end] if evidence else "")
    assert "".join(s.text for s in cut if s.heading) == text[:heading]


def test_a_snippet_is_cut_where_most_words_stand() -> None:
    text = "甲" * 200 + "贷款贴息" + "乙" * 200
    window = opening(text, words_in(text, {"贷款", "贴息"}), 50)
    assert "贷款贴息" in text[window.start : window.end]
    assert window.end - window.start == 50


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("返还50%，最高10万元", "返还60%，最高20万元"),
        ("", "新增的条款"),
        ("撤下的条款", ""),
        ("一样", "一样"),
        ("a" * 5000, "b" * 5000),
    ],
)
def test_differences_give_both_texts_back(before: str, after: str) -> None:
    passages = differences(before, after)
    assert "".join(p.before for p in passages) == before
    assert "".join(p.after for p in passages) == after
    assert all(p.same for p in passages) == (before == after)


def test_differences_are_cut_at_figures() -> None:
    changed = [
        (p.before, p.after) for p in differences("对企业返还50%，期限6个月", "对企业返还60%，期限6个月") if not p.same
    ]
    assert changed == [("50%", "60%")]


@pytest.mark.parametrize("largest", [0, 1, 4, 5, 12, 13, 41, 199, 10_001])
def test_an_axis_holds_the_largest_value_in_whole_quarters(largest: int) -> None:
    end = charts.scale_end(largest)
    assert end >= largest
    assert end % 4 == 0


def test_an_axis_is_not_far_longer_than_what_it_holds() -> None:
    assert [charts.scale_end(n) for n in (3, 13, 21, 43, 61, 99, 130)] == [4, 16, 40, 60, 80, 100, 160]


def test_bars_stack_and_stay_inside_the_drawing() -> None:
    series = (charts.Series("甲", "a", (1, 0, 5)), charts.Series("乙", "b", (2, 3, 4)))
    drawn = charts.chart(["1", "2", "3"], series)
    assert [bar.told for bar in drawn.bars] == ["1 甲 1", "1 乙 2", "2 乙 3", "3 甲 5", "3 乙 4"]
    assert all(bar.y >= 0 and bar.x + bar.width <= drawn.width for bar in drawn.bars)
    last = [bar for bar in drawn.bars if bar.told.startswith("3")]
    assert last[0].y == pytest.approx(last[1].y + last[1].height, abs=0.2)
    assert all(a.at < b.at for a, b in pairwise(drawn.days))


def test_a_limit_lets_a_burst_through_and_then_makes_wait() -> None:
    now = 0.0
    limit = RateLimit(6, clock=lambda: now)
    assert [limit.wait("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert limit.wait("b") == 0
    now = 10.0
    assert limit.wait("a") == 0
    assert limit.wait("a") == 10


def test_a_limit_forgets_old_clients() -> None:
    limit = RateLimit(1, clock=lambda: 0.0)
    assert limit.wait("first") == 0
    assert limit.wait("first") > 0
    for n in range(10_000):
        limit.wait(str(n))
    assert limit.wait("first") == 0


def test_every_feature_and_kind_has_a_label_in_chinese() -> None:
    assert set(labels.FEATURES) == set(NAMES)
    assert {kind for kind, _ in ASKED} == set(labels.KINDS)
    assert set(labels.DOUBTS) == set(DOUBTS)


def test_pages_name_no_address_outside_and_hold_no_script_or_style_of_their_own() -> None:
    files = [path for folder in ("templates", "static") for path in (HERE / folder).iterdir()]
    assert len(files) > 25
    for path in files:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:)?//", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text), path


def test_every_script_and_style_that_pages_name_is_there() -> None:
    named: set[str] = set()
    for path in (HERE / "templates").iterdir():
        named |= set(re.findall(r"/static/([\w.]+)", path.read_text("utf-8")))
    for path in (HERE / "static").glob("*.js"):
        named |= set(re.findall(r'from "\./([\w.]+)"', path.read_text("utf-8")))
    assert named == {path.name for path in (HERE / "static").iterdir()}


def faults_of_the_library() -> Iterator[str]:
    """Every sentence that the library says about a file, with X where it names something."""
    for path in (Path(__file__).parent.parent / "knowledge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = {"UnreadableFileError": 0, "NothingToPublishError": 0, "Fault": 2}.get(node.func.id)
            if at is not None and len(node.args) > at:
                yield from sentences(node.args[at])
    # Held in a variable before they are told.
    yield "the separator after 六 is missing; read as 六、"
    yield "七、 stands inside a line; read as a provision of its own"
    yield "has the same name as a.txt but for its type; one of the two must go or be renamed"
    yield "This folder cannot be read (Permission denied); give read permission on it."
    yield "The name is not in UTF-8; rename the file."


def sentences(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)


def test_what_is_wrong_with_a_file_is_said_in_chinese() -> None:
    said = list(faults_of_the_library())
    assert len(said) > 30
    assert [one for one in said if in_chinese(one) == one] == []
    assert not any("{" in in_chinese(one) for one in said)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the numbering jumps from 一 to 三", "编号从“一”跳到“三”"),
        ("is the same notice as 旧/a.txt", "与 旧/a.txt 是同一份文件"),
        (
            "Nothing in the policy folder /srv/p can be read: 空.txt: The file is empty; put it away. (2 more like it)",
            "政策文件夹里的文件都无法读取。空.txt：文件是空的，请写入内容或移走",
        ),
        ("已经是中文", "已经是中文"),
        (
            "The PDF is encrypted; open it. What was published of it stays.",
            "PDF 已加密，请输入密码打开后另存为不加密的文件；以前发布的内容保留",
        ),
    ],
)
def test_a_fault_keeps_what_it_names_and_no_path_of_the_server(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("HELPDESK_POLICY_DIR='/srv/p' cannot be written: Read-only. Give write permission.", "政策文件夹无法写入"),
        ("The thesaurus '/srv/t' cannot be read: name another (in HELPDESK_THESAURUS).", "同义词表无法读取"),
        ("HELPDESK_DATA_DIR='/srv/d' cannot be used: No space.", "请维护人员检查 HELPDESK_DATA_DIR。"),
        ("Weights that do not fit.", "请维护人员检查设置。"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_by_its_name_and_without_paths(error: str, told: str) -> None:
    said = sentence(SettingsError(error))
    assert told in said
    assert "/srv" not in said


def test_moments_are_beijings_wherever_the_server_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2020, 2, 11, 16, 30, tzinfo=UTC)
    for zone in ("UTC", "America/New_York", "Asia/Shanghai"):
        with monkeypatch.context() as place:
            place.setenv("TZ", zone)
            time.tzset()
            assert moment(late) == moment(late.replace(tzinfo=None)) == "2020-02-12 00:30"
    time.tzset()
