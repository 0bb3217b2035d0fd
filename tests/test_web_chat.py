"""The chat over HTTP, as a browser without scripts sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from web_fixtures import Web, post, running, token

from handlers.texts import GREETING, YOU_ARE_WELCOME, hotline, place_note
from handlers.web.options import WebOptions
from handlers.web.pages import Pages
from handlers.web.viewer import Viewer
from handlers.web.views import turn
from knowledge.answer import Reprint

QUESTION = "厂里电费交不上，会不会断电？"
EVIDENCE = "欠费不停供"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("chat")) as web:
        yield web


def asked(client: httpx.Client, question: str) -> httpx.Response:
    reply = post(client, "/ask", "/", question=question)
    return client.get(reply.headers["location"]) if reply.status_code == 303 else reply


def evidence(page: str) -> list[str]:
    return re.findall(r'<p class="evidence-line">(.*?)</p>', page, re.DOTALL)


def test_a_newcomer_asks_and_reads_the_evidence_within_its_clause(web: Web) -> None:
    with web.client() as client:
        page = asked(client, QUESTION).text
    assert EVIDENCE in evidence(page)[0]
    marked = "".join(re.findall(r'<mark class="evidence">(.*?)</mark>', page, re.DOTALL))
    assert EVIDENCE in marked
    assert "第四条" in page
    assert "湖南省工业和信息化厅" in page
    assert "2020-02-12 发布" in page


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("红烧肉怎么做才好吃", "没有找到适用的条款"),
        ("😀😀😀", "没有找到适用的条款"),
        ("的了吗呢", "没有找到适用的条款"),
    ],
)
def test_a_refusal_is_plain_and_gives_the_hotline(web: Web, question: str, shown: str) -> None:
    with web.client() as client:
        page = asked(client, question).text
    assert shown in page
    assert 'href="tel:96871"' in page


@pytest.mark.parametrize(
    ("said", "reply"),
    [("谢谢！", YOU_ARE_WELCOME), ("好的", YOU_ARE_WELCOME), ("你好", GREETING), ("转人工", hotline("96871", ""))],
)
def test_courtesy_is_returned_and_neither_refused_nor_kept(web: Web, said: str, reply: str) -> None:
    with web.client() as client:
        asked(client, QUESTION)
        page = asked(client, said)
        assert page.status_code == 200
        assert page.text.index(EVIDENCE) < page.text.index(f"<p>{reply}</p>")
        assert "没有找到适用的条款" not in page.text
        assert said not in client.get("/").text
        piece = client.post("/ask", data={"question": said, "token": token(client)}, headers=SCRIPT).text
        assert f"<p>{reply}</p>" in piece
        # Not the id by which the page's script knows what it has to bring along.
        assert 'id="t-said"' in piece
    stranger = httpx.post(f"{web.url}/ask", data={"question": said, "earlier": QUESTION}).text
    assert f"<p>{reply}</p>" in stranger
    assert re.findall('name="earlier" value="(.*?)"', stranger) == [QUESTION]
    # To the library, and so to other systems, it is a question like any other.
    decision = httpx.post(f"{web.url}/api/v1/ask", json={"question": said}).json()["decision"]
    assert decision == web.helpdesk.ask(said).decision
    assert decision == "refuse" or said == "转人工"


def test_a_follow_up_is_read_in_the_light_of_the_question_before(web: Web) -> None:
    with web.client() as client, web.client() as stranger:
        asked(client, "贷款快到期了，能不能续贷？")
        together = asked(client, "那利息呢？").text
        alone = asked(stranger, "那利息呢？").text
    expected = web.helpdesk.ask("那利息呢？", ["贷款快到期了，能不能续贷？"])
    assert expected.decision == "answer"
    assert together.count("evidence-line") == 2
    assert expected.evidence in together
    assert together != alone


def test_who_takes_no_cookies_is_answered_and_can_follow_up(web: Web) -> None:
    reply = httpx.post(f"{web.url}/ask", data={"question": QUESTION})
    assert reply.status_code == 200
    assert EVIDENCE in evidence(reply.text)[0]
    assert f'name="earlier" value="{QUESTION}"' in reply.text


def test_the_history_of_the_visit_stays_and_can_be_cleared(web: Web) -> None:
    mine = "房东能不能给我减点房租"
    with web.client() as client:
        asked(client, mine)
        assert mine in client.get("/").text
        with web.client() as stranger:
            assert mine not in stranger.get("/").text
        assert post(client, "/forget", "/").status_code == 303
        assert mine not in client.get("/").text


def test_an_answer_can_be_judged_once_and_again(web: Web) -> None:
    with web.client() as client:
        page = asked(client, QUESTION).text
        number = re.search(r'name="asked" value="(\d+)"', page)
        assert number
        for judgement, pressed in (("yes", "有帮助"), ("no", "没帮助")):
            assert post(client, "/judge", "/", asked=number[1], helpful=judgement).status_code == 303
            page = client.get("/").text
            assert re.search(rf'aria-pressed="true">{pressed}<', page), page
    # Another visit's judgement of the same number changes nothing.
    with web.client() as stranger:
        post(stranger, "/judge", "/", asked=number[1], helpful="yes")
    with web.client() as client:
        client.get("/")


@pytest.mark.parametrize(
    ("question", "problem"), [("", "请先写下您的问题"), ("   ", "请先写下您的问题"), ("电" * 1001, "问题太长了")]
)
def test_what_cannot_be_asked_is_said(web: Web, question: str, problem: str) -> None:
    with web.client() as client:
        reply = post(client, "/ask", "/", question=question)
    assert reply.status_code == 400
    assert problem in reply.text


def test_suggestions_come_from_headings_and_from_what_helped_others(web: Web) -> None:
    question = "续贷需要什么条件"
    for _ in range(2):
        with web.client() as client:
            page = asked(client, question).text
            if number := re.search(r'name="asked" value="(\d+)"', page):
                post(client, "/judge", "/", asked=number[1], helpful="yes")
    with web.client() as client:
        found = client.get("/suggest", params={"q": "金融"}).json()["suggestions"]
        assert "加大金融扶持" in found
        assert client.get("/suggest", params={"q": "金"}).json()["suggestions"] == []
        if web.helpdesk.ask(question).decision != "refuse":
            assert question in client.get("/suggest", params={"q": "续贷"}).json()["suggestions"]


def test_the_script_gets_the_same_turn_as_the_page(web: Web) -> None:
    with web.client() as client:
        piece = client.post(
            "/ask", data={"question": QUESTION, "token": token(client)}, headers={"X-Requested-With": "fetch"}
        )
        page = client.get("/").text
    assert piece.status_code == 200
    assert "<html" not in piece.text
    assert piece.text.strip() in page


def test_the_empty_page_offers_questions_that_are_answered(web: Web, tmp_path: Path) -> None:
    with running(tmp_path) as fresh, fresh.client() as client:
        offered = re.findall(r'<button name="question" value="(.*?)"', client.get("/").text)
        assert offered
        assert all(fresh.helpdesk.ask(one).decision != "refuse" for one in offered)


def test_what_is_asked_most_is_offered_and_by_its_heading_where_nobody_shared_the_words(tmp_path: Path) -> None:
    with running(tmp_path) as fresh:
        for n in range(3):
            people, answer = fresh.helpdesk.people, fresh.helpdesk.ask(QUESTION)
            fresh.run(people.asked(people.person("visit", f"{n}"), "web", f"{QUESTION}我是张三{n}", answer))
        with fresh.client() as client:
            page = client.get("/").text
        offered = re.findall(r'<button name="question" value="(.*?)"', page)
        assert "大家常问" in page
        assert offered == [fresh.helpdesk.ask(QUESTION).citations[0].clause.heading]
        assert "张三" not in page


def test_a_provision_printed_elsewhere_names_the_other_notices(web: Web) -> None:
    answer = web.helpdesk.ask(QUESTION)
    ids = [c.clause_id for c in web.helpdesk.clauses_of(web.helpdesk.notices().notices[0].policy_id)[:2]]
    others = tuple(Reprint(clause_id, f"通知{n}") for n, clause_id in enumerate(ids))
    cited = (replace(answer.citations[0], also_in=others), *answer.citations[1:])
    shown = turn(replace(answer, citations=cited))
    assert [one.path for one in shown.elsewhere] == [f"/clause/{clause_id}" for clause_id in ids]
    html = Pages(WebOptions()).html("_turn.html", {"turn": shown, "viewer": Viewer.new(), "today": date.today()})
    assert "同样的规定还见于 2 份文件" in html
    assert f'href="/clause/{ids[1]}">通知1<' in html


ELSEWHERE = "上海市关于减免房租的通知\n\n一、减免房租。对承租国有房屋的中小企业，免收2月、3月两个月房租。\n"


def test_a_clause_of_another_place_is_said_to_be_of_another(tmp_path: Path) -> None:
    question = "重庆市对承租国有房屋的中小企业房租有何减免"
    with running(tmp_path) as web:
        (web.folder / "房租.txt").write_text(ELSEWHERE, "utf-8")
        web.run(publish(web))
        answer = web.helpdesk.ask(question)
        assert answer.other_place == "上海"
        assert answer.decision == "choose"
        note = place_note(answer)
        with web.client() as client, web.client() as other:
            assert f'<p class="note">{note}</p>' in asked(client, question).text
            assert 'class="note"' not in asked(other, QUESTION).text
        # A refusal cites nothing, so there is nothing to warn of.
        assert turn(replace(answer, decision="refuse")).note == ""
        # The API keeps to the fields of a line of --batch.
        reply = httpx.post(f"{web.url}/api/v1/ask", json={"question": question}).json()
        assert set(reply) == set(answer.as_json())


async def publish(web: Web) -> None:
    await web.helpdesk.publish(await web.helpdesk.preview(), note="the tests", actor="the tests")
