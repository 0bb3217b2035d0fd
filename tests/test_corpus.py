"""Over all 599 real notices: nothing is lost, no clause is too long, ids stay. Read in place, where they lie beside us."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge.folder import read_folder
from knowledge.model import Policy
from knowledge.passages import LIMIT
from knowledge.readers import read_file
from knowledge.sentences import visible

MAX_BYTES = 20_000_000


def parsed(folder: Path) -> dict[str, Policy]:
    """The policies of a folder by their file's stem."""
    reading = read_folder(folder, {}, max_bytes=MAX_BYTES)
    assert not any(fault.fatal for fault in reading.faults)
    return {policy.source: policy for policy in reading.read}


@pytest.fixture(scope="module")
def policies(corpus: Path) -> dict[str, Policy]:
    found = parsed(corpus)
    assert len(found) == 599
    return found


def test_every_character_of_every_body_is_in_exactly_one_clause(policies: dict[str, Policy]) -> None:
    for source, policy in policies.items():
        covered = bytearray(len(policy.body))
        for clause in policy.clauses:
            stretch = slice(clause.start, clause.start + len(clause.text))
            assert policy.body[stretch] == clause.text, (source, clause.label)
            assert not any(covered[stretch]), (source, clause.label)
            covered[stretch] = b"\x01" * len(clause.text)
        lost = [c for c, mark in zip(policy.body, covered, strict=True) if not mark and not c.isspace()]
        assert lost == [], source


def test_every_character_of_every_file_is_in_the_body_or_the_title(policies: dict[str, Policy], corpus: Path) -> None:
    # Two files are saved pages: the table of labels above their notices is no policy text.
    saved_pages = {source for source, policy in policies.items() if policy.metadata.topics}
    assert len(saved_pages) < 5
    for source, policy in policies.items():
        if source in saved_pages:
            continue
        lines = [line for line in read_file(corpus / policy.path).text.split("\n") if line.strip()]
        missing = list((Counter(lines) - Counter(policy.body.split("\n"))).elements())
        about = policy.metadata
        known = "".join(f"{about.title}{about.document_number}".split())
        for line in missing:
            # Of what was taken for the title, all but issuers printed twice and a number's beginning stands in it.
            rest = re.sub(r"[\s（）()-]|财政部$", "", line)
            assert rest in re.sub(r"[\s（）()-]", "", known + known) or rest.startswith(about.document_number), (
                source,
                line,
            )


def test_no_clause_is_longer_than_a_reader_takes_in(policies: dict[str, Policy]) -> None:
    longest = max((visible(clause.text), clause.clause_id) for policy in policies.values() for clause in policy.clauses)
    assert 300 < longest[0] <= LIMIT == 400, longest


def test_long_clauses_are_cut_at_sentence_ends(policies: dict[str, Policy]) -> None:
    inside = total = 0
    for policy in policies.values():
        for clause, after in zip(policy.clauses, policy.clauses[1:], strict=False):
            # Cut inside a line: the two are parts of one paragraph.
            if "\n" not in policy.body[clause.start + len(clause.text) : after.start]:
                total += 1
                inside += not re.search(r"[。！？!?；;…”’）)】》]$", clause.text)
    assert total > 50
    assert inside / total < 0.05


def test_ids_are_unique_and_fit_a_deep_link(policies: dict[str, Policy]) -> None:
    ids = [clause.clause_id for policy in policies.values() for clause in policy.clauses]
    assert len(ids) == len(set(ids)) > 3000
    assert [one for one in ids if not re.fullmatch("[A-Za-z0-9_-]{1,64}", one)] == []


def test_ids_are_the_same_after_a_reload_and_beside_an_unrelated_file(
    policies: dict[str, Policy], corpus: Path, tmp_path: Path
) -> None:
    for path in corpus.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "00 无关的通知.txt").write_text("关于无关事项的通知\n一、无关。\n二、也无关。\n", "utf-8")
    again = parsed(tmp_path)
    assert again.keys() - policies.keys() == {"00 无关的通知"}
    assert {source: again[source] for source in policies} == policies


def test_numbers_count_up(policies: dict[str, Policy]) -> None:
    numbered = 0
    for source, policy in policies.items():
        numbers = list(dict.fromkeys(clause.number for clause in policy.clauses if clause.number is not None))
        assert numbers == list(range(1, len(numbers) + 1)), source
        assert [clause.ordinal for clause in policy.clauses] == list(range(len(policy.clauses))), source
        numbered += bool(numbers)
    assert numbered > 150


# What a reader found when looking at them by eye -------------------------------------------------------------------

TITLES = {
    "098bd64f": "财政部 海关总署 税务总局关于防控新型冠状病毒感染的肺炎疫情进口物资免税政策的公告",
    "37dd65b1": "山东省人民政府办公厅印发关于积极应对新冠肺炎疫情加快恢复农业生产确保重要农产品稳产保供的若干措施的通知",
    "022dfe79": "抗击疫情同聚力 落实优惠促发展",
    "7b194a57": "关于加强金融服务支持打赢疫情防控阻击战的通知",
}
ISSUERS = {
    "10c51a18": "人力资源社会保障部、财政部、税务总局",
    "4052555c": "四川省应对新型冠状病毒肺炎疫情应急指挥部",
    "20f18320": "龙岩市人力资源和社会保障局",
    "2224dc16": "陕西省人民政府办公厅",
}
NUMBERED = {
    # 一、 to 十二、 behind a signature; a mark inside a line; questions that quote articles
    "2224dc16": 12,
    "6a93bab7": 9,
    "983984f7": 0,
    "8b12df73": 0,
}


def found_by(policies: dict[str, Policy], beginning: str) -> Policy:
    (policy,) = [policy for source, policy in policies.items() if source.startswith(beginning)]
    return policy


@pytest.mark.parametrize("beginning", TITLES)
def test_titles(policies: dict[str, Policy], beginning: str) -> None:
    assert found_by(policies, beginning).metadata.title == TITLES[beginning]


@pytest.mark.parametrize("beginning", ISSUERS)
def test_issuers(policies: dict[str, Policy], beginning: str) -> None:
    assert found_by(policies, beginning).metadata.issuer == ISSUERS[beginning]


@pytest.mark.parametrize("beginning", NUMBERED)
def test_provisions(policies: dict[str, Policy], beginning: str) -> None:
    numbers = {clause.number for clause in found_by(policies, beginning).clauses} - {None}
    assert len(numbers) == NUMBERED[beginning]
