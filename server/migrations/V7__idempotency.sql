-- Replies that are given again to a request that comes again with the same Idempotency-Key.
CREATE TABLE idempotency (
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    key_hash       BLOB    NOT NULL, -- SHA-256 of the key
    id             BLOB    NOT NULL, -- of the attempt: only whoever made the row finishes or removes it
    request_hash   BLOB    NOT NULL, -- SHA-256 of method, address and body
    status         INTEGER,          -- the reply's; NULL while the request is being done
    reply          BLOB,             -- content type and body, sealed: replies hold tokens and numbers
    expires_at     INTEGER NOT NULL, -- the row counts until then
    PRIMARY KEY (tenant_id, application_id, key_hash)
) STRICT;
CREATE INDEX idempotency_ends ON idempotency (expires_at);
