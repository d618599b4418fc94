"""Bytes on disk that an event adds once a database is large."""

import sqlite3
from pathlib import Path

from figures import Figures, count
from workshop import Shape, Workshop


def run(workshop: Workshop, figures: Figures) -> None:
    half = 500_000 if workshop.quick else 2_000_000
    shape = Shape(2 * half, 100_000, 2 * half)
    parts = [workshop.file(shape, "0", str(half)), workshop.file(shape, str(half), str(2 * half))]
    folder, sizes = workshop.new_folder(), []
    for part in parts:
        workshop.run(folder, "import", str(part))
        sizes.append(size(folder / "takehold.db"))
    peers = {}
    for peer in ("duckdb", "chdb"):
        _, _, peers[peer] = workshop.load_peer(peer, *parts)
    small = Shape(200_000, 100_000, 200_000)
    halves = [workshop.file(small, "0", "100000"), workshop.file(small, "100000", "200000")]
    _, _, rows = workshop.load_peer("sqlite", *halves)
    each = (sizes[1] - sizes[0]) / half
    figures.add(
        f"disk an event, from {count(half)} to {count(2 * half)}",
        f"{each:.1f} bytes",
        "20 bytes",
        ", ".join(f"{name} {(s[1] - s[0]) / n:.0f}" for name, s, n in (
            ("DuckDB", peers["duckdb"], half), ("chDB", peers["chdb"], half), ("SQLite rows with three indexes", rows, 100_000)
        )),
        each <= 20,
    )
    figures.add(f"  the file with {count(2 * half)} events", f"{sizes[1] / 1e6:.1f} MB ({sizes[1] / (2 * half):.1f} bytes an event)")


def size(database: Path) -> int:
    """The file's bytes with everything written back from its write-ahead log."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return sum(path.stat().st_size for path in database.parent.glob(database.name + "*"))
