"""Figures become SVG text that is the same on every run and can be read aloud."""

import io
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from activstats.figures import svg
from activstats.figures.growth import growth_curves
from activstats.figures.svg import to_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def figure():
    d = np.geomspace(1, 1000, 30)
    return growth_curves(d, d**0.5, exact=d**0.5, mean_field=d**0.4, marks={"N/c": 30.0}).figure


def test_the_same_figure_gives_the_same_text(figure):
    texts = [to_svg(figure, title="Growth", description="K rises.") for _ in range(2)]
    d = np.geomspace(1, 1000, 30)
    again = growth_curves(d, d**0.5, exact=d**0.5, mean_field=d**0.4, marks={"N/c": 30.0}).figure
    assert texts[0] == texts[1] == to_svg(again, title="Growth", description="K rises.")


def test_it_is_drawn_as_savefig_draws_it_and_left_as_it_was(figure):
    canvas, dpi, saved = figure.canvas, figure.dpi, io.StringIO()
    drawn = to_svg(figure, title="Growth", description="K rises.")
    assert (figure.canvas, figure.dpi) == (canvas, dpi)
    with mpl.rc_context({"svg.fonttype": "none", "font.sans-serif": svg._FONTS}):
        figure.savefig(saved, format="svg")
    of = re.compile(r' (?:d|transform|x|y)="([^"]+)"')
    assert len(of.findall(drawn)) > 100
    assert of.findall(drawn) == of.findall(svg._compact(saved.getvalue()))


def test_text_is_valid_compact_and_without_a_date(figure):
    text = to_svg(figure, title="Growth", description="K rises.")
    root = ET.fromstring(text)
    assert root.tag == f"{NAMESPACE}svg"
    assert len(text) < 40_000
    assert not re.search(r"<\?xml|<!DOCTYPE|<metadata|\b20\d\d-\d\d-\d\d", text)
    assert not re.search(r"\d\.\d{3,}", text)


def test_pictures_have_alternative_text_whatever_its_signs(figure):
    root = ET.fromstring(to_svg(figure, title="a < b & c", description='K "rises"'))
    assert root.get("role") == "img"
    first, second = list(root)[:2]
    assert (first.tag, first.text) == (f"{NAMESPACE}title", "a < b & c")
    assert (second.tag, second.text) == (f"{NAMESPACE}desc", 'K "rises"')
    assert root.get("aria-labelledby") == f"{first.get('id')} {second.get('id')}"


def test_two_pictures_share_no_identifier_on_one_page(figure):
    names = [
        set(re.findall(r'\bid="([^"]+)"', to_svg(figure, title=title, description="")))
        for title in ("one", "two")
    ]
    assert names[0]
    assert not names[0] & names[1]


def test_every_reference_points_somewhere(figure):
    text = to_svg(figure, title="t", description="d")
    names = set(re.findall(r'\bid="([^"]+)"', text))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', text)) <= names


def test_words_stay_words(figure):
    text = to_svg(figure, title="t", description="d")
    assert "samples seen, D</text>" in text


def test_settings_are_left_alone(figure):
    before = dict(mpl.rcParams)
    to_svg(figure, title="t", description="d")
    assert dict(mpl.rcParams) == before


def test_numbers_that_are_read_keep_their_digits(figure):
    figure.axes[0].set_title("b = 0.9784, from 0.001")
    assert "b = 0.9784, from 0.001" in to_svg(figure, title="Growth", description="K rises.")
