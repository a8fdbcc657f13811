"""What a claim ends with: a verdict in plain words, with its numbers and its caveats."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from activstats.claims.words import grouped, percent, significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Outcome(StrEnum):
    """How a claim fared against the evidence."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    NOT_TESTABLE = "not testable"


@dataclass(frozen=True)
class Yardstick:
    """A number to hold the statistic against.

    Parameters
    ----------
    name : str
        What it is.
    value : float
        In the unit of the statistic; nan if it is not known.
    words : str
        What it says about the statistic.
    text : str
        The number with its unit, where it is written in another unit than `value` is in.
    """

    name: str
    value: float
    words: str = ""
    text: str = ""

    @classmethod
    def of_share(cls, name: str, share: float, words: str = "") -> Yardstick:
        """Return a share, which a reader sees in per cent.

        Examples
        --------
        >>> Yardstick.of_share("margin", 0.05).told
        '5.0 %'
        """
        return cls(name, share, words, percent(share))

    @property
    def told(self) -> str:
        """The number as a reader sees it.

        Examples
        --------
        >>> Yardstick("rules", 4).told, Yardstick("b", 0.2178).told
        ('4', '0.218')
        >>> Yardstick("margin", 0.05, text="5.0 %").told
        '5.0 %'
        """
        if self.text:
            return self.text
        whole = isinstance(self.value, int)
        return grouped(int(self.value)) if whole else significant(self.value)


@dataclass(frozen=True)
class Picture:
    """A picture that can be drawn when somebody wants to see it.

    Parameters
    ----------
    title, description : str
        What it is and what it shows, in words that can stand in its place.
    draw : callable
        Returns the matplotlib axes it drew on.
    marks : str
        What its bars, lines and shading mean, in sentences; empty where the description says it.
    """

    title: str
    description: str
    draw: Callable[[], Axes]
    marks: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict on one claim.

    Parameters
    ----------
    title, source, rule : str
        The claim, where it is made, and the decision rule.
    outcome : Outcome
        Supported, contradicted, undecided or not testable.
    sentence : str
        The verdict in one plain sentence, its effect size and interval included.
    statistic_name : str
        What the statistic is.
    statistic : float
        The effect size; nan if there is none.
    interval : tuple of float
        Its interval at `level`; nan where there is none.
    level : float
        Confidence level.
    p : float or None
        P-value, None if the rule has none or it could not be had.
    yardsticks : tuple of Yardstick
        What to hold the statistic against.
    picture : Picture or None
        The statistic and its yardsticks, drawn.
    caveats : tuple of str
        What the verdict does not say, a sentence or two each.
    effect : str
        The statistic with its interval in its own unit, in words; empty where nobody wrote it.
    changes : str
        What would change the verdict; empty where nobody said.
    needs : str
        The runs and recordings that the claim cannot do without; empty where nobody said.
    p_holm : float or None
        `p` adjusted after Holm for all the claims that were judged together.
    """

    title: str
    source: str
    rule: str
    outcome: Outcome
    sentence: str
    statistic_name: str
    statistic: float = math.nan
    interval: tuple[float, float] = (math.nan, math.nan)
    level: float = 0.95
    p: float | None = None
    yardsticks: tuple[Yardstick, ...] = ()
    picture: Picture | None = None
    caveats: tuple[str, ...] = ()
    effect: str = ""
    changes: str = ""
    needs: str = ""
    p_holm: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict in the types that JSON has.

        Infinite and undefined numbers, for which JSON has no form, become strings such as "nan".
        """
        return {
            "title": self.title,
            "source": self.source,
            "rule": self.rule,
            "outcome": self.outcome.value,
            "sentence": self.sentence,
            "statistic_name": self.statistic_name,
            "statistic": _plain(self.statistic),
            "interval": [_plain(end) for end in self.interval],
            "level": self.level,
            "effect": self.effect,
            "p": self.p,
            "p_holm": self.p_holm,
            "yardsticks": {stick.name: _plain(stick.value) for stick in self.yardsticks},
            "caveats": list(self.caveats),
            "changes": self.changes,
            "needs": self.needs,
        }


def _plain(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)
