"""Pictures of the hazard and of the use of layers."""

import io

import pytest

from activstats.errors import InputError
from activstats.figures.capacity import Course, capacity_courses
from activstats.figures.hazard import hazard_line


def draw_hazard(ax=None):
    points = ([0, 9, 90], [100, 140, 400], ([80, 120, 300], [130, 180, 600]))
    return hazard_line(*points, line=([0, 100], [100, 350]), band=([90, 300], [110, 420]), ax=ax)


def draw_capacity(ax=None):
    rows = [[1.5, 1.2, 2], [3, 2, 4]]
    courses = [Course(f"N = {n}", [10, 100], rows, [1.4, 3.1]) for n in (64, 128)]
    return capacity_courses(courses, "R", ax=ax)


@pytest.mark.parametrize("draw", [draw_hazard, draw_capacity])
def test_pictures_name_their_axes_and_render(draw):
    ax = draw()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    for form in ("png", "svg", "pdf"):
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format=form)
        assert buffer.tell() > 1000
    other = ax.figure.add_subplot()
    assert draw(other) is other


def test_bars_say_their_level():
    assert any("95 %" in text.get_text() for text in draw_hazard().get_legend().get_texts())


def test_numbers_that_do_not_fit_each_other_are_refused():
    with pytest.raises(InputError):
        hazard_line([0, 1], [1], ([1], [1]))
    with pytest.raises(InputError):
        capacity_courses([], "R")
    with pytest.raises(InputError):
        capacity_courses([Course("N = 1", [1, 2], [[1, 1, 1]], [1, 2])], "R")
