"""Every page in a real browser: readable at 320 pixels, light and dark, on paper, and with nothing against WCAG 2.2 AA."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser_fixtures import chromium, needs_browser, page, too_wide, violations
from conftest import slow
from playwright.sync_api import Browser, Page, expect
from web_fixtures import Web, running

pytestmark = [needs_browser, slow]

PAGES = {
    "": ["/", "/policies", "/policies/xrmtotvz46", "/clause/xrmtotvz46-4", "/privacy", "/login", "/api/v1/docs"],
    "admin": [
        "/desk",
        "/desk?q=企业",
        "/desk/compare?a=xrmtotvz46-4&b=xrmtotvz46-5",
        "/desk/releases",
        "/desk/releases/1",
        "/desk/trial?q=电费交不上怎么办",
        "/desk/usage",
        "/desk/members",
        "/desk/keys",
        "/desk/audit",
        "/desk/me",
    ],
}
LOOKS = [(320, "light"), (1280, "dark")]
"""Contrast depends on the colours, fitting on the width: two looks show all four."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("pages")) as web, web.client() as client:
        client.post("/api/v1/ask", json={"question": "厂里电费交不上，会不会断电？"})
        client.post("/api/v1/ask", json={"question": "红烧肉怎么做才好吃"})
        web.run(web.helpdesk.people.new_key("96871", "the tests"))
        yield web


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def opened(shown: Page) -> None:
    """Open everything that can be opened, so that it is checked too."""
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_fit_and_are_accessible(web: Web, browser: Browser, role: str, width: int, scheme: str) -> None:
    found: dict[str, object] = {}
    with page(browser, web, width=width, role=role, color_scheme=scheme) as shown:
        for path in PAGES[role]:
            shown.goto(path)
            opened(shown)
            if problems := violations(shown):
                found[path] = problems
            if too_wide(shown):
                found[f"{path} is too wide"] = shown.evaluate("document.documentElement.scrollWidth")
    assert found == {}


@pytest.mark.parametrize(
    ("question", "kind"), [("厂里电费交不上，会不会断电？", "answer"), ("红烧肉怎么做才好吃", "refuse")]
)
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_answers_fit_and_are_accessible(
    web: Web, browser: Browser, question: str, kind: str, width: int, scheme: str
) -> None:
    with page(browser, web, width=width, color_scheme=scheme) as shown:
        shown.goto("/")
        shown.locator("#question").fill(question)
        shown.keyboard.press("Enter")
        expect(shown.locator(f".reply.{kind}")).to_be_visible()
        assert violations(shown) == []
        assert not too_wide(shown)


def test_no_line_of_facts_begins_or_ends_with_a_dot_that_is_seen(web: Web, browser: Browser) -> None:
    with page(browser, web, width=320) as shown:
        shown.goto("/clause/xrmtotvz46-4")
        facts = shown.locator(".source.facts")
        # The dots hang to the left of their facts; where a fact begins a line, that is outside of what is painted.
        places = facts.evaluate(
            "box => [...box.children].map(one => one.getBoundingClientRect().left - box.getBoundingClientRect().left)"
        )
        assert places.count(0) > 1
        assert facts.evaluate("box => getComputedStyle(box).clipPath") == "inset(-6px -6px -6px -5px)"
        dot = facts.evaluate("box => parseFloat(getComputedStyle(box.children[1], '::before').left)")
        assert dot < -6


def test_the_desk_tabs_are_all_in_sight_at_320_pixels(web: Web, browser: Browser) -> None:
    with page(browser, web, width=320, role="admin") as shown:
        shown.goto("/desk/members")
        ends = shown.locator(".tabs a").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
        assert max(ends) <= 320


def test_what_can_be_done_with_a_member_stands_in_a_line(web: Web, browser: Browser) -> None:
    with page(browser, web, width=320, role="admin") as shown:
        shown.goto("/desk/members")
        tops = (
            shown.locator("td.acts")
            .first.locator("button")
            .evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        )
        assert len(tops) == 3
        assert len(set(tops)) == 1


def test_dark_is_dark(web: Web, browser: Browser) -> None:
    lightness = {}
    for scheme in ("light", "dark"):
        with page(browser, web, color_scheme=scheme) as shown:
            shown.goto("/")
            colour = shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            lightness[scheme] = sum(map(int, re.findall(r"\d+", colour)[:3]))
    assert lightness["dark"] < 150
    assert lightness["light"] > 600


def test_a_notice_prints_its_words_and_no_controls(web: Web, browser: Browser) -> None:
    with page(browser, web) as shown:
        shown.goto("/clause/xrmtotvz46-4")
        shown.emulate_media(media="print")
        for hidden in (".top", ".foot", ".tools", ".neighbours"):
            expect(shown.locator(hidden).first).to_be_hidden()
        expect(shown.locator("blockquote")).to_be_visible()
        expect(shown.locator(".printed-only")).to_contain_text("/clause/xrmtotvz46-4")


def test_everything_on_the_first_page_is_reached_with_the_keyboard(web: Web, browser: Browser) -> None:
    with page(browser, web) as shown:
        shown.goto("/")
        shown.evaluate("document.body.tabIndex = -1; document.body.focus()")
        reached: list[str] = []
        for _ in range(40):
            shown.keyboard.press("Tab")
            name = shown.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
            if shown.evaluate("document.activeElement === document.body") or name in reached:
                break
            reached.append(name)
            ring = shown.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            within = shown.evaluate("!!document.activeElement.closest('.field')")
            assert ring != "none" or within, name
        assert reached[0] == "跳到正文"
        for wanted in ("查文件", "question", "提问", "工作人员登录"):
            assert wanted in reached
