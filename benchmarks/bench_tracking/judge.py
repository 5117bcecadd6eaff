"""Each figure beside what must be reached."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Scores = Mapping[str, Any]
Runs = Mapping[str, Mapping[str, Scores]]
"""Recording, as `own/wall-1000`, then seed, then who, then the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. `values` are those of single recordings, `value` what is judged."""

    what: str
    must: str
    peer: str
    floor: str
    measured: str
    holds: bool | None

    def cells(self) -> tuple[str, ...]:
        """As text."""
        verdict = {True: "yes", False: "**no**", None: "-"}[self.holds]
        return self.what, self.must, self.peer, self.floor, self.measured, verdict


TITLES = ("what", "must", "Stone Soup", "floor", "measured", "reached")
PEER = "stonesoup_gnn"


def rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Every line that this run can fill."""
    runs: Runs = result["recordings"]
    suffix = "" if any(name.endswith("/wall-1000") for name in runs) else " (smaller recordings: --quick)"
    for family, n, most in (("wall", 1000, 0.86), ("wallH", 300, 0.78), ("wallS", 300, 0.64)):
        yield from _against_peer(runs, family, f"GOSPA {family}-{n}{suffix}", "gospa_mean_m", most)
    yield from _against_peer(runs, "wallS", f"identity switches wallS-300{suffix}", "id_switches", 0.40)
    yield from _against_own_wall(runs, suffix)
    yield from _biases(result)
    yield from _completeness(runs, suffix)
    yield from _at_most(runs, "wall", f"SIAP spuriousness wall-1000{suffix}", "siap_spuriousness", 0.006)
    yield from _against_peer(runs, "wall", f"OSPA(2) wall-1000{suffix}", "ospa2_m", 0.80)
    for name, seeds in result.get("same", {}).items():
        same = list(seeds.values())
        yield Row(
            what=f"{name} against its punctual twin",
            must="identical tables",
            peer="no such feature",
            floor="-",
            measured=f"identical in {sum(same)} of {len(same)}",
            holds=all(same),
        )
    yield from _speed(result)
    yield from _consistency(result)
    yield from _starts(result.get("starts", {}))


def _largest(runs: Runs, family: str) -> Iterator[tuple[str, str, Scores]]:
    """Recording, seed and figures of a family's recordings that accuracy is judged on: of each maker the largest that
    a peer can do."""
    names = [name for name in runs if name.split("/")[1].startswith(f"{family}-")]
    sizes = {name: int(name.rpartition("-")[2]) for name in names}
    for maker in sorted({name.split("/")[0] for name in names}):
        mine = [name for name in names if name.startswith(f"{maker}/") and sizes[name] <= 2_000]
        if mine:
            largest = max(mine, key=lambda name: sizes[name])
            for seed, scores in runs[largest].items():
                yield largest, seed, scores


def _against_peer(runs: Runs, family: str, what: str, key: str, most: float) -> Iterator[Row]:
    found = [scores for _, _, scores in _largest(runs, family) if PEER in scores]
    if not found:
        return
    shares = [scores["dronewall"][key] / max(scores[PEER][key], 1e-9) for scores in found]
    yield Row(
        what=what,
        must=f"<= {most:.2f} of Stone Soup's",
        peer=_mean([scores[PEER][key] for scores in found]),
        floor=_mean([scores["floor"][key] for scores in found]),
        measured=f"{_mean([s['dronewall'][key] for s in found])}: {_spread(shares)}",
        holds=max(shares) <= most,
    )


def _against_own_wall(runs: Runs, suffix: str) -> Iterator[Row]:
    walls = {(n.split("/")[0], seed): scores for n, seed, scores in _largest(runs, "wall")}
    pairs = [
        (scores, walls[name.split("/")[0], seed])
        for name, seed, scores in _largest(runs, "wallB")
        if (name.split("/")[0], seed) in walls
    ]
    if not pairs:
        return
    shares, theirs = (
        [b[who]["gospa_mean_m"] / w[who]["burnt_gospa_mean_m"] for b, w in pairs if who in b and who in w]
        for who in ("dronewall", PEER)
    )
    yield Row(
        what=f"GOSPA wallB-1000 against its own wall-1000, both after 30 s{suffix}",
        must="<= 1.06",
        peer=_spread(theirs) if theirs else "-",
        floor="1.0",
        measured=_spread(shares),
        holds=max(shares) <= 1.06,
    )


def _biases(result: Mapping[str, Any]) -> Iterator[Row]:
    recovered = [off for seeds in result.get("biases", {}).values() for of in seeds.values() for off in of]
    if recovered:
        within = sum(abs(off) <= 2.0 for off in recovered) / len(recovered)
        yield Row(
            what="wallB: radar errors found, in stated standard deviations",
            must=">= 93 % within 2, none beyond 4.5",
            peer="no such feature",
            floor="-",
            measured=f"{within:.1%} of {len(recovered)} within 2, furthest {max(map(abs, recovered)):.2f}",
            holds=within >= 0.93 and max(map(abs, recovered)) <= 4.5,
        )


