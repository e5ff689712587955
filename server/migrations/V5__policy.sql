-- What a tenant, or one of its applications, asks of a sign-in. A NULL setting: as the tenant says, and there, the default.
CREATE TABLE policies (
    tenant_id         BLOB    NOT NULL,
    application_id    BLOB    NOT NULL, -- the tenant's own id: for all its applications
    number_match      TEXT,             -- auto, required or off
    number_kind       TEXT,             -- type2, type6, show or pick
    verification      TEXT,             -- auto or required
    auto_accept       TEXT,             -- on or off
    factors           TEXT,             -- those that are allowed, with spaces between
    risk              INTEGER,          -- 1 to 3, the least that is assumed
    answer_window     INTEGER,          -- seconds to answer
    result_window     INTEGER,          -- seconds to read how it ended
    pushes_per_minute INTEGER,          -- for each user; 0: no limit
    pending_limit     INTEGER,          -- questions at once for each user and application; 0: no limit
    denial_limit      INTEGER,          -- refusals in a row until pushes cool down
    cool_down         INTEGER,          -- seconds without pushes then
    failure_limit     INTEGER,          -- failures in a row until a factor is locked
    PRIMARY KEY (tenant_id, application_id)
) STRICT, WITHOUT ROWID;

-- The answer window moves here; the column in `tenants` is written until no earlier version reads it any more.
INSERT INTO policies (tenant_id, application_id, answer_window) SELECT tenant_id, tenant_id, answer_window FROM tenants;

-- From where sign-ins are allowed, refused, or need the verification key. The first that fits decides.
CREATE TABLE access_rules (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    position       INTEGER NOT NULL, -- the order in which rules are asked
    application_id BLOB,             -- NULL: for all applications
    matches        TEXT    NOT NULL, -- anyone, a network, or a country's two letters
    effect         TEXT    NOT NULL, -- allow, deny or verify
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- When a user was last sent pushes: up to pushes_per_minute times, 8 bytes each. Changed only by who saw it last.
CREATE TABLE push_times (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    times          BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE challenges ADD COLUMN reachable INTEGER NOT NULL DEFAULT 1; -- devices whose delivery has not failed for good
ALTER TABLE challenges ADD COLUMN number_kind TEXT;                     -- type2, type6, show or pick
ALTER TABLE challenges ADD COLUMN rule TEXT;                            -- cs-rule+jwt that approved it
ALTER TABLE prompts ADD COLUMN undeliverable_at INTEGER;
