"""What people read: one text per language, leading with what to do, refused where the channel does not take it."""

from collections.abc import Iterable, Mapping

from dronewall.errors import BadInput
from dronewall.picture.broadcast import fit
from dronewall.picture.phrases import LANGUAGES, Phrases
from dronewall.records.alert import Level, Message

MOST_PLACES = 4

_BODIES = {Level.INFORMATION: "information", Level.PRECAUTION: "precaution", Level.WARNING: "warning"}


def check_languages(languages: Iterable[str], *, where: str) -> None:
    """Refuse a language that there are no phrases for.

    Raises
    ------
    BadInput
    """
    for language in languages:
        _phrases(language, where)


def place_names(zones: Iterable[str]) -> tuple[str, ...]:
    """Zone ids as names: `vecais-rezekne` becomes Vecais Rezekne. The first few: long lists are not read."""
    names = [" ".join(word.capitalize() for word in zone.replace("_", "-").split("-")) for zone in zones]
    return tuple(names[:MOST_PLACES])


def text(language: str, *, level: Level, message: Message, places: Iterable[str], exercise: bool) -> str:
    """The text of one message in one language, sure to fit a cell broadcast.

    Raises
    ------
    BadInput
        There are no phrases for the language, or the text does not fit.
    """
    phrases = _phrases(language, "an authority")
    body = phrases[str(message) if message in (Message.ALL_CLEAR, Message.CANCEL) else _BODIES[level]]
    parts = [phrases["exercise"]] if exercise else []
    parts.append(body.format(places=", ".join(places) or phrases["here"]))
    if message is Message.UPDATE:
        parts.append(phrases["update"])
    whole = " ".join(parts)
    fit(whole, what=f"the {language} text")
    return whole


def texts(
    languages: Iterable[str], *, level: Level, message: Message, places: Iterable[str], exercise: bool
) -> dict[str, str]:
    """The text in each of an authority's languages, in its order."""
    named = tuple(places)
    return {x: text(x, level=level, message=message, places=named, exercise=exercise) for x in languages}


def headlines(languages: Iterable[str], *, message: Message, exercise: bool) -> dict[str, str]:
    """A short line in each of an authority's languages."""
    return {x: headline(x, message, exercise=exercise) for x in languages}


def headline(language: str, message: Message, *, exercise: bool) -> str:
    """A short line for lists and for CAP's headline: the exercise mark's first word, and what it is."""
    phrases = _phrases(language, "an authority")
    line = phrases["headline"]
    if message in (Message.ALL_CLEAR, Message.CANCEL):
        line += ": " + phrases[str(message)].split(". ")[0].rstrip(".")
    return f"{phrases['exercise'].split()[0]}: {line}" if exercise else line


def _phrases(language: str, where: str) -> Phrases:
    found: Mapping[str, Phrases] = LANGUAGES
    if language not in found:
        raise BadInput(
            f"{where}: languages names '{language}', in which dronewall has no phrases; it has: "
            f"{', '.join(sorted(found))}"
        )
    return found[language]
