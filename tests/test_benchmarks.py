"""Every benchmark runs from its beginning to its end, on next to nothing, into a folder of its own."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from conftest import NOTICE, ROOT, slow

from benchmarks import ablation, beside, report, scale, search_as_you_type
from benchmarks.corpus import EVERYDAY
from knowledge.features import NAMES

pytestmark = slow
# scipy reads it when it is loaded: small matrices are waited for longer than computed on more threads than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return tmp_path / "docs"


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """A folder without development questions, so that only what ships is measured on."""
    return tmp_path / "no-evaluation"


def page(docs: Path, section: str) -> str:
    """A section of the page that the benchmarks write, with its first table's rows checked to be of one width."""
    text = (docs / "benchmarks.md").read_text("utf-8")
    found = re.search(f"<!-- {section} -->\n(.*)\n<!-- end of {section} -->", text, re.DOTALL)
    assert found
    rows = [line for line in found[1].splitlines() if line.startswith("|")]
    assert len(rows) > 2
    assert len({row.count("|") for row in rows[:3]}) == 1
    return found[1]


def test_compare(docs: Path, nothing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("bm25s", reason="bm25s is not installed")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    from benchmarks import compare, engines

    compare.main(["--eval", str(nothing), "--limit", "40", "--docs", str(docs)])
    section = page(docs, "compare")
    for name in (compare.PROJECT, compare.SHIPPED, *engines.RIVALS):
        assert f"| {name} |" in section
    assert section.strip() in capsys.readouterr().out
    assert list((docs / "images").iterdir())


def test_scale(docs: Path, nothing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scale.main(["25", "--eval", str(nothing), "--asked", "2", "--docs", str(docs), "--work", str(docs.parent)])
    section, told = page(docs, "scale"), capsys.readouterr()
    assert re.search(r"^\| 25 \| +[\d.]+ \|", section, re.MULTILINE)
    assert "`python -m benchmarks.scale 25` on " in section
    assert section.strip() in told.out
    assert "25 clauses: building" in told.err
    # The index is kept, and asked again as it is.
    built = next(docs.parent.glob("25-*.json")).read_bytes()
    scale.main(["25", "--eval", str(nothing), "--asked", "2", "--docs", str(docs), "--work", str(docs.parent)])
    assert "building" not in capsys.readouterr().err
    assert next(docs.parent.glob("25-*.json")).read_bytes() == built


def test_ablation(docs: Path, nothing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ablation.main(["--groups", "BM25", "--eval", str(nothing), "--limit", "40", "--docs", str(docs)])
    section = page(docs, "ablation")
    assert re.search(r"^\| with everything \| [01]\.\d{3} \|", section, re.MULTILINE)
    assert re.search(r"^\| without BM25 \| [+-]\d\.\d{3} \|", section, re.MULTILINE)
    assert section.strip() in capsys.readouterr().out


def test_beside(docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "policies").mkdir()
    other = "上海市人民政府关于减免中小企业房租的通知\n一、减免房租。对承租国有房屋的中小企业，免收两个月房租。"
    (tmp_path / "policies" / "a.txt").write_text(other, "utf-8")
    questions = EVERYDAY.read_text("utf-8").splitlines()[:20]
    (tmp_path / "owners-dev.jsonl").write_text("\n".join(questions), "utf-8")
    beside.main(["--eval", str(tmp_path), "--docs", str(docs)])
    section = page(docs, "beside")
    assert re.search(r"^\| the notice alone \| \d+ \| 1\.00 \| [01]\.\d\d ", section, re.MULTILINE)
    assert "| 1 others beside it, asked from 湖南 |" in section
    assert section.strip() in capsys.readouterr().out


def test_search_as_you_type(capsys: pytest.CaptureFixture[str]) -> None:
    questions = ROOT / "benchmarks" / "questions" / "everyday.jsonl"
    search_as_you_type.main([str(NOTICE.parent), str(questions), "--asked", "3", "--letters", "6"])
    out = capsys.readouterr().out
    assert re.fullmatch(r"1 notices, 3 look-ups: median [\d.]+ ms, p95 [\d.]+ ms, longest [\d.]+ ms\n", out)


def test_telegram(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import telegram_bot

    monkeypatch.setattr(telegram_bot, "ROUNDS", 1)
    asyncio.run(telegram_bot.compare(str(NOTICE.parent), ["房租能减吗", "电费交不上"], [1, 2]))
    out = capsys.readouterr().out
    for people in (1, 2):
        told = out.partition(f"{people} people ask at once\n")[2]
        assert re.match(
            r"  echo +[\d.]+ updates/s.*\n  helpdesk +[\d.]+ updates/s.*\n  helpdesk / echo: \d+\.\d\d\n", told
        )


# What the benchmarks are made of


def test_every_feature_is_of_a_group_that_can_be_left_out() -> None:
    assert ablation.ungrouped() == []


def test_every_group_but_the_first_leaves_something_out() -> None:
    first, *others = ablation.GROUPS.items()
    assert first == ("nothing", ablation.Group())
    for name, group in others:
        assert group.columns or group.sound or group.thesaurus, name
        assert all(0 <= column < len(NAMES) for column in group.columns)


def test_a_section_replaces_the_one_before_and_leaves_others(docs: Path) -> None:
    for section, text in (("one", "first"), ("two", "\\1 other"), ("one", "second")):
        assert report.keep(docs, section, text) == docs / "benchmarks.md"
    written = (docs / "benchmarks.md").read_text("utf-8")
    assert written.startswith("# Benchmarks\n")
    assert "first" not in written
    assert written.index("<!-- one -->\n\nsecond\n") < written.index("<!-- two -->\n\n\\1 other\n")


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0.00"), (0.123, "0.12"), (0.999, "1.00"), (1.26, "1.3"), (9.94, "9.9"), (57.4, "57")]
)
def test_milliseconds(value: float, shown: str) -> None:
    assert report.milliseconds(value) == shown


@pytest.mark.parametrize(
    ("values", "part", "found"),
    [
        ([3.0], 0.5, 3.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([1.0, 2.0], 0.95, 1.0),
        ([float(n) for n in range(101)], 0.95, 95.0),
    ],
)
def test_percentiles(values: list[float], part: float, found: float) -> None:
    assert report.percentile(values, part) == found
