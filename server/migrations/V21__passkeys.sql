-- Passkeys of operators, and the ceremonies in which they are made and used.

-- A passkey. What is kept is public: whoever reads it cannot sign in with it.
CREATE TABLE passkeys (
    tenant_id      BLOB    NOT NULL, -- the console's own tenant
    id             BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    credential_id  BLOB    NOT NULL, -- what the browser names it by
    credential     TEXT    NOT NULL, -- JSON of the library's: the public key, the counter
    name           TEXT    NOT NULL, -- given by the person
    created_at     INTEGER NOT NULL,
    used_at        INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (tenant_id, credential_id);
CREATE INDEX passkeys_by_user ON passkeys (tenant_id, user_id, created_at);

-- What a browser was asked. Each is good once, for a few minutes, in that browser.
CREATE TABLE passkey_ceremonies (
    tenant_id      BLOB    NOT NULL, -- the console's own tenant
    id_hash        BLOB    NOT NULL, -- SHA-256; the id has 256 random bits
    kind           TEXT    NOT NULL, -- add or sign_in
    browser        BLOB    NOT NULL, -- SHA-256 of the cookie of the browser that was asked
    user_id        BLOB,             -- for whom one is made; nobody yet when somebody signs in
    state          TEXT    NOT NULL, -- JSON of the library's: the challenge, and what the answer is held to
    expires_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_ceremonies_by_age ON passkey_ceremonies (expires_at);
