"""What the tests of the bot on Telegram share: a helpdesk at work beside a Bot API server, and notices to ask about."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot_api import BotApiServer, Loopback, Message, Person
from bot_api.client import free_port
from bot_api.keyboard import Button
from pydantic import SecretStr

from bot.limiter import Pace
from bot.server import web
from bot.settings import Settings
from bot.telegram import Telegram, build
from handlers import telegram_texts as texts
from knowledge.answer import Answer
from knowledge.helpdesk import POLICIES, Helpdesk

QUESTION = "厂里电费交不上，会不会断电？"
EVIDENCE = "欠费不停供"
NO_ANSWER = "今天天气怎么样"
NOTICE = "关于支持企业的通知\n\n各企业：\n一、对受影响企业免收三个月房租。\n二、贷款利率下浮10%。\n\n湖南省财政厅\n2020年3月1日\n"
UNHURRIED = Pace(private=1e6, overall=1e6, group=1e6, pauses=(0.01, 0.02, 0.03))
"""Telegram's limits lifted, for conversations that are not about them."""

_DEPARTMENTS = ("湖南省财政厅", "湖南省商务厅", "长沙市人力资源和社会保障局", "国家税务总局湖南省税务局")
_MEASURES = ("房租减免", "社保缓缴", "稳岗补贴", "贷款贴息", "税费减免", "设备补助", "用工奖励")


@dataclass(frozen=True)
class Stage:
    """A server, the helpdesk's bot at work on it, and people who may use it."""

    server: BotApiServer
    helpdesk: Helpdesk
    telegram: Telegram
    admin: Person

    async def staff(self, name: str = "客服小李") -> Person:
        """A member of staff."""
        person = self.server.user(name)
        await self.helpdesk.people.appoint(name=name, role="staff", telegram_id=person.user.id, by="tests")
        return person


def write_policies(folder: Path) -> None:
    """The notice that ships with the helpdesk, and fifteen short ones of different kinds and dates."""
    shutil.copytree(POLICIES, folder)
    for n in range(15):
        issuer, measure = _DEPARTMENTS[n % 4], _MEASURES[n % 7]
        clauses = [
            f"{numeral}、{measure}第{k}项。对受影响的企业给予{measure}，标准为每户{n}{k}00元，由所在地主管部门受理。"
            for k, numeral in enumerate("一二三四五六", 1)
        ]
        text = "\n".join(
            [
                f"{issuer}关于{measure}的第{n + 1}号通知",
                "",
                "各有关单位：",
                *clauses,
                "",
                issuer,
                f"2020年{n % 5 + 1}月{n + 1}日",
            ]
        )
        (folder / f"第{n + 1}号通知.txt").write_text(text + "\n", encoding="utf-8")


def settings_for(server: BotApiServer, folder: Path, **more: object) -> Settings:
    """The settings of a helpdesk in ``folder`` that talks to ``server``."""
    values = {
        "telegram_token": SecretStr(server.token),
        "telegram_api_url": server.url,
        "data_dir": folder / "data",
        "policy_dir": folder / "policies",
    }
    return Settings(_env_file=None, **{**values, **more})  # type: ignore[arg-type]


@asynccontextmanager
async def at_work(
    server: BotApiServer, folder: Path, pace: Pace = UNHURRIED, *, webhook: bool = False, **more: object
) -> AsyncIterator[Stage]:
    """The bot at work by long polling, or behind a ``webhook``; its first administrator is a person of the server."""
    admin, port = server.user("王主任", started=True), free_port()
    if webhook:
        more |= {"webhook_url": f"http://127.0.0.1:{port}", "webhook_secret": SecretStr("a-secret")}
    settings = settings_for(server, folder, admin_ids=(admin.user.id,), **more)
    async with Helpdesk.open(settings.config) as helpdesk, AsyncExitStack() as stack:
        await helpdesk.people.ensure_admins(settings.admin_ids)
        telegram = Telegram(build(settings, helpdesk, pace), settings)
        if webhook:
            receiving = Loopback(web(settings, helpdesk, telegram))
            receiving.port = port
            await stack.enter_async_context(receiving)
        await telegram.run()
        try:
            yield Stage(server, helpdesk, telegram, admin)
        finally:
            await telegram.stop()


async def opened(person: Person, message: Message, button: str) -> Message:
    """Press a button that is answered with a message of its own, and that message."""
    answer = await person.press(message, button)
    assert not answer.show_alert, answer.text
    return await person.next_message()


async def turned(person: Person, message: Message, button: str) -> Message:
    """Press a button that changes its message, and the message changed."""
    answer = await person.press(message, button)
    assert not answer.show_alert, answer.text
    return await person.next_edit(message)


def with_button(stage: Stage, message: Message, data: str) -> Message:
    """The message with a button under it that says ``data``, as a bot of another version may have put there."""
    return stage.server.world.change(replace(message, rows=((Button("?", "callback_data", data),),)))


async def outcome(person: Person, message: Message, button: str) -> str:
    """Press a button that starts long work, and what the message says when it is done."""
    message = await turned(person, message, button)
    while message.text.startswith((texts.READING, texts.INDEXING, texts.PUBLISHING)):
        message = await person.next_edit(message)
    return message.text


def shown(answer: Answer) -> str:
    """Words of an answer that its message must hold."""
    if answer.decision == "answer":
        return answer.evidence
    return answer.citations[0].clause.heading if answer.decision == "choose" else texts.REFUSED


def open_question(helpdesk: Helpdesk) -> str:
    """A question to ``write_policies`` for which several clauses are offered."""
    asked = (
        "补贴多少钱 可以减税吗 减税 招工 政府给补贴吗 设备补助怎么申请 主管部门受理 减免 补贴 停电 租金 有奖励吗 补助"
    )
    # Which of them are open is for the ranking to say; that none is would be a fault of it.
    return next(words for words in asked.split() if helpdesk.ask(words).decision == "choose")
