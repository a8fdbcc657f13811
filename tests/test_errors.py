"""Errors say what was wrong, what was found, what is allowed and what to do."""

import pickle

import pytest

from activstats import errors

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.ActivstatsError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_survives_the_way_between_processes(kind):
    error = kind("it broke.", got=3, allowed="1 or 2", hint="take 1")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (
        str(again) == str(error) == "it broke.\n  got      3\n  allowed  1 or 2\n  try      take 1"
    )


def test_the_one_line_form_keeps_everything():
    error = errors.DomainError("it broke\nbadly.", got=3, hint="take 1")
    assert error.one_line() == "it broke badly. got: 3; try: take 1"


@pytest.mark.parametrize("kind", KINDS)
def test_one_except_catches_them_all(kind):
    with pytest.raises(errors.ActivstatsError):
        raise kind("it broke.")
