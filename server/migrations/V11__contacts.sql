-- One model of factors for all dialects: a person has contact points, and factors that may lead there.

-- A number or an address that is, or may become, somebody's.
CREATE TABLE contacts (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    kind           TEXT    NOT NULL, -- phone or email
    value          TEXT    NOT NULL, -- E.164, or an e-mail address
    created_at     INTEGER NOT NULL,
    verified_at    INTEGER,          -- when a code that was sent there came back
    PRIMARY KEY (tenant_id, user_id, id)
) STRICT;
CREATE UNIQUE INDEX contacts_once ON contacts (tenant_id, user_id, kind, value);

-- The table of TOTP seeds becomes the table of all factors.
ALTER TABLE factors RENAME TO factors_of_v6;
CREATE TABLE factors (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    kind           TEXT    NOT NULL, -- totp, sms, voice, email or recovery
    contact_id     BLOB,             -- sms, voice, email: where codes go
    seed           BLOB,             -- totp: sealed at factors.seed of this id
    algorithm      TEXT,             -- totp: SHA1
    digits         INTEGER,          -- totp
    period         INTEGER,          -- totp: seconds
    last_step      INTEGER NOT NULL DEFAULT 0, -- totp: the latest time step that was accepted; only a later one passes
    created_at     INTEGER NOT NULL,
    active_at      INTEGER,          -- since when it counts; NULL: its first code has not come back yet
    used_at        INTEGER,          -- when a code of it was last accepted
    PRIMARY KEY (tenant_id, user_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO factors (tenant_id, user_id, id, kind, seed, algorithm, digits, period, last_step, created_at, active_at,
    used_at)
  SELECT tenant_id, user_id, id, kind, seed, algorithm, digits, period, last_step, created_at, created_at, confirmed_at
  FROM factors_of_v6;
DROP TABLE factors_of_v6;
-- One seed and one set of recovery codes for each person; one factor of a kind for each contact.
CREATE UNIQUE INDEX factors_single ON factors (tenant_id, user_id, kind) WHERE contact_id IS NULL;
CREATE UNIQUE INDEX factors_by_contact ON factors (tenant_id, user_id, contact_id, kind) WHERE contact_id IS NOT NULL;

-- Codes for the day when everything else is lost. Each is used once (S23).
CREATE TABLE recovery_codes (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    selector       TEXT    NOT NULL, -- the code's first characters, to find it by
    hash           TEXT    NOT NULL, -- Argon2id over the rest, with salt and parameters
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id, selector)
) STRICT, WITHOUT ROWID;

-- A challenge may ask for a code instead of a signed answer.
ALTER TABLE challenges ADD COLUMN factor_id     BLOB;    -- whose code
ALTER TABLE challenges ADD COLUMN purpose       TEXT;    -- bind: a right code makes the factor count; NULL: a sign-in
ALTER TABLE challenges ADD COLUMN code_hash     BLOB;    -- keyed HMAC over challenge and code (S24)
ALTER TABLE challenges ADD COLUMN code_job      BLOB;    -- the newest message with its code; earlier ones are not sent any more
ALTER TABLE challenges ADD COLUMN code_sent_at  INTEGER;
ALTER TABLE challenges ADD COLUMN code_sends    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE challenges ADD COLUMN code_failures INTEGER NOT NULL DEFAULT 0;

-- How one-time passwords are judged, and at whose word factors change.
ALTER TABLE policies ADD COLUMN totp_window    INTEGER; -- time steps each way, 0 to 2
ALTER TABLE policies ADD COLUMN factor_changes TEXT;    -- application or proof
