"""The page is one file that needs nothing else, reads aloud, and keeps foreign names harmless."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from activstats.claims import Evidence, growth_law
from activstats.report import Origin, report_html
from tests.report.conftest import Page, runs_table

EVIL = '<script>alert("1")</script> & <img src=x>'


@pytest.fixture(scope="module")
def page(whole_page):
    return Page(whole_page)


def test_every_element_is_closed(page):
    assert page.problems == []
    assert page.open == []


def test_nothing_comes_from_elsewhere(page, whole_page):
    for tag, attributes, _ in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed"}, tag
        for name, value in attributes.items():
            if name in {"href", "src", "xlink:href", "srcset", "action", "data", "poster"}:
                assert value.startswith("#"), (tag, name, value)
            assert not name.startswith("on"), (tag, name)
    assert "@import" not in whole_page
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", whole_page))
    namespaces = {v for _, a, _ in page.elements for k, v in a.items() if k.startswith("xmlns")}
    rest = whole_page
    for namespace in namespaces:
        rest = rest.replace(namespace, "")
    assert "://" not in rest


def test_page_is_small(whole_page):
    assert len(whole_page.encode()) < 1_500_000


def test_identifiers_are_unique_and_lead_somewhere(page, whole_page):
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {v[1:] for _, a, _ in page.elements for k, v in a.items() if k.endswith("href")}
    wanted |= set(re.findall(r"url\(#([^)]*)\)", whole_page))
    labels = [a.get("aria-labelledby", "") for _, a, _ in page.elements]
    assert wanted | set(" ".join(labels).split()) <= set(ids)


def test_every_picture_is_described(page):
    pictures = page.all("svg")
    assert len(pictures) >= 8
    assert page.all("img") == []
    for tag in ("title", "desc"):
        texts = [t for path, t in page.texts if path[-2:] == ("svg", tag)]
        assert len(texts) == len(pictures)
        assert all(len(text) > 10 for text in texts)
    assert all(picture["role"] == "img" for picture in pictures)


def test_head_names_language_and_title(page):
    assert page.all("html")[0]["lang"] == "en"
    assert any("digits" in t for path, t in page.texts if path[-2:] == ("head", "title"))


def test_style_knows_dark_and_print(whole_page):
    assert "prefers-color-scheme: dark" in whole_page
    assert "@media print" in whole_page


def test_headings_do_not_skip_a_level(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_same_evidence_gives_the_same_page(whole_evidence, origin, whole_page):
    assert report_html(whole_evidence, (growth_law.decide(whole_evidence),), origin) == whole_page


def test_foreign_names_stay_text(whole_evidence, origin):
    renamed = tuple(
        replace(fit, run=EVIL, layer=EVIL, rule=EVIL if fit.rule == "argmax" else fit.rule)
        for fit in whole_evidence.fits[:27]
    )
    data = {"name": EVIL, "rows": 1, "features": 1, "classes": [EVIL], "sha256": EVIL}
    evil = replace(
        origin, study=EVIL, command=EVIL, description={"data": data}, versions=({EVIL: EVIL},)
    )
    evidence = Evidence(runs=runs_table(EVIL), fits=renamed, along=renamed[:1])
    text = report_html(evidence, (growth_law.decide(evidence),), evil)
    page = Page(text)
    assert "<script" not in text
    assert page.all("img") == []
    assert page.problems == []
    assert 'alert("1")' in page.words


def test_page_does_without_most_of_its_parts(whole_evidence):
    bare = runs_table().drop(columns=["test_loss", "test_accuracy", "dataset"])
    fits = tuple(f for f in whole_evidence.fits if f.kind == "trained" and f.rule == "above(0)")
    for evidence in (Evidence(runs=bare, fits=fits), Evidence(runs=bare, fits=())):
        page = Page(report_html(evidence, (growth_law.decide(evidence),), Origin("x")))
        assert page.problems == []
        assert "cannot be tested here" in page.words
        assert "nan" not in page.words.lower().split()


def test_single_run_is_reported_without_an_interval(whole_evidence):
    fits = tuple(
        replace(f, chance=np.empty(0)) for f in whole_evidence.fits if f.run == "trained-w128-s1"
    )
    evidence = Evidence(runs=runs_table(), fits=fits)
    page = Page(report_html(evidence, (growth_law.decide(evidence),), Origin("x")))
    assert "one seed" in page.words
    assert "nan" not in page.words.lower().split()
