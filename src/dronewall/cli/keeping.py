"""`dronewall backup`, `restore` and `retention`: a watch's data in one file, put back, and deleted when it is time."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dronewall.cli.commands import AsJson, app
from dronewall.cli.tokens import DataFolder, actor


@app.command()
def backup(
    data: DataFolder,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file, made with mode 0600.")],
    vault_keys: Annotated[
        bool, typer.Option("--vault-keys", help="With the keys of personal data; then delete the file in time.")
    ] = False,
    keys: Annotated[bool, typer.Option("--keys", help="With the keys to gateways, brokers and partners.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a watch's data in one file, also while it runs. A log that is not whole is refused."""
    from dronewall.watch.backup import backup as keep

    kept = keep(data, output, vault_keys=vault_keys, keys=keys, actor=actor())
    if as_json:
        print(json.dumps({"backup": str(output), **asdict(kept)}))
        return
    print(f"{output}: {kept.files} files, {kept.size_bytes / 1e6:.1f} MB, {kept.events} events, the log is whole")
    if vault_keys:
        print("it holds the keys of personal data: nothing in it expires, delete it when their time has come")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'dronewall backup' wrote.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DATA", help="The new data folder.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup back into a new data folder, verified, whole or not at all."""
    from dronewall.watch.backup import restore as put_back

    kept = put_back(file, output, now_ns=time.time_ns(), actor=actor())
    if as_json:
        print(json.dumps({"data": str(output), **asdict(kept)}))
        return
    print(f"{output}: {kept.files} files, {kept.events} events, the log is whole; start it with --data {output}")


@app.command()
def retention(
    data: DataFolder,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what is older than DATA/retention.toml says, now; a running watch does it every hour."""
    from dronewall.errors import BadInput
    from dronewall.eventlog import FILE_NAME, EventLog
    from dronewall.watch.retention import apply

    if not data.is_dir():
        raise BadInput(f"{data} is no data folder of a watch", file=str(data))
    now_ns = time.time_ns()
    found = apply(data, now_ns, dry_run=dry_run)
    if found and not dry_run:
        with EventLog(data / FILE_NAME) as log:
            log.append_many([one.event(now_ns, actor()) for one in found])
    if as_json:
        print(json.dumps([{"kind": one.kind, "names": list(one.names), "setting": one.setting} for one in found]))
        return
    for one in found:
        for name in one.names:
            print(f"{'would delete' if dry_run else 'deleted'}: {one.kind} {name} ({one.setting})")
    if not found:
        print("nothing is old enough")
