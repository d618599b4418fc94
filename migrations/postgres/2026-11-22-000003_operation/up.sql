-- How long what is kept, in days (none: for ever).
ALTER TABLE workspaces ADD COLUMN retention_days_events INTEGER;
ALTER TABLE workspaces ADD COLUMN retention_days_jobs INTEGER NOT NULL DEFAULT 90;
-- People of a workspace who do not count: by id (kind `id`) or by the domain of their e-mail (`email_domain`).
CREATE TABLE excluded_people (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    pattern TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind, pattern)
);

-- Calls that came in, by hour since 1970 (UTC); write key 0 is import.
CREATE TABLE ingest_counts (
    workspace_id BIGINT NOT NULL,
    write_key_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, write_key_id, hour)
);
CREATE TABLE ingest_refusals (
    workspace_id BIGINT NOT NULL,
    write_key_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    code TEXT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, write_key_id, hour, code)
);

-- Every host that was ever called.
CREATE TABLE destinations (
    kind TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    contacts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (kind, host, port)
);
