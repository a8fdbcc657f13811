"""Studies on tables of the user's: every kind of table is used as it stands, or refused with a reason."""

import numpy as np
import pandas as pd
import pytest

from activstats import open_study, validate
from activstats.errors import InputError
from activstats.studies import StudySettings, run_study
from activstats.studies.frame import table_from_frame
from activstats.studies.tablefile import read_table

SMALL = StudySettings(
    widths=(24, 48), sizes=(2, 8, 40, 200, 1000, 4000), seeds=(0, 1), depths=(1,), learners=(),
    steps=20, rules=("top1%", "above(0)"), along_widths=(), replicates=0,
)  # fmt: skip


def blobs(rows, *, kinds=("common", "rare"), shares=(0.97, 0.03)):
    rng = np.random.default_rng(7)
    label = rng.choice(kinds, rows, p=shares)
    centre = np.array([list(kinds).index(one) for one in label])
    return pd.DataFrame(
        {"a": rng.normal(centre, 1), "b": rng.normal(-centre, 1), "big": rng.integers(0, 9, rows)}
    ).assign(kind=label)


def test_feather_gives_the_same_table_as_parquet(tmp_path):
    blobs(40).to_feather(tmp_path / "t.feather")
    blobs(40).to_parquet(tmp_path / "t.parquet")
    one, other = (read_table(tmp_path / name, "kind") for name in ("t.feather", "t.parquet"))
    np.testing.assert_array_equal(one.features, other.features)
    assert one.classes == other.classes == ("common", "rare")


def test_a_file_that_is_no_feather_is_refused(tmp_path):
    (tmp_path / "t.feather").write_bytes(b"no table")
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_table(tmp_path / "t.feather", "kind")


@pytest.mark.parametrize("as_text", [False, True], ids=["numbers", "text"])
def test_a_measurement_as_target_is_refused_and_marks_are_classes(as_text):
    frame = blobs(400)
    price, stars = frame["a"].round(1), (frame["big"] + 2) / 2
    if as_text:
        price, stars = price.astype(str), stars.astype(str)
    with pytest.raises(InputError, match="is a measurement") as error:
        table_from_frame(frame.assign(price=price), "price", name="t")
    assert "classes" in error.value.hint
    assert (
        len(table_from_frame(frame.drop(columns="kind").assign(s=stars), "s", name="t").classes)
        == 9
    )


def test_a_missing_value_is_named_with_its_column():
    frame = blobs(40)
    frame.loc[3, "b"] = np.nan
    with pytest.raises(InputError, match="missing or infinite") as error:
        table_from_frame(frame, "kind", name="t")
    assert "row 3, feature 1" in str(error.value)
    assert "column 'b'" in str(error.value)


def test_categorical_columns_are_refused_as_features_and_taken_as_labels():
    frame = blobs(40).assign(kind=lambda t: t["kind"].astype("category"))
    assert table_from_frame(frame, "kind", name="t").classes == ("common", "rare")
    frame["town"] = pd.Categorical(["x", "y"] * 20)
    with pytest.raises(InputError, match="'town' of the table t is not numeric"):
        table_from_frame(frame, "kind", name="t")


def test_a_study_of_a_table_with_a_rare_class_says_how_rare_it_is(tmp_path):
    frame = blobs(300)
    frame.to_csv(tmp_path / "t.csv", index=False)
    settings = StudySettings(
        widths=(16,), sizes=(2, 60), seeds=(0, 1), depths=(1,), learners=("linear softmax",),
        steps=5, rules=("top1%",), along_widths=(), replicates=0,
    )  # fmt: skip
    out = run_study(
        tmp_path / "s", settings, data=tmp_path / "t.csv", target="kind", n_jobs=1, progress=False
    )
    runs = open_study(out).runs
    assert np.isfinite(runs["test_loss"]).all()
    report = validate(out, n_draws=3, n_boot=39).to_markdown()
    most = (frame["kind"] == "common").mean()
    assert f"the largest of {100 * most:.1f} % of the rows" in report
    assert "Claims that other studies test" in report


@pytest.mark.shared_data
def test_letters_are_studied_and_judged(shared_data, tmp_path):
    letters = shared_data / "real" / "letter-recognition.data"
    out = run_study(tmp_path / "s", SMALL, data=letters, target=0, n_jobs=1, progress=False)
    found = validate(out, n_draws=3, n_boot=39)
    layers = found.evidence.trained("top_fraction(0.01)")
    assert {fit.fit.n_samples for fit in layers} == {20_000}
    assert {fit.n_train for fit in layers} == {4000}
    assert found.evidence.examination.loss is not None
    assert len(found.verdicts) == 17
    assert "20 000 rows, 16 features, 26 classes, the largest of 4.1 %" in found.to_markdown()
