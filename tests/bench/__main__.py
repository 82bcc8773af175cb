"""Measure the Explore screen in Chromium, print a table and write bench/explore.json."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.explore import MEASURES, samples_of_a_round
from tests.bench.report import NOTE, Samples, machine, summary, table, write
from tests.browser.conftest import CHROME_ARGUMENTS, ROOT, chromium

RESULT = ROOT / "bench" / "explore.json"
ROUNDS = 5


def main() -> None:
    """Take every measure once a round, so that a busy moment of the machine touches all of them alike."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"server starts, {ROUNDS} unless told")
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the figures")
    asked = parser.parse_args()
    rounds = asked.rounds
    samples: Samples = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROME_ARGUMENTS)
        described = machine(f"Chromium {browser.version}")
        for done in range(1, rounds + 1):
            for name, found in samples_of_a_round(browser).items():
                samples[name] += found
            print(f"round {done} of {rounds}", flush=True)
        browser.close()
    rows = [summary(measure, samples[measure.name]) for measure in MEASURES]
    write(asked.out, described, rows)
    print(f"\n{table(rows)}\n\n{NOTE}\n{described}\nWritten to {asked.out}")


if __name__ == "__main__":
    main()
