"""Does the loss have its transition where the activations put it? D* against bN/c."""

from __future__ import annotations

import math
from dataclasses import replace

from activstats.errors import DomainError
from activstats.laws.loss._agreement_answer import answered
from activstats.laws.loss.agreement_numbers import ratio_with_ends
from activstats.laws.loss.agreement_result import TransitionAgreement
from activstats.laws.loss.constrained import AgreementTest, joint_test, location_test
from activstats.laws.loss.predicted import PredictedTransition
from activstats.laws.loss.transition_result import LossTransitionResult

MARGIN = 2.0


def transition_agreement(
    transition: LossTransitionResult, predicted: PredictedTransition, *, margin: float = MARGIN
) -> TransitionAgreement:
    """Compare the transition of a loss curve with what recordings of the same width predict.

    Parameters
    ----------
    transition : LossTransitionResult
        The transition of the losses, over D at one width N.
    predicted : PredictedTransition
        D* = bN/c and b with their errors, c measured at this N: `predicted_transition(fits)`.
    margin : float
        Factor, above 1, within which D* of the losses counts as the predicted one.

    Returns
    -------
    TransitionAgreement
        With an answer: ``agrees``, if the interval of D*/(bN/c) lies within the margin and the
        exponents are not at odds; ``differs``, if a test rejects agreement at 1 − level, or s = 1,
        the form of the theory, is rejected; ``cannot tell`` otherwise.

    Raises
    ------
    DomainError
        If the margin is not above 1.

    Notes
    -----
    A large p-value is no agreement: an imprecise curve agrees with everything. Agreement is an
    interval within a margin stated beforehand (equivalence, Schuirmann 1987). The interval of the
    ratio is that of Zou & Donner 2008, from the two intervals, as in `compare_measures`; the tests
    are `location_test` and `joint_test`. Where s = 1 is rejected the D* compared is that of the
    fit with free s, and no joint test is made, for it takes the form for granted.

    Examples
    --------
    >>> import numpy as np
    >>> from activstats.laws.loss import LossTransition
    >>> d = np.repeat(np.geomspace(5, 20_000, 14), 3)
    >>> noise = np.random.default_rng(0).normal(1, 0.01, d.size)
    >>> found = LossTransition(n_boot=99).fit(d, (0.3 + 2 * (1 + d / 200) ** -0.6) * noise, rng=0)
    >>> predicted = PredictedTransition(n_neurons=512, b=0.6, c=1.536, b_se_log=0.05)
    >>> agreement = transition_agreement(found, predicted)
    >>> agreement.answer, round(agreement.ratio, 1)
    ('agrees', 1.0)
    """
    if not 1 < margin < math.inf:
        raise DomainError("the margin is a factor above 1.", got=margin, allowed="1 < margin < ∞")
    fit = transition._reported  # noqa: SLF001  (the very fit whose D* is compared)
    located, joint = AgreementTest(), AgreementTest(df=2)
    if fit is not None:
        located = location_test(fit, predicted)
        if not transition.form_contradicted:
            joint = joint_test(fit, predicted)
    ends = ratio_with_ends(transition, predicted, transition.level)
    found = TransitionAgreement(
        method="crossover against bN/c",
        level=transition.level,
        n_obs=transition.n_obs,
        status=transition.status,
        warnings=(*transition.warnings, *predicted.warnings),
        provenance=dict(transition.provenance),
        transition=transition,
        predicted=predicted,
        margin=float(margin),
        ratio=ends["d_star"][0],
        ratio_low=ends["d_star"][1],
        ratio_high=ends["d_star"][2],
        b_ratio=ends["b"][0],
        b_ratio_low=ends["b"][1],
        b_ratio_high=ends["b"][2],
        location_statistic=located.statistic,
        location_df=located.df_residual,
        location_pvalue=located.pvalue,
        joint_statistic=joint.statistic,
        joint_df=joint.df_residual,
        joint_pvalue=joint.pvalue,
    )
    answer, reason = answered(found)
    return replace(found, answer=answer, reason=reason)
