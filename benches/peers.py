"""The peers, each run in a process of its own.

`peers.py ENGINE load STORE FILE…` loads files into a table and prints seconds, and bytes on disk after each;
`peers.py ENGINE query STORE REPEATS` asks every question and prints seconds and a check sum as JSON.
They neither look for repeats nor keep an index; chDB does not wait for the disk.
"""

import json
import sqlite3
import statistics
import sys
import time
from pathlib import Path

# A Monday, so that weeks begin like Takehold's.
BASE = "2024-12-30"

QUESTIONS = {
    # A person counts in a trailing window from an active day until the next one or the window's end.
    "active": """
        WITH c AS (SELECT day, least(next - day, 7) AS week_gap, least(next - day, 28) AS month_gap,
                   CAST(count(*) AS BIGINT) AS n, CAST(0 AS BIGINT) AS none FROM ({gaps}) AS g GROUP BY 1, 2, 3),
        s AS (SELECT day, n AS dau, n AS wau, n AS mau FROM c
              UNION ALL SELECT day + week_gap, none, -n, none FROM c
              UNION ALL SELECT day + month_gap, none, none, -n FROM c),
        t AS (SELECT day, sum(dau) AS dau, sum(wau) AS wau, sum(mau) AS mau FROM s GROUP BY day)
        SELECT day, dau, sum(wau) OVER (ORDER BY day) AS wau, sum(mau) OVER (ORDER BY day) AS mau FROM t ORDER BY day""",
    "retention": "SELECT cohort, later, count(*) AS people FROM ({returns}) AS r GROUP BY 1, 2 ORDER BY 1, 2",
    "lifecycle": """
        SELECT month, sum(CASE WHEN previous = 0 THEN 1 ELSE 0 END) AS new,
               sum(CASE WHEN previous > 0 AND previous = month - 1 THEN 1 ELSE 0 END) AS current,
               sum(CASE WHEN previous > 0 AND previous < month - 1 THEN 1 ELSE 0 END) AS resurrected
        FROM ({months}) AS m GROUP BY month ORDER BY month""",
}


class DuckDb:
    day = f"(happened::DATE - DATE '{BASE}')"
    words = {
        "gaps": "SELECT day, coalesce(lead(day) OVER (PARTITION BY u ORDER BY day), 1000) AS next "
        f"FROM (SELECT DISTINCT user_id AS u, {day} AS day FROM e) AS d",
        "returns": f"WITH w AS (SELECT DISTINCT user_id AS u, {day} // 7 AS week FROM e), "
        "f AS (SELECT u, min(week) AS cohort FROM w GROUP BY u) "
        "SELECT cohort, week - cohort AS later FROM w JOIN f USING (u)",
        "months": "SELECT month, coalesce(lag(month) OVER (PARTITION BY u ORDER BY month), 0) AS previous "
        "FROM (SELECT DISTINCT user_id AS u, month(happened) AS month FROM e) AS d",
    }

    def __init__(self, store: str) -> None:
        import duckdb

        self.store = Path(store)
        self.connection = duckdb.connect(store)

    def load(self, file: str) -> int:
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS e (kind VARCHAR, message_id VARCHAR, user_id VARCHAR, event VARCHAR, "
            "happened TIMESTAMP, account VARCHAR, app VARCHAR, version VARCHAR)"
        )
        self.connection.execute(
            "INSERT INTO e SELECT type, messageId, userId, event, \"timestamp\", context.groupId, context.app.name, "
            f"context.app.version FROM read_json('{file}', format='newline_delimited', columns={{type: 'VARCHAR', "
            "messageId: 'VARCHAR', userId: 'VARCHAR', event: 'VARCHAR', \"timestamp\": 'TIMESTAMP', "
            "context: 'STRUCT(groupId VARCHAR, app STRUCT(name VARCHAR, version VARCHAR))'})"
        )
        self.connection.execute("CHECKPOINT")
        return self.store.stat().st_size

    def ask(self, sql: str) -> list[list]:
        return [list(row) for row in self.connection.execute(sql).fetchall()]


