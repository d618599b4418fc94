"""`POST /v1/batch` over HTTP: stored, and what receiving costs without storing."""

import statistics

from figures import Figures, count
from workshop import Server, Workshop, timed

CONNECTIONS = 16
MODES = {
    "stored": "POST /v1/batch, durable before the 200",
    "repeated": "  the same, all repeats: parsed and looked up",
    "refused": "  the same, all refused: parsed, checked, reason written",
    "dropped": "  the same bytes, passed over: received and scanned",
}


def run(workshop: Workshop, figures: Figures) -> None:
    seconds, rounds = (2, 1) if workshop.quick else (6, 3)
    folder = workshop.new_folder()
    workshop.run(folder, "migrate")
    key = workshop.run(folder, "admin", "create-write-key", "--name", "load").out.strip()
    seen: dict[str, list[tuple[float, ...]]] = {mode: [] for mode in MODES}
    with Server(workshop, folder) as server:
        for _ in range(rounds):
            for mode, runs in seen.items():
                before = server.cpu()
                sent = timed([workshop.load, server.address, key, CONNECTIONS, seconds, mode])
                rate, middle, late = (float(word) for word in sent.out.split())
                runs.append((rate, middle, late, (server.cpu() - before) / (rate * seconds) * 1e6))
    medians = {mode: [statistics.median(column) for column in zip(*runs)] for mode, runs in seen.items()}
    for mode, (rate, middle, late, cpu) in medians.items():
        ours = f"{count(rate)} events/s, p50 {middle:.0f} ms, p99 {late:.0f} ms ({cpu:.1f} µs CPU each)"
        if mode == "stored":
            figures.add(MODES[mode], ours, "150 k/s, p99 50 ms", "", rate >= 150_000 and late <= 50)
        else:
            share = medians["stored"][0] / rate
            # A server that parses and drops lies between the last two.
            goal = "stored at 60 % of it" if mode == "refused" else ""
            figures.add(MODES[mode], ours, goal, f"stored is {share:.0%} of it", share >= 0.6 if goal else None)
