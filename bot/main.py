"""The command line: ``helpdesk ask``, ``reload``, ``releases``, ``rollback``, ``login-link``, ``evaluate``, ``fit``."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from knowledge.errors import HelpdeskError

# What takes long to load is loaded where it is needed: --help is there at once, and Ctrl-C meanwhile is one like any other.
if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.helpdesk import Helpdesk

# What the system may say of output that cannot be written.
_OUTPUT_ERRORS = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: no boxes, which a pipe or a log would be full of.
    rich_markup_mode=None,
    help="Answers business owners' questions with the clause of the government notice that applies, word for word.",
)


def main() -> None:
    """Run the command line; exits with its status: 0, 1 for an error, 2 for wrong usage, 130 for Ctrl-C.

    Errors are one line on standard error; a traceback means a fault of ours.
    """
    _prepare_output()
    try:
        status = app(standalone_mode=False, prog_name="helpdesk")
        # Here, so that what cannot be written is met below and not at the interpreter's end.
        sys.stdout.flush()
        raise SystemExit(status)
    except typer.TyperException as error:
        print(f"helpdesk: {' '.join(error.format_message().split())} (see helpdesk --help)", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except HelpdeskError as error:
        if error.log != error.user:
            from bot.logs import log

            log.debug("refused", cause=error.log)
        print(f"helpdesk: {error.user}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
            raise
        # Nothing is left to be written when the interpreter ends (docs.python.org/3/library/signal.html#note-on-sigpipe).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # A reader (head, say) that has gone wants no more of us, not even this.
        if error.errno != errno.EPIPE:
            print(f"helpdesk: the output cannot be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(1) from None


def _prepare_output() -> None:
    """UTF-8 wherever output goes but to a terminal, and nowhere an error for a character that cannot be shown."""
    for name in ("stdout", "stderr"):
        # Closed by whoever started us.
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in everyday words.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as a line of JSON.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what was looked for, what was weighed and why it was so decided.")
    ] = False,
    batch: Annotated[
        Path | None,
        typer.Option(help="Answer every question of a JSON Lines file (- for standard input), as JSON Lines."),
    ] = None,
) -> None:
    """Answer a question from the release in force."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give either a question or --batch FILE")
    asyncio.run(_ask_batch(batch, explain) if batch else _ask(question or "", as_json, explain))


async def _ask(question: str, as_json: bool, explain: bool) -> None:
    from bot import output

    async with _open() as helpdesk:
        answer = helpdesk.ask(question, explain=explain)
    if as_json:
        print(json.dumps(output.answer_fields(answer), ensure_ascii=False))
    else:
        output.show_answer(answer)


async def _ask_batch(path: Path, explain: bool) -> None:
    from bot import output
    from knowledge.measures import read_questions

    questions = read_questions(Path("/dev/stdin") if str(path) == "-" else path)
    async with _open() as helpdesk:
        for one in questions:
            answer = helpdesk.ask(one.turns[-1], one.turns[:-1], explain=explain)
            print(json.dumps({"id": one.id, **output.answer_fields(answer)}, ensure_ascii=False))


@app.command()
def reload(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and publish nothing.")] = False,
) -> None:
    """Read the policy folder, show what changes, publish. Exit status 1 where nothing could be read."""
    asyncio.run(_reload(dry_run))


async def _reload(dry_run: bool) -> None:
    from bot import output

    with output.progress() as progress:
        async with _attach() as helpdesk:
            preview = await helpdesk.preview(progress)
            output.show_preview(preview)
            if dry_run:
                return
            release = await helpdesk.publish(preview, note="helpdesk reload", actor=output.actor(), progress=progress)
    output.show_published(preview, release)


@app.command("releases")
def list_releases() -> None:
    """List the releases, newest first."""
    asyncio.run(_releases())


async def _releases() -> None:
    from bot import output

    async with _attach() as helpdesk:
        output.show_releases(await helpdesk.releases())


@app.command()
def rollback(number: Annotated[int, typer.Argument(help="The release to bring back (see helpdesk releases).")]) -> None:
    """Put an earlier release in force again."""
    asyncio.run(_rollback(number))


async def _rollback(number: int) -> None:
    from bot import output

    with output.progress() as progress:
        async with _attach() as helpdesk:
            release = await helpdesk.put_in_force(number, output.actor(), progress)
    print(f"Release {release.number} is in force: {release.policies} policies, {release.clauses} clauses.")


