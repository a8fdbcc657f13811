"""Pictures of order show the numbers they were given."""

import io

import numpy as np
import pytest

from activstats.errors import InputError
from activstats.figures.order import growth_bands, order_effects, pair_agreement

D = np.array([1, 10, 100])
BANDS = {"pointwise": ([1, 4, 9], [3, 6, 9]), "simultaneous": ([0, 3, 9], [4, 7, 9])}


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def saved(ax):
    for form in ("png", "svg"):
        ax.figure.savefig(io.BytesIO(), format=form)


def test_growth_bands_show_curve_mean_and_both_bands():
    ax = growth_bands(D, [2, 5, 9], [1, 6, 9], **BANDS, level=0.9)
    np.testing.assert_array_equal(lines(ax)["in recorded order"].get_ydata(), [1, 6, 9])
    np.testing.assert_array_equal(lines(ax)["mean over random orders"].get_ydata(), [2, 5, 9])
    labels = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {"90 % of whole curves", "90 % at each D"} <= labels
    assert ax.get_xscale() == "log"
    saved(ax)


def test_curves_of_another_length_are_refused():
    with pytest.raises(InputError, match="numbers of samples"):
        growth_bands(D, [2, 5], [1, 6, 9], **BANDS)


def test_effects_stand_at_their_distance_from_chance_or_at_the_edge():
    far = [(0.2, 0.1, 0.05, 0.0, 0.2), (9.0, 0.1, 0.05, 0.0, 0.2), (0.1, 0.1, 0.0, 0.1, 0.1)]
    ax = order_effects(["a", "b", "c"], far)
    places = [float(line.get_xdata()[0]) for line in ax.get_lines() if len(line.get_xdata()) == 1]
    assert places == pytest.approx([2, 12, 0])
    assert "178" in {text.get_text().strip() for text in ax.texts}
    saved(ax)


def test_agreement_shows_pairs_mean_and_ceiling_where_there_is_one():
    ax = pair_agreement(["1–2", "1–3"], [0.4, 0.5], mean=(0.45, 0.2, 0.6), ceiling=(0.9, 0.8, 0.95))
    assert {"pairs of runs", "mean over pairs", "same rates, sampled"} <= set(lines(ax))
    nothing = (np.nan, np.nan, np.nan)
    assert "same rates, sampled" not in lines(
        pair_agreement(["1–2"], [0.4], mean=(0.4, 0.2, 0.6), ceiling=nothing)
    )
    saved(ax)
    saved(pair_agreement([], [], mean=(np.nan, -1, 1), ceiling=nothing))


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: growth_bands(D, [2, 5, 9], [1, 6, 9], **BANDS, ax=ax),
        lambda ax: order_effects(["a"], [(0.2, 0.1, 0.05, 0.0, 0.2)], ax=ax),
        lambda ax: pair_agreement(
            ["1–2"], [0.4], mean=(0.4, 0.2, 0.6), ceiling=(0.9, 0.8, 1.0), ax=ax
        ),
    ],
)
def test_every_picture_draws_where_it_is_told(draw):
    given = draw(None).figure.add_subplot()
    assert draw(given) is given
