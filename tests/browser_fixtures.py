"""Debian's Chromium, driven by Playwright, for tests in a real browser; they are skipped, with the reason, where it is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, sync_playwright
from web_fixtures import Web

CHROMIUM = Path(os.environ.get("HELPDESK_TEST_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = f"no browser: {CHROMIUM} does not exist (on Debian: apt-get install chromium)"
needs_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason=MISSING)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a fresh profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page(browser: Browser, web: Web, *, width: int = 1280, role: str = "", **options: Any) -> Iterator[Page]:
    """A fresh page on ``web``, signed in where a role is given. A fault in a script or a refused request fails the test."""
    context = browser.new_context(base_url=web.url, viewport={"width": width, "height": 800}, **options)
    try:
        faults: list[str] = []
        shown = context.new_page()
        shown.set_default_timeout(10_000)
        shown.on("pageerror", lambda error: faults.append(str(error)))
        shown.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        shown.on(
            "request", lambda asked: None if asked.url.startswith(web.url) else faults.append(f"asked {asked.url}")
        )
        if role:
            shown.goto(f"/login#{web.link('admin' if role == 'admin' else 'staff')}")
            if options.get("java_script_enabled", True):
                shown.keyboard.press("Enter")
                shown.wait_for_url("**/desk")
        yield shown
        assert faults == []
    finally:
        context.close()


def violations(shown: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page, one line for each element."""
    # Run in a world of its own: the page's own policy allows no foreign script.
    session = shown.context.new_cdp_session(shown)
    session.send("Runtime.evaluate", {"expression": Path(AXE_FILE_PATH).read_text("utf-8")})
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = session.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run(document, {{runOnly: {tags}}}).then(r => r.violations.flatMap("
            "v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 150)}: ${n.failureSummary}`)))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    return list(found["result"]["value"])


def too_wide(shown: Page) -> bool:
    """Whether the page has to be scrolled sideways."""
    return bool(shown.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
