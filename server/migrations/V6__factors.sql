-- What a person can prove themselves with besides a device, how often they failed, and what an enrolment asks for.

CREATE TABLE factors (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    kind           TEXT    NOT NULL, -- totp
    id             BLOB    NOT NULL, -- new with each seed; the seed is sealed for it
    seed           BLOB    NOT NULL, -- sealed
    algorithm      TEXT    NOT NULL, -- SHA1
    digits         INTEGER NOT NULL,
    period         INTEGER NOT NULL, -- seconds
    last_step      INTEGER NOT NULL, -- the latest time step whose code was accepted; only a later one passes
    created_at     INTEGER NOT NULL,
    confirmed_at   INTEGER,          -- when its first code was accepted
    PRIMARY KEY (tenant_id, user_id, kind)
) STRICT, WITHOUT ROWID;

-- Failures in a row, for each person and factor, whatever session, link or address they came by.
CREATE TABLE counters (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    factor         TEXT    NOT NULL,
    failures       INTEGER NOT NULL, -- since the last success
    cool_until     INTEGER,          -- nothing is asked before
    locked_at      INTEGER,          -- nothing is accepted until somebody unlocks it
    PRIMARY KEY (tenant_id, user_id, factor)
) STRICT, WITHOUT ROWID;

-- What the holder of an enrolment link must show before the device is taken.
ALTER TABLE enrollments ADD COLUMN challenge TEXT NOT NULL DEFAULT 'none'; -- none, email_otp or totp
ALTER TABLE enrollments ADD COLUMN verified_at INTEGER;
ALTER TABLE enrollments ADD COLUMN code_hash BLOB;                         -- keyed HMAC over enrolment and code
ALTER TABLE enrollments ADD COLUMN code_sent_at INTEGER;
ALTER TABLE enrollments ADD COLUMN code_sends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN code_failures INTEGER NOT NULL DEFAULT 0;

-- A device without keys is nothing but its push token, so a token has one of them at most.
CREATE UNIQUE INDEX devices_push_only ON devices (tenant_id, device_token)
    WHERE removed_at IS NULL AND possession_key IS NULL;
