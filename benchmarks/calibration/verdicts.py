"""How often verdicts are right: synthetic studies with a known truth, judged like real ones.

Counts, losses and runs tables are drawn; fits, examinations and claims are those of the product.
Studies that were judged are kept in a file, so that a run that was stopped goes on where it was.
"""

import argparse
import json
import zlib
from pathlib import Path

import numpy as np

from benchmarks.calibration.verdicts_layers import N_BOOT
from benchmarks.calibration.verdicts_main import COUNTS, REINFORCED, TABLES
from benchmarks.calibration.verdicts_on_losses import LOSSES
from benchmarks.calibration.verdicts_others import RATES, STAMINA, TIPPING
from benchmarks.calibration.verdicts_page import page, read
from benchmarks.calibration.verdicts_pools import POOL
from benchmarks.calibration.verdicts_truth import SEEDS
from benchmarks.calibration.verdicts_whole import WHOLE

# The cheap ones first, the others side by side, so that a run that is stopped tells of all.
SLOW = (*COUNTS, *REINFORCED, *TIPPING, *LOSSES, *WHOLE)
GROUPS = (TABLES, RATES, STAMINA, SLOW)
TRUTHS = (*COUNTS, *TABLES, *REINFORCED, *LOSSES, *RATES, *TIPPING, *STAMINA, *WHOLE)


def judge(truth, number):
    """Draw one study of a truth and return outcome, statistic, interval and p of each claim."""
    rng = np.random.default_rng([7, zlib.crc32(truth.key.encode()), number])
    found = truth.judged(rng, SEEDS[number % len(SEEDS)], number)
    return {
        name: [one.outcome.value, one.statistic, *one.interval, one.p, one.p_holm]
        for name, one in found.items()
    }


def places(studies):
    """Yield truths and numbers of studies, one group of worlds after the other."""
    for group in GROUPS:
        for number in range(studies):
            for truth in group:
                if number // len(SEEDS) % truth.every == 0:
                    yield truth, number


def chosen(names):
    wanted = set(names.split(",")) if names else None
    return [truth for truth in TRUTHS if wanted is None or wanted & set(truth.standing)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two studies of each world")
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--claims", default="", help="names, separated by commas")
    parser.add_argument("--page-only", action="store_true", help="of the studies judged so far")
    parser.add_argument("--store", type=Path, default=Path("verdicts.jsonl"))
    options = parser.parse_args()
    truths, judged = chosen(options.claims), read(options.store)
    studies = 2 if options.quick else options.studies
    with options.store.open("a") as store:
        for truth, number in places(0 if options.page_only else studies):
            if truth in truths and (truth.key, number) not in judged:
                found = judged[truth.key, number] = judge(truth, number)
                line = {"truth": truth.key, "number": number, "verdicts": found}
                store.write(json.dumps(line) + "\n")
                store.flush()
    print("\n".join(page(truths, judged, n_boot=N_BOOT, pool=POOL)).rstrip())


if __name__ == "__main__":
    main()
