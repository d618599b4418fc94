"""Memory of a server, idle and at work, and how soon it is ready."""

import statistics

import queries
from figures import Figures, count
from workshop import Server, Workshop


def run(workshop: Workshop, figures: Figures) -> None:
    with Server(workshop, workshop.new_folder()) as server:
        seen = server.memory()
    figures.add("memory, idle", words(seen), "40 MB", "", seen["VmRSS"] <= 40)

    shape = queries.big(workshop)
    folder = workshop.store(shape)
    token = workshop.run(folder, "admin", "create-token", "--name", "memory", "--role", "owner").out.strip()
    with Server(workshop, folder) as server:
        for path in list(queries.PATHS.values()) * 5 + ["apps?from=2025-01-01&to=2025-12-31"]:
            server.get(f"/api/v1/workspaces/default/metrics/{path}", token)
        seen = server.memory()
    title = f"memory after questions, {count(shape.events)} events of {count(shape.people)} people"
    figures.add(title, words(seen), "250 MB", "", seen["VmRSS"] <= 250)

    ready = []
    for _ in range(5):
        with Server(workshop, folder) as server:
            ready.append(server.seconds_to_ready * 1000)
    middle = statistics.median(ready)
    figures.add("start to ready on that database", f"{middle:.0f} ms", "300 ms", "", middle <= 300)


def words(memory: dict[str, float]) -> str:
    return f"{memory['VmRSS']:.0f} MB (most {memory['VmHWM']:.0f} MB)"
