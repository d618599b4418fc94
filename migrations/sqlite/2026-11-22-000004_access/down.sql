ALTER TABLE workspaces DROP COLUMN smallest_group;
ALTER TABLE workspaces DROP COLUMN pseudonyms;
DROP TABLE data_keys;
DROP TABLE audit_head;
DROP TABLE audit_log;
ALTER TABLE api_tokens DROP COLUMN apps;
ALTER TABLE sessions DROP COLUMN id_token;
ALTER TABLE sessions DROP COLUMN sid;
ALTER TABLE sessions DROP COLUMN agent;
ALTER TABLE sessions DROP COLUMN address;
ALTER TABLE sessions DROP COLUMN source;
DROP INDEX sessions_id;
ALTER TABLE sessions DROP COLUMN id;
ALTER TABLE users DROP COLUMN break_glass;
ALTER TABLE users DROP COLUMN disabled_by;
ALTER TABLE users DROP COLUMN last_login_at;
DROP TABLE identities;
DROP TABLE app_grants;
CREATE TABLE user_roles_of_one (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, workspace_id)
);
INSERT INTO user_roles_of_one (user_id, workspace_id, role) SELECT user_id, workspace_id, role FROM user_roles WHERE origin = 'manual';
DROP TABLE user_roles;
ALTER TABLE user_roles_of_one RENAME TO user_roles;
