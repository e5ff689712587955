-- What the console's overview shows, and what its view of the audit log needs to be quick.

-- Figures by hour. They are added up while the audit log is sealed, in the same batch, so each event counts once.
CREATE TABLE tallies (
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL, -- all zero: the whole tenant
    hour           INTEGER NOT NULL, -- since 1970, UTC; for a question and what became of it: the hour it was asked in
    kind           TEXT    NOT NULL, -- what is counted
    amount         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, application_id, hour, kind)
) STRICT, WITHOUT ROWID;

-- Since when there are figures, and up to when messages that are settled have been counted.
CREATE TABLE tally_marks (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    began_at       INTEGER NOT NULL,
    sent_until     INTEGER NOT NULL
) STRICT;

-- The newest check of a tenant's log that an operator began.
CREATE TABLE audit_checks (
    tenant_id      BLOB    NOT NULL PRIMARY KEY,
    began_at       INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL, -- when it last said how far it is
    ended_at       INTEGER,
    events         INTEGER NOT NULL, -- so far
    checkpoints    INTEGER NOT NULL, -- that fit
    problems       INTEGER NOT NULL, -- all of them
    told           TEXT    NOT NULL  -- the first of them, one a line
) STRICT;

-- Looking for events. They are found once they are sealed, so whoever writes one pays nothing for it.
CREATE INDEX audit_by_actor ON audit (tenant_id, actor, id) WHERE seq IS NOT NULL;
CREATE INDEX audit_by_subject ON audit (tenant_id, subject, id) WHERE seq IS NOT NULL;
CREATE INDEX audit_by_event ON audit (tenant_id, event, id) WHERE seq IS NOT NULL;
CREATE INDEX audit_by_address ON audit (tenant_id, address, id) WHERE seq IS NOT NULL AND address IS NOT NULL;

-- Who is locked.
CREATE INDEX counters_by_lock ON counters (tenant_id, user_id) WHERE locked_at IS NOT NULL;
