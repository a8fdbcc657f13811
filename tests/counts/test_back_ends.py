"""The same digits from every back end of joblib: real ones, started here and shut down again."""

import random
import warnings

import joblib
import numpy as np
import pytest

from activstats.counts import count_many
from activstats.errors import LayerNotFoundError
from tests.counts.test_engine import figures
from tests.recording.conftest import record

pytestmark = pytest.mark.slow
NAMES = ("a", "b", "c")


@pytest.fixture(autouse=True)
def _clusters_draw_random_names():
    state = random.getstate()
    yield
    random.setstate(state)


@pytest.fixture
def folders(tmp_path, rng):
    for name in NAMES:
        activations = rng.gamma(0.5, size=(300, 12)).astype(np.float32)
        record(tmp_path / name, activations, rule=["above(0)", "argmax"])
    return {name: tmp_path / name for name in NAMES}


def check(folders):
    """Compare with counting here, and see that an error comes back as itself."""
    with joblib.parallel_config(backend="threading", n_jobs=1):
        here = count_many(folders, rule="argmax")
    there = count_many(folders, rule="argmax")
    assert list(there) == list(NAMES)
    assert [figures(there[name]) for name in NAMES] == [figures(here[name]) for name in NAMES]
    with pytest.raises(LayerNotFoundError, match="no rule 'above"):
        count_many(folders, rule="above(3)")


def test_processes_of_joblib_itself(folders):
    with joblib.parallel_config(backend="loky", n_jobs=2):
        check(folders)
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def test_a_dask_cluster(folders):
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Dask and Tornado
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster),
            joblib.parallel_config(backend="dask"),
        ):
            check(folders)


def test_a_ray_cluster(folders):
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Ray
        from ray.util.joblib import register_ray

        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        try:
            register_ray()
            with joblib.parallel_config(backend="ray"):
                check(folders)
        finally:
            ray.shutdown()
