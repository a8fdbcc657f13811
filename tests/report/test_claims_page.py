"""The page of a study shows its verdicts with their rules, then its sections."""

import math

from activstats.claims import Outcome, Verdict, Yardstick
from activstats.report.page import claims_page
from activstats.report.section import Section


def verdict(**changes):
    content = {
        "title": "Cats are grey", "source": "a proverb", "rule": "Look at night.",
        "outcome": Outcome.SUPPORTED, "sentence": "All 5 % of <cats> were grey.",
        "statistic_name": "share of grey", "statistic": 0.97, "interval": (0.9, 0.99),
        "yardsticks": (Yardstick("dogs", 0.5, "beside"),), "caveats": ("It was dark.",),
    }  # fmt: skip
    return Verdict(**(content | changes))


def test_a_verdict_stands_with_effect_interval_rule_and_caveats():
    page = claims_page(
        "Animals", [verdict()], [Section("More", ("Words.",))], recorded=[("n", "5")]
    )
    for words in ("Claim: cats are grey", "0.970", "0.900 to 0.990", "Look at night.", "It was dark.",
                  "dogs", "<h2>More</h2>", "Words."):  # fmt: skip
        assert words in page
    assert "&lt;cats&gt;" in page


def test_what_could_not_be_tested_shows_no_numbers():
    page = claims_page("Animals", [verdict(outcome=Outcome.NOT_TESTABLE, statistic=math.nan)], [])
    assert "not testable" in page
    assert "share of grey" not in page
