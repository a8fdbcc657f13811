"""Certified values of NIST's nonlinear regression data sets, by the same least-squares path.

Source: NIST Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml.
All are linear in their first parameter, which is projected out.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from activstats.laws.loss.cells import Cells
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.family import Coordinate, Family
from activstats.laws.loss.family_fit import FamilyFit
from activstats.laws.loss.search import best_shape

MISRA = (
    [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
    [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78],
)  # fmt: skip
DANWOOD = ([1.309, 1.471, 1.490, 1.565, 1.611, 1.680], [2.138, 3.421, 3.597, 4.340, 4.882, 5.660])
BOXBOD = ([1.0, 2.0, 3.0, 5.0, 7.0, 10.0], [109.0, 149.0, 149.0, 191.0, 213.0, 224.0])
MGH09 = (
    [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
    [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
)


@dataclass(frozen=True)
class Certified:
    data: tuple
    columns: object
    ranges: tuple
    first: float
    others: tuple
    rss: float
    errors: tuple = ()


CASES = {
    "Misra1a": Certified(MISRA, lambda x, b: 1 - np.exp(-b[0] * x), ((1e-5, 1e-2),),
                         2.3894212918e2, (5.5015643181e-4,), 1.2455138894e-1,
                         (2.7070075241e0, 7.2668688436e-6)),
    "Misra1b": Certified(MISRA, lambda x, b: 1 - (1 + b[0] * x / 2) ** -2, ((1e-5, 1e-2),),
                         3.3799746163e2, (3.9039091287e-4,), 7.5464681533e-2),
    "Misra1c": Certified(MISRA, lambda x, b: 1 - (1 + 2 * b[0] * x) ** -0.5, ((1e-5, 1e-2),),
                         6.3642725809e2, (2.0813627256e-4,), 4.0966836971e-2),
    "Misra1d": Certified(MISRA, lambda x, b: b[0] * x / (1 + b[0] * x), ((1e-5, 1e-2),),
                         4.3736970754e2, (3.0227324449e-4,), 5.6419295283e-2),
    "DanWood": Certified(DANWOOD, lambda x, b: x ** b[0], ((0.1, 20.0),),
                         7.6886226176e-1, (3.8604055871e0,), 4.3173084083e-3,
                         (1.8281973860e-2, 5.1726610913e-2)),
    "BoxBOD": Certified(BOXBOD, lambda x, b: 1 - np.exp(-b[0] * x), ((0.01, 10.0),),
                        2.1380940889e2, (5.4723748542e-1,), 1.1680088766e3,
                        (1.2354515176e1, 1.0455993237e-1)),
    "MGH09": Certified(MGH09, lambda x, b: (x**2 + x * b[0]) / (x**2 + x * b[1] + b[2]),
                       ((0.01, 5.0),) * 3,
                       1.9280693458e-1, (1.9128232873e-1, 1.2305650693e-1, 1.3606233068e-1),
                       3.0750560385e-4),
}  # fmt: skip


def fitted(case: Certified) -> FamilyFit:
    coordinates = tuple(
        Coordinate(f"b{i + 2}", lambda x, r=limits: np.log(np.geomspace(*r, 9)))
        for i, limits in enumerate(case.ranges)
    )
    columns = lambda x, theta: np.stack([case.columns(x, np.exp(t)) for t in theta])[:, None]  # noqa: E731
    family = Family("NIST", coordinates, columns, ("b1",), floor=False)
    x, y = (np.array(part) for part in case.data)
    cells = Cells(x, y, np.ones(x.size), 0.0, x.size)
    shape = best_shape(family, cells)
    curve = LossCurve(np.arange(1.0, x.size + 1), y)
    return FamilyFit(family, curve, cells, np.ones(x.size), shape, np.ones(x.size))


@pytest.mark.parametrize("name", CASES)
def test_certified_values_are_met(name):
    case = CASES[name]
    fit = fitted(case)
    params = [fit.params["b1"], *(fit.params[f"b{i + 2}"] for i in range(len(case.others)))]
    np.testing.assert_allclose(params, [case.first, *case.others], rtol=1e-6)
    assert fit.rss == pytest.approx(case.rss, rel=1e-9)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.errors])
def test_certified_standard_errors_are_met(name):
    case = CASES[name]
    fit = fitted(case)
    errors = [fit.bse["b1"], *(fit.bse[f"b{i + 2}"] for i in range(len(case.others)))]
    np.testing.assert_allclose(errors, case.errors, rtol=1e-5)
    assert fit.variance == pytest.approx(case.rss / (len(case.data[0]) - len(case.errors)))
    assert math.isfinite(fit.aicc)
