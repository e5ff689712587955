-- Messages that must go out, and when to try next. A row is written in the batch of the thing that it tells of.
CREATE TABLE outbox (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL, -- ordered by age; a webhook's receiver sees it
    kind           TEXT    NOT NULL, -- webhook or mail
    target_id      BLOB,             -- the webhook that is called
    subject_id     BLOB,             -- the challenge that it tells of
    payload        BLOB    NOT NULL, -- what to send, sealed; emptied when a mail is done with
    state          TEXT    NOT NULL, -- waiting, done or dead
    attempts       INTEGER NOT NULL, -- all so far; whoever raised it to this number holds the lease
    failures       INTEGER NOT NULL, -- since the start or the last replay: how long to wait next
    due_at         INTEGER NOT NULL, -- not before; moved on with each lease and each failure
    expires_at     INTEGER,          -- pointless afterwards
    created_at     INTEGER NOT NULL,
    settled_at     INTEGER,          -- when it became done or dead
    PRIMARY KEY (tenant_id, id)
) STRICT;
-- The looks across tenants: what is due now, and what was settled long ago.
CREATE INDEX outbox_due ON outbox (due_at, target_id) WHERE state = 'waiting';
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (tenant_id, state, id);
-- A challenge is told of once to each webhook.
CREATE UNIQUE INDEX outbox_once ON outbox (tenant_id, subject_id, target_id);

-- What came of each attempt.
CREATE TABLE deliveries (
    tenant_id      BLOB    NOT NULL,
    job_id         BLOB    NOT NULL,
    attempt        INTEGER NOT NULL, -- 1, 2, …
    at             INTEGER NOT NULL,
    duration       INTEGER NOT NULL, -- milliseconds
    status         INTEGER,          -- the other side's code: HTTP or SMTP
    error          TEXT,             -- a word for what went wrong
    PRIMARY KEY (tenant_id, job_id, attempt)
) STRICT, WITHOUT ROWID;

-- Who wants to hear of decisions.
CREATE TABLE webhooks (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    application_id BLOB,             -- of this application's challenges only; NULL: of all
    url            TEXT    NOT NULL,
    format         TEXT    NOT NULL, -- of X-MYPASS-Signature: hex, sha256=hex or base64
    secret         BLOB    NOT NULL, -- sealed
    old_secret     BLOB,             -- sealed; signs beside the new one until it is ended
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    disabled_why   TEXT,             -- a word
    PRIMARY KEY (tenant_id, id)
) STRICT;
