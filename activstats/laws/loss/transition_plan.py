"""Which training-set sizes and seeds to run, and how well they will place the transition."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from activstats.laws._summary import grouped, significant
from activstats.laws.loss.design_power import Power

if TYPE_CHECKING:
    import pandas as pd

# Above such a standard error of ln D* its interval is no longer symmetric, and may be open.
NOT_ENOUGH = 0.5
_ASSUMED = (
    "Errors are those of the theory's crossover with independent runs: nested training sets, or "
    "another shape, make them larger."
)


@dataclass(frozen=True)
class PlanOption:
    """One way to spend the budget.

    Parameters
    ----------
    decades_above : float
        Decades of D above D* that the sizes reach.
    sizes : tuple of int
        Training-set sizes, in samples, ascending.
    seeds : int
        Runs at each size.
    se_log_d_star, se_log_b, se_log_steepest : float
        Expected standard errors of ln D*, ln b and ln(N/c).
    factor : float
        D* will be known up to this factor either way, at the plan's level.
    """

    decades_above: float
    sizes: tuple[int, ...]
    seeds: int
    se_log_d_star: float
    se_log_b: float
    se_log_steepest: float
    factor: float

    @property
    def runs(self) -> int:
        """Networks to train."""
        return len(self.sizes) * self.seeds

    @property
    def samples(self) -> int:
        """Training samples of all runs together, each counted once a run."""
        return sum(self.sizes) * self.seeds


@dataclass(frozen=True)
class TransitionPlan:
    """Which sizes and seeds place the transition of a loss curve, as far as it can be guessed.

    Parameters
    ----------
    d_star, b, cv, floor_share : float
        What was guessed: scale in samples, constant, noise of a run, L_opt over the plateau's loss.
    level : float
        Confidence level of `factor`; the test's size is 1 − level.
    options : tuple of PlanOption
        Ways to spend the budget over the range asked for, then over a shorter and a longer one.
    chosen : int
        Place of the advised one.
    se_if_lower, se_if_higher : float
        Standard error of ln D* with the advised sizes if D* is really a third, or three times, of
        what was guessed.
    power : Power or None
        How often the transition test will find it, by simulation; None if not asked for.
    warnings : tuple of str
        What the sizes cannot do.
    """

    d_star: float
    b: float
    cv: float
    floor_share: float
    level: float
    options: tuple[PlanOption, ...]
    chosen: int
    se_if_lower: float
    se_if_higher: float
    power: Power | None = None
    warnings: tuple[str, ...] = ()

    @property
    def advice(self) -> PlanOption:
        """The advised option."""
        return self.options[self.chosen]

    @property
    def enough(self) -> bool:
        """Whether the advised runs place D* with an interval worth having."""
        return self.advice.se_log_d_star <= NOT_ENOUGH

    def summary(self) -> str:
        """Return the advice in words."""
        one = self.advice
        known = (
            f"D* is then known up to a factor of {significant(one.factor)} at {100 * self.level:g} % "
            f"(standard error of ln D* {significant(one.se_log_d_star, 2)}, of ln N/c "
            f"{significant(one.se_log_steepest, 2)})."
        )
        guess = (
            f"If D* = {significant(self.d_star)} and b = {self.b:g} (steepest at N/c = "
            f"{significant(self.d_star / self.b)}), with {100 * self.cv:g} % noise of a run and a "
            f"loss that falls to {self.floor_share:g} of its plateau:"
        )
        cost = (
            f"  seeds  {one.seeds} at each size: {grouped(one.runs)} runs, "
            f"{grouped(one.samples)} training samples in all"
        )
        off = (
            f"With D* a third of the guess the error is {significant(self.se_if_lower, 2)}, with "
            f"three times {significant(self.se_if_higher, 2)}."
        )
        lines = [guess, f"  sizes  {', '.join(map(grouped, one.sizes))}", cost]
        lines += [known if self.enough else _too_wide(one), off]
        lines += [self.power.words(self.level)] if self.power else []
        lines += [f"{text[0].upper()}{text[1:]}." for text in self.warnings]
        return "\n".join([*lines, _ASSUMED])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, the advised option by name as well."""
        one = self.advice
        advice = asdict(one) | {"runs": one.runs, "samples": one.samples}
        return asdict(self) | {"advice": advice}

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each option."""
        import pandas as pd

        rows = [
            {
                "advised": "yes" if place == self.chosen else "",
                "from": one.sizes[0],
                "to": one.sizes[-1],
                "n_sizes": len(one.sizes),
                "seeds": one.seeds,
                "runs": one.runs,
                "training_samples": one.samples,
                "se_log_d_star": one.se_log_d_star,
                "factor": one.factor,
                "se_log_b": one.se_log_b,
                "se_log_steepest": one.se_log_steepest,
            }
            for place, one in enumerate(self.options)
        ]
        return pd.DataFrame(rows)


def _too_wide(one: PlanOption) -> str:
    se = significant(one.se_log_d_star, 2) if math.isfinite(one.se_log_d_star) else "without end"
    return (
        f"That is not enough to place D*: the standard error of ln D* is {se}, above "
        f"{NOT_ENOUGH:g}; its interval may be open."
    )
