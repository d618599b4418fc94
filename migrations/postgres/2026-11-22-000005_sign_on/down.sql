DROP TABLE recovery_codes;
ALTER TABLE users DROP COLUMN totp_step;
ALTER TABLE users DROP COLUMN totp_since;
ALTER TABLE users DROP COLUMN totp_secret;
DROP TABLE login_attempts;
DROP TABLE group_mappings;
DROP TABLE sign_in_sources;
