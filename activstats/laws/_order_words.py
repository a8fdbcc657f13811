"""What a test of order says and what it cannot say, in words."""

from __future__ import annotations

_ORDER = {
    "frozen": (
        "The order of the rows matters: they differ along the recording more than chance allows.",
        (
            "The weights were frozen, so this is a property of how the data were ordered (drift, blocks "
            "of alike samples, bursts), not of the network. Read growth curves rarefied."
        ),
    ),
    "training": (
        "The order of the rows matters: firing changed along training more than chance allows.",
        (
            "That speaks against fixed firing rates, and against reinforcement with constant b as the "
            "whole account too, for that process would not be rejected. How rates changed is not said."
        ),
    ),
    "unknown": (
        "The order of the rows matters: they differ along the recording more than chance allows.",
        (
            "With frozen weights that is a property of how the data were ordered; along training it "
            "says that firing changed. Reinforcement with constant b would not be rejected."
        ),
    ),
}
_NO_ORDER = {
    "frozen": (
        "No order was found: the rows may as well have come shuffled.",
        (
            "This is no evidence for the reinforcement process: with frozen weights, fixed unequal "
            "rates and reinforcement give the same data."
        ),
    ),
    "training": (
        "No order was found: the rows may as well have come shuffled.",
        (
            "Fixed unequal rates and reinforcement with constant b both stay possible: no test of order "
            "tells them apart, replicate runs do (replicate_agreement)."
        ),
    ),
    "unknown": (
        "No order was found: the rows may as well have come shuffled.",
        (
            "Fixed unequal rates and reinforcement with constant b both stay possible: no test of order "
            "tells them apart."
        ),
    ),
}


def sentences(setting: str, *, rejected: bool) -> tuple[str, ...]:
    """Return what was found and what it means.

    Parameters
    ----------
    setting : {"frozen", "training", "unknown"}
        Whether weights changed along the rows.
    rejected : bool
        Whether any test of the family rejects exchangeability.
    """
    return (_ORDER if rejected else _NO_ORDER)[setting]
