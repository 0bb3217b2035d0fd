"""The API: the same answers as everywhere, keys, limits, and a schema that holds under generated calls."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import slow
from web_fixtures import Web, post, running

from handlers.web.options import WebOptions

QUESTION = "厂里电费交不上，会不会断电？"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("api")) as web:
        yield web


def without_time(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "elapsed_ms"}


@pytest.mark.parametrize(
    ("question", "history"),
    [
        (QUESTION, []),
        ("那利息呢？", ["贷款快到期了，能不能续贷？"]),
        ("红烧肉怎么做才好吃", []),
        ("daikuan", []),
        ("😀", []),
    ],
)
def test_ask_answers_as_a_line_of_batch_does(web: Web, question: str, history: list[str]) -> None:
    with web.client() as client:
        reply = client.post("/api/v1/ask", json={"question": question, "history": history})
    assert reply.status_code == 200
    assert without_time(reply.json()) == without_time(web.helpdesk.ask(question, history).as_json())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=贷款", None),
        ("q=贷款&limit=1", 1),
        ("q=贷款&level=国家级", 0),
        ("q=贷款&department=工信&since=2020-02-01&until=2020-02-28", None),
        ("q=贷款&since=2020-02-13&department=工信", 0),
    ],
)
def test_search_is_the_helpdesks_own(web: Web, query: str, count: int | None) -> None:
    with web.client() as client:
        reply = client.get(f"/api/v1/search?{query}")
        assert reply.status_code == 200
        found = reply.json()["clauses"]
        for one in found:
            assert client.get(one["url"]).status_code == 200
            assert client.get(f"/api/v1/clauses/{one['clause_id']}").json() == one
    if count is None:
        assert found[0]["clause_id"] == web.helpdesk.search("贷款")[0].clause.clause_id
    else:
        assert len(found) == count


def test_policies_are_listed_and_filtered(web: Web) -> None:
    with web.client() as client:
        assert client.get("/api/v1/policies").json()["total"] == 2
        found = client.get("/api/v1/policies", params={"level": "省级"}).json()
        assert [p["published"] for p in found["policies"]] == ["2020-02-12"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/v1/ask", {"question": ""}, 422),
        ("POST", "/api/v1/ask", {"question": "   "}, 422),
        ("POST", "/api/v1/ask", {"question": "电" * 1001}, 422),
        ("POST", "/api/v1/ask", {"question": "a", "history": ["b"] * 21}, 422),
        ("POST", "/api/v1/ask", {"question": "a", "more": 1}, 422),
        ("POST", "/api/v1/ask", None, 422),
        ("GET", "/api/v1/search", None, 422),
        ("GET", "/api/v1/search?q=a&limit=51", None, 422),
        ("GET", "/api/v1/search?q=a&since=gestern", None, 422),
        # Not the first day of 1970.
        ("GET", "/api/v1/search?q=a&since=0", None, 422),
        ("GET", "/api/v1/clauses/none", None, 404),
        ("GET", "/api/v1/nothing", None, 404),
        ("GET", "/api/v1/ask", None, 405),
    ],
)
def test_what_cannot_be_answered_is_told_as_json(web: Web, method: str, path: str, body: Any, status: int) -> None:
    with web.client() as client:
        reply = client.request(method, path, json=body)
    assert reply.status_code == status
    assert reply.json()["detail"]


def test_keys_open_the_api_to_others_and_close_it_to_this_machine(tmp_path: Path) -> None:
    with running(tmp_path) as web, web.member() as client:
        far = {"X-Forwarded-For": "203.0.113.9"}
        assert httpx.get(f"{web.url}/api/v1/policies").status_code == 200
        assert httpx.get(f"{web.url}/api/v1/policies", headers=far).status_code == 401
        page = post(client, "/desk/keys", name="96871 呼叫系统").text
        key = re.search(r"<p><code>([\w-]+)</code>", page)
        assert key
        assert key[1] not in client.get("/desk/keys").text
        right = {"Authorization": f"Bearer {key[1]}"}
        assert httpx.get(f"{web.url}/api/v1/policies", headers=right | far).status_code == 200
        refused = httpx.get(f"{web.url}/api/v1/policies")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        for wrong in ("Bearer x", f"Bearer {key[1]}x", f"Basic {key[1]}", key[1]):
            assert httpx.get(f"{web.url}/api/v1/policies", headers={"Authorization": wrong}).status_code == 401
        # The session of a member is no key.
        assert client.get("/api/v1/policies").status_code == 401
        number = re.search(r'name="key_id" value="(\d+)"', client.get("/desk/keys").text)
        assert number
        post(client, "/desk/keys/revoke", key_id=number[1])
        assert httpx.get(f"{web.url}/api/v1/policies", headers=right | far).status_code == 401


def test_calls_are_limited_for_each_key(tmp_path: Path) -> None:
    with running(tmp_path, WebOptions(api_rate=3)) as web:
        people = web.helpdesk.people
        one, two = (web.run(people.new_key(name, "the tests")) for name in ("甲", "乙"))

        def call(key: str) -> httpx.Response:
            return httpx.get(f"{web.url}/api/v1/policies", headers={"Authorization": f"Bearer {key}"})

        assert [call(one).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert int(call(one).headers["retry-after"]) > 0
        assert call(two).status_code == 200
        # Guessing is limited too, and does not hold up who has a key.
        assert [call("guess").status_code for _ in range(4)] == [401, 401, 401, 429]
        assert call(two).status_code == 200


def test_metrics_count_by_route_and_never_hold_what_was_asked(web: Web) -> None:
    with web.client() as client:
        client.post("/api/v1/ask", json={"question": QUESTION})
        client.get("/clause/none-1")
        client.get("/suggest?q=秘密的问题")
        text = client.get("/metrics").text
    assert re.search(r'helpdesk_answers_total\{decision="answer",surface="api"\} [1-9]', text)
    assert 'route="/clause/{clause_id}",status="404"' in text
    assert "helpdesk_release 1.0" in text
    assert "秘密" not in text
    assert "none-1" not in text


def test_the_description_for_people_names_every_call(web: Web) -> None:
    with web.client() as client:
        schema = client.get("/api/v1/openapi.json").json()
        page = client.get("/api/v1/docs").text
    assert set(schema["paths"]) == {"/api/v1/ask", "/api/v1/search", "/api/v1/clauses/{clause_id}", "/api/v1/policies"}
    assert all(path in page for path in schema["paths"])
    # What is sent and what comes back, in Chinese.
    for field in ("question", "history", "decision", "clauses.clause_id", "clauses.url"):
        assert f"<code>{field}</code>" in page
    for english in ("Successful Response", "Validation Error"):
        assert english not in page


@slow
def test_generated_calls_find_no_reply_outside_the_schema(tmp_path: Path) -> None:
    with running(tmp_path) as web:
        key = web.run(web.helpdesk.people.new_key("schemathesis", "the tests"))
        command = [Path(sys.executable).with_name("schemathesis"), "run", f"{web.url}/api/v1/openapi.json"]
        options = ["--max-examples=15", "--seed=1", "--phases=examples,coverage,fuzzing", "--no-color", "--checks=all"]
        call = [*command, *options, f"--header=Authorization: Bearer {key}"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
