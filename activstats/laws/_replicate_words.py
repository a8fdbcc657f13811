"""What the agreement of replicate runs says and what it cannot say, in words."""

from __future__ import annotations

_FOUND = {
    "full": "The runs agree as well as sampling noise allows.",
    "partial": "The runs agree in part: more than chance, less than sampling noise would allow.",
    "none": "No agreement was found between the runs.",
    "unknown": "How far the runs agree cannot be said.",
}
_MEANING = {
    ("full", "same"): "Which neurons fire often is as good as fixed by the common start and data.",
    (
        "partial",
        "same",
    ): "Part of the difference in rates comes from the common start and data, part "
    "arises in each run.",
    (
        "none",
        "same",
    ): "Which neurons fire often is decided within each run, as an urn that reinforces "
    "itself would have it; other ways to the same end are not excluded.",
    (
        "full",
        "different",
    ): "Starts differ, so that neurons share only their place in the layer: look "
    "for what ties rates to places.",
    ("partial", "different"): "Starts differ, so that neurons share only their place in the layer: "
    "look for what ties rates to places.",
    ("none", "different"): "That is what neurons without a common start show under fixed rates and "
    "under reinforcement alike: it speaks for neither.",
}
_NOT_SAID = (
    "Only runs from the same weights can tell fixed rates (agreement near the ceiling) from "
    "reinforcement (near 0); say start='same' if these are."
)


def sentences(verdict: str, start: str | None) -> tuple[str, ...]:
    """Return what was found and what it means.

    Parameters
    ----------
    verdict : {"full", "partial", "none", "unknown"}
        How far the runs agree.
    start : {"same", "different"} or None
        Whether they began with the same weights.
    """
    if verdict == "unknown":
        return (_FOUND[verdict],)
    meaning = _NOT_SAID if start is None else _MEANING[verdict, start]
    return _FOUND[verdict], meaning
