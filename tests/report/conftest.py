"""Evidence of a whole study without files, and a reader of pages."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from activstats.claims import Evidence, growth_law
from activstats.report import Origin
from tests.claims.conftest import TOP, beta_rates, layer

VOID = {"meta", "br", "hr", "img", "link", "input", "path", "use", "rect", "circle"}
WIDTHS, SEEDS = (64, 128, 256), (0, 1, 2)


class Page(HTMLParser):
    """What a test asks of a page: its elements, their attributes, their texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.problems, self.texts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> within {self.open[-3:]}")
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    def all(self, tag):
        """Return the attributes of every element of a kind."""
        return [attrs for name, attrs, _ in self.elements if name == tag]

    @property
    def words(self):
        """Return what a reader sees."""
        hidden = {"style", "script", "title", "desc"}
        return " ".join(text for path, text in self.texts if not hidden & set(path))


def runs_table(name="digits"):
    """Return a runs table with losses."""
    rng = np.random.default_rng(5)
    rows = [
        {
            "run": f"trained-w{w}-n{n}-s{s}",
            "kind": "trained",
            "width": w,
            "n_train": n,
            "seed": s,
            "test_loss": 3 * n**-0.5 * rng.lognormal(sigma=0.1),
            "test_accuracy": 1 - 1 / n,
            "recording": "",
            "dataset": name,
        }
        for w in WIDTHS
        for n in (16, 100, 1000)
        for s in SEEDS
    ]
    return pd.DataFrame(rows)


def fits_of(kind, rng, *, n_draws=9):
    """Fit the layers of one kind of network under three rules, one of them saturated."""
    made = [
        layer(rates, rng, seed=s, kind=kind, rule=rule, n_draws=n_draws)
        for w in WIDTHS
        for s in SEEDS
        for rule, rates in (
            (TOP, beta_rates(rng, w, 0.015)),
            ("argmax", beta_rates(rng, w, 1 / w, b=0.4)),
            ("above(0)", rng.beta(20, 20, w)),
        )
    ]
    return tuple(made)


@pytest.fixture(scope="session")
def whole_evidence():
    """Evidence with controls, losses and recordings along training."""
    rng = np.random.default_rng(11)
    kinds = ("trained", "untrained", "random labels")
    fits = tuple(fit for kind in kinds for fit in fits_of(kind, rng))
    along = tuple(
        dataclass_at_step(layer(beta_rates(rng, 128, 0.015), rng, seed=s, n_samples=300), step)
        for s in SEEDS
        for step in (0, 40, 80)
    )
    return Evidence(runs=runs_table(), fits=fits, along=along)


def dataclass_at_step(fitted, step):
    """Return the same fit at another training step."""
    from dataclasses import replace

    return replace(fitted, step=step)


@pytest.fixture(scope="session")
def origin():
    """Return the provenance of a study that wrote about itself."""
    return Origin(
        study="runs/digits",
        runs_sha256="ab" * 32,
        command="activstats demo --out runs/digits",
        description={
            "hash": "cd" * 32,
            "settings": {"learning_rate": 0.001, "batch_size": 64, "steps": 800,
                         "validation_every": 10, "validation_share": 0.2, "test_share": 0.2},
            "data": {"name": "digits", "rows": 1797, "features": 64, "classes": list("0123456789"),
                     "sha256": "ef" * 32},
        },
        created=("2026-01-02T03:04:05+00:00", "2026-01-02T03:05:05+00:00"),
        versions=({"python": "3.12", "activstats": "0.1.0"},),
        units=("row of the table",),
        weights={"trained-w64-s0": "12" * 32},
    )  # fmt: skip


@pytest.fixture(scope="session")
def whole_page(whole_evidence, origin):
    """Return the text of a report with everything in it."""
    from activstats.report import report_html

    return report_html(whole_evidence, (growth_law.decide(whole_evidence),), origin)
