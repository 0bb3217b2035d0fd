"""The desk over HTTP: results, filters, the open clause with its reasons, comparison, paging."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from web_fixtures import HOSTILE, HOSTILE_NOTICE, Web, running

from handlers.web.labels import FEATURES
from knowledge.filters import Filters
from knowledge.parse import policy_id

SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("desk")) as web:
        (web.folder / "新补贴.txt").write_text(HOSTILE_NOTICE.replace("50%", "60%"), "utf-8")
        web.run(web.helpdesk.publish(web.run(web.helpdesk.preview())))
        yield web


@pytest.fixture(scope="module")
def client(web: Web) -> Iterator[httpx.Client]:
    with web.member("staff") as client:
        yield client


def results(page: str) -> list[str]:
    return re.findall(r'data-id="([^"]+)"[^>]*>\s*<strong>', page)


@pytest.mark.parametrize("query", ["电费", "续贷", "房租 减免", "daikuan", "补贴 失业保险", "不存在的词语甲乙丙"])
@pytest.mark.parametrize("filters", [{}, {"level": "省级"}, {"since": "2020-02-15"}])
def test_results_are_the_helpdesks_own_in_its_order(
    web: Web, client: httpx.Client, query: str, filters: dict[str, str]
) -> None:
    page = client.get("/desk", params={"q": query, **filters}, headers=SCRIPT).text
    since = filters.get("since")
    wanted = Filters(level=filters.get("level", ""), since=date.fromisoformat(since) if since else None)
    expected = [c.clause.clause_id for c in web.helpdesk.search(query, wanted, limit=10)]
    assert results(page) == expected
    assert "没有找到" in page or expected


def test_the_open_clause_has_the_line_to_read_the_words_and_the_reasons(web: Web, client: httpx.Client) -> None:
    page = client.get("/desk", params={"q": "电费 缓缴"}, headers=SCRIPT).text
    first = web.helpdesk.search("电费 缓缴")[0].clause
    match = web.helpdesk.match("电费 缓缴", first.clause_id)
    assert match.rank == 1
    assert match.evidence
    evidence = first.text[match.evidence.start : match.evidence.end]
    assert "<mark" in page
    quotation = html.unescape(re.search(r'id="copy-quotation" data-copy="(.*?)"', page, re.DOTALL)[1])  # type: ignore[index]
    assert quotation.startswith(f"“{evidence}”\n—— 《")
    reading = html.unescape(re.search(r'id="copy-reading" data-copy="(.*?)"', page, re.DOTALL)[1])  # type: ignore[index]
    assert reading.endswith(evidence)
    largest = max(match.contributions, key=lambda name: abs(match.contributions[name]))
    assert FEATURES[largest] in page
    assert f"{match.contributions[largest]:+.2f}" in page


def test_the_words_looked_up_besides_are_told_once_and_not_those_typed(web: Web, client: httpx.Client) -> None:
    query = "电费 缓缴"
    forms = web.helpdesk.look_up(query).forms
    assert forms
    page = client.get("/desk", params={"q": query}, headers=SCRIPT).text
    found = re.search(r"也查了：(.*?)</p>", page)
    assert found
    told = found[1].split("；")
    terms = [one.partition(" → ")[0] for one in told]
    assert len(set(told)) == len(told)
    assert set(terms) <= {f.term for f in forms}
    assert "用电" in found[1]
    # What was typed itself needs no telling.
    assert not any(re.search(r"(?:→ |、)(?:电费|缓缴)[、（]", one) for one in told)


def test_only_who_has_set_filters_is_told_to_widen_them(client: httpx.Client) -> None:
    lost = {"q": "不存在的词语甲乙丙"}
    assert "放宽筛选条件" not in client.get("/desk", params=lost, headers=SCRIPT).text
    assert "放宽筛选条件" in client.get("/desk", params={**lost, "level": "省级"}, headers=SCRIPT).text


def test_any_clause_can_be_opened_beside_any_query(web: Web, client: httpx.Client) -> None:
    clause = web.helpdesk.search("房租")[0].clause
    piece = client.get(f"/desk/clause/{clause.clause_id}", params={"q": "房租"}, headers=SCRIPT)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    page = client.get("/desk", params={"q": "电费", "id": clause.clause_id}).text
    assert f'class="card opened" data-id="{clause.clause_id}"' in page
    assert client.get("/desk/clause/none-1").status_code == 404


def test_words_found_by_sound_are_named_and_marked(client: httpx.Client) -> None:
    page = client.get("/desk", params={"q": "带款"}, headers=SCRIPT).text
    assert "带款 → 贷款（读音相近）" in page
    assert re.search(r'<mark class=" word">[^<]*贷款', page)


def test_two_clauses_stand_side_by_side_with_what_differs(web: Web, client: httpx.Client) -> None:
    ours, raised = (web.helpdesk.clauses_of(policy_id(name))[1] for name in ("补贴.txt", "新补贴.txt"))
    other = web.helpdesk.search("电费")[0].clause
    for one, two, marked in ((ours, raised, True), (ours, other, False)):
        page = client.get("/desk/compare", params={"a": one.clause_id, "b": two.clause_id}).text
        sides = re.findall(r'<blockquote class="clause">(.*?)</blockquote>', page, re.DOTALL)
        assert [html.unescape(re.sub(r"<[^>]*>", "", side)) for side in sides] == [one.text, two.text]
        # Of two that have little in common nothing is marked: it would be everything.
        assert re.findall(r'class="differs">(.*?)<', page) == (["50%", "60%"] if marked else [])
    same = client.get("/desk/compare", params={"a": ours.clause_id, "b": ours.clause_id}).text
    assert "完全相同" in same
    assert client.get("/desk/compare", params={"a": ours.clause_id, "b": "none"}).status_code == 404


def test_further_results_are_on_further_pages(client: httpx.Client) -> None:
    first = client.get("/desk", params={"q": "企业"}, headers=SCRIPT).text
    assert 'rel="next"' in first
    second = client.get("/desk", params={"q": "企业", "page": 2}, headers=SCRIPT).text
    assert results(second)
    assert not set(results(first)) & set(results(second))
    assert 'rel="prev"' in second
    assert client.get("/desk", params={"q": "企业", "page": 21}).status_code == 400


@pytest.mark.parametrize("query", ["", "   ", "。。。", "😀", "<b>", '"', "a" * 200, "%"])
def test_odd_queries_are_answered_too(client: httpx.Client, query: str) -> None:
    reply = client.get("/desk", params={"q": query})
    assert reply.status_code == 200
    assert HOSTILE not in reply.text


def test_a_query_too_long_is_refused(client: httpx.Client) -> None:
    assert client.get("/desk", params={"q": "贷" * 201}).status_code == 400
