"""Rules by which a figure without a noun goes on with what was counted or asked before it.

Each reads the words on both sides of the figure, most of them only where ours were counted or named just before.
"""

import re
from collections.abc import Callable

from dronewall.assess.bare import Bare
from dronewall.assess.elisions import (
    ALONE,
    AUXILIARY,
    BARE_AFTER,
    BEGINS,
    ENOUGH,
    FRAGMENT,
    FRONTED,
    GAPPED,
    GOES_ON,
    MANNER,
    NO_NOUN,
    NUMBER_OF,
    NUMBER_ROSE,
    OF_YEAR,
    ORDINAL,
    OTHER_TALK,
    OUTPUT_IS,
    PART,
    PARTITION,
    PER_HEAD,
    PERIOD_AFTER,
    PLUS,
    SAID,
    SAYS,
    SENDS,
    SHARE_BEFORE,
    SHARED_OUT,
    SHORT,
    STILL,
    THE_PROMISED,
    THERE_WERE,
    TURNED,
    VERB_LEFT_OUT,
    WE_COULD,
    WERE_TO,
    WHEN_BEFORE,
    WITH_SO_MANY,
)
from dronewall.assess.foreign import foreign
from dronewall.assess.language.places import places
from dronewall.assess.language.triggers import triggers
from dronewall.assess.language.units import VOLUMES

_THE = re.compile(r"\b[Tt]he\s+$")
_CLOSES_PART = re.compile(r"\s*(?:[.,;)]|$)")
_CLOSES_SAYING = re.compile(r"\s*(?:[.,;”\"]|$)")
_CLOSES_PART_OR_SAYING = re.compile(r"\s*(?:[.,;)”\"]|$)")


def goes_on(one: Bare) -> bool:
    """Whether any rule lets a figure go on with what was counted before."""
    return any(rule(one) for rule in _ANYWHERE) or (one.recent and any(rule(one) for rule in _AFTER_OURS))


def _item_of_a_list(one: Bare) -> bool:
    """ "4 drones came in May: - on 3 May one from Belarus"."""
    return one.talk.listed and bool(BARE_AFTER.match(one.after)) and not NUMBER_OF.search(one.before)


def _number_rose(one: Bare) -> bool:
    """ "The number rose from 203 in the first year to 966"."""
    return bool(NUMBER_ROSE.search(one.before) and BARE_AFTER.match(one.after))


def _with_so_many(one: Bare) -> bool:
    """ "With 24 we could cover three airfields"."""
    return one.figure.value > 1 and bool(WITH_SO_MANY.search(one.before) and WE_COULD.match(one.after))


def _were_to_come(one: Bare) -> bool:
    """ "Originally 36 were to be in service"."""
    return one.figure.value > 1 and bool(WERE_TO.match(one.after)) and not foreign(one.sentence, one.figure.end)


def _the_promised(one: Bare) -> bool:
    """ "Well short of the 4,000 that it had promised"."""
    return one.figure.value >= 10 and bool(_THE.search(one.before) and THE_PROMISED.match(one.after))


def _answer_without_verb(one: Bare) -> bool:
    """ "Twenty-three, since the first of January."."""
    return one.opens and bool(FRAGMENT.match(one.after))


def _alone_in_quotation(one: Bare) -> bool:
    """'"Eleven," says the mayor'; "; ten thousand, say the Ukrainians"."""
    last = one.before.rstrip()[-1:]
    if last in ('"', "“", "«") and ALONE.match(one.after):
        return True
    return (one.opens or last == ";") and bool(SAYS.match(one.after))


def _output_is(one: Bare) -> bool:
    """ "Output at the hall is 400"."""
    return bool(OUTPUT_IS.search(one.before) and BARE_AFTER.match(one.after))


def _still_to_come(one: Bare) -> bool:
    """ "24 are still to come"."""
    return one.opens and bool(STILL.match(one.after))


def _fronted(one: Bare) -> bool:
    """ "Five we can explain"."""
    return one.opens and bool(FRONTED.match(one.after))


def _of_another_year(one: Bare) -> bool:
    """ "18,000 units this year (2025: 11,500)"."""
    return bool(one.volumes and OF_YEAR.search(one.before)) and one.after.startswith(")")


def _what_he_said(one: Bare) -> bool:
    """ "He said 30."."""
    return bool(SAID.search(one.before) and _CLOSES_SAYING.match(one.after))


def _verb_of_the_question(one: Bare) -> bool:
    """ "One was, by a Canadian crew": the verb is that of the question."""
    return bool(one.talk.question) and one.opens and bool(AUXILIARY.match(one.after))


def _begins(one: Bare) -> bool:
    """ "Close to 25 could not be named"."""
    return not one.before.strip() and bool(BEGINS.match(one.after))


def _of_the_next_place(one: Bare) -> bool:
    """ "Sweden has seen three drones, Denmark one"."""
    return bool(
        one.volumes and GAPPED.search(one.before) and places(one.before[-40:]) and _CLOSES_PART.match(one.after)
    )


def _ordinal(one: Bare) -> bool:
    """ "Deliveries of the first 300 are due"."""
    return bool(ORDINAL.search(one.before) and PART.match(one.after) and not PER_HEAD.match(one.after))


