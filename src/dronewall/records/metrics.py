"""What is measured of a rehearsed night: each metric's name, whether it is a share or a number, and its meaning.

A scenario's `[[accept]]` lines ask for these names, `scorecard.json` gives them. A name that ends in `:LABEL` stands
for one metric per label; `:TRUE:SAID` for one per pair of labels (`nothing` and `unknown` too).
"""

from dataclasses import dataclass
from typing import Final, Literal

from dronewall.records.words import LABELS

Kind = Literal["share", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure of a night.

    A `share` is k of n in each night (null where n is 0) and pooled over nights; a `number` is averaged over nights.
    `good` says which end is better (`high`, `low`), or `none`.
    """

    name: str
    kind: Kind
    good: Literal["high", "low", "none"]
    meaning: str


METRICS: Final[tuple[Metric, ...]] = (
    # people: were they warned, when, where, and in vain
    Metric(
        name="warned_in_time",
        kind="share",
        good="high",
        meaning="of the intruders that come down, those of which an alert that counts was received before",
    ),
    Metric(
        name="area_contains",
        kind="share",
        good="high",
        meaning="of the intruders that come down and stood behind a draft, those that came down in its latest area",
    ),
    Metric(
        name="lead_time_drafted_s",
        kind="number",
        good="high",
        meaning="from the draft that counts to the impact, of the night's intruder with least; 0: none before it",
    ),
    Metric(
        name="lead_time_received_s",
        kind="number",
        good="high",
        meaning="from reception of the alert that counts to the impact, of the intruder with least; 0: none before it",
    ),
    Metric(
        name="lead_time_to_zone_drafted_s",
        kind="number",
        good="high",
        meaning="from the draft that counts to entry into the protected zone, of the intruder with least; 0: none",
    ),
    Metric(
        name="lead_time_to_zone_received_s",
        kind="number",
        good="high",
        meaning="the same from reception",
    ),
    Metric(
        name="area_km2",
        kind="number",
        good="low",
        meaning="area of the alert that counts, mean over the night's intruders that have one",
    ),
    Metric(
        name="area_warned_km2",
        kind="number",
        good="low",
        meaning="ground over which any alert was sent in the night, counted once",
    ),
    Metric(
        name="people_warned",
        kind="number",
        good="none",
        meaning="people in the areas sent, by the wall's zones, nobody counted twice",
    ),
    Metric(
        name="people_warned_in_vain",
        kind="number",
        good="low",
        meaning="the same of alerts whose area no intruder entered within 30 minutes of the draft",
    ),
    Metric(
        name="search_area_told",
        kind="share",
        good="high",
        meaning="of the intruders that were held, lost and came down, those of which the log says where to look",
    ),
    Metric(
        name="search_area_contains",
        kind="share",
        good="high",
        meaning="of those told of, the ones that came down in the last search area of the log (`track.lost`, 90 %)",
    ),
    Metric(name="search_area_km2", kind="number", good="low", meaning="that search area, mean over them"),
    Metric(
        name="search_area_of_circle",
        kind="number",
        good="low",
        meaning="that area over the circle of all places that the intruder could have reached, mean over them",
    ),
    # the operator: how much is asked of a person
    Metric(
        name="alerts_drafted",
        kind="number",
        good="low",
        meaning="alerts drafted, each counted once however often renewed",
    ),
    Metric(name="alerts_sent", kind="number", good="low", meaning="alerts that left for the public, each counted once"),
    Metric(
        name="decisions_per_hour",
        kind="number",
        good="low",
        meaning="drafts and their renewals that a person was asked to decide on, per hour",
    ),
    Metric(name="decisions_busiest_hour", kind="number", good="low", meaning="the same in the busiest hour"),
    Metric(
        name="nuisance_alerts",
        kind="number",
        good="low",
        meaning="alerts drafted for an area that no intruder entered within 30 minutes",
    ),
    Metric(
        name="nuisance_alerts_per_100km_day",
        kind="number",
        good="low",
        meaning="the same per 100 km of wall (its two sensors furthest apart) and day",
    ),
    Metric(
        name="alerts_on:LABEL",
        kind="number",
        good="none",
        meaning="alerts with a thing of this label behind them; `nothing`: with false detections or calls alone",
    ),
    Metric(
        name="silences_without_reason",
        kind="number",
        good="low",
        meaning="confirmed tracks that led to no alert and of which the log of silence has no line",
    ),
    # detection: what was found, when, and what it was taken for
    Metric(
        name="p_detect:LABEL",
        kind="share",
        good="high",
        meaning="of the things of this label that came into nominal reach of a sensor that may see them, those with "
        "a confirmed track or a drafted presence",
    ),
    Metric(
        name="intruders_found",
        kind="share",
        good="high",
        meaning="the same of intruders: drones of any label that say nothing true of themselves",
    ),
    Metric(
        name="first_evidence_after_s",
        kind="number",
        good="low",
        meaning="from coming into reach to the first detection, mean over the intruders detected",
    ),
    Metric(
        name="confirmed_after_s",
        kind="number",
        good="low",
        meaning="from the first detection to a confirmed track or drafted presence, mean over the intruders found",
    ),
    Metric(
        name="drafted_after_s",
        kind="number",
        good="low",
        meaning="from the first detection to the first draft with the intruder behind it, mean over those",
    ),
    Metric(
        name="labelled_right:LABEL",
        kind="share",
        good="high",
        meaning="of the things of this label that had a confirmed track, those that bore this label most of the time",
    ),
    Metric(
        name="labelled_drone:LABEL",
        kind="share",
        good="none",
        meaning="of the same, those that bore the label of a drone most of the time",
    ),
    Metric(
        name="confusion:TRUE:SAID",
        kind="number",
        good="none",
        meaning="things of one label whose track bore the other most of the time",
    ),
    Metric(
        name="conflicting_within_30s",
        kind="share",
        good="high",
        meaning="of the things with a false claim and a confirmed track, those shown as conflicting within 30 s",
    ),
    Metric(
        name="honest_called_conflicting",
        kind="number",
        good="low",
        meaning="things with a true claim that were shown as conflicting",
    ),
    Metric(
        name="quarantined_within_60s",
        kind="share",
        good="high",
        meaning="of the sensors that make ghosts, those set aside with a reason within 60 s",
    ),
    Metric(
        name="sensors_wrongly_quarantined",
        kind="number",
        good="low",
        meaning="sensors set aside that no fault of the scenario touches",
    ),
    # the picture: tracks against truth, in nominal reach, each 5 s, as it stood on the screen
    Metric(
        name="gospa_mean_m",
        kind="number",
        good="low",
        meaning="GOSPA (c = 500 m, p = 2, alpha = 2), mean over the frames of the night",
    ),
    Metric(name="ospa2_m", kind="number", good="low", meaning="OSPA(2), mean over windows of 10 frames"),
    Metric(name="siap_completeness", kind="number", good="high", meaning="share of truths with a track"),
    Metric(
        name="completeness_fall",
        kind="number",
        good="low",
        meaning="completeness of the same night without its faults, less that with them; only where a line of "
        "acceptance asks for one of these three",
    ),
    Metric(
        name="coverage_fall",
        kind="number",
        good="none",
        meaning="by how much the faults lower the share of truths that sensors cover: one that places it or two that "
        "give bearings detected it in the last 30 s",
    ),
    Metric(
        name="completeness_fall_beyond_coverage",
        kind="number",
        good="low",
        meaning="the fall of completeness less that of coverage",
    ),
    Metric(name="siap_ambiguity", kind="number", good="low", meaning="tracks per truth that has one"),
    Metric(name="siap_spuriousness", kind="number", good="low", meaning="share of tracks without a truth"),
    Metric(name="id_switches", kind="number", good="low", meaning="how often a thing's track changed its name"),
    Metric(
        name="id_switches_per_intruder",
        kind="number",
        good="low",
        meaning="the same of intruders alone, for each that was found",
    ),
    Metric(
        name="count_error_size",
        kind="number",
        good="low",
        meaning="tracks minus truths of a frame, its size, mean over frames",
    ),
    Metric(
        name="intruder_count_error",
        kind="number",
        good="low",
        meaning="tracks of silent drones over the intruders that came into reach, less 1: its size",
    ),
)

BY_NAME: Final = {metric.name: metric for metric in METRICS}
NOTHING: Final = "nothing"


def metric(name: str) -> Metric | None:
    """The metric of that name, which may end in labels; None: there is none."""
    found = BY_NAME.get(name)
    if found is not None:
        return None if found.name.endswith((":LABEL", ":SAID")) else found
    head, *labels = name.split(":")
    if not all(label in (*LABELS, NOTHING) for label in labels):
        return None
    return BY_NAME.get(head + {1: ":LABEL", 2: ":TRUE:SAID"}.get(len(labels), "?"))
