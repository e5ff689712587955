-- The console: who may use it, for which tenants, and from which browsers they are signed in.

-- The tenant whose people run this server, and the application that asks them. Made when it is first needed.
CREATE TABLE console (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL
) STRICT;

CREATE TABLE operators (
    tenant_id      BLOB    NOT NULL, -- the console's own tenant
    user_id        BLOB    NOT NULL, -- the person in it, who has the password, the factors and the devices
    scope          BLOB    NOT NULL, -- the tenant that they look after; all zero: the whole server
    role           TEXT    NOT NULL, -- owner, admin, helpdesk or auditor
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX operators_by_scope ON operators (tenant_id, scope, user_id);

CREATE TABLE console_sessions (
    tenant_id      BLOB    NOT NULL, -- the console's own tenant
    token_hash     BLOB    NOT NULL, -- SHA-256 of the cookie; that has 256 random bits
    user_id        BLOB    NOT NULL,
    factor         TEXT    NOT NULL, -- what was shown besides the password
    address        TEXT,             -- the browser's, when it signed in
    browser        TEXT,             -- what it calls itself, shortened
    created_at     INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL, -- to a minute
    PRIMARY KEY (tenant_id, token_hash)
) STRICT;
CREATE INDEX console_sessions_by_user ON console_sessions (tenant_id, user_id);
