"""How long each kind of data is kept: `retention.toml` in the data folder, applied hourly by the watch or by hand.

    schema_version = 1
    vault_hours = 72      personal data: the day's key is deleted, at least 24
    history_days = 400    track rows and detections
    store_days = 400      paths in the shared store, by the day that they are of
    bad_days = 30         malformed messages
    outbox_days = 400     documents as they were sent

What is left out is kept, the vault excepted: 72 hours. The event log is the record and is never shortened. The age of
a file is the time since it was written last. What was deleted is in the log.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dronewall.errors import DronewallError
from dronewall.records.event import Event
from dronewall.settings import FileModel, check, read_toml
from dronewall.units import SECOND_NS
from dronewall.vault import RETENTION_S, Vault
from dronewall.watch.store.local import FILE_NAME as PATHS
from dronewall.watch.store.local import LocalPaths

FILE = "retention.toml"
_PLACES = {"history": ("history/tracks", "history/detections"), "bad": ("bad",), "outbox": ("outbox",)}
Days = Annotated[float, Field(gt=0, le=36_500)]


class Keep(FileModel):
    """The setting."""

    schema_version: Literal[1]
    vault_hours: Annotated[float, Field(ge=24, le=8_760)] = RETENTION_S / 3_600
    history_days: Days | None = None
    store_days: Days | None = None
    bad_days: Days | None = None
    outbox_days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What was deleted of one kind, and the setting that said so; `failed` is why the setting could not be read."""

    kind: str
    names: tuple[str, ...]
    setting: str
    failed: str = ""

    def event(self, now_ns: int, actor: str) -> Event:
        """It, for the log."""
        if self.failed:
            return Event(time_ns=now_ns, kind="retention.failed", actor=actor, payload={"said": self.failed})
        if self.kind == "vault":
            return Event(time_ns=now_ns, kind="vault.expired", actor=actor, payload={"days": list(self.names)})
        payload = {"data": self.kind, "files": len(self.names), "setting": self.setting}
        return Event(time_ns=now_ns, kind="retention.applied", actor=actor, payload=payload)


def setting(data: Path) -> Keep:
    """What is set for that data folder; the defaults where nothing is.

    Raises
    ------
    BadInput
        The file is not such a setting.
    """
    file = data / FILE
    return check(Keep, read_toml(file), str(file)) if file.exists() else Keep(schema_version=1)


def apply(data: Path, now_ns: int, *, dry_run: bool = False) -> list[Gone]:
    """Delete what is older than the setting says; what was, a row for each kind.

    Raises
    ------
    BadInput
        The setting cannot be used; nothing is deleted.
    """
    return _apply(data, setting(data), now_ns, dry_run=dry_run)


def apply_anyway(data: Path, now_ns: int) -> list[Gone]:
    """The same for a running watch: personal data expire, also where the setting cannot be read."""
    try:
        return apply(data, now_ns)
    except DronewallError as error:
        why = Gone(kind="", names=(), setting="", failed=str(error))
        return [why, *_apply(data, Keep(schema_version=1), now_ns, dry_run=False)]


def _apply(data: Path, keep: Keep, now_ns: int, *, dry_run: bool) -> list[Gone]:
    found = []
    for kind, places in _PLACES.items():
        days: float | None = getattr(keep, f"{kind}_days")
        if days is None:
            continue
        old = [path for place in places for path in _older(data / place, now_ns - round(days * 86_400) * SECOND_NS)]
        for path in () if dry_run else old:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        names = tuple(str(path.relative_to(data)) for path in old)
        if kind == "history" and (data / PATHS).is_file():
            with LocalPaths(data / PATHS) as paths:
                pieces = paths.expire(now_ns - round(days * 86_400) * SECOND_NS, dry_run=dry_run)
            names += (f"{PATHS}: {pieces} pieces",) if pieces else ()
        found.append(Gone(kind=kind, names=names, setting=f"{kind}_days = {days:g}"))
    vault = data / "vault"
    if vault.is_dir():
        kept = Vault(vault, retention_s=round(keep.vault_hours * 3_600))
        days_gone = kept.expired(now_ns) if dry_run else kept.expire(now_ns)
        found.append(Gone(kind="vault", names=days_gone, setting=f"vault_hours = {keep.vault_hours:g}"))
    return [one for one in found if one.names]


def _older(folder: Path, than_ns: int) -> list[Path]:
    """What lies there and was written last before that; a folder's age is that of its newest file."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and _written_ns(path) < than_ns)


def _written_ns(path: Path) -> int:
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max(file.lstat().st_mtime_ns for file in files)
