"""Metric questions over HTTP, beside DuckDB and chDB on the raw events; equal people and days at every size."""

import json
import statistics

from figures import Figures, count
from workshop import Server, Shape, Workshop

PATHS = {
    "active": "active?from=2025-01-01&to=2025-12-31",
    "retention": "retention?period=week&variant=n_day&from=2024-12-30&to=2025-12-31&periods=52",
    "lifecycle": "lifecycle?period=month&from=2025-01-01&to=2025-12-31",
}
TITLES = {"active": "active series of a year", "retention": "52-week retention", "lifecycle": "monthly lifecycle"}
PEOPLE, PEOPLE_DAYS = 100_000, 1_000_000


def run(workshop: Workshop, figures: Figures) -> None:
    against_peers(workshop, figures)
    by_size(workshop, figures)


def big(workshop: Workshop) -> Shape:
    """Nearly each event a person and day of its own: the most that so many events can ask of the index."""
    events = 1_000_000 if workshop.quick else 10_000_000
    return Shape(events, PEOPLE, events)


def against_peers(workshop: Workshop, figures: Figures) -> None:
    shape = big(workshop)
    took, cold, answers = ask(workshop, shape)
    file, peers = workshop.file(shape), {}
    for peer in ("duckdb", "chdb"):
        store, _, _ = workshop.load_peer(peer, file)
        peers[peer] = workshop.peer(peer, "query", store, "3")
        check(answers, peers[peer], peer)
    for name, times in took.items():
        p50, p95 = quantiles(times)
        best = min(peer[name]["seconds"] for peer in peers.values())
        figures.add(
            f"{TITLES[name]}, {count(shape.events)}",
            f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms; first after start {cold[name] * 1000:.0f} ms",
            "p95 25 ms, 20 x the best peer",
            f"DuckDB {peers['duckdb'][name]['seconds']:.2f} s, chDB {peers['chdb'][name]['seconds']:.2f} s; "
            f"{best / p50:.0f} x the best",
            p95 <= 0.025 and best / p50 >= 20,
        )


def by_size(workshop: Workshop, figures: Figures) -> None:
    sizes = [1_000_000] if workshop.quick else [1_000_000, 10_000_000]
    if workshop.full:
        sizes.append(100_000_000)
    before: dict[str, float] = {}
    for events in sizes:
        took, cold, _ = ask(workshop, Shape(events, PEOPLE, PEOPLE_DAYS))
        for name, times in took.items():
            p50, p95 = quantiles(times)
            ratio = p50 / before[name] if name in before else None
            before[name] = p50
            figures.add(
                f"{TITLES[name]}, {count(events)} on {count(PEOPLE_DAYS)} people-days",
                f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms; first after start {cold[name] * 1000:.0f} ms"
                + (f"; {ratio:.2f} x the size before" if ratio else ""),
                "1.3 x the size before" if ratio else "p95 25 ms",
                "",
                ratio <= 1.3 if ratio else p95 <= 0.025,
            )


def ask(workshop: Workshop, shape: Shape):
    """Seconds of many answers and of the first after a start, and the answers."""
    folder = workshop.store(shape)
    token = workshop.run(folder, "admin", "create-token", "--name", "bench", "--role", "owner").out.strip()
    took, cold, answers = {}, {}, {}
    for name, path in PATHS.items():
        path = f"/api/v1/workspaces/default/metrics/{path}"
        with Server(workshop, folder) as server:
            cold[name], body = server.get(path, token)
            took[name] = [server.get(path, token)[0] for _ in range(100)]
            answers[name] = json.loads(body)
    return took, cold, answers


def quantiles(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def check(answers: dict, peer: dict, name: str) -> None:
    """Both must say the same, or the times compare nothing."""
    days = answers["active"]["days"]
    rows = [row for row in peer["active"]["rows"] if row[0] < 2 + len(days)]
    ours = [[sum(day[key] for day in days) for key in ("dau", "wau", "mau")]]
    theirs = [[sum(row[column] for row in rows) for column in (1, 2, 3)]]
    ours.append(sorted(n for c in answers["retention"]["cohorts"] for n in c["retained"] if n))
    theirs.append(sorted(row[2] for row in peer["retention"]["rows"]))
    ours.append([[p["new"], p["current"], p["resurrected"]] for p in answers["lifecycle"]["periods"]])
    theirs.append([row[1:] for row in peer["lifecycle"]["rows"]])
    for mine, other in zip(ours, theirs):
        assert mine == other, f"{name} answers otherwise: {str(other)[:300]}, not {str(mine)[:300]}"
