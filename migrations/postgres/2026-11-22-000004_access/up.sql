-- What a user is where, by who says so: `manual`, or the key of a sign-in source. The strongest counts.
ALTER TABLE user_roles ADD COLUMN origin TEXT NOT NULL DEFAULT 'manual';
ALTER TABLE user_roles DROP CONSTRAINT user_roles_pkey;
ALTER TABLE user_roles ADD PRIMARY KEY (user_id, workspace_id, origin);
-- Apps that a builder sees beside those that name them as an owner.
CREATE TABLE app_grants (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    app TEXT NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id, app, origin)
);
-- Who a user is elsewhere.
CREATE TABLE identities (
    source TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    login TEXT NOT NULL,
    groups TEXT NOT NULL DEFAULT '[]',
    linked_at BIGINT NOT NULL,
    last_login_at BIGINT,
    seen_at BIGINT,
    PRIMARY KEY (source, subject)
);
CREATE INDEX identities_user ON identities (user_id);
ALTER TABLE users ADD COLUMN last_login_at BIGINT;
ALTER TABLE users ADD COLUMN disabled_by TEXT;
ALTER TABLE users ADD COLUMN break_glass SMALLINT NOT NULL DEFAULT 0;
-- What lists show of a session; the hash of its cookie is for nobody's eyes.
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE sessions SET id = substr(token_hash, 1, 20);
CREATE UNIQUE INDEX sessions_id ON sessions (id);
ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT 'local';
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN sid TEXT;
ALTER TABLE sessions ADD COLUMN id_token TEXT;
-- Apps of a builder's token that has no owner, as a JSON list.
ALTER TABLE api_tokens ADD COLUMN apps TEXT;

-- What was changed, by whom: each row carries the hash of the one before it. Row 1 of the head says where the chain ends.
CREATE TABLE audit_log (
    id BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    workspace_id BIGINT,
    actor_kind TEXT NOT NULL,
    actor_id BIGINT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY NOT NULL,
    rows BIGINT NOT NULL,
    hash TEXT NOT NULL
);

-- Keys that stored secrets are sealed with, wrapped by the installation's key.
CREATE TABLE data_keys (
    id BIGSERIAL PRIMARY KEY NOT NULL,
    wrapped TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Whether people are pseudonyms for whoever lacks people.unmask, and how many people a shown number needs.
ALTER TABLE workspaces ADD COLUMN pseudonyms SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE workspaces ADD COLUMN smallest_group INTEGER NOT NULL DEFAULT 5;
UPDATE workspaces SET pseudonyms = 0 WHERE kind = 'vendor';
