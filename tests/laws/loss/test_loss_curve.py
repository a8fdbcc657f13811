"""A loss curve keeps every run, in order of size, and refuses what is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activstats.errors import InputError
from activstats.laws.loss.cells import gather
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.reading import loss_curve, read_curve

FRAME = pd.DataFrame({
    "n_train": [64, 16, 16, 64], "test_loss": [1.0, 2.0, 2.2, 1.1], "seed": [0, 0, 1, 1],
    "width": [8, 8, 16, 16], "rows": [10, 10, 10, 10],
})  # fmt: skip


def test_unsorted_runs_are_sorted_and_replicates_kept():
    curve = LossCurve([64, 16, 64], [1.0, 2.0, 1.2], seed=[3, 4, 5])
    assert curve.d.tolist() == [16, 64, 64]
    assert curve.loss.tolist() == [2.0, 1.0, 1.2]
    assert curve.seed.tolist() == [4, 3, 5]
    assert (curve.n_sizes, curve.n_runs) == (2, 3)


def test_a_study_table_is_read_with_its_own_column_names():
    curve = LossCurve.from_frame(FRAME, weight="rows")
    assert curve.loss.tolist() == [2.0, 2.2, 1.0, 1.1]
    assert curve.provenance == {"d": "n_train", "loss": "test_loss"}
    parts = curve.by_width()
    assert list(parts) == [8, 16]
    assert parts[16].loss.tolist() == [2.2, 1.1]
    assert parts[16].provenance["width"] == 16


def test_tables_matrices_and_arrays_give_one_curve():
    long = loss_curve([10, 10, 100, 100], [2.0, 2.1, 1.0, 1.1])
    wide = loss_curve([10, 100], [[2.0, 2.1], [1.0, 1.1]])
    table = loss_curve(pd.DataFrame({"d": [10, 10, 100, 100], "loss": [2.0, 2.1, 1.0, 1.1]}))
    for other in (wide, table):
        np.testing.assert_array_equal(other.d, long.d)
        np.testing.assert_array_equal(other.loss, long.loss)


def test_arrays_cannot_be_changed_afterwards():
    d = np.array([1.0, 2.0])
    curve = LossCurve(d, [1.0, 2.0])
    d[0] = 5
    assert curve.d[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        curve.loss[0] = 3


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"d": [], "loss": []}, "no list of numbers"),
        ({"d": [1, 2], "loss": [1.0]}, "not as many losses"),
        ({"d": [0, 2], "loss": [1, 2]}, "sizes must be above 0"),
        ({"d": [-3, 2], "loss": [1, 2]}, "-3 in row 0"),
        ({"d": [1, 2], "loss": [1, np.nan]}, "nan in row 1"),
        ({"d": [1, np.inf], "loss": [1, 2]}, "finite"),
        ({"d": [1, 2], "loss": ["a", "b"]}, "no numbers"),
        ({"d": [1, 2], "loss": [1, 2], "se": [0, 1]}, "standard errors must be above 0"),
        ({"d": [1, 2], "loss": [1, 2], "se": [1, 1], "weight": [1, 1]}, "not both"),
        ({"d": [1, 2], "loss": [1, 2], "seed": [1]}, "one seed for each run"),
        ({"d": [1, 2], "loss": [1, 2], "width": [1, np.nan]}, "width of a run is missing"),
    ],
)
def test_what_is_no_curve_is_refused_in_words(columns, said):
    with pytest.raises(InputError) as error:
        LossCurve(**columns)
    assert said in str(error.value)


def test_missing_columns_are_named():
    with pytest.raises(InputError, match="no column 'tokens'"):
        LossCurve.from_frame(FRAME, d="tokens")
    with pytest.raises(InputError, match="how wide"):
        LossCurve([1], [1.0]).by_width()
    for nothing in (5, [1, 2]):
        with pytest.raises(InputError, match="needs sizes and losses"):
            loss_curve(nothing)
    with pytest.raises(InputError, match="have their losses already"):
        loss_curve(FRAME, [1.0])


def test_a_curve_survives_json():
    curve = LossCurve.from_frame(FRAME)
    content = {name: None if (v := getattr(curve, name)) is None else v.tolist()
               for name in ("d", "loss", "seed", "width", "weight", "se")}  # fmt: skip
    assert read_curve(content | {"provenance": curve.provenance}) == curve


@given(
    st.lists(
        st.tuples(st.sampled_from([1.0, 3.0, 9.0]), st.integers(-50, 50)), min_size=1, max_size=20
    ),
    st.floats(-5, 5),
)
def test_gathering_loses_no_square(runs, at):
    d, loss = (np.array(part) for part in zip(*runs, strict=True))
    curve = LossCurve(d, loss)
    weights = np.linspace(1, 2, curve.n_runs)
    cells = gather(curve, weights)
    whole = weights @ np.square(curve.loss - at)
    parts = cells.weight @ np.square(cells.mean - at) + cells.pure_error
    assert parts == pytest.approx(whole, rel=1e-9, abs=1e-9)
