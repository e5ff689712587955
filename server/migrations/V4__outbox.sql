-- Messages that must go out, and when to try next. A row is written in the batch of the thing that it tells of.
CREATE TABLE outbox (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL, -- ordered by age
    kind           TEXT    NOT NULL, -- webhook or mail
    target_id      BLOB,             -- the webhook that is called
    payload        BLOB    NOT NULL, -- what to send, sealed
    state          TEXT    NOT NULL, -- waiting, done or dead
    attempts       INTEGER NOT NULL,
    due_at         INTEGER NOT NULL, -- not before; moved on with each lease and each failure
    expires_at     INTEGER,          -- pointless afterwards
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
-- The one look across tenants: what is due now.
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';
