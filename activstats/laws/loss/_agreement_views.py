"""The agreement as a row of a table and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from activstats.laws.loss.agreement_numbers import AgreementNumbers

_OF_LOSSES = (
    "d_star", "d_star_low", "d_star_high", "b", "b_low", "b_high", "sharpness_used",
    "sharpness_pvalue",
)  # fmt: skip
_NUMBERS = (
    "ratio", "ratio_low", "ratio_high", "b_ratio", "b_ratio_low", "b_ratio_high",
    "location_statistic", "location_df", "location_pvalue", "joint_statistic", "joint_df",
    "joint_pvalue", "level", "n_obs", "reason",
)  # fmt: skip


def table_row(found: AgreementNumbers) -> pd.DataFrame:
    """Return one row: what is known of the runs, the answer, then the numbers."""
    import pandas as pd

    simple = bool | int | float | str
    row: dict[str, Any] = {k: v for k, v in found.provenance.items() if isinstance(v, simple)}
    row |= {"status": found.status.value, "answer": found.answer, "margin": found.margin}
    row |= {"transition": found.transition.answer}
    row |= {name: getattr(found.transition, name) for name in _OF_LOSSES}
    low, high = found.predicted.interval(found.level)
    row |= {"d_star_predicted": found.predicted.d_star}
    row |= {"d_star_predicted_low": low, "d_star_predicted_high": high}
    row |= {f"{n}_recorded": getattr(found.predicted, n) for n in ("n_neurons", "b", "c")}
    return pd.DataFrame([row | {name: getattr(found, name) for name in _NUMBERS}])


def draw(found: AgreementNumbers, ax: Axes | None) -> Axes:
    """Draw the transition with the prediction beside it."""
    from activstats.laws.loss._transition_views import draw as draw_transition

    one = found.transition
    interval = found.predicted.interval(found.level)
    return draw_transition(
        one,
        one._reported,  # noqa: SLF001  (the fit that the result itself draws)
        ax,
        prediction=found.predicted.d_star,
        prediction_interval=interval,
        answer=f"{one.answer}; D* {found.answer}",
    )
