"""The page on the verdicts' error rates, from the studies that were judged so far."""

import json
import platform
from collections import Counter
from importlib.metadata import version

from scipy.stats import binomtest

from activstats.claims import Outcome
from benchmarks.calibration.verdicts_on_losses import EACH_ALONE
from benchmarks.calibration.verdicts_truth import FALSE, WRONG

LEVEL = 0.05
COLUMNS = (Outcome.SUPPORTED, Outcome.CONTRADICTED, Outcome.UNDECIDED, Outcome.NOT_TESTABLE)
HEAD = (
    "claim", "world", "noise", "the claim is", "studies", "supported", "contradicted", "undecided",
    "not testable", "wrongly supported", "wrongly contradicted",
)  # fmt: skip
MARGINS = (0.0, 0.1, 0.2, 0.3)
INTRO = """# Error rates of the verdicts

How often a verdict is right where the truth is known: synthetic studies, judged like real ones.

`python -m benchmarks.calibration.verdicts`; {versions}.

Counts, losses and runs tables are drawn from worlds in which a claim is true, false, or exactly at the margin of its rule, where either verdict is wrong: that is the worst case. "Either" is the ground between no effect and one that matters, where the words of both verdicts hold; "open" is what a study cannot tell. Fits, examinations and claims are those of the product, with {n_boot} draws behind a p-value. Every other study has three seeds, the ones between have five; worlds of losses are drawn for half of the numbers, whole studies for a quarter. Shares are per cent of the studies; the wrong ones stand with their exact 95 % interval (Clopper and Pearson), in bold where all of it lies above 5 %.

Noise: b of the layers scatters between seeds by 9 %, as in the study of digits; "2 %" is a test loss measured to 2 %, independently; "as digits" is the scatter of ln loss between the seeds of the study of digits, .014 on the plateau, .46 at the knee and .12 beyond, a correlation of .9 between widths and of .6 between neighbouring sizes, for runs of a seed share their training sets. "As seen" is the scatter between seeds of the studies of learning rates and tipping points, and .6 points of accuracy in that of stamina; "5 times" is so many times as much. Where nothing differs from study to study but the seeds, these are chosen from {pool} that were drawn and fitted once, so that studies share some.
"""


DECISIONS = """
## What was decided by it

- `form_of_learning` was contradicted in 81.5 % (75.4 to 86.6) of 200 studies whose controls were off by exactly the margin: a departure hides in a misfit that chance makes large already. The misfit that chance alone gives is now added before the interval is held against the margin.
- `transition_width` was contradicted in 5 of 25 studies with s = 1, and in 8 of 25 with s = 1.5, where losses scatter as on digits: noise that neighbouring sizes share makes kinks, on which s runs to the end of its search in all seeds alike. Beyond a scatter of 5 % about the crossover the verdict now stays undecided.
- `loss_decay` and `three_exponents` take the exponent of a width only where all its seeds together show a transition or leave no room for one. Before, a transition that noise hid left a power law over plateau and fall, with an exponent near 0 in every seed: `loss_decay` was contradicted in 2 of 25 studies at its margin, losses as on digits.
- `three_exponents` keeps the level divided among its three pairs. Before the last change, the same studies at the margin were contradicted in 2 of 22 so, and in 6 of 22 at 95 % each.
- `model_shape` divides its level among the depths: three depths at the margin were contradicted in 6.9 % and six in 12.5 % of 200 000 draws of three seeds, and are in 2.4 %.
- `tipping_exists` is contradicted below half its margin only: interpolation between the eight rates of the study leaves .040 of a sharp bend of .05, which would count against the claim.
- The margin of `transition_exists`, .2, stays. In the noisiest world without a scale, a power law with the scatter of digits, the mean over seeds exceeds it in one of 20 studies; the test keeps the verdict right there whatever the margin, which only leaves out transitions that explain little.
"""


def read(store):
    """Return the judged studies by the key of their truth and number, the last line of each."""
    if not store.exists():
        return {}
    lines = (json.loads(line) for line in store.read_text().splitlines() if line.endswith("}"))
    return {(one["truth"], one["number"]): one["verdicts"] for one in lines}


def page(truths, judged, *, n_boot, pool):
    names = ("activstats", "numpy", "scipy")
    versions = ", ".join(
        [f"Python {platform.python_version()}", *(f"{n} {version(n)}" for n in names)]
    )
    yield INTRO.format(versions=versions, n_boot=n_boot, pool=pool)
    yield table(HEAD, rows(truths, judged), ending="---:")
    yield from margins(truths, judged)
    yield from exponents(truths, judged)
    yield from families(truths, judged)
    yield DECISIONS


