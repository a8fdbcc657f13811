"""Numbers as the verdicts and the report write them."""

from __future__ import annotations

import math
import re


def percent(share: float) -> str:
    """Write a share in per cent with one decimal, what is not known as –.

    Examples
    --------
    >>> percent(0.0092), percent(0.00001), percent(float("nan"))
    ('0.9 %', '< 0.1 %', '–')
    """
    if math.isnan(share):
        return "–"
    if 0 < share < 0.0005:  # noqa: PLR2004  (would be rounded to nothing)
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def percent_range(low: float, high: float) -> str:
    """Write an interval of shares, from 0 on: a share is never negative.

    Examples
    --------
    >>> percent_range(0.0048, 0.012), percent_range(-0.01, 0.02), percent_range(math.nan, math.nan)
    ('0.5 to 1.2 %', '0.0 to 2.0 %', '–')
    """
    if math.isnan(low) or math.isnan(high):
        return "–"
    return f"{100 * max(low, 0.0):.1f} to {100 * high:.1f} %"


def grouped(number: int) -> str:
    """Write a whole number in groups of three digits.

    Examples
    --------
    >>> grouped(1079), grouped(64)
    ('1 079', '64')
    """
    return f"{number:,}".replace(",", " ")


def significant(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, infinity as ∞ and what is not known as –.

    Examples
    --------
    >>> significant(0.2178), significant(-22.31), significant(10234.0), significant(math.inf)
    ('0.218', '−22.3', '10 200', '∞')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}".replace(",", " ")
    return text.replace("-", "−")


# After a space, a bracket or the sign of a power: elsewhere it is a hyphen.
_HYPHEN_AS_MINUS = re.compile(r"(?<![^\s(\[^])-(?=\.?\d)")


def minus_signs(text: str) -> str:
    """Write a minus sign for each hyphen that stands for one.

    Examples
    --------
    >>> minus_signs("slope -0.02, N^-.5, 2026-11-22, top-3")
    'slope −0.02, N^−.5, 2026-11-22, top-3'
    """
    return _HYPHEN_AS_MINUS.sub("−", text)


def capital(text: str) -> str:
    """Begin a text with a capital, unless it begins with a symbol: A is not α.

    Examples
    --------
    >>> capital("slope of log R"), capital("α − (1 − b)"), capital("b over the mean"), capital("")
    ('Slope of log R', 'α − (1 − b)', 'b over the mean', '')
    """
    first = text.split(maxsplit=1)[0] if text else ""
    return text[0].upper() + text[1:] if len(first) > 1 else text


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number of things.

    Examples
    --------
    >>> counted(1, "seed"), counted(3, "seed"), counted(2, "branch", "branches")
    ('1 seed', '3 seeds', '2 branches')
    """
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """Join words as a sentence lists them.

    Examples
    --------
    >>> listed(["64"]), listed(["64", "128", "256"])
    ('64', '64, 128 and 256')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def rule_words(rule: str) -> str:
    """Return what an activation rule means, in words.

    Examples
    --------
    >>> rule_words("top_fraction(0.01)"), rule_words("above(0)"), rule_words("argmax")
    ('top 1 % of the layer', 'a > 0', 'winner of each sample')
    """
    known = {"argmax": "winner of each sample", "above(0)": "a > 0"}
    if rule.startswith("top_fraction("):
        return f"top {100 * float(rule[len('top_fraction(') : -1]):g} % of the layer"
    return known.get(rule, rule)
