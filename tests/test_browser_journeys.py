"""The journeys in a real browser: the newcomer's, the hotline's without a mouse, and both without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser_fixtures import chromium, needs_browser, page
from conftest import slow
from playwright.sync_api import Browser, Dialog, expect
from web_fixtures import Web, running

pytestmark = [needs_browser, slow]
EVIDENCE = "欠费不停供"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("journeys")) as web:
        yield web


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("width", [1280, 320])
def test_a_newcomer_asks_follows_up_judges_and_opens_the_clause(web: Web, browser: Browser, width: int) -> None:
    with page(browser, web, width=width, permissions=CLIPBOARD) as shown:
        shown.goto("/")
        expect(shown.locator("#question")).to_be_focused()
        shown.keyboard.type("厂里电费交不上，会不会断电？")
        shown.keyboard.press("Enter")
        turn = shown.locator(".turn")
        expect(turn.locator(".evidence-line")).to_contain_text(EVIDENCE)
        expect(turn.locator("mark.evidence").first).to_be_visible()
        expect(turn.locator(".source")).to_contain_text("湖南省工业和信息化厅")
        turn.get_by_role("button", name="有帮助").click()
        expect(turn.get_by_text("谢谢您的评价")).to_be_visible()
        turn.get_by_role("button", name="复制引文").click()
        expect(turn.get_by_role("button", name="已复制")).to_be_visible()
        assert EVIDENCE in shown.evaluate("navigator.clipboard.readText()")
        shown.locator("#question").fill("那水费呢？")
        shown.get_by_role("button", name="提问").click()
        expect(shown.locator(".turn")).to_have_count(2)
        # What was said is still there when the page is opened again.
        shown.reload()
        expect(shown.locator(".turn")).to_have_count(2)
        expect(shown.locator('.turn [aria-pressed="true"]')).to_have_text("有帮助")
        shown.locator(".turn").first.get_by_role("link", name="条款网址").click()
        expect(shown).to_have_url(re.compile("/clause/"))
        expect(shown.locator("blockquote")).to_contain_text(EVIDENCE)


def test_suggestions_are_reached_with_the_keyboard(web: Web, browser: Browser) -> None:
    with page(browser, web) as shown:
        shown.goto("/")
        shown.keyboard.type("金融扶")
        expect(shown.locator("#suggestions button").first).to_be_visible()
        shown.keyboard.press("ArrowDown")
        expect(shown.locator("#suggestions button").first).to_be_focused()
        shown.keyboard.press("Escape")
        expect(shown.locator("#suggestions")).to_be_hidden()
        expect(shown.locator("#question")).to_be_focused()
        shown.keyboard.type("持")
        shown.locator("#suggestions button", has_text="加大金融扶持").wait_for()
        shown.keyboard.press("ArrowDown")
        shown.keyboard.press("Enter")
        expect(shown.locator(".turn")).to_have_count(1)


def test_the_hotline_finds_reads_out_and_copies_without_a_mouse(web: Web, browser: Browser) -> None:
    with page(browser, web, role="staff", permissions=CLIPBOARD) as shown:
        expect(shown.locator("#q")).to_be_focused()
        shown.keyboard.type("电费 缓缴")
        expect(shown.locator(".result").first).to_contain_text("全力协调解决企业复工困难")
        expect(shown.locator(".result mark.word").first).to_be_visible()
        shown.keyboard.press("ArrowDown")
        expect(shown.locator(".result").first).to_be_focused()
        expect(shown.locator(".read-aloud")).to_contain_text("您好，根据湖南省工业和信息化厅2020年2月12日发布的")
        shown.keyboard.press("c")
        expect(shown.locator("#copy-quotation")).to_have_class(re.compile("copied"))
        copied = shown.evaluate("navigator.clipboard.readText()")
        assert re.fullmatch(r"“.*”\n—— 《.*》第四条 · .*", copied, re.DOTALL), copied
        shown.keyboard.press("r")
        shown.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('您好'))")
        shown.keyboard.press("w")
        expect(shown.locator("#why table")).to_be_visible()
        shown.keyboard.press("?")
        expect(shown.locator("#help")).to_be_visible()
        shown.keyboard.press("Escape")
        expect(shown.locator("#help")).to_be_hidden()
        # The look-up is remembered, and can be gone back to.
        shown.keyboard.press("/")
        shown.keyboard.press("Delete")
        expect(shown.locator("#recent")).to_contain_text("电费 缓缴")


def test_two_clauses_are_compared_with_keys_alone(web: Web, browser: Browser) -> None:
    with page(browser, web, role="staff") as shown:
        shown.keyboard.type("企业")
        expect(shown.locator(".result").nth(1)).to_be_visible()
        shown.keyboard.press("ArrowDown")
        shown.keyboard.press("x")
        first = shown.locator(".opened").get_attribute("data-id")
        shown.keyboard.press("j")
        expect(shown.locator(f'.opened:not([data-id="{first}"])')).to_be_visible()
        second = shown.locator(".opened").get_attribute("data-id")
        shown.keyboard.press("x")
        expect(shown).to_have_url(re.compile("/desk/compare"))
        expect(shown.locator(".sides section")).to_have_count(2)
        names = shown.locator(".sides h2 a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert names == [f"/clause/{first}", f"/clause/{second}"]


def test_single_keys_can_be_switched_off(web: Web, browser: Browser) -> None:
    with page(browser, web, role="staff") as shown:
        shown.get_by_role("button", name="快捷键").click()
        shown.get_by_label("启用单键快捷键").uncheck()
        shown.get_by_role("button", name="知道了").click()
        shown.locator("h1").click(force=True)
        shown.keyboard.press("?")
        expect(shown.locator("#help")).to_be_hidden()


def test_results_follow_filters_and_can_be_sent_as_an_address(web: Web, browser: Browser) -> None:
    with page(browser, web, role="staff") as shown:
        shown.locator("#q").fill("补贴")
        expect(shown.locator(".result").first).to_be_visible()
        shown.locator("#filters summary").click()
        shown.get_by_label("文件级别").select_option("省级")
        shown.wait_for_url(re.compile("level="))
        expect(shown.locator("#filters summary")).to_have_text("筛选条件（已选 1 项）")
        address = shown.url
        shown.goto(address)
        expect(shown.get_by_label("文件级别")).to_have_value("省级")
        assert shown.locator(".result", has_text="关于<script>").count() == 0


def test_an_administrator_reloads_and_publishes_with_progress(web: Web, browser: Browser) -> None:
    with page(browser, web, role="admin") as shown:
        shown.goto("/desk/releases")
        notice = {
            "name": "新政.txt",
            "mimeType": "text/plain",
            "buffer": "新政通知\n\n一、补助。每户补助5000元。\n".encode(),
        }
        shown.locator("#files").set_input_files(files=[notice])  # type: ignore[list-item]
        shown.get_by_role("button", name="上传并查看").click()
        expect(shown.get_by_role("heading", name="新政.txt")).to_be_visible()
        shown.get_by_role("button", name="存入 1 份并预览发布").click()
        shown.get_by_role("button", name="发布", exact=True).click()
        expect(shown.get_by_text("版本 2 已在使用")).to_be_visible()


@pytest.mark.parametrize(("sure", "role"), [(False, "staff"), (True, "admin")])
def test_a_role_is_changed_only_by_who_is_sure(web: Web, browser: Browser, sure: bool, role: str) -> None:
    with page(browser, web, role="admin") as shown:
        shown.goto("/desk/members")
        shown.get_by_label("姓名").fill(name := f"李{role}")
        shown.get_by_role("button", name="任命并生成登录链接").click()
        row = shown.locator("tr", has_text=name)
        asked = []

        def reply(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.accept() if sure else dialog.dismiss()

        shown.on("dialog", reply)
        row.get_by_role("combobox").select_option("admin")
        row.get_by_role("button", name="更改").click()
        shown.goto("/desk/members")
        assert asked == [f"确定更改{name}的角色吗？"]
        expect(row.get_by_role("combobox")).to_have_value(role)


def test_asking_and_reading_work_without_scripts(web: Web, browser: Browser) -> None:
    with page(browser, web, java_script_enabled=False) as shown:
        shown.goto("/")
        shown.locator("#question").fill("厂里电费交不上，会不会断电？")
        shown.get_by_role("button", name="提问").click()
        expect(shown.locator(".evidence-line")).to_contain_text(EVIDENCE)
        # Nothing is offered that would not work.
        expect(shown.get_by_role("button", name="复制引文")).to_be_hidden()
        shown.get_by_role("button", name="有帮助").click()
        expect(shown.get_by_text("谢谢您的评价")).to_be_visible()
        shown.locator("#question").fill("那水费呢？")
        shown.get_by_role("button", name="提问").click()
        expect(shown.locator(".turn")).to_have_count(2)
        shown.get_by_role("link", name="查看全文").first.click()
        expect(shown.locator(".paragraph").first).to_be_visible()


def test_the_desk_works_without_scripts(web: Web, browser: Browser) -> None:
    code = web.link("staff")
    with page(browser, web, java_script_enabled=False) as shown:
        shown.goto("/login")
        shown.get_by_label("登录码").fill(code)
        shown.get_by_role("button", name="登录").click()
        shown.get_by_label("查找条款").fill("电费 缓缴")
        shown.get_by_role("button", name="查找").click()
        expect(shown.locator(".opened .read-aloud")).to_contain_text(EVIDENCE)
        shown.locator(".result").first.click()
        expect(shown.locator(".opened")).to_be_visible()


def test_the_login_code_leaves_the_address(web: Web, browser: Browser) -> None:
    code = web.link("staff")
    with page(browser, web) as shown:
        shown.goto(f"/login#{code}")
        expect(shown.get_by_role("button", name="登录")).to_be_focused()
        assert code not in shown.url
        assert shown.get_by_label("登录码").input_value() == code
