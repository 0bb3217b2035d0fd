"""Updates answered a second and the time to a reply, through HTTP and python-telegram-bot, beside a bot that only echoes.

    python benchmarks/telegram_bot.py POLICIES QUESTIONS.jsonl [--people 16 64]

POLICIES is a folder of notices, QUESTIONS a question set (``turns``, the last of which is asked). The Bot API server of
the tests and the people who ask run in this process, each bot in one of its own; every person asks the next question
when the last was answered, the first fifth of them before time is taken, and none twice. Few people tell how long a
reply takes, many tell how many updates a bot can answer: with few, a bot that does things beside each other waits.
Telegram's limits are lifted from the pace of the helpdesk's bot, for it is the bot that is measured here and not its
patience. The bots take turns, five rounds each, and the median of the rounds is told; at last the most that each answered, with
whichever number of people that was.
The processor time of each side is told beside the rate: other work on the machine disturbs it less, and it shows whether
the bot was what there was to wait for, or those who ask.
Each round has a data folder of its own, a copy of one that was prepared before: the server of each begins to count its
updates anew, and what the folder of another round knows as handled would be passed over.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("PTB_TIMEDELTA", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bot_api import BotApiServer, Person  # noqa: E402 - found by the path just set

ROUNDS = 5
BOTS = ("echo", "helpdesk")


@dataclass(frozen=True, slots=True)
class Round:
    """One round: updates answered a second, the median and the 95th percentile of the time to a reply in ms, and the
    processor time for one update in ms: of the bot with its worker, and of the server with the people who ask (0 where it is not
    told)."""

    rate: float
    median_ms: float
    p95_ms: float
    bot_ms: float
    asking_ms: float


async def echo(url: str, token: str) -> None:
    """The bot of ten lines."""
    from telegram import Update
    from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

    async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").concurrent_updates(True).job_queue(None)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        await asyncio.Event().wait()


async def helpdesk(url: str, token: str, data: str, policies: str) -> None:
    """The helpdesk's bot, as the server runs it but for the pace."""
    from bot.limiter import Pace
    from bot.settings import Settings
    from bot.telegram import Telegram, build
    from knowledge.helpdesk import Helpdesk

    settings = Settings(telegram_token=token, telegram_api_url=url, data_dir=data, policy_dir=policies)
    async with Helpdesk.open(settings.config, worker=settings.with_worker) as opened:
        gc.freeze()
        # Until it is there, the bot answers by itself.
        async with asyncio.timeout(60):
            while settings.with_worker and not opened.has_worker:  # noqa: ASYNC110 - it tells no one when it is ready
                await asyncio.sleep(0.05)
        bot = Telegram(build(settings, opened, Pace(private=1e6, overall=1e6, group=1e6)), settings)
        await bot.run()
        await asyncio.Event().wait()


async def prepare(data: Path, policies: str) -> None:
    """Read, publish and index the notices into ``data``."""
    from bot.settings import Settings
    from knowledge.helpdesk import Helpdesk

    settings = Settings(data_dir=str(data), policy_dir=policies)
    async with Helpdesk.open(settings.config):
        pass


