DROP TABLE destinations;
DROP TABLE ingest_refusals;
DROP TABLE ingest_counts;
DROP TABLE excluded_people;
ALTER TABLE workspaces DROP COLUMN retention_days_jobs;
ALTER TABLE workspaces DROP COLUMN retention_days_events;
