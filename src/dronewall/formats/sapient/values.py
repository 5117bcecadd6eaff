"""JSON values out of a stream, whatever lines they are written over: one after another, or the elements of one list.

A value ends with its last bracket. One that is cut short ends where what follows can be no part of it: at a line's end
within a text, or before a line that opens an object where none may stand. One that grows beyond `longest` is let go: of
what was held, lines that are objects by themselves are given, and the rest as one piece. RFC 8259, 2 and 7.
"""

import re
from typing import Final

MARKS: Final = re.compile(rb'["{}\[\]\n]')
IN_TEXT: Final = re.compile(rb'\\.|["\n]', re.DOTALL)
NEXT: Final = re.compile(rb"[ \t\r\n]*(.)", re.DOTALL)
BLANK: Final = b" \t\r\n"
PIECE: Final = 16_384  # looked through at once, since what is behind a value is copied with each
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
ALONE: Final = re.compile(rb"^\{.*\}[ \t\r,]*$", re.MULTILINE)


def is_json(head: bytes) -> bool:
    """Whether a stream is JSON and no frames: its first four bytes are no length that a message may have."""
    begins = head.removeprefix(BYTE_ORDER_MARK).lstrip(BLANK)
    return len(head) >= 4 and b"\0" not in head[:4] and begins[:1] in (b"{", b"[", b"")


class JsonValues:
    """Cuts one stream; what it gives may be broken, and whoever parses it says so."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._held = b""
        self._at = self._depth = 0  # how far what is held was looked at, and how many brackets are open there
        self._text = self._list = self._skips = False
        self._begun = False

    def feed(self, data: bytes) -> list[bytes]:
        """The values that became whole."""
        found: list[bytes] = []
        for first in range(0, len(data), PIECE):
            self._piece(data[first : first + PIECE], found)
        return found

    def _piece(self, data: bytes, found: list[bytes]) -> None:
        self._held += data
        if not self._begun and len(self._held) >= len(BYTE_ORDER_MARK):
            self._held, self._begun = self._held.removeprefix(BYTE_ORDER_MARK), True
        while self._one(found):
            pass
        if len(self._held) > self._longest:
            found += _pieces(self._held)
            self._skips = not found[-1].endswith(b"\n")
            self._restart(b"")

    def end(self) -> list[bytes]:
        """What was cut off; a list that is not closed counts as such."""
        found = _pieces(self._held) if self._held.strip(BLANK) and not self._skips else []
        if self._list and not found:
            found = [b"["]
        self._restart(b"")
        self._list = self._skips = False
        return found

    def _restart(self, rest: bytes) -> None:
        self._held, self._at, self._depth, self._text = rest, 0, 0, False

    def _one(self, found: list[bytes]) -> bool:
        """Take a value, or what stands between; False where more is needed."""
        if self._skips:
            _, line_end, rest = self._held.partition(b"\n")
            self._skips = not line_end
            self._restart(rest)
            return bool(line_end)
        if self._at:
            return self._on(found)
        self._held = self._held.lstrip(BLANK + b"," if self._list else BLANK)
        first = self._held[:1]
        if first == (b"]" if self._list else b"["):
            self._list = not self._list
            self._restart(self._held[1:])
            return True
        if first in (b"{", b"["):
            return self._on(found)
        return bool(first) and self._other(found)

    def _other(self, found: list[bytes]) -> bool:
        """What begins no object: up to the line's end, a comma of the list, or where one begins."""
        ends = re.search(rb"[\n{,\]]" if self._list else rb"[\n{]", self._held)
        if ends is None:
            return False
        found.append(self._held[: ends.start()].rstrip(BLANK) or self._held[: ends.end()])
        self._restart(self._held[max(ends.start(), 1) :])
        return True

    def _on(self, found: list[bytes]) -> bool:
        """Look on for the end of the value that is held; False where it has not come."""
        while (mark := (IN_TEXT if self._text else MARKS).search(self._held, self._at)) is not None:
            sign, stop = mark[0], mark.end()
            if sign == b"\n" and not self._text:
                following = NEXT.match(self._held, stop)
                if following is None:
                    break
                broken = following[1] == b"{" and self._before(mark.start()) not in b"[,:{"
                stop = following.start(1)
                if broken:
                    stop = mark.start()
            else:
                broken = sign == b"\n"
                self._depth += (not self._text) * ((sign in b"{[") - (sign in b"}]"))
                self._text ^= sign == b'"'
            self._at = stop
            if broken or (not self._depth and not self._text):
                found += _pieces(self._held[:stop]) if broken else [self._held[:stop]]
                self._restart(self._held[stop:])
                return True
        else:
            self._at = max(len(self._held) - self._held.endswith(b"\\"), self._at)
        return False

    def _before(self, at: int) -> bytes:
        """The last sign before a place that is no blank."""
        while at > 1 and self._held[at - 1] in BLANK:
            at -= 1
        return self._held[at - 1 : at]


def _pieces(held: bytes) -> list[bytes]:
    """Of what is broken: lines that are objects by themselves, and what stands between them."""
    pieces, at = [], 0
    for line in ALONE.finditer(held):
        pieces += [held[at : line.start()], line[0].rstrip(BLANK + b",")]
        at = line.end()
    pieces.append(held[at:])
    return [piece for piece in pieces if piece.strip(BLANK)]
