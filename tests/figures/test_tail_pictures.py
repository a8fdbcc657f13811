"""Pictures of tails show the numbers they were given."""

import io

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.tail import tail_curve, xmin_curves
from activstats.laws.tail import PowerLawTail


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_a_tail_shows_measured_points_and_its_law():
    x, share = np.array([1.0, 2.0, 5.0, 40.0]), np.array([1.0, 0.5, 0.2, 0.01])
    ax = tail_curve(x, share, law=([2, 40], [0.5, 0.01]), label="law")
    np.testing.assert_array_equal(lines(ax)["measured"].get_xydata(), np.column_stack([x, share]))
    assert lines(ax)["law"].get_xdata().tolist() == [2, 40]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "x or above" in ax.get_ylabel()


def test_many_points_are_thinned_and_both_ends_stay():
    x = np.arange(1.0, 1e5)
    shown = lines(tail_curve(x, x[::-1] / x.size))["measured"].get_xdata()
    assert len(shown) < 200
    assert (shown[0], shown[-1]) == (1.0, x[-1])


def test_the_choice_of_xmin_is_drawn_in_two_panels():
    upper, lower = xmin_curves([1, 2, 4], [2.0, 2.1, 2.2], [0.1] * 3, [0.2, 0.1, 0.3], chosen=2)
    assert lines(upper)["alpha"].get_ydata().tolist() == [2.0, 2.1, 2.2]
    assert lines(lower)["distance D"].get_ydata().tolist() == [0.2, 0.1, 0.3]
    assert lines(lower)["xmin chosen"].get_xdata() == [2, 2]
    assert xmin_curves([1, 2], [2, 2], [0, 0], [0.1, 0.2], axes=(upper, lower)) == (upper, lower)


@pytest.mark.parametrize("curve", [tail_curve, lambda x, y: xmin_curves(x, x, y, x)])
def test_curves_of_different_lengths_are_refused(curve):
    with pytest.raises(InputError):
        curve([1, 2], [1])


@pytest.mark.parametrize("sample", [[0], [5, 5], [1, 1, 1, 2, 2, 3, 9]])
@pytest.mark.parametrize("form", ["png", "svg"])
def test_results_draw_themselves_with_and_without_a_tail(sample, form):
    result = PowerLawTail(n_boot=0).fit(sample)
    for ax in (result.plot(), *result.plot_xmin()):
        buffer = io.BytesIO()
        ax.figure.savefig(buffer, format=form)
        assert buffer.tell() > 1000


def test_the_drawn_law_is_the_fitted_one():
    result = PowerLawTail(n_boot=0, xmin=2).fit([1, 1, 2, 2, 2, 3, 4, 7, 20])
    law = next(line for label, line in lines(result.plot()).items() if label.startswith("alpha"))
    x, share = law.get_data()
    assert (x[0], share[0]) == (2, pytest.approx(7 / 9))
    from scipy.special import zeta

    np.testing.assert_allclose(share, 7 / 9 * zeta(result.alpha, x) / zeta(result.alpha, 2))
