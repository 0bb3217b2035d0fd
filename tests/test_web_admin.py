"""Administration: preview and publication with progress, rollback, uploads, the trial, usage, members, keys."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_fixtures import Web, post, running, token

CHANGED = """关于稳岗补贴的通知

一、稳岗补贴。对不裁员的企业返还失业保险费的60%，最高20万元。
二、新增一条。办理时限为3个工作日。

长沙市人力资源和社会保障局
2020年3月1日
"""


@pytest.fixture
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("admin")) as web:
        yield web


def finished(client: httpx.Client, address: str) -> str:
    """The page of a job once it is done; its progress is asked for as the page's script does."""
    for _ in range(300):
        told = client.get(address, headers={"X-Requested-With": "fetch"}).json()
        assert set(told) == {"running", "step", "done", "total", "percent"}
        if not told["running"]:
            return client.get(address).text
        time.sleep(0.02)
    raise AssertionError("the job does not end")


def test_reload_previews_publishes_once_and_goes_back(web: Web) -> None:
    with web.member() as client:
        preview = post(client, "/desk/releases/preview").headers["location"]
        assert "没有差别" in finished(client, preview)

        (web.folder / "补贴.txt").write_text(CHANGED, "utf-8")
        (web.folder / "坏.pdf").write_bytes(b"%PDF-1.4 not really")
        preview = post(client, "/desk/releases/preview").headers["location"]
        page = finished(client, preview)
        assert re.search(r"未读入</span> <code>坏.pdf</code> PDF 已损坏", page)
        # Each change is told by how it begins: clauses without a number would all look alike.
        assert re.search(r"修改</span> 一、稳岗补贴。", page)
        assert re.search(r"<b>1</b> 份修改", page)
        assert re.search(r"<del>.*?50.*?</del>.*?<ins>.*?60", page, re.DOTALL)
        # Somebody else who knows the address cannot publish.
        with web.member() as other:
            assert post(other, f"{preview}/publish").status_code == 403
        published = post(client, f"{preview}/publish").headers["location"]
        assert "版本 2 已在使用" in finished(client, published)
        assert post(client, f"{preview}/publish").status_code == 404
        assert web.helpdesk.answerer.release == 2

        page = client.get("/desk/releases/1").text
        assert re.search(r"<ins>.*?50", page, re.DOTALL)
        restored = post(client, "/desk/releases/1/restore").headers["location"]
        assert "版本 1 已在使用" in finished(client, restored)
        assert web.helpdesk.answerer.release == 1
        assert client.get("/desk/releases/99").status_code == 404
        assert "没有这个版本" in finished(client, post(client, "/desk/releases/99/restore").headers["location"])
        audit = client.get("/desk/audit").text
        assert "恢复版本" in audit
        assert "发布" in audit


def test_two_previews_of_one_state_are_not_both_published(web: Web) -> None:
    (web.folder / "补贴.txt").write_text(CHANGED, "utf-8")
    with web.member() as client:
        first, second = (post(client, "/desk/releases/preview").headers["location"] for _ in range(2))
        finished(client, first)
        finished(client, second)
        finished(client, post(client, f"{first}/publish").headers["location"])
        assert "没有可以发布的内容" in finished(client, post(client, f"{second}/publish").headers["location"])
    assert web.helpdesk.answerer.release == 2


def test_an_upload_is_shown_as_it_was_read_then_kept_and_published(web: Web) -> None:
    with web.member() as client:
        files = [("files", ("新政.txt", CHANGED.encode("gb18030"))), ("files", ("空.txt", b""))]
        reply = client.post("/desk/uploads", data={"token": token(client, "/desk/me")}, files=files)
        page = client.get(reply.headers["location"]).text
        for shown in (
            "关于稳岗补贴的通知",
            "长沙市人力资源和社会保障局",
            "最高20万元",
            "空.txt",
            "无法读取",
            "存入 1 份",
        ):
            assert shown in page
        assert not (web.folder / "新政.txt").exists()
        # Another administrator does not see it.
        with web.member() as other:
            assert other.get(reply.headers["location"]).status_code == 404
        preview = post(client, f"{reply.headers['location']}/keep").headers["location"]
        assert "份新增" in finished(client, preview)
        assert (web.folder / "新政.txt").read_bytes() == CHANGED.encode("gb18030")
        finished(client, post(client, f"{preview}/publish").headers["location"])
        assert "最高20万元" in client.get("/desk?q=稳岗补贴").text


@pytest.mark.parametrize("files", [[], [("files", ("", b""))]])
def test_an_upload_of_nothing_is_said(web: Web, files: list[tuple[str, tuple[str, bytes]]]) -> None:
    with web.member() as client:
        reply = client.post("/desk/uploads", data={"token": token(client, "/desk/me")}, files=files)
    assert reply.status_code == 400
    assert "请先选择要上传的文件" in reply.text


