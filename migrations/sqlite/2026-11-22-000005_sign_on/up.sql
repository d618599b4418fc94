-- Sources of sign-on that the console keeps, and what it adds to those of the configuration. Secrets are sealed.
CREATE TABLE sign_in_sources (
    key TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    enabled SMALLINT NOT NULL DEFAULT 1,
    settings TEXT NOT NULL DEFAULT '{}',
    secrets TEXT NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
) WITHOUT ROWID;
-- What the members of a group get.
CREATE TABLE group_mappings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    source TEXT NOT NULL,
    group_name TEXT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    app TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX group_mappings_source ON group_mappings (source);
-- Log-ins that went off to a provider and have not come back.
CREATE TABLE login_attempts (
    state_hash TEXT PRIMARY KEY NOT NULL,
    cookie_hash TEXT NOT NULL,
    source TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    destination TEXT NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;
-- Codes of an authenticator app: the sealed secret, since when it counts, and the last step whose code was used.
ALTER TABLE users ADD COLUMN totp_secret TEXT;
ALTER TABLE users ADD COLUMN totp_since BIGINT;
ALTER TABLE users ADD COLUMN totp_step BIGINT;
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;
