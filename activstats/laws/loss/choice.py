"""Choice between families of loss curves, by AICc or BIC."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activstats.laws._summary import significant
from activstats.laws.loss._answer import LEAST_SIZES
from activstats.laws.loss.alternatives import alternatives, criterion_for
from activstats.laws.loss.choice_result import CurveChoice
from activstats.laws.loss.noise import MULTIPLICATIVE, grows_with_loss
from activstats.laws.loss.reading import loss_curve
from activstats.laws.results import Status

__all__ = ["CurveChoice", "choose_curve"]


def choose_curve(
    d: object,
    loss: ArrayLike | None = None,
    *,
    noise: str = MULTIPLICATIVE,
    robust: bool = False,
) -> CurveChoice:
    """Compare every family of curves on the same losses.

    Flat, a line in log D, a power law, a power law with floor, the crossover with s = 1 and with
    free s, a logistic, two line segments, a broken power law.

    Parameters
    ----------
    d : LossCurve, DataFrame or array_like of float, shape (m,)
        As in `LossDecay.fit`.
    loss : array_like of float, shape (m,) or (m, seeds), optional
        Loss of each run, where `d` are sizes.
    noise, robust
        As in `LossDecay`.

    Returns
    -------
    CurveChoice
        With a status; where nothing can be compared, the reason in words and no families.

    Raises
    ------
    InputError
        If these are no loss curve, or losses are not above 0 under multiplicative noise.

    Notes
    -----
    AICc (Hurvich & Tsai 1989, Biometrika 76, 297) up to 30 runs, BIC (Schwarz 1978, Ann. Statist.
    6, 461) beyond; the variance counts as a parameter, and runs as independent. Crossovers hold the
    power law as a limit, where a criterion charges for parameters that do nothing.

    Examples
    --------
    >>> d = np.geomspace(10, 20_000, 14)
    >>> noise = np.random.default_rng(1).normal(1, 0.01, d.size)
    >>> choice = choose_curve(d, (0.3 + 4 * d**-0.4) * noise)
    >>> choice.criterion, choice.best, choice.differences["line in log D"] > 10
    ('AICc', 'power law with floor', True)
    """
    curve = loss_curve(d, loss)
    grows_with_loss(curve, noise)  # refuses losses that such noise cannot have
    known: dict[str, Any] = {
        "level": 0.95,
        "n_obs": curve.n_runs,
        "provenance": dict(curve.provenance),
        "criterion": criterion_for(curve),
        "n_sizes": curve.n_sizes,
        "noise": noise,
        "robust": robust,
        "method": f"weighted least squares, {criterion_for(curve)}",
    }
    if curve.n_sizes < LEAST_SIZES:
        sizes = "a single size" if curve.n_sizes == 1 else f"{curve.n_sizes} sizes"
        reason = f"{sizes}, where a choice needs at least {LEAST_SIZES}"
        return CurveChoice(status=Status.TOO_FEW, reason=reason, **known)
    if np.ptp(curve.loss) == 0:
        loss_of_all = significant(float(curve.loss[0]))
        reason = f"the loss is {loss_of_all} in every run: a flat curve is all that there is"
        return CurveChoice(status=Status.NOT_IDENTIFIABLE, reason=reason, **known)
    found = alternatives(curve, noise=noise, robust=robust)
    return CurveChoice(status=Status.CONVERGED, alternatives=found, **known)
