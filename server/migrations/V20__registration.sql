-- Organisations that want to become tenants. Each waits until its link, which went out by mail, is used.
CREATE TABLE registrations (
    token_hash     BLOB    NOT NULL PRIMARY KEY, -- SHA-256; the link has 256 random bits
    name           TEXT    NOT NULL,
    email          TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    tenant_id      BLOB              -- what became of it
) STRICT, WITHOUT ROWID;
CREATE INDEX registrations_by_age ON registrations (expires_at);
