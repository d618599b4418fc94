ALTER TABLE workspaces DROP COLUMN smallest_group;
ALTER TABLE workspaces DROP COLUMN pseudonyms;
DROP TABLE data_keys;
DROP TABLE audit_head;
DROP TABLE audit_log;
ALTER TABLE api_tokens DROP COLUMN apps;
DROP TABLE sessions;
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
ALTER TABLE users DROP COLUMN break_glass;
ALTER TABLE users DROP COLUMN disabled_by;
ALTER TABLE users DROP COLUMN last_login_at;
DROP TABLE identities;
DROP TABLE app_grants;
CREATE TABLE user_roles (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
);
INSERT INTO user_roles (user_id, workspace_id, role) SELECT user_id, workspace_id, MIN(role) FROM role_grants GROUP BY user_id, workspace_id;
DROP TABLE role_grants;
