"""The choice between families: criteria, weights, and words that do not overclaim."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activstats.errors import DomainError, InputError
from activstats.laws.loss import CurveChoice, LossCurve, LossTransition, choose_curve
from activstats.laws.loss.alternatives import FAMILIES
from activstats.laws.loss.families import POWER_LAW
from activstats.laws.loss.fit import fit_family
from activstats.laws.results import Status

D = np.geomspace(10, 20_000, 12)
X = np.log(D)
NAMES = {
    "flat", "line in log D", "power law", "power law with floor", "crossover",
    "crossover, free sharpness", "logistic in log D", "two line segments", "broken power law",
}  # fmt: skip


def noisy(expected, seed=0, cv=0.01, seeds=2):
    noise = np.random.default_rng(seed).standard_normal((expected.size, seeds))
    return expected[:, None] * (1 + cv * noise)


@pytest.fixture(scope="module")
def found():
    return choose_curve(D, noisy(0.3 + 4 * D**-0.4, 1))


TRUE = {
    "flat": np.full(12, 1.5),
    "line in log D": 3 - 0.2 * X,
    "power law": 4 * D**-0.4,
    "power law with floor": 0.3 + 4 * D**-0.4,
    "crossover": 0.3 + 2 * (1 + D / 200) ** -0.6,
    "crossover, free sharpness": 0.3 + 2 * (1 + (D / 300) ** 4) ** (-0.6 / 4),
    "logistic in log D": 0.3 + 2 / (1 + (D / 300) ** 3),
    "two line segments": 3 - 0.05 * (X - X[0]) - 0.4 * np.maximum(X - math.log(300), 0),
    "broken power law": 0.3 + 3 * D**-0.1 * (1 + (D / 300) ** 5) ** (-0.8 / 5),
}


@pytest.mark.parametrize("name", TRUE)
def test_of_precise_losses_the_true_family_is_never_far_behind(name):
    choice = choose_curve(D, noisy(TRUE[name], 3, 2e-3, 3))
    assert choice.differences[name] < 6
    assert {one.family for one in choice.alternatives} == NAMES
    assert len(FAMILIES) == len(NAMES)


@pytest.mark.parametrize(
    "name", ["line in log D", "power law", "power law with floor", "crossover"]
)
def test_without_noise_the_true_family_is_chosen_for_having_fewest_parameters(name):
    assert choose_curve(D, TRUE[name]).best == name


def test_criteria_are_those_of_their_authors(found):
    """Hurvich & Tsai and Schwarz, from the likelihood of the fit itself."""
    curve = LossCurve.from_arrays(D, noisy(0.3 + 4 * D**-0.4, 1))
    fit = fit_family(POWER_LAW, curve)
    one = next(a for a in found.alternatives if a.family == "power law with floor")
    assert one.log_likelihood == pytest.approx(fit.log_likelihood)
    assert one.aicc == pytest.approx(fit.aicc)
    assert one.bic == pytest.approx(fit.bic)


@pytest.mark.parametrize(("seeds", "criterion"), [(1, "AICc"), (2, "AICc"), (3, "BIC")])
def test_aicc_serves_up_to_thirty_runs_and_bic_beyond(seeds, criterion):
    choice = choose_curve(D, noisy(0.3 + 4 * D**-0.4, 2, seeds=seeds))
    assert choice.criterion == criterion
    values = [one.value(criterion) for one in choice.alternatives]
    assert values == sorted(values)
    assert f"Δ{criterion}" in choice.summary()


def test_weights_are_those_of_the_differences(found):
    assert min(found.differences.values()) == 0
    assert sum(found.weights.values()) == pytest.approx(1)
    ratio = found.weights[found.best] / found.weights["logistic in log D"]
    assert math.log(ratio) == pytest.approx(found.differences["logistic in log D"] / 2)


def test_what_does_not_decide_is_said_not_to(found):
    said = " ".join(found.summary().split())
    assert "Model choice: AICc up to about 30 points, BIC beyond." in said
    assert "no test" in said
    assert "no evidence of a transition" in said
    near = [name for name, delta in found.differences.items() if 0 < delta < 2]
    assert found.undecided == tuple(near)
    assert ("no difference that decides" in said) == bool(near)
    crossed = choose_curve(D, noisy(TRUE["crossover"], 1, 0.03))
    assert crossed.undecided
    assert "no difference that decides" in " ".join(crossed.summary().split())
    clear = choose_curve(D, TRUE["power law"])
    assert "no other family comes within 2" in " ".join(clear.summary().split())


def test_the_transition_test_compares_the_same_fits():
    losses = noisy(TRUE["crossover"], 4)
    result = LossTransition(n_boot=0).fit(D, losses)
    assert result.alternatives() == choose_curve(D, losses).alternatives


def test_families_with_too_many_parameters_are_not_judged():
    d = np.geomspace(10, 1000, 5)
    choice = choose_curve(d, noisy(0.3 + 4 * d**-0.4, 1, seeds=5))
    assert set(choice.not_judged) == {"crossover, free sharpness", "broken power law"}
    assert math.isinf(choice.differences["broken power law"])
    assert choice.weights["broken power law"] == 0
    assert "Too many parameters" in choice.summary()
    few = choose_curve(d, noisy(0.3 + 4 * d**-0.4, 1, seeds=1)[:, 0])
    assert "power law with floor" in few.not_judged
    assert few.best in {"flat", "line in log D", "power law"}


def test_outliers_weigh_as_little_in_every_family():
    losses = noisy(TRUE["power law with floor"], 2, 0.005, 3)
    losses[6, 0] *= 1.6
    usual, robust = (choose_curve(D, losses, robust=r) for r in (False, True))
    assert robust.differences["line in log D"] > usual.differences["line in log D"] + 20
    assert robust.differences["power law with floor"] < 4
    se = LossCurve(np.repeat(D, 3), losses.ravel(), se=np.full(36, 0.01))
    assert choose_curve(se, robust=True).best


@pytest.mark.parametrize(
    ("d", "loss", "status", "said"),
    [([10, 20, 30], [3.0, 2.0, 1.0], Status.TOO_FEW, "3 sizes"),
     ([7] * 6, [3.0] * 6, Status.TOO_FEW, "a single size"),
     (D, np.full(12, 0.7), Status.NOT_IDENTIFIABLE, "0.700 in every run")],
)  # fmt: skip
def test_what_cannot_be_compared_gets_a_reason(d, loss, status, said):
    choice = choose_curve(d, loss)
    assert choice.status is status
    assert said in choice.reason
    assert (choice.best, choice.undecided, choice.alternatives) == ("", (), ())
    assert said[2:] in choice.summary()
    assert choice.to_frame().empty
    assert CurveChoice.from_json(choice.to_json()) == choice


def test_a_choice_travels_tabulates_and_draws(found):
    assert CurveChoice.from_json(found.to_json()) == found
    table = found.to_frame()
    assert table["family"].tolist() == [one.family for one in found.alternatives]
    assert table["delta"].min() == 0
    assert found.conf_int().empty
    with pytest.raises(DomainError):
        found.conf_int(3.0)
    assert found.plot().get_xlabel() == "AICc above the lowest"
    assert "power, floor" in found._repr_html_()


def test_losses_that_are_none_are_refused():
    with pytest.raises(InputError, match="above 0"):
        choose_curve(D, D - 15)
    with pytest.raises(DomainError, match="noise model"):
        choose_curve(D, D, noise="pink")


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.sampled_from([1.0, 2.0, 4.0, 8.0, 16.0, 1e6, 1e12]), st.floats(-2, 5)),
             min_size=5, max_size=20),
    st.booleans(),
)  # fmt: skip
def test_any_runs_get_a_choice_or_a_reason(pairs, robust):
    d, loss = (np.array(part) for part in zip(*pairs, strict=True))
    try:
        choice = choose_curve(d, loss, noise="additive", robust=robust)
    except InputError as error:
        assert error.what  # noqa: PT017  (either outcome is right)
        return
    if not choice.alternatives:
        assert choice.reason
        return
    assert not np.isnan(list(choice.differences.values())).any()
    assert sum(choice.weights.values()) == pytest.approx(1 if choice.best else 0)
    assert choice.summary()
