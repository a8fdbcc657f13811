"""The ways to spend a budget on a loss curve: sizes, seeds, and the error that each will leave."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from activstats.errors import DomainError
from activstats.laws._summary import grouped, significant
from activstats.laws.loss.location_error import LocationErrors, expected_location_errors
from activstats.laws.loss.transition_plan import PlanOption

USUAL_RUNS = 36
# Numbers of sizes that are looked at; the transition test needs five.
N_SIZES = (6, 8, 10, 12, 16, 20, 24)
_MOST_SEEDS = 50
_MOST_DECADES = 12
# Errors this much apart are no reason to prefer one option over another.
_NO_WORSE = 1.1
# Seeds that tell the scatter of runs from a curve that does not fit.
_ENOUGH_SEEDS = 3
# Where the samples do not reach, the sizes end this much earlier, but not before this.
_SHORTER, _SHORTEST = 0.25, 0.5
# A range cut short by less than this factor is not worth a word.
_CUT = 1.5


@dataclass(frozen=True)
class Asked:
    """A guess of the curve, the range of its sizes and what may be spent on it."""

    d_star: float
    b: float
    cv: float
    floor_share: float
    below: float
    above: float
    least: float
    most: float
    level: float
    runs: float
    samples: float

    def __post_init__(self) -> None:
        if not (self.below >= 0 and 0 < self.above and max(self.below, self.above) <= 12):  # noqa: SIM300  (decades; in the order of the numbers)
            raise DomainError(
                "the sizes must lie about D*.",
                got=f"{self.below} decades below, {self.above} above",
                allowed=f"0 to {_MOST_DECADES} below, above 0 and up to {_MOST_DECADES} above",
            )
        if not (self.least >= 1 and self.most > self.least):
            raise DomainError(
                "there is no training set between these sizes.",
                got=f"{self.least} to {self.most}",
                allowed="1 <= least < most",
            )

    def sizes(self, n: int) -> tuple[int, ...]:
        """Return about so many sizes, evenly spread over log D; fewer where rounding joins some."""
        low = max(self.d_star / 10**self.below, self.least)
        high = min(self.d_star * 10**self.above, self.most)
        if not low < high < 2**53:
            return ()
        grid = np.unique(np.round(np.geomspace(low, high, n)))
        return tuple(int(size) for size in grid if size >= 1)


def budget(runs: int | None, samples: float | None) -> tuple[float, float]:
    """Return the most runs and the most training samples, infinite where there is no limit."""
    usual = USUAL_RUNS if samples is None else math.inf
    runs_allowed = usual if runs is None else runs
    samples_allowed = math.inf if samples is None else samples
    if not (runs_allowed >= min(N_SIZES) and samples_allowed > 0):
        raise DomainError(
            "that budget is too small for a loss curve.",
            got=f"{runs_allowed:g} runs, {samples_allowed:g} samples",
            allowed=f"at least {min(N_SIZES)} runs",
        )
    return runs_allowed, samples_allowed


def options_of(asked: Asked, numbers: tuple[int, ...]) -> tuple[PlanOption, ...]:
    """Return what each number of sizes gives with as many seeds as the budget allows."""
    found: dict[tuple[int, ...], PlanOption] = {}
    for n in numbers:
        sizes = asked.sizes(n)
        if len(sizes) < min(N_SIZES):
            continue
        seeds = int(min(asked.runs / len(sizes), asked.samples / sum(sizes), _MOST_SEEDS))
        if seeds >= 1:
            found[sizes] = _option(asked, sizes, seeds)
    return tuple(found.values())


def _option(asked: Asked, sizes: tuple[int, ...], seeds: int) -> PlanOption:
    bare = PlanOption(asked.above, sizes, seeds, math.inf, math.inf, math.inf, math.inf)
    errors = errors_of(asked, bare, asked.d_star)
    t = float(stdtrit(errors.df, (1 + asked.level) / 2)) if errors.df > 0 else math.inf
    return replace(
        bare,
        se_log_d_star=errors.log_d_star,
        se_log_b=errors.log_b,
        se_log_steepest=errors.log_steepest,
        factor=math.exp(min(t * errors.log_d_star, 700.0)),
    )


def errors_of(asked: Asked, option: PlanOption, d_star: float) -> LocationErrors:
    """Return the errors of an option if D* is really so large."""
    every = np.repeat(np.array(option.sizes, dtype=np.float64), option.seeds)
    return expected_location_errors(
        every, d_star=d_star, b=asked.b, cv=asked.cv, floor_share=asked.floor_share
    )


def affordable(asked: Asked) -> tuple[Asked, tuple[str, ...]]:
    """Return the widest range, up to what was asked for, that the samples reach."""
    first = asked
    while not options_of(asked, N_SIZES):
        if asked.above - _SHORTER < _SHORTEST:
            raise DomainError(
                "that budget does not reach beyond the guessed D*.",
                got=f"{first.samples:g} samples, sizes {first.least:g} to {first.most:g}",
                hint=f"D* = {first.d_star:g}: train on larger sets, or guess anew",
            )
        asked = replace(asked, above=asked.above - _SHORTER)
    if asked is first:
        return asked, ()
    reach = significant(asked.above, 2)
    return asked, (f"the samples reach {reach} decades above D*, not {first.above:g}",)


def advised(options: tuple[PlanOption, ...]) -> PlanOption:
    """Return the option to advise: few errors, then seeds enough, then most sizes."""
    least = min(math.log(one.factor) for one in options)
    near = [one for one in options if math.log(one.factor) <= _NO_WORSE * least]
    seeded = [one for one in near if one.seeds >= _ENOUGH_SEEDS]
    return max(seeded or near, key=lambda one: len(one.sizes))


def outside(asked: Asked, best: PlanOption) -> tuple[str, ...]:
    """Return warnings where the smallest or largest training set cuts the range short."""
    told = []
    if asked.least > asked.d_star / 10**asked.below * _CUT:
        told.append(
            f"the smallest training set, {grouped(best.sizes[0])}, is less than "
            f"{asked.below:g} decades below D*"
        )
    if asked.most < asked.d_star * 10**asked.above / _CUT:
        told.append(
            f"the largest training set, {grouped(best.sizes[-1])}, is less than "
            f"{asked.above:g} decades above D*"
        )
    return tuple(told)
