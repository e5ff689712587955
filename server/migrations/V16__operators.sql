-- How somebody gets into the console: links that make operators, and sign-ins that were begun.

-- Links by which somebody becomes an operator. The first one is there before the console's tenant is.
CREATE TABLE operator_links (
    token_hash     BLOB    NOT NULL PRIMARY KEY, -- SHA-256; the link has 256 random bits
    kind           TEXT    NOT NULL, -- first (made when a server without an owner starts) or invited
    scope          BLOB    NOT NULL, -- the tenant that they will look after; all zero: the whole server
    role           TEXT    NOT NULL,
    email          TEXT,             -- whose it is; whoever has a link without one says it themselves
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    user_id        BLOB,             -- the person in the console's tenant, once they have said who they are
    browser        BLOB,             -- SHA-256 of the cookie of the browser in which they did
    used_at        INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_links_by_kind ON operator_links (kind, expires_at);
CREATE INDEX operator_links_by_scope ON operator_links (scope, created_at);

-- Sign-ins whose password was right: where the browser goes once the second factor is too. Each is good once.
CREATE TABLE console_sign_ins (
    tenant_id      BLOB    NOT NULL, -- the console's own tenant
    transaction_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    back           TEXT    NOT NULL, -- an address of the console
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, transaction_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX console_sign_ins_by_age ON console_sign_ins (created_at);

-- Those who look after the same, in the order that they came.
CREATE INDEX operators_in_order ON operators (scope, tenant_id, created_at, user_id);
