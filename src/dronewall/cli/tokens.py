"""`dronewall token`: who may open the page of a watch, for how long, and how it is taken back."""

import getpass
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dronewall.cli.commands import AsJson, app
from dronewall.errors import BadInput

if TYPE_CHECKING:
    from dronewall.watch.roles import Listed, Tokens

token = typer.Typer(help="Give and take back the tokens that open a watch.", no_args_is_help=True)
app.add_typer(token, name="token")

DataFolder = Annotated[Path, typer.Argument(metavar="DATA", help="The data folder of the watch.")]
DAY_NS = 86_400 * 10**9


@token.command("issue")
def token_issue(
    data: DataFolder,
    user: Annotated[str, typer.Argument(help="Whose it is: the name in the audit log; a sensor's id in the wall.")],
    role: Annotated[
        str,
        typer.Option(
            help="viewer, operator, supervisor, planner, integrator, admin, or sensor (posts to its own feed)."
        ),
    ] = "viewer",
    days: Annotated[float, typer.Option(help="How long it opens.", min=0.001, max=400.0)] = 7.0,
) -> None:
    """A new token, said once and never again: only its hash is kept. That it was given is in the event log."""
    from dronewall.watch.roles import role_named, user_named

    chosen, name, tokens, now_ns = role_named(role), user_named(user), _tokens(data), time.time_ns()
    given = tokens.issue(name, chosen, now_ns=now_ns, lifetime_ns=round(days * DAY_NS))
    _logged(data, "token.issued", [tokens.one(given, now_ns=now_ns)])
    print(given)


@token.command("list")
def token_list(data: DataFolder, as_json: AsJson = False) -> None:
    """Who holds a token, with what role, until when."""
    found = _tokens(data).listed(now_ns=time.time_ns())
    if as_json:
        print(json.dumps([one.row() for one in found]))
        return
    for one in found:
        print(f"{one.key}  {one.role:10} until {one.row()['until']}  {one.user}")


@token.command("revoke")
def token_revoke(
    data: DataFolder,
    key: Annotated[str, typer.Argument(help="The key that 'token list' shows, or a user's name for all of theirs.")],
) -> None:
    """Take a token back; a running watch heeds it with the next request, and closes its open pages within seconds."""
    gone = _tokens(data).revoke(key)
    _logged(data, "token.revoked", gone)
    for one in gone:
        print(f"revoked: {one.key} of {one.user}")


def _tokens(data: Path) -> "Tokens":
    from dronewall.watch.roles import Tokens

    if not data.is_dir():
        raise BadInput(f"{data} is no data folder of a watch", file=str(data))
    return Tokens(data / "tokens.json", now_ns=time.time_ns())


def _logged(data: Path, kind: str, rows: "Sequence[Listed]") -> None:
    """Put it into the event log, beside a running watch too. The actor is whoever types here."""
    from dronewall.eventlog import FILE_NAME, EventLog
    from dronewall.records.event import Event

    with EventLog(data / FILE_NAME) as log:
        log.append_many(
            [
                Event(time_ns=time.time_ns(), kind=kind, actor=actor(), payload={**row.row(), "by": "command line"})
                for row in rows
            ]
        )


def actor() -> str:
    """Who types here, for the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name on this machine
        return f"user {os.getuid()}"
