ALTER TABLE workspaces DROP COLUMN personal_traits;
