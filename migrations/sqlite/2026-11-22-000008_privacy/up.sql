-- Who asked to see which person by name, why, and until when they may. A person is named by the pseudonym.
CREATE TABLE unmask_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    person TEXT NOT NULL,
    person_keys TEXT NOT NULL,
    purpose TEXT NOT NULL,
    hours INTEGER NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    until_at BIGINT
);
CREATE INDEX unmask_requests_user ON unmask_requests (user_id, workspace_id, state);
-- Requests to export or erase a person. The id is forgotten once it is done; what was exported lies here sealed for a while.
CREATE TABLE privacy_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    external_id TEXT,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    done_at BIGINT,
    message TEXT,
    file TEXT,
    file_until BIGINT
);
-- Counts erasures: names that a process holds in memory are read anew when it changes.
ALTER TABLE workspaces ADD COLUMN erasures BIGINT NOT NULL DEFAULT 0;
