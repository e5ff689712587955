-- The audit log becomes a chain. Rows are written as before, in the batch of the thing that they tell of; a moment
-- later they are sealed: each gets the next number of its tenant and a hash over itself and the row before.
ALTER TABLE audit ADD COLUMN address TEXT;  -- the client's IP address; NULL when nobody knows, or for a command
ALTER TABLE audit ADD COLUMN detail  TEXT;  -- more about it, in a few words
ALTER TABLE audit ADD COLUMN seq     INTEGER; -- 1, 2, 3, … within the tenant; NULL until it is sealed
ALTER TABLE audit ADD COLUMN hash    BLOB;    -- SHA-256, 32 bytes; NULL until it is sealed
-- What is still to be sealed, across tenants.
CREATE INDEX audit_unsealed ON audit (tenant_id, id) WHERE seq IS NULL;
CREATE UNIQUE INDEX audit_by_seq ON audit (tenant_id, seq) WHERE seq IS NOT NULL;

-- The end of each tenant's chain. Whoever seals moves it on from exactly what they read, so the chain never forks.
CREATE TABLE audit_heads (
    tenant_id      BLOB    NOT NULL PRIMARY KEY,
    seq            INTEGER NOT NULL, -- of the last sealed row
    hash           BLOB    NOT NULL, -- of the last sealed row
    signed_seq     INTEGER NOT NULL, -- of the newest checkpoint; 0 when there is none
    signed_at      INTEGER NOT NULL  -- when that was made, or the first row was sealed
) STRICT, WITHOUT ROWID;
-- What is still to be signed, across tenants.
CREATE INDEX audit_heads_unsigned ON audit_heads (tenant_id) WHERE signed_seq < seq;

-- Signed ends of a chain, as they were at the time.
CREATE TABLE checkpoints (
    tenant_id      BLOB    NOT NULL,
    seq            INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    jws            TEXT    NOT NULL, -- cs-checkpoint+jwt
    PRIMARY KEY (tenant_id, seq)
) STRICT;