def table(head, content, ending="---"):
    lines = [
        " | ".join(head),
        " | ".join([ending] * len(head)),
        *(" | ".join(row) for row in content),
    ]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def rate(wrong, studies):
    """Write a share with its exact interval, in bold where it is above 5 % for sure."""
    low, high = binomtest(wrong, studies).proportion_ci(1 - LEVEL, method="exact")
    words = f"{100 * wrong / studies:.1f} ({100 * low:.1f} to {100 * high:.1f})"
    return f"**{words}**" if low > LEVEL else words


def of_truth(truth, judged):
    return [found for (key, _), found in judged.items() if key == truth.key]


def rows(truths, judged):
    """Yield a row for each claim and truth, claims together."""
    claims = list(dict.fromkeys(claim for truth in truths for claim in truth.standing))
    for claim in claims:
        for truth in truths:
            found = Counter(one[claim][0] for one in of_truth(truth, judged) if claim in one)
            if claim in truth.standing and found:
                yield row(truth, claim, found)


def row(truth, claim, found):
    standing, studies = truth.standing[claim], sum(found.values())
    wrong = [rate(found[x], studies) if x in WRONG[standing] else "–" for x in COLUMNS[:2]]
    shares = [f"{100 * found[one] / studies:.0f}" for one in COLUMNS]
    return [f"`{claim}`", truth.name, truth.noise, standing, str(studies), *shares, *wrong]


def margins(truths, judged):
    """How often the rule on the transition would support it with other margins."""
    name = "transition_exists"
    yield "\n## The margin of `transition_exists`\n"
    yield "Share of studies that would be supported if the interval had to begin at another margin; the rule has .2.\n"
    content = []
    for truth in truths:
        several = [found[name] for found in of_truth(truth, judged) if name in found]
        if name in truth.standing and several:
            shares = [
                sum(p <= LEVEL and low >= m for _, _, low, _, p, _ in several) for m in MARGINS
            ]
            false = truth.standing[name] == FALSE
            cells = [
                rate(k, len(several)) if false else f"{100 * k / len(several):.0f}" for k in shares
            ]
            content.append(
                [truth.name, truth.noise, truth.standing[name], str(len(several)), *cells]
            )
    yield table(
        ["world", "noise", "the claim is", "studies", *map("{:g}".format, MARGINS)], content
    )


def exponents(truths, judged):
    """How often three exponents are contradicted with and without a level divided among them."""
    yield "\n## Three exponents, with the level divided among them or not\n"
    yield "Contradicted where one of three intervals lies outside of the margin: at 98.3 % each, as the rule has it, or at 95 %.\n"
    content = []
    for truth in truths:
        several = [found for found in of_truth(truth, judged) if EACH_ALONE in found]
        if several:
            counts = [
                sum(one[name][0] == Outcome.CONTRADICTED for one in several)
                for name in ("three_exponents", EACH_ALONE)
            ]
            standing = truth.standing["three_exponents"]
            cells = [rate(k, len(several)) for k in counts]
            content.append([truth.name, truth.noise, standing, str(len(several)), *cells])
    yield table(["world", "noise", "the claim is", "studies", "98.3 %", "95 %"], content)


def families(truths, judged):
    """Errors among all claims of a whole study: by p-values after Holm, and by verdicts."""
    yield "\n## All claims of a study together\n"
    yield "Share of studies in which any p-value after Holm is at or below .05 though its null hypothesis holds, the same without Holm, and in which any verdict is wrong.\n"
    content = []
    for truth in truths:
        several = of_truth(truth, judged)
        if truth.nulls and several:
            counts = [
                sum(any((one[n][place] or 1.0) <= LEVEL for n in truth.nulls) for one in several)
                for place in (5, 4)
            ]
            counts.append(sum(any_wrong(truth, one) for one in several))
            cells = [rate(k, len(several)) for k in counts]
            content.append([truth.name, str(len(truth.nulls)), str(len(several)), *cells])
    head = [
        "study",
        "true null hypotheses",
        "studies",
        "after Holm",
        "without",
        "any wrong verdict",
    ]
    yield table(head, content)


def any_wrong(truth, found):
    return any(found[claim][0] in WRONG[standing] for claim, standing in truth.standing.items())
