"""Browsing, whole notices, clauses at their own addresses."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from web_fixtures import HOSTILE, Web, running

NOTICE = "关于进一步做好工业企业复工复产相关工作的通知"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("reading")) as web:
        yield web


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {NOTICE, HOSTILE}),
        ("level=省级", {NOTICE}),
        ("topic=综合类", {NOTICE}),
        ("department=工信", {NOTICE}),
        ("region=湖南&until=2020-02-28", {NOTICE}),
        ("since=2020-03-01", {HOSTILE}),
        ("level=国家级", set()),
        # What is no date counts as not given.
        ("since=yesterday", {NOTICE, HOSTILE}),
    ],
)
def test_notices_are_filtered_as_on_the_platform(web: Web, query: str, found: set[str]) -> None:
    with web.client() as client:
        page = client.get(f"/policies?{query}").text
    listed = re.findall(r'<li><a href="/policies/[a-z2-7]+">(.*?)</a>', page)
    assert {html.unescape(title) for title in listed} == found


def test_a_whole_notice_prints_every_clause_with_its_own_address(web: Web) -> None:
    policy_id = next(n.policy_id for n in web.helpdesk.notices().notices if n.metadata.title == NOTICE)
    clauses = web.helpdesk.clauses_of(policy_id)
    with web.client() as client:
        page = client.get(f"/policies/{policy_id}").text
        for clause in clauses:
            assert f'id="c-{clause.clause_id}"' in page
            assert f'href="/clause/{clause.clause_id}"' in page
            one = client.get(f"/clause/{clause.clause_id}")
            assert one.status_code == 200
            quoted = re.search(r'<blockquote class="clause">(.*?)</blockquote>', one.text, re.DOTALL)
            assert quoted
            # Word for word: nothing cleaned, nothing lost.
            assert html.unescape(re.sub(r"<[^>]*>", "", quoted[1])) == clause.text


@pytest.mark.parametrize(
    "path", ["/clause/none-1", "/policies/nonexistent", "/clause/%00", "/nowhere", "/policies?page=0"]
)
def test_what_does_not_exist_is_said_on_a_page(web: Web, path: str) -> None:
    with web.client() as client:
        reply = client.get(path)
    assert reply.status_code in (400, 404)
    assert "回到首页" in reply.text


def test_html_in_a_notice_stays_text_on_every_page(web: Web) -> None:
    policy_id = next(n.policy_id for n in web.helpdesk.notices().notices if n.metadata.title == HOSTILE)
    clause_id = web.helpdesk.clauses_of(policy_id)[1].clause_id
    with web.member() as client:
        for path in (
            "/policies",
            f"/policies/{policy_id}",
            f"/clause/{clause_id}",
            "/desk?q=稳岗补贴",
            f"/desk/compare?a={clause_id}&b={clause_id}",
            "/desk/trial?q=<script>alert(3)</script>补贴",
        ):
            page = client.get(path).text
            assert "alert(" in page, path
            assert not re.search(r"<script>alert|<img src=x", page), path
        assert "{{ 7*7 }}" in client.get(f"/policies/{policy_id}").text
