"""What keeps personal data of messages: in the vault, and nowhere else; and the salt of pseudonyms."""

import json
import time
from collections import deque

from dronewall.formats import PersonalData
from dronewall.vault import Vault


class Keeper:
    """Puts personal data into the vault, each new thing once: messages repeat themselves every second."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: deque[str] = deque(maxlen=1_000)

    def keep(self, item: PersonalData) -> None:
        """One item of a decoder."""
        data = {"kind": item.kind, "identity": item.identity, **item.data}
        text = json.dumps(data, sort_keys=True)
        if text not in self._known:
            self._vault.put(time.time_ns(), data)
            self._known.append(text)


def salt_of(vault: Vault) -> bytes:
    """What pseudonyms are made under: the vault's name for a fixed text today, gone with the day's key."""
    return vault.put(time.time_ns(), {"use": "pseudonyms"}).encode()