def _completeness(runs: Runs, suffix: str) -> Iterator[Row]:
    key = "siap_completeness"
    found = [scores for _, _, scores in _largest(runs, "wall")]
    if found:
        below = [scores["floor"][key] - scores["dronewall"][key] for scores in found]
        yield Row(
            what=f"SIAP completeness wall-1000{suffix}",
            must=">= the floor's - 0.0015",
            peer=_mean([scores[PEER][key] for scores in found if PEER in scores], 4),
            floor=_mean([scores["floor"][key] for scores in found], 4),
            measured=f"{_mean([s['dronewall'][key] for s in found], 4)}: below by {_spread(below, 4)}",
            holds=max(below) <= 0.0015,
        )


def _at_most(runs: Runs, family: str, what: str, key: str, most: float) -> Iterator[Row]:
    found = [scores for _, _, scores in _largest(runs, family)]
    if found:
        values = [scores["dronewall"][key] for scores in found]
        yield Row(
            what=what,
            must=f"<= {most}",
            peer=_mean([scores[PEER][key] for scores in found if PEER in scores], 4),
            floor=_mean([scores["floor"][key] for scores in found], 4),
            measured=_spread(values, 4),
            holds=max(values) <= most,
        )


def _speed(result: Mapping[str, Any]) -> Iterator[Row]:
    engine: Mapping[str, Mapping[str, Any]] = result.get("engine", {})
    least, most = (lambda a, b: a >= b), (lambda a, b: a <= b)
    wanted: Sequence[tuple[str, str, str, str, float, Callable[[float, float], bool], str]] = (
        ("wall-1000", "det_per_s", "engine, detections/s", ">= 1,000,000", 1e6, least, "det_per_s"),
        ("wall-1000", "p99_look_ms", "p99 of one look, ms", "<= 0.5", 0.5, most, "p99_look_ms"),
        ("wallL-10000", "files_det_per_s", "Parquet to Parquet, detections/s", ">= 300,000", 3e5, least, ""),
        ("wall-10000", "rtf", "real-time factor", "<= 0.01", 0.01, most, ""),
        ("wallL-100000", "rtf", "real-time factor", "<= 0.10", 0.10, most, ""),
        ("wallL-100000", "peak_mb", "peak memory, MB, recording included", "<= 3,000", 3_000.0, most, ""),
    )
    peers = _costs(result["recordings"])
    for name, key, what, must, limit, holds, theirs in wanted:
        of = next((engine[place] for place in engine if place.split("/")[-1] == name and key in engine[place]), None)
        if of is not None:
            best = f" (best pass {_number(of[key + '_best'])})" if key + "_best" in of else ""
            yield Row(
                what=f"{what}, {name}",
                must=must,
                peer=_mean(peers.get((name, theirs), [])),
                floor="-",
                measured=_number(of[key]) + best,
                holds=holds(of[key], limit),
            )


def _costs(runs: Runs) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = {}
    for name, seeds in runs.items():
        for scores in seeds.values():
            for key, value in scores.get(PEER, {}).get("cost", {}).items():
                found.setdefault((name.split("/")[-1], key), []).append(value)
    return found


def _consistency(result: Mapping[str, Any]) -> Iterator[Row]:
    for family, what in (
        ("wall", "wall-1000"),
        ("wallT", "turns, wallT"),
        ("wallM", "manoeuvres, wallM"),
        ("wallR", "real flights, wallR"),
    ):
        found = [scores for _, _, scores in _largest(result["recordings"], family)]
        values = [s["dronewall"]["nees_per_dof"] for s in found]
        if values:
            yield Row(
                what=f"NEES/6, {what}",
                must="0.8 to 1.25",
                peer=_mean([s[PEER]["nees_per_dof"] for s in found if PEER in s], 2),
                floor=_mean([s["floor"]["nees_per_dof"] for s in found], 2),
                measured=_spread(values, 2),
                holds=min(values) >= 0.8 and max(values) <= 1.25,
            )
    for name, of in result.get("nis", {}).items():
        yield Row(
            what=f"NIS/3, {name}",
            must="-",
            peer="-",
            floor="-",
            measured=f"{of['nis_per_dof']:.2f}, {of['nis_inside_95']:.1%} inside 95 % of {of['nis_detections']:,}",
            holds=None,
        )


def _starts(of: Mapping[str, float]) -> Iterator[Row]:
    for key, what, limit in (
        ("warm_first_look_s", "start: import to first look, warm, s", 1.0),
        ("cold_radar_path_s", "start: radar path with an empty cache, s", 20.0),
        ("cold_all_kernels_s", "start: all kernels with an empty cache, s", 60.0),
    ):
        if key in of:
            yield Row(
                what=what, must=f"<= {limit:.0f}", peer="-", floor="-", measured=f"{of[key]}", holds=of[key] <= limit
            )


def _mean(values: Sequence[float | None], digits: int | None = None) -> str:
    """Of those who say: the kit's floor states no covariance, so it has no NEES."""
    said = [value for value in values if value is not None]
    return _number(sum(said) / len(said), digits) if said else "-"


def _spread(values: Sequence[float], digits: int = 3) -> str:
    low, high = min(values), max(values)
    text = f"{sum(values) / len(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ({low:.{digits}f} to {high:.{digits}f}, {len(values)})"


def _number(value: float, digits: int | None = None) -> str:
    if digits is not None:
        return f"{value:.{digits}f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(listed: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(TITLES) + " |", "|" + "---|" * len(TITLES)]
    return "\n".join(lines + ["| " + " | ".join(row.cells()) + " |" for row in listed])
