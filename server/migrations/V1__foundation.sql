-- Every row is keyed by its tenant first. Ids are 16 bytes (UUIDv7), times are milliseconds since 1970.
-- Tables with small rows are WITHOUT ROWID; where a row can be long (signed texts, tokens) the key has an index of its
-- own, because SQLite compares keys inside long rows by reading their overflow pages.

-- The one table without a tenant: what the server calls itself, as the last `serve` was configured. Commands that run
-- beside it sign and print the same, whatever their own configuration says.
CREATE TABLE server (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    server_id      TEXT    NOT NULL -- the public base URL
) STRICT;

CREATE TABLE tenants (
    tenant_id      BLOB    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    answer_window  INTEGER NOT NULL, -- seconds a person has to answer, 30 to 600
    created_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL, -- ordered by age; the newest signs
    public_key     BLOB    NOT NULL, -- P-256 point, 65 bytes
    private_key    BLOB    NOT NULL, -- PKCS#8, sealed
    succession     TEXT,             -- cs-server-key+jwt by the key before; NULL for the first
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

CREATE TABLE applications (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    name           TEXT    NOT NULL,
    color          TEXT    NOT NULL, -- #rrggbb
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    secret_hash    BLOB    NOT NULL, -- SHA-256; the secret has 256 random bits
    prefix         TEXT    NOT NULL, -- its first characters, to recognise it by
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER,
    PRIMARY KEY (tenant_id, application_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    user_ref       TEXT    NOT NULL,
    email          TEXT,
    display_name   TEXT,
    created_at     INTEGER NOT NULL,
    enrolled_at    INTEGER, -- when the first device was enrolled
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX users_by_ref ON users (tenant_id, user_ref);

CREATE TABLE enrollments (
    tenant_id      BLOB    NOT NULL,
    token_hash     TEXT    NOT NULL, -- base64url SHA-256 of the token
    user_id        BLOB    NOT NULL,
    server_key     TEXT    NOT NULL, -- thumbprint of the signing key that the link names
    replaces       BLOB,             -- the device that ends when this enrolment completes
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    used_at        INTEGER,
    PRIMARY KEY (tenant_id, token_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    tenant_id         BLOB    NOT NULL,
    id                BLOB    NOT NULL,
    user_id           BLOB    NOT NULL,
    platform          TEXT    NOT NULL,
    device_token      TEXT    NOT NULL,
    device_name       TEXT,
    possession_key    BLOB, -- P-256 points; both or neither
    verification_key  BLOB,
    confirmation_code TEXT,
    created_at        INTEGER NOT NULL,
    last_seen_at      INTEGER NOT NULL,
    removed_at        INTEGER, -- a removed device keeps its keys for old receipts
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX devices_by_user ON devices (tenant_id, user_id, id);
-- One phone can hold accounts of several users, and then it has one push token for all of them.
CREATE UNIQUE INDEX devices_by_token ON devices (tenant_id, device_token, user_id) WHERE removed_at IS NULL;

CREATE TABLE challenges (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    kind           TEXT    NOT NULL, -- push
    state          TEXT    NOT NULL, -- pending, approved, denied, failed, cancelled; expiry is a matter of time
    session_ref    TEXT,
    message        TEXT    NOT NULL,
    number         BLOB,             -- the number to type, sealed
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL, -- whole seconds
    responded_at   INTEGER,
    device_id      BLOB,             -- who answered
    proof          TEXT,             -- possession or verification
    answer         TEXT,             -- cs-answer+jwt
    verdict        TEXT,             -- cs-verdict+jwt over that answer
    PRIMARY KEY (tenant_id, id)
) STRICT;
-- What may still be answered, by user: an inbox costs what waits in it, however much was asked before.
CREATE INDEX challenges_pending ON challenges (tenant_id, user_id, id) WHERE state = 'pending';

-- A challenge as it was signed for one device. Challenge ids grow with time, so the latest of a device are together.
CREATE TABLE prompts (
    tenant_id      BLOB    NOT NULL,
    device_id      BLOB    NOT NULL,
    challenge_id   BLOB    NOT NULL,
    challenge_jws  TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, device_id, challenge_id)
) STRICT;

CREATE TABLE audit (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    at             INTEGER NOT NULL,
    event          TEXT    NOT NULL,
    actor          TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
