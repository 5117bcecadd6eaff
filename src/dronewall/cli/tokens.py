"""`dronewall token`: who may open the page of a watch, for how long, and how it is taken back."""

import json
import time
from datetime import UTC, datetime
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
    role: Annotated[str, typer.Option(help="viewer, operator, or sensor (posts to its own feed).")] = "viewer",
    days: Annotated[float, typer.Option(help="How long it opens.", min=0.001, max=400.0)] = 7.0,
) -> None:
    """A new token, said once and never again: only its hash is kept."""
    from dronewall.watch.roles import Role

    if role not in list(Role):
        raise BadInput(f"--role {role} is no role; give one of: {', '.join(Role)}")
    if not user.strip() or user in ("system", "gateway") or len(user) > 64:
        raise BadInput(f"'{user}' is no name for a person; give another")
    print(_tokens(data).issue(user, Role(role), now_ns=time.time_ns(), lifetime_ns=round(days * DAY_NS)))


@token.command("list")
def token_list(data: DataFolder, as_json: AsJson = False) -> None:
    """Who holds a token, with what role, until when."""
    found = _tokens(data).listed(now_ns=time.time_ns())
    if as_json:
        print(json.dumps([{"key": one.key, "user": one.user, "role": one.role, "until": _day(one)} for one in found]))
        return
    for one in found:
        print(f"{one.key}  {one.role:9} until {_day(one)}  {one.user}")


@token.command("revoke")
def token_revoke(
    data: DataFolder,
    key: Annotated[str, typer.Argument(help="The key that 'token list' shows, or a user's name for all of theirs.")],
) -> None:
    """Take a token back; a running watch heeds it with the next request."""
    for one in _tokens(data).revoke(key):
        print(f"revoked: {one.key} of {one.user}")


def _tokens(data: Path) -> "Tokens":
    from dronewall.watch.roles import Tokens

    if not data.is_dir():
        raise BadInput(f"{data} is no data folder of a watch", file=str(data))
    return Tokens(data / "tokens.json", now_ns=time.time_ns())


def _day(one: "Listed") -> str:
    return datetime.fromtimestamp(one.expires_ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%MZ")