@app.command("login-link")
def login_link(
    member: Annotated[
        int | None, typer.Argument(help="The member's number; without one, a new member.", show_default=False)
    ] = None,
    role: Annotated[str, typer.Option(help="The role of a new member: admin or staff.")] = "admin",
    name: Annotated[str, typer.Option(help="The name of a new member.")] = "",
) -> None:
    """Print a link that signs a member in at the desk, once, within half an hour."""
    if role not in ("admin", "staff"):
        raise typer.BadParameter("the role is admin or staff")
    asyncio.run(_login_link(member, "admin" if role == "admin" else "staff", name))


async def _login_link(member: int | None, role: Literal["admin", "staff"], name: str) -> None:
    from bot import output
    from handlers.web.entrance import login_address
    from handlers.web.options import WebOptions

    lifetime = WebOptions().link_lifetime
    async with _attach() as helpdesk:
        people, by = helpdesk.people, output.actor()
        if member is None and name:
            member = (await people.appoint(name=name, role=role, by=by)).member_id
        if member is None:
            token = await people.new_link("login", role=role, by=by, lifetime=lifetime)
        else:
            token = await people.new_link("login", member_id=member, by=by, lifetime=lifetime)
    print(login_address(_settings().address, token))


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="A JSON Lines file of questions with their answers.")],
) -> None:
    """Answer a question set and print how good the answers are."""
    asyncio.run(_evaluate(questions))


async def _evaluate(path: Path) -> None:
    from bot import output
    from knowledge.measures import measure, read_questions

    questions = read_questions(path)
    async with _open() as helpdesk:
        answers = {q.id: helpdesk.ask(q.turns[-1], q.turns[:-1]).as_json() for q in questions}
    output.show_measures(measure(questions, answers))


@app.command()
def fit(
    sets: Annotated[list[str], typer.Argument(help="Question sets, each QUESTIONS.jsonl=FOLDER_OF_POLICIES.")],
    write: Annotated[
        Path | None, typer.Option(help="Where to write the weights; only measured where left out.")
    ] = None,
) -> None:
    """Fit the weights on question sets, and print how they answer questions they were not fitted on."""
    from bot.fit import Source, fit_weights

    fit_weights([Source.parse(one) for one in sets], write, _settings().config.max_file_bytes)


@app.command()
def thesaurus(
    file: Annotated[
        Path | None, typer.Argument(help="A thesaurus file to check; without one, the shipped one is printed.")
    ] = None,
) -> None:
    """Print the thesaurus that ships, as a start for one of your own (HELPDESK_THESAURUS), or check a file."""
    from bot import output
    from knowledge.thesaurus import parse_thesaurus, read_thesaurus, shipped_text

    if file is None:
        print(shipped_text(), end="")
        return
    read, faults = parse_thesaurus(read_thesaurus(file), str(file))
    output.show_faults(faults)
    print(f"{len(read.entries)} phrases.")
    if faults:
        raise typer.Exit(1)


def _settings() -> Settings:
    from bot import settings

    return settings.load()


@contextlib.asynccontextmanager
async def _attach() -> AsyncIterator[Helpdesk]:
    """The helpdesk, for publishing."""
    from knowledge.helpdesk import Helpdesk

    async with Helpdesk.attach(_settings().config) as helpdesk:
        yield helpdesk


@contextlib.asynccontextmanager
async def _open() -> AsyncIterator[Helpdesk]:
    """The helpdesk, for asking; a bar shows where that takes long because nothing is published or indexed yet."""
    from bot import output
    from knowledge.helpdesk import Helpdesk

    with output.progress() as progress:
        async with Helpdesk.open(_settings().config, progress) as helpdesk:
            yield helpdesk


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Answers business owners' questions with the clause of the government notice that applies, word for word.

    Without a command: serves the web page, and Telegram where HELPDESK_TELEGRAM_TOKEN is set, until it is stopped.
    """
    from bot import logs, settings

    loaded = settings.load()
    logs.configure(loaded.log_level)
    settings.warn_of_unknown()
    if context.invoked_subcommand is None:
        asyncio.run(_serve(loaded))


async def _serve(loaded: Settings) -> None:
    from bot import output, server

    with output.progress() as progress:
        await server.serve(loaded, progress)


if __name__ == "__main__":
    main()