@contextlib.asynccontextmanager
async def at_work(name: str, server: BotApiServer, data: str, policies: str) -> AsyncIterator[int]:
    """The bot in a process of its own, ready to answer; the number of the process."""
    command = [sys.executable, __file__, "--serve", name, server.url, server.token, data, policies]
    process = await asyncio.create_subprocess_exec(*command)
    ended = asyncio.create_task(process.wait())
    try:
        first = asyncio.create_task(server.user("First").ask("你好，电费", within=600))
        await asyncio.wait([first, ended], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            raise SystemExit(f"the bot {name} ended before it answered")
        yield process.pid
    finally:
        if not ended.done():
            process.send_signal(signal.SIGKILL)
        await ended


def processor_seconds(pid: int) -> float:
    """What a process and those it started have had of the processors; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, map(int, children)))


async def ask_all(person: Person, questions: Sequence[str]) -> list[float]:
    """Ask one question after another; the seconds that each took."""
    taken = []
    for question in questions:
        began = time.perf_counter()
        await person.ask(question, within=60)
        taken.append(time.perf_counter() - began)
    return taken


async def measure(name: str, questions: Sequence[str], people: int, data: str, policies: str) -> Round:
    """One round of one bot."""
    async with BotApiServer() as server, at_work(name, server, data, policies) as bot:
        persons = [server.user(f"Person {n}") for n in range(people)]

        async def ask(some: Sequence[str]) -> list[list[float]]:
            return await asyncio.gather(*(ask_all(person, some[n::people]) for n, person in enumerate(persons)))

        first = len(questions) // 5
        await ask(questions[:first])
        used, asking, began = processor_seconds(bot), time.process_time(), time.perf_counter()
        taken = await ask(questions[first:])
        seconds = time.perf_counter() - began
        used, asking = processor_seconds(bot) - used, time.process_time() - asking
    every = sorted(one * 1000 for each in taken for one in each)
    n = len(every)
    return Round(n / seconds, statistics.median(every), every[int(n * 0.95)], used * 1000 / n, asking * 1000 / n)


async def compare(policies: str, questions: Sequence[str], people: Sequence[int]) -> None:
    """Measure both with each number of people and print what came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        prepared, data = Path(scratch, "prepared"), Path(scratch, "data")
        await prepare(prepared, policies)
        best: dict[str, tuple[float, int]] = {}
        for many in people:
            rounds: dict[str, list[Round]] = {name: [] for name in BOTS}
            for _ in range(ROUNDS):
                for name in BOTS:
                    shutil.copytree(prepared, data)
                    rounds[name].append(await measure(name, questions, many, str(data), policies))
                    print(f"{name}: {rounds[name][-1]}", file=sys.stderr)
                    shutil.rmtree(data)
            tell(many, rounds)
            for name in BOTS:
                best[name] = max(best.get(name, (0.0, 0)), (middle(rounds[name], "rate"), many))
    print(
        "the most that each answered: "
        + ", ".join(f"{n} {rate:.1f}/s ({many} people)" for n, (rate, many) in best.items())
    )
    print(f"  helpdesk / echo: {best['helpdesk'][0] / best['echo'][0]:.2f}")


def tell(people: int, rounds: Mapping[str, Sequence[Round]]) -> None:
    """Print the medians of the rounds with that many people."""
    print(f"{people} people ask at once")
    for name in BOTS:
        print(
            f"  {name:9} {middle(rounds[name], 'rate'):7.1f} updates/s   "
            f"reply: median {middle(rounds[name], 'median_ms'):6.1f} ms, p95 {middle(rounds[name], 'p95_ms'):6.1f} ms   "
            f"processor: bot {middle(rounds[name], 'bot_ms'):5.1f} ms, who asks {middle(rounds[name], 'asking_ms'):4.1f} ms"
        )
    print(f"  helpdesk / echo: {middle(rounds['helpdesk'], 'rate') / middle(rounds['echo'], 'rate'):.2f}", flush=True)


def middle(rounds: Sequence[Round], name: str) -> float:
    """The median of a number over the rounds."""
    return statistics.median(float(getattr(one, name)) for one in rounds)


def main() -> None:
    """Serve one bot, as the measuring process asks, or measure."""
    if sys.argv[1:2] == ["--serve"]:
        name, url, token, data, policies = sys.argv[2:]
        asyncio.run(echo(url, token) if name == "echo" else helpdesk(url, token, data, policies))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", help="a folder of notices")
    parser.add_argument("questions", help="a question set, as JSON Lines")
    parser.add_argument("--people", type=int, nargs="+", default=[16, 64], help="how many ask at once")
    arguments = parser.parse_args()
    lines = Path(arguments.questions).read_text(encoding="utf-8").splitlines()
    questions = [str(json.loads(line)["turns"][-1])[:1000] for line in lines if line.strip()]
    asyncio.run(compare(str(Path(arguments.policies).resolve()), questions, arguments.people))


if __name__ == "__main__":
    main()
