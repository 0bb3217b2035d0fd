"""Members on Telegram: appointed, dismissed, and what they and others did."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from bot_api.chat import User
from telegram_fixtures import Stage, at_work, outcome, turned

from handlers import records
from handlers import telegram_texts as texts
from knowledge.helpdesk import POLICIES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    for file in POLICIES.iterdir():
        (tmp_path / "policies" / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest_asyncio.fixture
async def stage(folder: Path) -> AsyncIterator[Stage]:
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


async def test_appointing_by_reply_by_id_and_by_link(stage: Stage) -> None:
    lee, zhou, new = (stage.server.user(name, started=True) for name in ("小李", "小周", "小吴"))
    group = stage.server.group("值班群", stage.admin, lee)
    stage.server.settings.privacy = False
    said = await lee.send("我来值班", to=group)
    appointment = await stage.admin.send("/appoint 客服", to=group, reply_to=said)
    assert (await stage.admin.reply_of(appointment)).text == texts.APPOINTED.format(name="小李", role="客服", id=2)
    assert (await lee.next_message()).text == texts.YOU_ARE.format(role="客服")
    assert (await stage.admin.ask(f"/appoint 管理员 {zhou.user.id} 周 主任")).text == texts.APPOINTED.format(
        name="周 主任", role="管理员", id=3
    )
    invitation = (await stage.admin.ask("/appoint 客服")).marked("text_link")[0]
    joined = await new.follow(invitation)
    assert (await new.reply_of(joined)).text == texts.YOU_ARE.format(role="客服")
    stranger = stage.server.user("别人")
    assert "已用过" in (await stranger.reply_of(await stranger.follow(invitation))).text
    members = (await stage.admin.ask("/members")).text
    for part in ("（4）", "#2 小李　客服", "#3 周 主任　管理员", "#4 小吴　客服"):
        assert part in members
    assert (await new.ask("/find 断电")).marked("code")


async def test_appointing_who_wrote_a_forwarded_message(stage: Stage) -> None:
    lee = stage.server.user("小李", started=True)
    said = await lee.send("我来值班")
    forwarded = await stage.admin.forward(said)
    appointment = await stage.admin.send("/appoint 客服", reply_to=forwarded)
    assert (await stage.admin.reply_of(appointment)).text == texts.APPOINTED.format(name="小李", role="客服", id=2)


# what is said, what comes back
MEMBERS = [
    ("/appoint", "用法"),
    ("/appoint 老板", "用法"),
    ("/appoint 客服 abc", "用法"),
    ("/appoint 客服 0", "用法"),
    ("/appoint 客服 99999999999999999999", "用法"),
    ("/dismiss", "用法"),
    ("/dismiss #99", texts.NO_MEMBER),
    ("/dismiss 5", texts.NO_MEMBER),
    ("/dismiss #99999999999999", texts.NO_MEMBER),
    ("/gaps", texts.NO_GAPS.format(days=7)),
    ("/usage", "近 7 天"),
]


@pytest.mark.parametrize(("said", "holds"), MEMBERS)
async def test_commands_about_members(stage: Stage, said: str, holds: str) -> None:
    assert holds in (await stage.admin.ask(said)).text


async def test_the_bots_own_messages_appoint_nobody(stage: Stage) -> None:
    reply = await stage.admin.ask("/help")
    appointment = await stage.admin.send("/appoint 管理员", reply_to=reply)
    assert (await stage.admin.reply_of(appointment)).text == texts.NOT_A_PERSON


@pytest.mark.parametrize("number", [123456789, 1087968824, 136817688, 777000])
async def test_ids_behind_which_there_is_no_one_person_are_not_appointed(stage: Stage, number: int) -> None:
    assert (await stage.admin.ask(f"/appoint 客服 {number} 小李")).text == texts.NOT_ONE_PERSON
    assert len(await stage.helpdesk.people.members()) == 1


async def test_an_anonymous_administrator_of_a_group_is_no_member(stage: Stage) -> None:
    user = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
    stage.server.world.add_user(user)
    anonymous = Person(stage.server.world, user)
    group = stage.server.group("值班群", stage.admin, anonymous)
    invitation = (await stage.admin.ask("/appoint 客服")).marked("text_link")[0]
    opened = f"/start@policy_helpdesk_bot {invitation.partition('=')[2]}"
    assert (await anonymous.ask(opened, to=group)).text == texts.JOINED_BY_NOBODY
    assert len(await stage.helpdesk.people.members()) == 1
    # One that was appointed while that was possible
    await stage.helpdesk.people.appoint(name="Group", role="admin", telegram_id=user.id, by="tests")
    assert (await anonymous.ask("/find@policy_helpdesk_bot 断电", to=group)).text == texts.NOT_ALLOWED


async def test_a_role_is_lowered_only_when_that_was_confirmed(stage: Stage) -> None:
    people, zhou = stage.helpdesk.people, stage.server.user("周主任", started=True)
    await people.appoint(name="周主任", role="admin", telegram_id=zhou.user.id, by="tests")
    invitation = await people.new_link("invite", role="admin", by="#2 周主任", lifetime=timedelta(hours=1))
    asked = await stage.admin.ask(f"/appoint 客服 {zhou.user.id}")
    assert asked.text == texts.LOWER_ASK.format(name="周主任", now="管理员", role="客服")
    assert await outcome(stage.admin, asked, texts.CANCEL) == texts.CANCELLED
    assert (await people.members())[1].role == "admin"
    # By reply, and with another name
    said = await zhou.send("我来值班", to=(group := stage.server.group("值班群", stage.admin, zhou)))
    appointment = await stage.admin.send("/appoint@policy_helpdesk_bot 客服", to=group, reply_to=said)
    assert (await stage.admin.reply_of(appointment)).buttons == ("改为客服", texts.CANCEL)
    asked = await stage.admin.ask(f"/appoint 客服 {zhou.user.id} 周 副主任")
    assert (await zhou.press(asked, "改为客服")).text == texts.NOT_YOURS
    appointed = texts.APPOINTED.format(name="周 副主任", role="客服", id=2)
    assert await outcome(stage.admin, asked, "改为客服") == appointed
    assert (await zhou.next_message()).text == texts.YOU_ARE.format(role="客服")
    assert (await zhou.ask("/members")).text == texts.NOT_ALLOWED
    stranger = stage.server.user("别人")
    opened = await stranger.follow(stage.server.link(f"i_{invitation}"))
    assert "链接不正确" in (await stranger.reply_of(opened)).text
    # What takes nothing away is done at once, and keeps the name.
    assert (await stage.admin.ask(f"/appoint 客服 {zhou.user.id}")).text == appointed
    assert (await stage.admin.ask(f"/appoint 管理员 {zhou.user.id}")).text == appointed.replace("客服", "管理员")


async def test_lowering_oneself(stage: Stage) -> None:
    own = f"/appoint 客服 {stage.admin.user.id}"
    assert "最后一位管理员" in await outcome(stage.admin, await stage.admin.ask(own), "改为客服")
    await stage.helpdesk.people.appoint(name="周主任", role="admin", by="tests")
    asked = await stage.admin.ask(own)
    assert [one.role for one in await stage.helpdesk.people.members()] == ["admin", "admin"]
    assert "现在是客服" in await outcome(stage.admin, asked, "改为客服")
    assert (await stage.admin.ask("/members")).text == texts.NOT_ALLOWED


async def test_a_role_of_somebody_dismissed_meanwhile_is_not_lowered(stage: Stage) -> None:
    member = await stage.helpdesk.people.appoint(name="周主任", role="admin", telegram_id=77, by="tests")
    asked = await stage.admin.ask("/appoint 客服 77")
    await stage.helpdesk.people.dismiss(member.member_id, "tests")
    assert "没有这位成员" in await outcome(stage.admin, asked, "改为客服")


async def test_dismissing(stage: Stage) -> None:
    lee = await stage.staff()
    asked = await stage.admin.ask(f"/dismiss {lee.user.id}")
    assert await outcome(stage.admin, asked, texts.DISMISS) == texts.DISMISSED.format(name="客服小李", role="客服")
    assert (await lee.ask("/find 断电")).text == texts.NOT_ALLOWED
    last = await stage.admin.ask("/dismiss #1")
    assert "最后一位管理员" in await outcome(stage.admin, last, texts.DISMISS)
    assert "#1 王主任" in (await stage.admin.ask("/members")).text


@pytest.mark.parametrize("said", ["/members", "厂里电费交不上，会不会断电？"])
async def test_an_administrator_of_the_settings_is_called_by_name_once_they_speak(stage: Stage, said: str) -> None:
    wang, zhou = stage.admin, stage.server.user("周主任", last_name="（值班）")
    await stage.helpdesk.people.ensure_admins([zhou.user.id])
    await wang.ask(said)
    members = (await wang.ask("/members")).text
    assert "#1 王主任　管理员" in members and f"#2 管理员（Telegram {zhou.user.id}）　管理员" in members
    asked = await wang.ask("/dismiss #2")
    assert asked.text.startswith(f"撤销 管理员（Telegram {zhou.user.id}）（管理员）？")
    await zhou.ask(said)
    assert "#2 周主任 （值班）　管理员" in (await wang.ask("/members")).text


async def test_members_of_one_name_are_told_apart_by_their_ids(stage: Stage) -> None:
    lee, other = await stage.staff("小李"), await stage.staff("小李")
    members = (await stage.admin.ask("/members")).text
    assert all(f"小李（Telegram {one.user.id}）　客服" in members for one in (lee, other))
    assert f"小李（Telegram {other.user.id}）" in (await stage.admin.ask("/dismiss #3")).text
    await stage.helpdesk.people.dismiss(2, "tests")
    assert "#3 小李　客服" in (await stage.admin.ask("/members")).text


async def test_somebody_appointed_by_id_alone_is_called_by_name_once_they_speak(stage: Stage) -> None:
    appointed = await stage.admin.ask("/appoint 客服 4711")
    assert appointed.text == texts.APPOINTED.format(name="Telegram 4711", role="客服", id=2)
    # Only when that is answered has the bot done with telling the new member, who cannot be written to yet.
    await stage.admin.ask("/help")
    user = User(4711, "小周")
    stage.server.world.add_user(user)
    await Person(stage.server.world, user).ask("/start")
    assert "#2 小周　客服" in (await stage.admin.ask("/members")).text


async def test_gaps_usage_and_the_pages_of_the_audit(stage: Stage) -> None:
    alice = stage.server.user("陈老板")
    for _ in range(2):
        await alice.ask("今天天气怎么样")
    assert "2×　今天天气怎么样" in (await stage.admin.ask("/gaps")).text
    assert "2/0/0/2" in (await stage.admin.ask("/usage")).text
    for n in range(12):
        await stage.helpdesk.people.record("tests", "test", f"第{n}件事")
    first = await stage.admin.ask("/audit")
    assert "第11件事" in first.text and first.buttons == ("›",)
    second = await turned(stage.admin, first, "›")
    assert "第0件事" in second.text and second.buttons == ("‹",)


# an action, what is recorded of it, how it is told
DETAILS = [
    ("publish", "release 3 helpdesk reload", "版本 3　命令行发布"),
    ("publish", "release 3 first reading", "版本 3　首次读取"),
    ("publish", "release 3 网页发布", "版本 3　网页发布"),
    ("publish", "release 3 ", "版本 3"),
    ("rollback", "release 12", "版本 12"),
    ("appoint", "#5 admin: staff", "#5 admin：客服"),
    ("appoint", "#5 张三: staff → admin", "#5 张三：客服 → 管理员"),
    ("appoint", "#5 张三: Telegram 123", "#5 张三：Telegram 123"),
    ("dismiss", "#5 张: 三: admin", "#5 张: 三：管理员"),
    ("link", "invite: staff, until 2020-02-28 20:30 UTC", "邀请：客服，2020-02-29 04:30 前有效"),
    ("link", "login: #5 张三, until 2020-02-28 20:30 UTC", "登录：#5 张三，2020-02-29 04:30 前有效"),
    ("enter", "invite by first start", "邀请链接，生成人：首次启动"),
    ("enter", "login by root (command line)", "登录链接，生成人：root（命令行）"),
    ("key", "key 2 OA 系统", "密钥 2　OA 系统"),
    ("revoke", "key 2 ", "密钥 2"),
    ("sessions", "#5: 2 ended", "#5：2 处"),
    ("upload", "release 3.txt", "release 3.txt"),
    ("something new", "as it stands", "as it stands"),
]


@pytest.mark.parametrize(("action", "recorded", "told"), DETAILS)
def test_what_is_recorded_is_told_in_chinese(action: str, recorded: str, told: str) -> None:
    assert records.detail(action, recorded) == told


async def test_every_deed_is_told_in_chinese(stage: Stage) -> None:
    people, by = stage.helpdesk.people, "root (command line)"
    member = await people.appoint(name="张三", role="staff", by=by)
    token = await people.new_link("login", member_id=member.member_id, by=by, lifetime=timedelta(hours=1))
    await people.use_link(token, "login", name="张三")
    await people.appoint(name="李四", role="admin", telegram_id=77, by=by)
    await people.appoint(name="李四", role="staff", telegram_id=77, by=by)
    await people.dismiss(member.member_id, by)
    key = await people.new_key("OA", by)
    await people.revoke_key((await people.keys())[0].key_id, by)
    assert key
    for entry in await people.audit(50, 0):
        assert entry.action in records.ACTIONS
        told = records.detail(entry.action, entry.detail)
        assert told != entry.detail and not re.search(r"[a-z]{3}", told.replace("root", "")), told
    shown = (await stage.admin.ask("/audit")).text
    assert "root（命令行）" in shown and "首次读取" in shown
    assert "首次读取" in (await stage.admin.ask("/releases")).text