def _of_the_next_time(one: Bare) -> bool:
    """ "It made 2,738 drones; in 2024, 5,760"."""
    return bool(one.volumes and WHEN_BEFORE.search(one.before) and _CLOSES_PART.match(one.after))


def _at_its_verb(one: Bare) -> bool:
    """Whether a figure stands right at a verb of ours, or goes on from one that does.

    "has built 12,000 of them", "launches rose from 4,400 in December to 5,100", "a dozen or so turned back"; only where
    the talk is of drones already, and nothing follows that could be another noun.
    """
    if not (one.recent or (one.talk_counts(within=3) and one.made)):
        return False
    words = one.sentence[one.figure.core_start : one.figure.core_end].lower()
    if words in ("one", "a single") or NO_NOUN.match(one.after) is None or NUMBER_OF.search(one.before):
        return False
    return (
        _turned(one) or _right_behind_the_last(one) or _right_behind_a_verb(one) or bool(THERE_WERE.search(one.before))
    )


def _turned(one: Bare) -> bool:
    """ "A dozen or so turned back"."""
    begins = not one.before.strip() or one.before.rstrip().endswith((";", ":"))
    return begins and bool(TURNED.match(one.after))


def _right_behind_the_last(one: Bare) -> bool:
    """ "4,400 drones in December to 5,100"."""
    last = one.found[-1] if one.found else None
    return (
        last is not None and last.unit in VOLUMES and bool(GOES_ON.fullmatch(one.sentence[last.end : one.figure.start]))
    )


def _right_behind_a_verb(one: Bare) -> bool:
    """ "Has built a total of 12,000"."""
    return any(
        trigger.measure != "price"
        and trigger.end <= one.figure.start
        and SHORT.fullmatch(one.sentence[trigger.end : one.figure.start])
        for trigger in triggers(one.sentence)
    )


def _sender(one: Bare) -> bool:
    """ "Suppose Moscow sends two hundred next time"."""
    return one.talk.named <= 3 and bool(
        SENDS.search(one.before) and BARE_AFTER.match(one.after) and not NUMBER_OF.search(one.before)
    )


def _part_of_the_whole(one: Bare) -> bool:
    """ "Of these, 71 were multicopters and 7 of unknown type"."""
    return bool(PARTITION.match(one.sentence) and PART.match(one.after) and not PER_HEAD.match(one.after))


def _shared_out(one: Bare) -> bool:
    """ "42 - over the Bryansk region"; "half a million the year after"; "a quarter, or about 52"."""
    shared = one.volumes and (SHARED_OUT.match(one.after) or PERIOD_AFTER.match(one.after))
    return bool(shared) or bool(SHARE_BEFORE.search(one.before))


def _hedged_alone(one: Bare) -> bool:
    """Whether a figure under a bound of its own stands without a noun where drones were counted last."""
    figure = one.figure
    bounded = bool(figure.hedges) or (figure.bound == "range" and one.sentence[figure.start] in "bB")
    return (
        (bool(one.volumes) or one.talk_counts(within=1))
        and bounded
        and not (figure.plain and figure.value < 10)
        and bool(BARE_AFTER.match(one.sentence, figure.end))
        and not NUMBER_OF.search(one.before)
        and not OTHER_TALK.search(one.before)
    )


def _by_other_means(one: Bare) -> bool:
    """ "34 were brought down by jamming, two by other means": the verb is left out, too."""
    if not (one.volumes and VERB_LEFT_OUT.search(one.before) and MANNER.match(one.after)):
        return False
    earlier, last = one.earlier, one.found[-1]
    return bool(earlier) and earlier[-1].core_start == last.figure.core_start and last.unit in VOLUMES


def _enough(one: Bare) -> bool:
    """ "100 thousand is quite enough"."""
    return (one.recent or one.talk.named <= 1) and bool(ENOUGH.match(one.after))


def _there_were(one: Bare) -> bool:
    """ "There were 40."."""
    return (one.recent or one.talk.named <= 1) and bool(
        THERE_WERE.search(one.before) and _CLOSES_PART_OR_SAYING.match(one.after)
    )


def _plus(one: Bare) -> bool:
    """ "+ 12 over Odesa"."""
    return bool(PLUS.search(one.before) and MANNER.match(one.after))


_ANYWHERE: tuple[Callable[[Bare], bool], ...] = (
    _item_of_a_list,
    _at_its_verb,
    _sender,
    _shared_out,
    _enough,
    _there_were,
)
"""Rules that say themselves how far back the talk of ours may lie."""
_AFTER_OURS: tuple[Callable[[Bare], bool], ...] = (
    _number_rose,
    _with_so_many,
    _were_to_come,
    _the_promised,
    _answer_without_verb,
    _alone_in_quotation,
    _output_is,
    _still_to_come,
    _fronted,
    _of_another_year,
    _what_he_said,
    _verb_of_the_question,
    _begins,
    _of_the_next_place,
    _ordinal,
    _of_the_next_time,
    _part_of_the_whole,
    _hedged_alone,
    _by_other_means,
    _plus,
)
"""Rules that hold only where ours were counted or named in this sentence or the one before."""
