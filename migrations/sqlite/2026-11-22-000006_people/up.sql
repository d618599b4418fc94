-- Links that make somebody a user (kind `invitation`) or let a user choose a new password (`password`). They serve once.
CREATE TABLE welcome_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT,
    apps TEXT NOT NULL DEFAULT '[]',
    code_hash TEXT NOT NULL UNIQUE,
    made_by BIGINT REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
-- A token or key in the place of another.
ALTER TABLE api_tokens ADD COLUMN rotated_from BIGINT;
-- A write key may end at an instant, as the one before a rotated one does.
ALTER TABLE write_keys ADD COLUMN expires_at BIGINT;
ALTER TABLE write_keys ADD COLUMN rotated_from BIGINT;
-- How far the audit log was read by those who read it in order: `verify`, and `syslog` which sends it on.
CREATE TABLE audit_marks (
    name TEXT PRIMARY KEY NOT NULL,
    through BIGINT NOT NULL,
    at BIGINT NOT NULL,
    problem TEXT
) WITHOUT ROWID;
