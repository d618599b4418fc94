#!/usr/bin/env python3
"""The long form of the faults: 100 kills an engine, and a table of what came of it in Markdown.

    TAKEHOLD_BIN=… TAKEHOLD_TEST_POSTGRES=postgres://… python3 tests/faults/long.py [--kills 100] [--seed N] [--only NAME]

Exit code 1 when anything acknowledged was lost or counted twice.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from appliance import BINARY, POSTGRES, Appliance, Reader
from harness import Load, Postgres, crash, kill_imports, reckon, restart, strike

COLUMNS = ["fault", "engine", "times", "acknowledged", "lost", "doubled", "longest until taken again", "took"]


def under_load(appliance, fault, times, chance):
    appliance.start()
    reader = Reader(appliance, appliance.token())
    with Load(appliance, appliance.write_key(), seed=chance.random()) as load:
        worst = strike(appliance, load, reader, fault, times, chance)
    return reckon(reader, load), f"{worst:.1f} s"


def of_import(appliance, _, times, chance):
    appliance.start()
    reader = Reader(appliance, appliance.token())
    return kill_imports(appliance, reader, times, 3_000_000, 6.0, chance), "–"


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
                result, worst = run(appliance, fault, arguments.kills, chance)
            finally:
                appliance.close()
            bad += result.lost + result.doubled
            shown = "PostgreSQL" if engine == "postgres" or run is postgres_restarts else "SQLite"
            took = f"{time.monotonic() - began:.0f} s"
            row = [name, shown, arguments.kills, f"{result.sent:,}", result.lost, result.doubled, worst, took]
            print(f"| {' | '.join(map(str, row))} |", flush=True)
    sys.exit(1 if bad else 0)


main()
