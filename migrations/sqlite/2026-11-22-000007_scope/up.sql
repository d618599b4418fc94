-- Traits that tell who somebody is, beside the usual ones, as a JSON list.
ALTER TABLE workspaces ADD COLUMN personal_traits TEXT NOT NULL DEFAULT '[]';
