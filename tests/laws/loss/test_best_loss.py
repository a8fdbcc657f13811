"""How the best loss goes with the number of neurons: exponents found again, and no more than that."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from activstats.errors import ActivstatsError, DomainError, InputError
from activstats.laws.loss import LossCurve, LossTransition
from activstats.laws.loss.best_loss import (
    BestLoss,
    BestLossResult,
    fitted_floors,
    losses_at_largest,
)
from activstats.laws.results import Status

N = np.array([32, 64, 128, 256, 512, 1024, 2048, 4096])
POWER = 0.5 + 4 * N**-0.7
LINE = 0.8 - 0.05 * np.log(N / 32)


def noisy(expected, rng, cv=0.01, seeds=3):
    return expected[:, None] * (1 + cv * rng.standard_normal((expected.size, seeds)))


def test_a_power_law_without_noise_gives_its_exponent_and_floor_back():
    found = BestLoss().fit(N, POWER)
    assert (found.answer, found.choice) == ("falls", "power law with floor")
    assert found.exponent == pytest.approx(0.7, rel=1e-4)
    assert found.loss_floor == pytest.approx(0.5, rel=1e-4)
    assert found.forms[0].weight == pytest.approx(1.0)


def test_the_change_over_a_decade_is_that_of_a_line_with_its_interval(rng):
    """Against scipy's straight line, with the same noise at every width."""
    losses = LINE + 0.005 * rng.standard_normal(N.size)
    found = BestLoss(noise="additive").fit(N, losses)
    line = stats.linregress(np.log10(N), losses)
    reach = stats.t.ppf(0.975, N.size - 2) * line.stderr
    ends = line.slope - reach, line.slope + reach
    assert found.per_decade == pytest.approx(line.slope)
    assert (found.per_decade_low, found.per_decade_high) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("expected", "answer", "choice"),
    [
        (POWER, "falls", "power law with floor"),
        (np.full(N.size, 0.6), "no trend seen", "flat"),
        (LINE[::-1].copy(), "rises", "line in log N"),
    ],
    ids=["power law", "flat", "rising"],
)
def test_each_form_is_called_by_its_name(rng, expected, answer, choice):
    found = BestLoss().fit(N, noisy(expected, rng))
    assert (found.answer, found.choice) == (answer, choice)
    assert (answer == "falls") == math.isfinite(found.exponent)
    deltas = [form.delta for form in found.forms]
    assert deltas == sorted(deltas)
    assert deltas[0] == 0
    assert sum(form.weight for form in found.forms) == pytest.approx(1)
    assert choice in " ".join(found.not_told_apart)


def test_a_line_leaves_the_exponent_without_a_lower_end(rng):
    found = BestLoss().fit(N, noisy(LINE, rng))
    assert found.status is Status.AT_BOUNDARY
    assert found.exponent_low == 0
    assert "a line in log N fits, too" in found.reason
    assert "line in log N" in found.not_told_apart


@pytest.mark.slow
def test_the_interval_of_the_exponent_holds_the_true_one(rng):
    results = [BestLoss().fit(N, noisy(POWER, rng)) for _ in range(250)]
    covered = [one.exponent_low <= 0.7 <= one.exponent_high for one in results]
    assert 0.92 <= np.mean(covered) <= 0.985


def test_a_flat_loss_is_said_to_fall_as_seldom_as_said(rng):
    flat = np.full(N.size, 0.6)
    answers = [BestLoss().fit(N, noisy(flat, rng)).answer for _ in range(200)]
    assert np.mean([one == "falls" for one in answers]) <= 0.06
    assert np.mean([one == "rises" for one in answers]) <= 0.06


def test_units_of_width_and_loss_do_not_matter(rng):
    losses = noisy(POWER, rng)
    here, there = BestLoss().fit(N, losses), BestLoss().fit(1000 * N, 7 * losses)
    assert there.exponent == pytest.approx(here.exponent, rel=1e-3)
    assert there.loss_floor == pytest.approx(7 * here.loss_floor, rel=1e-3)
    assert there.per_decade == pytest.approx(7 * here.per_decade, rel=1e-6)


def test_floors_of_fits_are_taken_with_their_errors(rng):
    d = np.geomspace(10, 20_000, 12)
    fits = {}
    for n, floor in zip(N[:5], POWER[:5], strict=True):
        losses = (floor + 2 * (1 + d / 200) ** -0.8) * rng.normal(1, 0.005, d.size)
        fits[int(n)] = LossTransition(n_boot=19).fit(d, losses, rng=0)
    curve = fitted_floors(fits)
    assert curve.d.tolist() == N[:5].tolist()
    assert curve.se.tolist() == [one.loss_opt_se for one in fits.values()]
    assert BestLoss().fit(fits).answer == "falls"
    assert BestLoss().fit(curve).to_json() == BestLoss().fit(fits).to_json()


def test_known_errors_weigh_the_forms_by_chi_square():
    """Four widths with errors tell a power law, which AICc with unknown noise never could."""
    n, se = N[:4], np.full(4, 0.004)
    losses = 0.5 + 6 * n**-0.9
    found = BestLoss().fit(n, losses, se=se)
    assert (found.criterion, found.choice) == ("QAIC", "power law with floor")
    values = {form.family: form.value for form in found.forms}
    assert values["power law with floor"] == pytest.approx(6, abs=1e-3)
    assert values["flat"] == pytest.approx(2 + np.square((losses - losses.mean()) / se).sum())
    assert math.isinf(BestLoss().fit(n, losses).forms[-1].value)


