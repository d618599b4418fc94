#!/usr/bin/env python3
"""The long form of the faults: 100 kills an engine, and a table of what came of it in Markdown.

    TAKEHOLD_BIN=… TAKEHOLD_TEST_POSTGRES=postgres://… python3 tests/faults/long.py [--kills 100] [--seed N] [--only NAME]

Exit code 1 when an acknowledged event was lost or counted twice, or a run of a job that was taken on was not done.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from appliance import BINARY, POSTGRES, Appliance, Reader, until
from harness import Load, crash, kill_imports, reckon, restart, strike
from runs import Runs, leader_of
from stores import Postgres

COLUMNS = ["fault", "engine", "times", "events acknowledged", "lost", "doubled", "jobs asked for", "not done"]
COLUMNS += ["longest until events were taken again", "took"]


def under_load(appliance, fault, times, chance):
    appliance.start()
    token = appliance.token()
    reader = Reader(appliance, token)

    def before():
        # After a crash nobody leads for the length of the lease: now and then the blow shall fall while jobs run.
        if chance.random() < 0.2:
            until(lambda: leader_of([appliance], token))

    with (
        Load(appliance, appliance.write_key(), seed=chance.random()) as load,
        Runs([appliance], token, ["retention", "rollup"]) as runs,
    ):
        worst = strike(appliance, load, reader, fault, times, chance, before)
    not_done = runs.not_done()
    return reckon(reader, load), f"{len(runs.asked):,}", len(not_done), f"{worst:.1f} s"


def of_import(appliance, _, times, chance):
    appliance.start()
    reader = Reader(appliance, appliance.token())
    return kill_imports(appliance, reader, times, 3_000_000, 6.0, chance), "–", 0, "–"


def postgres_restarts(appliance, _, times, chance):
    postgres = Postgres()
    try:
        appliance.environment["TAKEHOLD_DATABASE__URL"] = postgres.url

        def fault(_):
            postgres.stop(chance.choice(["immediate", "fast"]))
            postgres.start()

        return under_load(appliance, fault, times, chance)
    finally:
        appliance.close()
        postgres.close()


FAULTS = [
    ("`kill -9` of the server", crash, under_load, ["sqlite", "postgres"]),
    ("SIGTERM to the server", restart, under_load, ["sqlite", "postgres"]),
    ("`kill -9` of `import`", None, of_import, ["sqlite", "postgres"]),
    ("restart of PostgreSQL", None, postgres_restarts, ["sqlite"]),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--only", default="", help="part of a fault's name")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    if not (BINARY and POSTGRES):
        sys.exit("tests/faults/long.py: set TAKEHOLD_BIN and TAKEHOLD_TEST_POSTGRES")
    print(f"Seed {arguments.seed}.\n\n| {' | '.join(COLUMNS)} |\n| {' | '.join('---' for _ in COLUMNS)} |", flush=True)
    bad = 0
    for name, fault, run, engines in FAULTS:
        for engine in engines if arguments.only in name else []:
            chance = random.Random(f"{arguments.seed}/{name}/{engine}")
            appliance = Appliance(tempfile.mkdtemp(prefix="takehold-faults-"), engine)
            began = time.monotonic()
            try:
                result, asked, not_done, worst = run(appliance, fault, arguments.kills, chance)
            finally:
                appliance.close()
            bad += result.lost + result.doubled + not_done
            shown = "PostgreSQL" if engine == "postgres" or run is postgres_restarts else "SQLite"
            took = f"{time.monotonic() - began:.0f} s"
            row = [
                name,
                shown,
                arguments.kills,
                f"{result.sent:,}",
                result.lost,
                result.doubled,
                asked,
                not_done,
                worst,
                took,
            ]
            print(f"| {' | '.join(map(str, row))} |", flush=True)
    sys.exit(1 if bad else 0)


main()