def test_an_upload_can_be_thrown_away(web: Web) -> None:
    with web.member() as client:
        files = {"files": ("新政.txt", CHANGED.encode())}
        address = client.post("/desk/uploads", data={"token": token(client, "/desk/me")}, files=files).headers[
            "location"
        ]
        assert post(client, f"{address}/discard").headers["location"] == "/desk/releases"
        assert client.get(address).status_code == 404
    assert not (web.folder / "新政.txt").exists()


def test_the_trial_shows_every_candidate_with_every_number(web: Web) -> None:
    question = "厂里电费交不上，会不会断电？"
    told = web.helpdesk.ask(question, explain=True).explanation
    assert told
    with web.member() as client:
        page = client.get("/desk/trial", params={"q": question}).text
    assert f"全部候选（{len(told.candidates)}）" in page
    for candidate in told.candidates:
        assert candidate.clause_id in page
        assert f"{candidate.score:.2f}" in page
        assert all(f"{value:.3f}" in page for value in candidate.features.values())
    assert "直接答复" in page


def test_the_trial_says_why_a_likely_clause_is_only_offered(web: Web) -> None:
    question = "房东减免房租多少"
    answer = web.helpdesk.ask(question)
    assert (answer.decision, answer.confidence > web.helpdesk.limits.answer) == ("choose", True)
    with web.member() as client:
        page = client.get("/desk/trial", params={"q": question}).text
    assert "给出选择" in page
    assert "问的是数额，而第一条里没有，所以最多给出选择。" in page


def test_usage_and_what_was_asked_in_vain(web: Web) -> None:
    for question in ("厂里电费交不上，会不会断电？", "红烧肉怎么做才好吃", "红烧肉怎么做才好吃？"):
        with web.client() as client:
            post(client, "/ask", "/", question=question)
    with web.member() as client:
        page = client.get("/desk/usage").text
        assert re.search(r"<b>3</b> 个问题", page)
        assert re.search(r"<b>2</b> 没有找到", page)
        gap = re.search(
            r"<td>(红烧肉怎么做才好吃？?)</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td>", page
        )
        assert gap
        assert (gap[2], gap[3]) == ("2", "2")
        assert page.count("<svg") == 2
        assert "<rect" in page


def test_members_are_appointed_come_in_and_are_dismissed(web: Web) -> None:
    with web.member() as client, web.client() as newcomer:
        page = post(client, "/desk/members", name="王<小>明", role="staff").text
        assert "王&lt;小&gt;明" in page
        code = re.search(r'<code id="link">http://[^#]+/login#([\w-]+)</code>', page)
        assert code
        assert post(newcomer, "/login", "/login", code=code[1]).status_code == 303
        assert newcomer.get("/desk").status_code == 200
        assert newcomer.get("/desk/members").status_code == 403
        number = str(next(m.member_id for m in web.run(web.helpdesk.people.members()) if m.name == "王<小>明"))
        post(client, "/desk/members/role", member_id=number, role="admin")
        assert newcomer.get("/desk/members").status_code == 200
        post(client, "/desk/members/sessions", member_id=number)
        assert newcomer.get("/desk").status_code == 303
        again = re.search(r"/login#([\w-]+)</code>", post(client, "/desk/members/link", member_id=number).text)
        assert again
        post(newcomer, "/login", "/login", code=again[1])
        assert newcomer.get("/desk").status_code == 200
        post(client, "/desk/members/dismiss", member_id=number)
        assert newcomer.get("/desk").status_code == 303
        assert post(client, "/desk/members", name="  ", role="staff").status_code == 400
        assert post(client, "/desk/members", name="x", role="king").status_code == 400


def test_the_last_administrator_stays(web: Web) -> None:
    with web.member() as client:
        me = web.run(web.helpdesk.people.members())[0].member_id
        reply = post(client, "/desk/members/dismiss", member_id=str(me))
        assert reply.status_code == 400
        assert "最后一位管理员" in reply.text
        assert client.get("/desk/members").status_code == 200


def test_a_change_to_the_thesaurus_alone_is_said_and_can_be_published(tmp_path: Path) -> None:
    thesaurus = tmp_path / "thesaurus.txt"
    thesaurus.write_text("拉闸 = 停供\n", "utf-8")
    with running(tmp_path, thesaurus=thesaurus) as web, web.member() as client:
        assert "没有差别" in finished(client, post(client, "/desk/releases/preview").headers["location"])
        thesaurus.write_text("拉闸 = 停供\n甩锅 = 稳岗\n", "utf-8")
        preview = post(client, "/desk/releases/preview").headers["location"]
        page = finished(client, preview)
        assert "同义词表有变化" in page
        assert "没有差别" not in page
        assert "版本 2 已在使用" in finished(client, post(client, f"{preview}/publish").headers["location"])
        # A file that is gone is not taken for the policy folder's fault.
        thesaurus.unlink()
        page = finished(client, post(client, "/desk/releases/preview").headers["location"])
        assert "HELPDESK_THESAURUS" in page
        assert "政策文件夹" not in page.partition('role="alert"')[2].partition("</p>")[0]
        assert str(tmp_path) not in page
