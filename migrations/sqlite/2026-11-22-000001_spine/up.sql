-- Times are microseconds since 1970 (UTC); days are days since 1970 in the workspace's time zone.
CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Console users, their roles, sessions and the secrets they hand out.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE TABLE user_roles (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
);
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    owner_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE TABLE write_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    app TEXT,
    prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
-- Facts about the installation itself: the hash of the set-up code, the schema's birthday.
CREATE TABLE installation (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

-- Every distinct name that events carry (people, accounts, apps, event names, versions) gets a small number per workspace and kind.
CREATE TABLE dictionary (
    workspace_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (workspace_id, kind, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX dictionary_name ON dictionary (workspace_id, kind, name);

-- The event log: immutable compressed blocks in order of commit.
CREATE TABLE event_blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    events BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX event_blocks_workspace ON event_blocks (workspace_id, id);
-- 64-bit fingerprints of the messageIds of a UTC day, as sent; parts are merged when the index is folded.
CREATE TABLE event_fingerprints (
    workspace_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    block_id BIGINT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (workspace_id, day, block_id)
) WITHOUT ROWID;

-- Which anonymous id (or previous user id) belongs to whom: the earliest pair for each source and target.
CREATE TABLE person_links (
    workspace_id BIGINT NOT NULL,
    source BIGINT NOT NULL,
    target BIGINT NOT NULL,
    at BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    undone SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, source, target)
) WITHOUT ROWID;
-- Distinct sets of traits (the id is the 64-bit hash of the text), and on which day which subject was given which set (the latest instant of each quarter of an hour).
CREATE TABLE trait_sets (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    traits TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE TABLE trait_calls (
    workspace_id BIGINT NOT NULL,
    subject_kind SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    set_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject, slot, set_id)
) WITHOUT ROWID;
-- Releases: when a version of an app was first seen in events, and when it was announced by `App Released`.
CREATE TABLE releases (
    workspace_id BIGINT NOT NULL,
    app BIGINT NOT NULL,
    version BIGINT NOT NULL,
    first_event_at BIGINT,
    announced_at BIGINT,
    PRIMARY KEY (workspace_id, app, version)
) WITHOUT ROWID;
-- What people set by hand for an app: rhythm, owners, tags.
CREATE TABLE app_settings (
    workspace_id BIGINT NOT NULL,
    app BIGINT NOT NULL,
    rhythm TEXT,
    owners TEXT NOT NULL DEFAULT '[]',
    tags TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (workspace_id, app)
) WITHOUT ROWID;

-- The activity index: derived from the log, rebuilt by `takehold reindex`.
CREATE TABLE activity_state (
    workspace_id BIGINT PRIMARY KEY NOT NULL,
    generation BIGINT NOT NULL,
    folded_through BIGINT NOT NULL
);
CREATE TABLE activity_days (
    workspace_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (workspace_id, day)
);
CREATE TABLE activity_totals (
    workspace_id BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (workspace_id, shard)
);
