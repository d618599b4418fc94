DROP TABLE audit_marks;
ALTER TABLE write_keys DROP COLUMN rotated_from;
ALTER TABLE api_tokens DROP COLUMN rotated_from;
ALTER TABLE write_keys DROP COLUMN expires_at;
DROP TABLE welcome_links;
