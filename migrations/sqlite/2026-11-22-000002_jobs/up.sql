-- Who may do what only one process may do. The term grows with each holder; times are the database's own clock.
CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    term BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

-- What jobs are to do, do and did. Workspace 0 is the installation. One row per fire time, so that no tick counts twice.
CREATE TABLE job_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job TEXT NOT NULL,
    workspace_id BIGINT NOT NULL,
    fire_at BIGINT NOT NULL,
    as_of INTEGER,
    asked_by TEXT,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    not_before BIGINT NOT NULL,
    started_at BIGINT,
    heartbeat_at BIGINT,
    ended_at BIGINT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    message TEXT,
    UNIQUE (job, workspace_id, fire_at)
);
CREATE INDEX job_runs_state ON job_runs (state, not_before);
CREATE INDEX job_runs_job ON job_runs (job, id);
