ALTER TABLE workspaces DROP COLUMN erasures;
DROP TABLE privacy_requests;
DROP TABLE unmask_requests;
