"""Registration: every sensor's range, azimuth, elevation and clock bias, learnt from things that two sensors see.

Two plots that different sensors made of one track within seconds differ by noise, by the way flown between them, and by
both sensors' biases. No plot serves two pairs and the track's own place cancels, so pairs are independent of the track
filter and of one another, and their information simply adds up: a Kalman filter in information form over the biases of
all sensors at once, whose matrix is as sparse as the wall's overlaps. References (self-reported positions of stated
accuracy) are sensors without bias. What nothing shows stays at its prior, and is reported so.

Lin, Bar-Shalom and Kirubarajan, "Multisensor multitarget bias estimation for general asynchronous sensors", IEEE Trans.
AES 41(3), 2005, form pseudo-measurements of biases alone in the same spirit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dronewall.kernels import alignment as working_out
from dronewall.kernels import registration as kernel
from dronewall.kernels.columns import AlignColumns, SensorColumns
from dronewall.records.detection import Column
from dronewall.sensors.sensor import Sensor
from dronewall.tracking import quarantine
from dronewall.tracking.alignment import Alignment
from dronewall.tracking.bank import Bank
from dronewall.tracking.measured import Measured
from dronewall.units import SECOND_NS, Bools, Floats, Ints

COMPONENTS = ("range_m", "azimuth_rad", "elevation_rad", "clock_s")
ALONE, ALIGNING, ALIGNED, QUARANTINED = "alone", "aligning", "aligned", "quarantined"
SURE_SHARE = 0.9  # of its range, within which a radar is expected to see what another sees
STRANGE_PLOTS, STRANGE_SHARE = 20.0, 0.2  # of so many plots lately, this share at least should be shared by others
CLOCK_SHARE = 0.8  # of its prior's standard deviation: two clocks that are compared come to 0.71
SHADOW_SHARE = 0.3  # of a quarantined sensor's plots that must fit tracks before anything is learnt from them
REFERENCE_SD = np.array([1e-3, 1e-6, 1e-6, 1e-3])  # prior of what is no unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSettings:
    """What is believed of sensors before anything was seen, and how pairs are made. See docs/registration.md.

    Attributes
    ----------
    prior_sd : range (m), azimuth, elevation (rad), clock (s)
        How wrong a sensor may be, one sigma: a bad survey of a mobile radar, a clock without discipline.
    drift_per_hour : the same components
        Random walk, one sigma after an hour.
    longest_s : float
        Two plots farther apart in time are no pair.
    gate, bend : float
        Pairs beyond `gate` standard deviations are refused, beyond `bend` they count for less.
    likely_p : float
        A plot counts as a track's above this probability.
    least_spread : float
        The sensors' biases are never taken to be smaller than this share of what the data can tell.
    apply_share : float
        A bias is taken off once it is known to this share of the sensor's noise; less would tear tracks for a guess.
    good_share : float
        A bias known to this share of the sensor's noise is known well enough: gates are no longer widened.
    reference_looks : float
        Claims of one thing err alike for about so many pairs, so each counts for one of so many.
    """

    prior_sd: tuple[float, float, float, float] = (60.0, 0.0122, 0.0087, 0.5)  # 0.7 and 0.5 degrees
    drift_per_hour: tuple[float, float, float, float] = (5.0, 0.00087, 0.00087, 0.02)  # 0.05 degrees
    longest_s: float = 3.0
    gate: float = 5.0
    bend: float = 3.0
    likely_p: float = 0.9
    least_spread: float = 0.7
    apply_share: float = 0.5
    good_share: float = 0.3
    reference_looks: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorAlignment:
    """What is known of one sensor's biases, in the sense measured = true + bias.

    Attributes
    ----------
    state : str
        alone (nothing that it sees was seen by another), aligning, aligned (all that it measures is known well enough),
        or quarantined: its detections are not used, and `reason` says why since `since_ns`.
    bias, sd, prior_sd : np.ndarray [shape=(4,)]
        Of COMPONENTS; `covariance` [shape=(4, 4)].
    observability : np.ndarray [shape=(4,)]
        Share of the prior variance that what was seen took away: 0, nothing shows this bias; 1, it is known.
    pairs : int
        Pairs of plots that told of it.
    """

    sensor: str
    state: str
    reason: str
    since_ns: int
    bias: Floats
    sd: Floats
    prior_sd: Floats
    covariance: Floats
    observability: Floats
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The n sensors that fix positions, and what to do with a look of theirs. Holds no state: `Alignment` does.

    Attributes
    ----------
    member, who : np.ndarray [shape=(sensors,)], (n,)
        Of each sensor of the wall its number here (-1: it fixes no position), and back.
    reach_m : np.ndarray [shape=(n,)]
        Within which a radar is sure to see what another sees; 0 where terrain or physics decide.
    clutter : np.ndarray [shape=(n,)]
        False and new plots expected in a look.
    link, ends, order : np.ndarray [shape=(n, n)], (links, 2), (n,)
        Which sensors can see one thing, and the sensors so ordered that those stay close together.
    linked : np.ndarray [shape=(<= n,)]
        Those that have a link and are no reference.
    first, drift : np.ndarray [shape=(n, 4)]
        Information of the prior; variance that each bias gains in a second.
    """

    settings: RegistrationSettings
    member: Ints
    who: Ints
    places: Floats
    axes: Floats
    reference: Bools
    reach_m: Floats
    clutter: Floats
    prior_sd: Floats
    noise: Floats
    link: Ints
    ends: Ints
    order: Ints
    linked: Ints
    first: Floats
    drift: Floats

    @classmethod
    def of(
        cls,
        sensors: Sequence[Sensor],
        settings: RegistrationSettings | None,
        *,
        births_per_look: float = 0.0,
        smooth: bool = True,
    ) -> "Registration":
        """For these sensors; without settings it does nothing. `smooth`: no terrain hides anything."""
        fixes = [settings is not None and _fixes_positions(sensor) for sensor in sensors]
        who = np.flatnonzero(np.array(fixes, bool))
        member = np.full(len(sensors), -1, np.int64)
        member[who] = np.arange(len(who))
        chosen = [sensors[index] for index in who.tolist()]
        settings = settings or RegistrationSettings()
        reference = np.array([sensor.claims_only for sensor in chosen], bool)
        columns = (Column.RANGE_M, Column.AZIMUTH_RAD, Column.ELEVATION_RAD)
        places = np.array([sensor.ecef_m for sensor in chosen]).reshape(-1, 3)
        link, ends = _links(places, np.array([sensor.reach_m for sensor in chosen]), reference)
        prior_sd = np.where(reference[:, None], REFERENCE_SD, np.array(settings.prior_sd))
        return cls(
            settings=settings,
            member=member,
            who=who,
            places=places,
            axes=np.array([sensor.frame.axes for sensor in chosen]).reshape(-1, 3, 3),
            reference=reference,
            reach_m=np.array([SURE_SHARE * sensor.reach_m if smooth and _sure(sensor) else 0.0 for sensor in chosen]),
            clutter=np.array([sensor.clutter_per_scan + births_per_look for sensor in chosen]),
            prior_sd=prior_sd,
            noise=np.array([[sensor.noise(column) for column in columns] for sensor in chosen]).reshape(-1, 3),
            link=link,
            ends=ends,
            order=_near_order(ends, len(chosen)),
            linked=np.flatnonzero(~reference & (link >= 0).any(axis=1)),
            first=prior_sd**-2.0,
            drift=np.where(reference[:, None], 0.0, np.array(settings.drift_per_hour) ** 2 / 3600.0),
        )

    def fresh(self) -> Alignment:
        """Nothing seen yet."""
        return Alignment.fresh(self.prior_sd, len(self.ends))

    def quarantined(self, state: Alignment, index: int) -> bool:
        """Whether what that sensor of the wall says is set aside."""
        me = int(self.member[index])
        return me >= 0 and bool(state.reason[me])

    def apply(self, state: Alignment, sensors: SensorColumns) -> None:
        """Write into the engine's columns what is to be taken off each sensor's plots and what is left in doubt.

        Plots are taken to be as doubtful as the biases only where that is needed to meet at all: of a sensor few of
        whose plots another shares though it looks there too, until its biases are known to `good_share` of its noise.
        Wider than needed, the members of a swarm run together.
        """
        if not len(self.ends):
            return
        strange = (state.lately[:, 3] >= STRANGE_PLOTS) & (state.lately[:, 4] < STRANGE_SHARE * state.lately[:, 3])
        working_out.apply(
            self.who, state.bias, state.P, self.noise, self.prior_sd, strange, self.settings.apply_share, CLOCK_SHARE,
            self.settings.good_share, sensors.bias, sensors.clock_s, sensors.bias_sd,
        )  # fmt: skip

    def columns(self, state: Alignment) -> AlignColumns:
        """What the compiled engine learns into."""
        s = self.settings
        return AlignColumns(
            member=self.member,
            place=self.places,
            axes=self.axes,
            reference=self.reference,
            reach_m=self.reach_m,
            clutter=self.clutter,
            link=self.link,
            limits=np.array([s.longest_s, s.gate**2, s.bend**2, s.likely_p]),
            bias=state.bias,
            P=state.P,
            cross=state.cross,
            info=state.info,
            eta=state.eta,
            tally=state.tally,
            ghosts=state.ghosts,
            strays=state.strays,
            sound=state.sound,
            work=np.empty(kernel.WORK),
        )

    def learn_claim(self, state: Alignment, index: int, claim: Measured, bank: Bank, row: int, time_ns: int) -> None:
        """Pair a claim that fits its track, and says how accurate it is, with what sensors saw of that track."""
        if self.member[index] < 0 or np.isnan(claim.z[0, 2]) or bank.conflict[row] > 0.0 or bank.doubt[row] > 0.0:
            return
        kernel.take_plots(
            self.columns(state),
            bank.columns(),
            index,
            np.array([row]),
            np.concatenate([claim.plot[:1], claim.sd[:1, :3] * np.sqrt(self.settings.reference_looks)], axis=1),
            time_ns + np.round(claim.offset[:1] * SECOND_NS).astype(np.int64),
            True,
        )

    def shadow(self, state: Alignment, index: int, measured: Measured, bank: Bank, who: Ints, time_ns: int) -> None:
        """A look of a quarantined sensor: nothing is moved by it, but whether it behaves again is found out."""
        me = int(self.member[index])
        ahead = (time_ns - bank.time_ns[who]) / SECOND_NS
        z, sd = np.ascontiguousarray(measured.z[:, :3]), np.ascontiguousarray(measured.sd[:, :3])
        at = kernel.nearest(
            who, ahead, bank.x, bank.P, z, sd, measured.offset, state.bias, me,
            np.diagonal(state.P[me])[:3].copy(), self.places, self.axes, self.settings.gate**2,
        )  # fmt: skip
        columns = self.columns(state)
        kernel.count_look(columns, index, int((at < 0).sum()))
        rows, first, times = np.unique(at, return_index=True, return_counts=True)
        sole = (rows >= 0) & (times == 1)
        if sole.sum() < SHADOW_SHARE * len(at):
            return  # chance meetings
        when_ns = time_ns + np.round(measured.offset * SECOND_NS).astype(np.int64)
        plots = np.concatenate([z, sd], axis=1)[first[sole]]
        kernel.take_plots(columns, bank.columns(), index, rows[sole], plots, when_ns[first[sole]], False)

    def solve(self, state: Alignment, time_ns: int) -> None:
        """Work the biases out anew, and judge who is to be believed; once for each time."""
        before_ns = int(state.solved_ns[0])
        if time_ns <= before_ns:
            return
        state.solved_ns[0] = time_ns
        if not before_ns:
            state.solved_ns[1] = time_ns
        if not len(self.ends):
            return
        new = state.tally[:, 0].any()
        if new:
            working_out.solve(
                state.info, state.eta, self.ends, state.prior, self.order, state.bias, state.P, state.cross
            )
        if before_ns:
            since_s = (time_ns - before_ns) / SECOND_NS
            working_out.forget(state.info, state.eta, self.ends, state.bias, self.drift, since_s)
        if new and len(self.linked) > 1:
            self._weigh_prior(state)
        quarantine.judge(state, self, time_ns)

    def report(self, state: Alignment, names: Sequence[str]) -> tuple[SensorAlignment, ...]:
        """What is known of every sensor that fixes positions and is no reference."""
        return tuple(self._one(state, me, names) for me in np.flatnonzero(~self.reference).tolist())

    def _weigh_prior(self, state: Alignment) -> None:
        """How far off the sensors of this wall are, judged by themselves, so that noise is not taken for bias.

        Empirical Bayes, with the update of MacKay, "Bayesian interpolation", Neural Computation 4(3), 1992, eq. 4.8.
        Only for what the data show; the rest keeps its prior. Of clocks only differences show, so one that is far from
        all others is believed to be the one that is wrong (a Student prior), and the common error stays unknown.
        """
        working_out.weigh_prior(
            state.bias, state.P, state.prior, self.first, self.linked, self.settings.least_spread**2
        )

    def _one(self, state: Alignment, me: int, names: Sequence[str]) -> SensorAlignment:
        sd, prior = np.sqrt(np.diagonal(state.P[me])), self.prior_sd[me]
        known = np.isnan(self.noise[me]) | (sd[:3] <= self.settings.good_share * self.noise[me])
        word = ALONE if not state.pairs[me] else ALIGNED if known.all() else ALIGNING
        return SensorAlignment(
            sensor=names[int(self.who[me])],
            state=QUARANTINED if state.reason[me] else word,
            reason=quarantine.sentence(state, me, float(self.clutter[me])),
            since_ns=int(state.since_ns[me]),
            bias=state.bias[me].copy(),
            sd=sd,
            prior_sd=prior.copy(),
            covariance=state.P[me].copy(),
            observability=np.maximum(1.0 - (sd / prior) ** 2, 0.0),
            pairs=int(state.pairs[me]),
        )


