"""``helpdesk ask``, ``releases``, ``rollback``, ``thesaurus``, ``login-link``, ``evaluate`` and ``fit``, as processes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from command_fixtures import Commands, on_terminal, published, started
from conftest import NOTICE, slow

from knowledge.decision import sign_label
from knowledge.features import LABELS, NAMES
from knowledge.sentences import visible
from knowledge.weights import Weights

ELECTRICITY = "厂里这个月电费交不上了，会不会停电"
# Section 5 of the design; the heading of the clause was added to it.
FIELDS = ["decision", "confidence", "evidence", "release", "elapsed_ms", "clauses"]
CLAUSE_FIELDS = ["clause_id", "source", "number", "label", "heading", "title", "text", "score", "also_in"]


@pytest.fixture
def helpdesk(tmp_path: Path) -> Commands:
    return published(tmp_path)


def questions(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


# Asking


def test_the_first_question_on_a_new_machine(tmp_path: Path) -> None:
    process = started("ask", ELECTRICITY, data=tmp_path / "data")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    evidence, blank, clause, source, told = out.splitlines()
    assert "欠费不停供" in evidence
    assert blank == ""
    assert clause.startswith("四、全力协调解决企业复工困难。")
    assert evidence in clause
    assert source.startswith(
        "—— 《关于进一步做好工业企业复工复产相关工作的通知》第四条 · 湖南省工业和信息化厅 · 2020-02-12"
    )
    assert re.fullmatch(r"\[answer, confidence 0\.\d\d, release 1, \d+\.\d ms\]", told)
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"helpdesk.db", "index", "jieba.cache"}


def test_a_refusal_says_so(helpdesk: Commands) -> None:
    ran = helpdesk("ask", "今天天气怎么样")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("没有找到适用的条款")
    assert "[refuse, confidence 0." in ran.out


def test_an_answer_as_json(helpdesk: Commands) -> None:
    ran = helpdesk("ask", ELECTRICITY, "--json")
    assert (ran.status, ran.err) == (0, "")
    (answer,) = ran.lines
    assert list(answer) == FIELDS
    assert answer["decision"] == "answer"
    assert answer["release"] == 1
    assert 0 < answer["elapsed_ms"] < 1000
    assert 1 < len(answer["clauses"]) <= 10
    for clause in answer["clauses"]:
        assert list(clause) == CLAUSE_FIELDS
        assert visible(clause["text"]) <= 400
        assert 0 <= clause["score"] <= 1
    first = answer["clauses"][0]
    assert (first["source"], first["number"], first["label"]) == (NOTICE.stem, 4, "四")
    assert first["title"] == "关于进一步做好工业企业复工复产相关工作的通知"
    assert first["score"] == answer["confidence"]
    assert answer["evidence"] in first["text"]
    scores = [clause["score"] for clause in answer["clauses"]]
    assert max(scores) == scores[0]


def test_an_explanation(helpdesk: Commands) -> None:
    ran = helpdesk("ask", "房东肯不肯少收点租金", "--explain")
    assert ran.status == 0
    for words in ("Normalised: 房东肯不肯", "Looked for: ", "By thesaurus: ", "业主", "1. ", "Decision: "):
        assert words in ran.out
    # Nothing is folded where nobody looks: each feature is told whole, on a line of its own.
    rows = re.findall(r"^(\S.*?) +-?\d+\.\d\d +[+-]\d+\.\d\d *$", ran.out, re.MULTILINE)
    assert len(rows) > 8
    told = json.loads(helpdesk("ask", ELECTRICITY, "--json", "--explain").out)["explanation"]
    signs = set(map(sign_label, told["confidence"]))
    assert set(rows) <= {*LABELS.values(), *signs}
    assert set(rows) & (signs - set(LABELS.values()))


def test_an_explanation_as_json(helpdesk: Commands, tmp_path: Path) -> None:
    (answer,) = helpdesk("ask", ELECTRICITY, "--json", "--explain").lines
    assert list(answer) == [*FIELDS, "explanation"]
    told = answer["explanation"]
    assert list(told) == [
        "question",
        "terms",
        "carried",
        "forms",
        "asked",
        "candidates",
        "confidence",
        "confidence_contributions",
        "why",
        "doubt",
    ]
    first = told["candidates"][0]
    assert first["clause_id"] == answer["clauses"][0]["clause_id"]
    assert set(first["features"]) == set(first["contributions"]) == set(NAMES)
    batch = questions(tmp_path / "one.jsonl", {"id": "x", "turns": [ELECTRICITY]})
    (line,) = helpdesk("ask", "--batch", batch, "--explain").lines
    assert list(line) == ["id", *FIELDS, "explanation"]


def test_the_same_question_gets_the_same_answer(helpdesk: Commands) -> None:
    first, again = (helpdesk("ask", "贷款到期了怎么办", "--json").lines[0] for _ in range(2))
    assert {**first, "elapsed_ms": 0} == {**again, "elapsed_ms": 0}


BATCH: list[dict[str, object]] = [
    {"id": "b", "turns": [ELECTRICITY]},
    {"id": 7, "turns": ["公司贷款快到期了", "那利息呢？"], "kind": "follow-up", "clauses": [5]},
    {"id": "编号", "turns": ["今天天气怎么样"]},
    {"id": "a", "turns": ["\x00\ud83d"]},
    {"id": "b2", "turns": [""]},
]


@pytest.mark.parametrize("source", ["file", "standard input"])
def test_a_batch_is_answered_line_by_line(helpdesk: Commands, tmp_path: Path, source: str) -> None:
    text = "\n\n".join(json.dumps(row) for row in BATCH)
    (tmp_path / "questions.jsonl").write_text(text, "utf-8")
    if source == "file":
        ran = helpdesk("ask", "--batch", tmp_path / "questions.jsonl")
    else:
        ran = helpdesk("ask", "--batch", "-", stdin=text)
    assert (ran.status, ran.err) == (0, "")
    assert [line["id"] for line in ran.lines] == ["b", "7", "编号", "a", "b2"]
    assert all(list(line) == ["id", *FIELDS] for line in ran.lines)
    assert [line["decision"] for line in ran.lines][::2] == ["answer", "refuse", "refuse"]
    # The second was answered in the light of the turn before it.
    assert ran.lines[1]["clauses"][0]["number"] == 5


def test_an_empty_batch(helpdesk: Commands) -> None:
    ran = helpdesk("ask", "--batch", "-")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


# Releases


def test_releases_and_back(helpdesk: Commands, policy_dir: Path) -> None:
    (policy_dir / "二.txt").write_text("关于减免房租的通知\n一、免收三个月房租。\n二、抓好落实。", "utf-8")
    assert helpdesk("reload", policy_dir=policy_dir).status == 0
    heading, *rows = helpdesk("releases").out.splitlines()
    assert heading.split() == ["release", "published", "(UTC)", "policies", "clauses", "note"]
    assert [re.split(r"\s{2,}", row.strip()) for row in rows] == [
        ["2", rows[0].split("  ")[4].strip(), "2", "13", "helpdesk reload", "in force"],
        ["1", rows[1].split("  ")[4].strip(), "1", "11", "first reading"],
    ]
    back = helpdesk("rollback", "1")
    assert (back.status, back.out) == (0, "Release 1 is in force: 1 policies, 11 clauses.\n")
    assert "in force" in helpdesk("releases").out.splitlines()[2]
    assert helpdesk("ask", "房租能减几个月", "--json").lines[0]["release"] == 1


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_no_such_release(helpdesk: Commands, number: str) -> None:
    ran = helpdesk("rollback", number)
    assert (ran.status, ran.out) == (1, "")
    assert ran.error == f"There is no release {number}: `helpdesk releases` lists those there are."
    assert "in force" in helpdesk("releases").out


# The thesaurus


def test_the_thesaurus_that_ships_is_a_start_for_ones_own(helpdesk: Commands, tmp_path: Path) -> None:
    text = helpdesk("thesaurus").out
    assert "→" in text
    mine = tmp_path / "mine.txt"
    mine.write_text(text + "\n灶王爷的账 → 缓缴费用\n", "utf-8")
    ran = helpdesk("thesaurus", mine)
    assert (ran.status, ran.err) == (0, "")
    assert re.fullmatch(r"\d+ phrases\.\n", ran.out)
    published = helpdesk("reload", thesaurus=mine)
    assert "Thesaurus: changed." in published.out
    assert "Release 2 is in force" in published.out
    assert re.search("^By thesaurus: 灶王爷.*缓缴费用", helpdesk("ask", "灶王爷的账", "--explain").out, re.MULTILINE)


def test_faults_of_a_thesaurus(helpdesk: Commands, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("# remark\n拉闸 停供\n\n三级 → 二级\n拉闸 → 停供\n", "utf-8")
    ran = helpdesk("thesaurus", mine)
    assert (ran.status, ran.out) == (1, "1 phrases.\n")
    first, second = ran.err.splitlines()
    assert first.startswith(f"warning: {mine}, line 2: ")
    assert second.startswith(f"warning: {mine}, line 4: ")


# Signing in


def test_a_link_to_sign_in(helpdesk: Commands) -> None:
    ran = helpdesk("login-link", base_url="https://policy.example.org/")
    assert (ran.status, ran.err) == (0, "")
    assert re.fullmatch(r"https://policy\.example\.org/login#[\w-]{20,}\n", ran.out)
    named = helpdesk("login-link", "--role", "staff", "--name", "王芳")
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/login#[\w-]{20,}\n", named.out)
    assert helpdesk("login-link", "1").status == 0
    nobody = helpdesk("login-link", "99")
    assert (nobody.status, nobody.out) == (1, "")
    assert nobody.error


# Measuring and fitting


def test_measures_of_a_question_set(helpdesk: Commands, tmp_path: Path) -> None:
    rows = [{"id": 1, "turns": [ELECTRICITY], "clauses": [4]}, {"id": 2, "turns": ["今天天气怎么样"], "clauses": []}]
    ran = helpdesk("evaluate", questions(tmp_path / "set.jsonl", *rows))
    assert (ran.status, ran.err) == (0, "")
    measures = dict(line.split() for line in ran.out.splitlines())
    assert (measures["questions"], measures["answerable"]) == ("2", "1")
    assert measures["clause@1"] == measures["refused_rightly"] == measures["auroc"] == "1.0000"


ASKED = {
    "电费": 4,
    "水费": 4,
    "用工": 4,
    "贷款": 5,
    "融资": 5,
    "担保": 5,
    "房租": 7,
    "税款": 7,
    "社保": 7,
    "捐赠": 7,
    "上云": 6,
}


def test_fitting_writes_weights_that_say_what_they_were_fitted_on(helpdesk: Commands, tmp_path: Path) -> None:
    ways = ("{}有什么支持", "我想问{}")
    rows = [{"id": w + word, "turns": [w.format(word)], "clauses": [n]} for w in ways for word, n in ASKED.items()]
    rows += [{"id": word, "turns": [word], "clauses": []} for word in ("结婚证", "天气预报", "驾照补办")]
    path, written = questions(tmp_path / "set.jsonl", *rows), tmp_path / "weights.json"
    ran = helpdesk("fit", f"{path}={NOTICE.parent}", "--write", written)
    assert (ran.status, ran.err) == (0, "")
    assert "set (answered by weights fitted without the question)" in ran.out
    assert ran.out.endswith(f"Written to {written}.\n")
    weights = Weights.parse(written.read_text("utf-8"))
    assert set(weights.at(100).ranking.weights) == set(NAMES)
    assert weights.fitted_on["sets"] == {"set": {"questions": 25, "clauses": 11}}


# On a terminal


@slow
def test_colours_and_a_bar_on_a_terminal_alone(helpdesk: Commands, tmp_path: Path) -> None:
    status, written = on_terminal("ask", ELECTRICITY, data=tmp_path / "new")
    assert status == 0
    assert "Reading policies" in written
    assert "Indexing policies" in written
    # What answers is marked in its clause, the source is dim, and the bar is gone from the screen.
    assert "\x1b[1;7m" in written
    assert "\x1b[2m——" in written
    assert written.rindex("\x1b[2K") < written.index("全力协调")
    shutil.rmtree(helpdesk.data)
    ran = helpdesk("ask", ELECTRICITY, "--explain")
    assert (ran.status, ran.err) == (0, "")
    assert "\x1b" not in ran.out
