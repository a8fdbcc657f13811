"""Whether a learner without hidden neurons has its knee where the networks have theirs.

Any learner whose loss starts on a plateau shows a transition. One found in networks speaks of free
neurons only as far as learners that have none do not show it in the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from activstats.errors import InputError
from activstats.laws._summary import significant
from activstats.laws.loss.agreement_numbers import Ends, ratio
from activstats.laws.loss.measures import Knee
from activstats.laws.loss.transition_result import LossTransitionResult

SAME, ELSEWHERE, NONE = "not told apart", "elsewhere", "no knee"


@dataclass(frozen=True, eq=False)
class Control:
    """One learner without hidden neurons beside the networks.

    Parameters
    ----------
    name : str
        Of the learner.
    transition : LossTransitionResult
        The transition of its losses.
    ratios : dict of str to (float, float, float)
        By network: D* of the control over that of the network, with its interval.
    """

    name: str
    transition: LossTransitionResult
    ratios: dict[str, Ends]

    @property
    def same(self) -> tuple[str, ...]:
        """Networks whose knee the control's is not told apart from."""
        return tuple(name for name, (_, low, high) in self.ratios.items() if low <= 1 <= high)

    @property
    def finding(self) -> str:
        """``not told apart`` from some network, ``elsewhere`` than in each, or ``no knee``."""
        if not self.transition.found or not self.ratios:
            return NONE
        return SAME if self.same else ELSEWHERE

    @property
    def words(self) -> str:
        """What the comparison says, in a sentence."""
        if not self.transition.found:
            return f"{self.name}: {self.transition.answer}."
        place = f"{self.name}: D* {significant(self.transition.d_star)}"
        if not self.ratios:
            return f"{place}, while no network shows a transition."
        factors = sorted(one[0] for one in self.ratios.values())
        low, high = significant(factors[0], 2), significant(factors[-1], 2)
        times = low if low == high else f"{low} to {high}"
        number = f"{len(self.same)} of {len(self.ratios)}"
        apart = f"not told apart from {number} networks'"
        return f"{place}, {times} times the networks', {apart}."


@dataclass(frozen=True, eq=False)
class ControlComparison:
    """Learners without hidden neurons beside networks.

    Parameters
    ----------
    networks : dict of str to LossTransitionResult
        The networks' transitions.
    controls : tuple of Control
        One for each learner.
    level : float
        Confidence level of the intervals.
    """

    networks: dict[str, LossTransitionResult]
    controls: tuple[Control, ...]
    level: float

    @property
    def conclusion(self) -> str:
        """What follows for the networks, in a sentence or two."""
        if not any(one.found for one in self.networks.values()):
            return "No network shows a transition that a control could be compared with."
        by = {
            kind: [one.name for one in self.controls if one.finding == kind]
            for kind in (SAME, ELSEWHERE, NONE)
        }
        if by[SAME]:
            return (
                "The knee of a learner without hidden neurons is not told apart from that of some "
                f"network ({', '.join(by[SAME])}): the knee is no evidence for free neurons."
            )
        told = [f"{', '.join(by[ELSEWHERE])}: elsewhere"] * bool(by[ELSEWHERE])
        told += [f"{', '.join(by[NONE])}: none found"] * bool(by[NONE])
        return (
            f"No control has its knee where the networks have theirs ({'; '.join(told)}). That rules "
            "out these learners' explanation alone; it is no evidence for free neurons by itself."
        )

    @property
    def words(self) -> str:
        """Each control in a sentence, then what follows."""
        return " ".join([*(one.words for one in self.controls), self.conclusion])


def compare_controls(
    networks: Mapping[str, LossTransitionResult],
    controls: Mapping[str, LossTransitionResult],
    level: float = 0.95,
) -> ControlComparison:
    """Compare the knees of learners without hidden neurons with those of networks.

    Parameters
    ----------
    networks : mapping of str to LossTransitionResult
        By name, such as ``"N = 64"``.
    controls : mapping of str to LossTransitionResult
        By name of the learner, on the same training sets.
    level : float
        Confidence level of the intervals of the ratios.

    Returns
    -------
    ControlComparison

    Raises
    ------
    InputError
        If there is no network or no control.

    Notes
    -----
    Ratios have the interval of Zou & Donner 2008, as in `compare_measures`. Learners that share
    training sets err together, so that the intervals are rather too long. Failing to tell two knees
    apart is enough to take the networks' away as evidence: it is for those who claim free neurons to
    show that learners without them behave otherwise.
    """
    if not networks or not controls:
        raise InputError(
            "controls are compared with networks.",
            got=f"{len(networks)} networks, {len(controls)} controls",
            allowed="at least one of each",
        )
    knees = {name: _knee(name, one, level) for name, one in networks.items() if one.found}
    compared = []
    for name, one in controls.items():
        ratios = {}
        if one.found:
            own = _knee(f"control {name}", one, level)
            ratios = {network: ratio(own, knee, level) for network, knee in knees.items()}
        compared.append(Control(name, one, ratios))
    return ControlComparison(dict(networks), tuple(compared), level)


def _knee(name: str, one: LossTransitionResult, level: float) -> Knee:
    ends = one.conf_int(level)
    low, high = float(ends["low"]["d_star"]), float(ends["high"]["d_star"])
    return Knee(name, one.d_star, min(low, one.d_star), max(high, one.d_star))
