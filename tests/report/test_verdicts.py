"""All verdicts stand in one table first, and each leads the section that it bears on."""

import re

import pytest

from activstats.claims import Outcome
from activstats.report import report_html, report_markdown
from activstats.report.section import Lead
from activstats.report.sections import MAKERS, sections
from activstats.report.verdict_table import counted_outcomes, verdict_rows
from activstats.validation import CLAIMS, judge
from tests.report.conftest import Page


@pytest.fixture(scope="module")
def verdicts(whole_evidence):
    return judge(whole_evidence)


@pytest.fixture(scope="module")
def page(whole_evidence, verdicts, origin):
    return report_html(whole_evidence, verdicts, origin)


def test_table_has_a_row_for_each_claim(verdicts, page):
    rows = verdict_rows(verdicts)
    assert [row.claim for row in rows] == [claim.TITLE for claim in CLAIMS]
    table = page[page.index("All verdicts") : page.index("</table>")]
    assert table.count("<tr><td") == len(CLAIMS)
    assert [row.outcome for row in rows] == re.findall(
        r'<b class="mark [a-z-]+">([a-z ]+)</b>', table
    )


def test_effect_stands_before_p(verdicts):
    for row, verdict in zip(verdict_rows(verdicts), verdicts, strict=True):
        assert row.effect
        assert row.p == "–" if verdict.p is None else row.p
    assert any("95 % interval" in row.effect for row in verdict_rows(verdicts))


def test_every_row_leads_to_its_verdict(page):
    targets = set(re.findall(r'href="#(verdict-\d+)"', page))
    ids = re.findall(r'id="(verdict-\d+)"', page)
    assert len(targets) == len(CLAIMS)
    assert sorted(ids) == sorted(targets)


def test_every_sentence_stands_on_the_page(verdicts, page):
    words = " ".join(Page(page).words.split()).replace("\u202f", " ").replace("\u00a0", " ")
    for verdict in verdicts:
        assert verdict.sentence.replace("'", "’") in words


def test_page_is_sound(page):
    read = Page(page)
    assert (read.problems, read.open) == ([], [])
    assert len(page.encode()) < 1_500_000
    assert "nan" not in read.words.lower().split()


def test_every_claim_has_its_section():
    placed = [title for maker in MAKERS for title in maker.claims]
    assert len(placed) == len(set(placed))
    assert {claim.TITLE for claim in CLAIMS} - set(placed) == {CLAIMS[0].TITLE}


def test_leads_come_first_in_their_sections(whole_evidence, verdicts):
    found = sections(whole_evidence, verdicts)
    leads = [[isinstance(part, Lead) for part in section.parts] for section in found]
    assert all(one == sorted(one, reverse=True) for one in leads)
    assert sum(map(sum, leads)) == len(CLAIMS) - 1


def test_claim_of_nobody_stands_at_the_end(whole_evidence, verdicts):
    from dataclasses import replace

    strange = replace(verdicts[1], title="Something else")
    last = sections(whole_evidence, (*verdicts, strange))[-1]
    assert last.title == "Other claims"
    assert last.parts == (Lead(strange, len(verdicts) + 1),)


def test_outcomes_are_counted(verdicts):
    words = counted_outcomes(verdicts)
    assert words.startswith(f"{len(CLAIMS)} claims: ")
    assert sum(map(int, re.findall(r"(\d+) (?:supp|contr|undec|not)", words))) == len(CLAIMS)
    assert counted_outcomes(()) == "No claim was judged."


def test_markdown_keeps_foreign_names_harmless(whole_evidence, verdicts, origin):
    from dataclasses import replace

    evil = replace(verdicts[1], sentence="<script> | *bold* `x`\n# head")
    text = report_markdown(whole_evidence, (evil,), origin)
    assert "<script>" not in text
    assert "\n# head" not in text
    assert Outcome(evil.outcome).value in text
