"""Tables of the user's: what is read, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from activstats.errors import InputError
from activstats.studies.frame import table_from_frame
from activstats.studies.table import digits_table, load_table
from activstats.studies.tablefile import read_table


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def pets(**columns):
    frame = {"size": [1.0, 2.0, 3.0, 4.0] * 3, "age": range(12), "kind": ["cat", "dog"] * 6}
    return pd.DataFrame(frame | columns)


def headerless(rows=12):
    return "".join(f"{'TID'[i % 3]},{i % 5},{i * 0.5}\n" for i in range(rows))


def test_digits_are_those_of_scikit_learn():
    table = digits_table()
    # 1797 images, 178 of them zeros: scikit-learn's own description of the set.
    assert (table.n_samples, table.n_features, len(table.classes)) == (1797, 64, 10)
    assert np.count_nonzero(table.labels == 0) == 178
    assert load_table(None, None).fingerprint() == table.fingerprint()


def test_csv_with_a_header_is_read_by_column_name(tmp_path):
    pets().to_csv(tmp_path / "pets.csv", index=False)
    table = read_table(tmp_path / "pets.csv", "kind")
    assert table.classes == ("cat", "dog")
    assert table.labels.tolist() == [0, 1] * 6
    np.testing.assert_array_equal(table.features, pets()[["size", "age"]].to_numpy())


@pytest.mark.parametrize("target", [0, "0", -3])
def test_csv_without_a_header_is_read_by_column_number(tmp_path, target):
    table = read_table(write(tmp_path / "letters.data", headerless()), target)
    assert table.classes == ("D", "I", "T")
    assert table.features.shape == (12, 2)
    assert table.features[1].tolist() == [1.0, 0.5]


def test_first_line_is_a_header_when_a_word_stands_above_numbers(tmp_path):
    path = write(tmp_path / "t.csv", "size,kind\n" + "1.5,cat\n2.5,dog\n" * 4)
    assert read_table(path, 1).n_samples == 8


def test_first_line_of_consecutive_numbers_is_a_header(tmp_path):
    path = write(tmp_path / "t.csv", "kind,1,2,3\n" + "cat,4,7,1\ndog,5,5,5\n" * 4)
    assert read_table(path, 0).classes == ("cat", "dog")


def test_parquet_and_csv_give_the_same_table(tmp_path):
    pets().to_csv(tmp_path / "a.csv", index=False)
    pets().to_parquet(tmp_path / "a.parquet")
    one, other = (read_table(tmp_path / name, "kind") for name in ("a.csv", "a.parquet"))
    np.testing.assert_array_equal(one.features, other.features)
    np.testing.assert_array_equal(one.labels, other.labels)


def test_semicolons_tabs_and_a_byte_order_mark_are_understood(tmp_path):
    lines = ["size;kind", *["1;cat", "2;dog"] * 4]
    semicolons = write(tmp_path / "s.csv", "\ufeff" + "\n".join(lines) + "\n")
    tabs = write(tmp_path / "t.tsv", "\n".join(lines).replace(";", "\t") + "\n")
    for path in (semicolons, tabs):
        table = read_table(path, "kind")
        assert table.classes == ("cat", "dog")
        assert table.features[:, 0].tolist() == [1.0, 2.0] * 4


def test_labels_are_words_as_they_stand(tmp_path):
    text = "size,code\n" + "1,NA\n2, 01\n3,1 \n" * 4
    assert read_table(write(tmp_path / "t.csv", text), "code").classes == ("01", "1", "NA")


@pytest.mark.parametrize(
    ("columns", "target", "message"),
    [
        ({"age": [1.0, np.nan] * 6}, "kind", "1, feature 1"),
        ({"age": [1.0, np.inf] * 6}, "kind", "missing or infinite"),
        ({"age": ["young", "old"] * 6}, "kind", "'age' of the table pets is not numeric"),
        ({"age": [1 + 2j] * 12}, "kind", "not numeric"),
        ({"age": pd.date_range("2020", periods=12)}, "kind", "not numeric"),
        ({"kind": ["cat", None] * 6}, "kind", "6 labels of the table pets are missing"),
        ({"kind": "cat"}, "kind", "one class only"),
        ({"kind": range(12)}, "kind", "looks like a measurement"),
    ],
)
def test_a_frame_that_cannot_be_studied_is_refused(columns, target, message):
    with pytest.raises(InputError) as error:
        table_from_frame(pets(**columns), target, name="pets")
    assert message in str(error.value)


def test_a_table_without_features_is_refused():
    with pytest.raises(InputError, match="has no features"):
        table_from_frame(pets()[["kind"]], "kind", name="pets")


def test_a_missing_column_is_named_with_its_neighbour(tmp_path):
    pets().to_csv(tmp_path / "pets.csv", index=False)
    with pytest.raises(InputError) as error:
        read_table(tmp_path / "pets.csv", "kinds")
    assert error.value.hint == "kind"
    with pytest.raises(InputError, match="has no column '7'"):
        read_table(tmp_path / "pets.csv", 7)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("empty.csv", "", "the file is empty"),
        ("blank.csv", "\n\n", "the file is empty"),
        ("twice.csv", "a,a,kind\n1,2,x\n", "the same name"),
        ("ragged.csv", "size,kind\n1,cat\n1,cat,2\n", "cannot be read as a table"),
        ("wide.csv", "size,kind\n" + "1,cat,2\n" * 8, "cannot be read as a table"),
        ("short.csv", "size,age,kind\n" + "1,2,cat\n2,dog\n" * 6, "missing"),
        ("table.xlsx", "PK", "csv or Parquet"),
        ("not.parquet", "PAR0", "cannot be read as a table"),
        ("header.csv", "size,kind\n", "no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, name, text, message):
    with pytest.raises(InputError, match=message):
        read_table(write(tmp_path / name, text), "kind")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"size,kind\n1,caf\xe9\n" * 4)
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "t.csv", "kind")


def test_a_missing_file_and_half_a_request_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_table(tmp_path / "nothing.csv", "kind")
    with pytest.raises(InputError, match="both a file and a target"):
        load_table(tmp_path / "nothing.csv", None)


@pytest.mark.shared_data
def test_letter_recognition_is_read_by_name_and_by_number(shared_data):
    letters = shared_data / "real" / "letter-recognition.data"
    by_name, by_number = read_table(letters, "Letter"), read_table(letters, 0)
    assert by_name.features.shape == (20_000, 16)
    assert len(by_name.classes) == 26
    assert by_name.fingerprint() == by_number.fingerprint()
