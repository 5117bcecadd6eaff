"""Who speaks the words at one place of a sentence, of all the voices in it, and through whom it came."""

import re

from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.saying import PAPER

_VOICE_ENDS = re.compile(r";\s|,?\s(?:while|whereas|but)\s|\.\s")


def voice(
    sentence: str, said: list[Attribution], place: int, last: str | None
) -> tuple[str | None, tuple[str, ...], bool]:
    """Speaker and relays of the words at `place`, and whether the sentence names any.

    A medium beside another voice relays it; of several voices the last before the words speaks, or the next after them
    in their own clause.
    """
    if not said:
        return None, (), False
    relays = [one.who for one in said if one.verb == "by" and one.who]
    cited = [one for one in said if one.verb == "citing" and one.who]
    voices = [one for one in said if one.verb not in ("by", "citing")]
    if cited:
        return _cited_voice(cited, voices, relays, place)
    if not voices:
        return (last, tuple(relays), bool(relays)) if relays else (None, (), False)
    others = [one for one in voices if not one.media]
    media = [one for one in voices if one.media]
    if others and media:
        relays += [one.who for one in media if one.who]
        voices = others
    chosen = _nearest(sentence, voices, place)
    return chosen.who, tuple(dict.fromkeys(relay for relay in relays if relay != chosen.who)), True


def _cited_voice(
    cited: list[Attribution], voices: list[Attribution], relays: list[str], place: int
) -> tuple[str | None, tuple[str, ...], bool]:
    """Speaker and relays where somebody is cited: who is cited last speaks, unless another goes on from there."""
    outlets = [one.who for one in voices if one.who]
    first = [one.who for one in cited[:-1] if one.who]
    own = [one for one in voices if one.who and not one.media and one.end <= place]
    later = [one for one in own if one.start >= cited[-1].end]
    if later:
        # "citing the customs, he counts 4,800; enough, he reckons, for 1,200"
        return later[-1].who, tuple(dict.fromkeys(relays)), True
    if own and PAPER.fullmatch(cited[-1].who or ""):
        # "Intelligence believes that ..., the agency reported, citing a document"
        relays = [name for name in outlets if name != own[-1].who] + relays
        return own[-1].who, tuple(dict.fromkeys(relays)), True
    return cited[-1].who, tuple(dict.fromkeys([*first, *outlets, *relays])), True


def _nearest(sentence: str, voices: list[Attribution], place: int) -> Attribution:
    """The voice before a place, or the next one after it, in its own part of the sentence where one speaks there."""
    cuts = [match.end() for match in _VOICE_ENDS.finditer(sentence)]
    segment = sum(1 for cut in cuts if cut <= place)
    same = [one for one in voices if sum(1 for cut in cuts if cut <= one.start) == segment] or voices
    before = [one for one in same if one.end <= place]
    return before[-1] if before else same[0]