def test_losses_that_scatter_beyond_their_errors_are_weighed_less(rng):
    scattered = POWER * (1 + 0.05 * rng.standard_normal(N.size))
    tight, loose = (BestLoss().fit(N, scattered, se=np.full(N.size, se)) for se in (1e-4, 1e-6))
    assert tight.forms[-1].delta == pytest.approx(loose.forms[-1].delta, rel=1e-6)
    assert tight.forms[-1].delta < 200


def test_results_without_a_floor_are_left_out_and_counted():
    known = SimpleNamespace(loss_opt=0.5, loss_opt_se=0.01, provenance={"width": 64})
    lost = SimpleNamespace(loss_opt=math.nan, loss_opt_se=math.nan, provenance={"width": 128})
    zero = SimpleNamespace(loss_opt=0.0, loss_opt_se=0.01, provenance={"width": 256})
    curve = fitted_floors([known, lost, zero])
    assert curve.d.tolist() == [64.0]
    assert curve.provenance["left_out"] == 2
    with pytest.raises(InputError, match="none of these results"):
        fitted_floors([lost])
    with pytest.raises(InputError, match="how wide"):
        fitted_floors([SimpleNamespace(loss_opt=1.0, loss_opt_se=0.1, provenance={})])


def test_the_largest_training_set_that_all_widths_share_is_the_one_compared():
    table = pd.DataFrame({
        "n_train": [10, 100, 1000, 10, 100], "width": [64, 64, 64, 128, 128],
        "test_loss": [1.0, 0.5, 0.2, 0.9, 0.4], "seed": 0,
    })  # fmt: skip
    curve = losses_at_largest(LossCurve.from_frame(table))
    assert curve.d.tolist() == [64.0, 128.0]
    assert curve.loss.tolist() == [0.5, 0.4]
    assert curve.provenance["n_train"] == 100
    with pytest.raises(InputError, match="no size"):
        losses_at_largest(LossCurve([10, 20], [1.0, 0.9], width=[1, 2]))


@pytest.mark.parametrize(
    ("n", "loss", "said"),
    [
        ([64, 64, 64], [0.5, 0.6, 0.4], "a single width"),
        ([64, 128], [0.5, 0.4], "two networks"),
    ],
)
def test_too_few_networks_are_named(n, loss, said):
    found = BestLoss().fit(n, loss)
    assert (found.answer, found.status) == ("cannot tell", Status.TOO_FEW)
    assert said in found.reason
    assert found.plot().get_xlabel()
    assert "cannot tell" in found.summary()


def test_three_widths_tell_a_fall_but_no_exponent():
    found = BestLoss().fit([64, 128, 256], [[0.8, 0.81], [0.6, 0.61], [0.5, 0.51]])
    assert (found.answer, found.status) == ("falls", Status.TOO_FEW)
    assert "3 widths" in found.reason
    assert math.isnan(found.exponent)


def test_equal_losses_have_no_trend():
    found = BestLoss().fit(N, np.full(N.size, 0.7))
    assert (found.answer, found.per_decade) == ("no trend seen", 0.0)
    assert found.plot().get_xlabel()


def test_too_few_runs_for_any_criterion_choose_nothing():
    found = BestLoss().fit([64, 128, 256], [0.8, 0.6, 0.5])
    assert found.choice == ""
    assert all(math.isnan(form.weight) for form in found.forms)
    assert "too few runs" in found.summary()


def test_a_result_survives_json_and_becomes_tables_and_a_picture(rng):
    found = BestLoss().fit(N, noisy(POWER, rng))
    again = BestLossResult.from_json(found.to_json())
    assert again == found
    row = found.to_frame().iloc[0]
    assert row["exponent"] == found.exponent
    assert row["delta_flat"] > 2
    assert found.table().loc[0, "family"] == found.choice
    assert found.conf_int().loc["exponent", "low"] == found.exponent_low
    assert set(found.params) == {"per_decade", "exponent", "loss_floor"}
    with pytest.raises(DomainError):
        found.conf_int(0.5)
    labels = found.plot().get_legend_handles_labels()[1]
    assert "power law with floor (lowest AICc)" in labels
    assert "its 95 % band" in labels


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((5,), "numbers of neurons"),
        (([1, 2, 3], [1.0, -1.0, 2.0]), "losses above 0"),
        (([0, 2, 3], [1.0, 1.0, 2.0]), "sizes must be above 0"),
        (([1, 2], [1.0]), "not as many losses"),
        ((LossCurve([1, 2], [1.0, 2.0]), [1.0, 2.0]), "their losses already"),
    ],
)
def test_what_are_no_best_losses_is_refused_in_words(given, said):
    with pytest.raises(InputError, match=said):
        BestLoss().fit(*given)


@pytest.mark.parametrize("wrong", [{"noise": "pink"}, {"level": 0.0}, {"level": 2.0}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(DomainError):
        BestLoss(**wrong)


numbers = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(1e-3, 1e3))
usable = st.tuples(st.sampled_from([8.0, 16.0, 32.0, 64.0, 1e9]), st.floats(1e-3, 1e3))


@settings(max_examples=50)
@given(
    st.one_of(
        st.lists(st.tuples(numbers, numbers), max_size=6), st.lists(usable, min_size=1, max_size=12)
    ),
    st.sampled_from(["multiplicative", "additive"]),
)
def test_whatever_the_runs_there_is_an_answer_or_an_error_in_words(pairs, noise):
    try:
        found = BestLoss(noise=noise).fit([p[0] for p in pairs], [p[1] for p in pairs])
    except ActivstatsError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    assert found.answer in {"falls", "rises", "no trend seen", "cannot tell"}
    assert found.per_decade_low <= found.per_decade_high
    assert found.exponent_low <= found.exponent_high
    assert BestLossResult.from_json(found.to_json()).to_json() == found.to_json()
    assert found.summary()