def _fixes_positions(sensor: Sensor) -> bool:
    measures = sensor.noise(Column.RANGE_M) > 0.0 and sensor.noise(Column.AZIMUTH_RAD) > 0.0
    return sensor.claims_only or (measures and not sensor.sound_delay)


def _sure(sensor: Sensor) -> bool:
    return not sensor.claims_only and (sensor.spec.p_detect or 0.0) >= 0.5


def _links(places: Floats, reach_m: Floats, reference: Bools) -> tuple[Ints, Ints]:
    """Which two sensors can see one thing: their reaches overlap, and one of them may have a bias."""
    n = len(places)
    away = np.sqrt(((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2))
    both = (away < reach_m[:, None] + reach_m[None, :]) & ~(reference[:, None] & reference[None, :])
    ends = np.argwhere(np.triu(both, 1)).astype(np.int64).reshape(-1, 2)
    link = np.full((n, n), -1, np.int64)
    link[ends[:, 0], ends[:, 1]] = link[ends[:, 1], ends[:, 0]] = np.arange(len(ends))
    return link, ends


def _near_order(ends: Ints, n: int) -> Ints:
    if not len(ends):
        return np.zeros(0, np.int64)
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    i, j = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    graph = csr_matrix((np.ones(len(i)), (i, j)), shape=(n, n))
    return np.asarray(reverse_cuthill_mckee(graph, symmetric_mode=True), np.int64)
