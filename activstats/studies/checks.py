"""Checks of the settings of a study."""

from __future__ import annotations

from activstats.errors import DomainError
from activstats.studies.kinds import LEARNERS


def check_list(name: str, values: object) -> None:
    """Refuse what is no list, is empty or holds something twice."""
    if not isinstance(values, tuple) or not values or len(set(values)) < len(values):
        raise DomainError(
            f"'{name}' must be a list without repetitions.", got=values, allowed="at least one"
        )


def check_depths(depths: object) -> None:
    """Refuse depths that are no list of hidden layers, or lack the networks of one."""
    check_list("depths", depths)
    for depth in depths:  # type: ignore[attr-defined]
        check_count("depths", depth, least=1)
    if 1 not in depths:  # type: ignore[operator]
        raise DomainError(
            "deeper networks get the parameters of networks with one hidden layer.",
            got=depths,
            allowed="1 among the depths",
            hint=f"depths=(1, {', '.join(map(str, depths))})",  # type: ignore[call-overload]
        )


def check_learners(learners: object) -> None:
    """Refuse learners that are not known or stand twice; none at all is allowed."""
    if learners == ():
        return
    check_list("learners", learners)
    for learner in learners:  # type: ignore[attr-defined]
        if learner not in LEARNERS:
            raise DomainError("there is no such learner.", got=learner, allowed=", ".join(LEARNERS))


def check_sizes(sizes: int | tuple[int, ...]) -> None:
    """Refuse what is neither a number of training-set sizes nor a list of them."""
    if isinstance(sizes, int):
        check_count("sizes", sizes, least=1)
        return
    check_list("sizes", sizes)
    for size in sizes:
        check_count("sizes", size, least=2)


def check_count(name: str, value: object, *, least: int) -> None:
    """Refuse what is no whole number, or below the least."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DomainError(f"'{name}' must be whole numbers.", got=value, allowed=f">= {least}")


def check_shares(validation: float, test: float) -> None:
    """Refuse shares of the splits that leave no training pool."""
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise DomainError(
            "the splits must leave something to train on.",
            got=f"validation {validation}, test {test}",
            allowed="both above 0, together below 1",
        )


def check_pool(pool: int, *, at_least: int) -> None:
    """Refuse a training pool that is smaller than a size asks for."""
    if pool < at_least:
        raise DomainError(
            "the training pool is smaller than the training-set sizes ask for.",
            got=f"{pool} samples",
            allowed=f"at least {at_least}",
            hint="smaller sizes=…, smaller test_share and validation_share, or a longer table",
        )