class ChDb:
    # Arrays: window functions over people take it ten times as long.
    day = f"toInt64(toDate(happened) - toDate('{BASE}'))"
    words = {
        "gaps": "SELECT p.1 AS day, p.2 AS next FROM (SELECT arrayJoin(arrayZip(days, arrayPushBack(arrayPopFront(days), 1000))) "
        f"AS p FROM (SELECT arraySort(groupUniqArray({day})) AS days FROM e GROUP BY user_id))",
        "returns": "SELECT arrayMin(weeks) AS cohort, arrayJoin(weeks) - cohort AS later "
        f"FROM (SELECT groupUniqArray(intDiv({day}, 7)) AS weeks FROM e GROUP BY user_id)",
        "months": "SELECT p.1 AS month, p.2 AS previous FROM (SELECT arrayJoin(arrayZip(months, arrayPushFront(arrayPopBack(months), 0))) "
        "AS p FROM (SELECT arraySort(groupUniqArray(month(happened))) AS months FROM e GROUP BY user_id))",
    }

    def __init__(self, store: str) -> None:
        from chdb import session

        self.session = session.Session(store)

    def load(self, file: str) -> int:
        self.session.query(
            "CREATE TABLE IF NOT EXISTS e (kind String, message_id String, user_id String, event String, "
            "happened DateTime64(3, 'UTC'), account String, app String, version String) ENGINE = MergeTree ORDER BY happened"
        )
        self.session.query(
            "INSERT INTO e SELECT type, messageId, userId, event, timestamp, context.groupId, context.app.name, "
            f"context.app.version FROM file('{file}', JSONEachRow, 'type String, messageId String, userId String, "
            "event String, timestamp DateTime64(3, \\'UTC\\'), context Tuple(groupId String, app Tuple(name String, "
            "version String))') SETTINGS date_time_input_format = 'best_effort'"
        )
        return int(self.ask("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'e'")[0][0])

    def ask(self, sql: str) -> list[list]:
        text = str(self.session.query(sql, "JSONCompactEachRow"))
        return [[int(cell) for cell in json.loads(line)] for line in text.splitlines()]


class Sqlite:
    """Rows with an index by time, by person and by messageId, as a small application would have them."""

    def __init__(self, store: str) -> None:
        self.store = Path(store)
        self.connection = sqlite3.connect(store)
        self.connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS e (message_id TEXT, user_id TEXT, event TEXT, happened INTEGER, account TEXT, app TEXT, version TEXT);"
            "CREATE UNIQUE INDEX IF NOT EXISTS by_id ON e (message_id);"
            "CREATE INDEX IF NOT EXISTS by_person ON e (user_id, happened);"
            "CREATE INDEX IF NOT EXISTS by_time ON e (happened);"
        )

    def load(self, file: str) -> int:
        with open(file, "rb") as lines, self.connection:
            self.connection.executemany("INSERT OR IGNORE INTO e VALUES (?, ?, ?, ?, ?, ?, ?)", map(self.row, lines))
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.store.stat().st_size

    @staticmethod
    def row(line: bytes) -> tuple:
        call = json.loads(line)
        context = call["context"]
        at = time.mktime(time.strptime(call["timestamp"][:19], "%Y-%m-%dT%H:%M:%S"))
        return (call["messageId"], call["userId"], call["event"], at, context["groupId"], context["app"]["name"], context["app"]["version"])


def main() -> None:
    engine, verb, store, *rest = sys.argv[1:]
    peer = {"duckdb": DuckDb, "chdb": ChDb, "sqlite": Sqlite}[engine](store)
    if verb == "load":
        started, cpu = time.perf_counter(), time.process_time()
        sizes = [peer.load(file) for file in rest]
        print(json.dumps({"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "bytes": sizes}))
        return
    answers = {}
    for name, question in QUESTIONS.items():
        sql = question.format(**peer.words)
        seconds = []
        for _ in range(int(rest[0])):
            started = time.perf_counter()
            rows = peer.ask(sql)
            seconds.append(time.perf_counter() - started)
        answers[name] = {"seconds": statistics.median(seconds), "rows": rows}
    print(json.dumps(answers, default=int))


if __name__ == "__main__":
    main()
