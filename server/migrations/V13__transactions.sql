-- Sign-ins that a person finishes on a page of ours, numbers and addresses that are verified without a person behind them,
-- and answers without a network.

-- An application that sends browsers to our pages. A NULL setting: its default.
CREATE TABLE web_clients (
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    redirect_uris  TEXT    NOT NULL, -- where its people are sent back to, with spaces between
    redirect_match TEXT,             -- origin or exact: how those are compared
    asks_at_once   TEXT,             -- none or push: what is asked when the application does not say
    legacy_check   TEXT,             -- on or off: whether a channel and an address are enough to read how it went
    pending_word   TEXT,             -- nil or null: what a code that is still waited for is called
    PRIMARY KEY (tenant_id, application_id)
) STRICT, WITHOUT ROWID;

-- A sign-in that was begun for a person, who then chooses how to answer.
CREATE TABLE transactions (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    token_hash     BLOB    NOT NULL, -- SHA-256 of the channel; that has 256 random bits
    application_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    kind           TEXT    NOT NULL, -- what it is about, such as Login
    message        TEXT    NOT NULL,
    risk           INTEGER,          -- 1 to 3
    origin         TEXT    NOT NULL, -- JSON: where the sign-in comes from
    language       TEXT,             -- en or ar, once the person's browser has said it
    challenge_id   BLOB,             -- the newest question of it
    browser_hash   BLOB,             -- SHA-256 of the cookie of the browser that its page was first shown to
    state          TEXT    NOT NULL, -- open, or how it ended without an answer: cancelled, refused
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX transactions_by_token ON transactions (tenant_id, token_hash);
CREATE INDEX transactions_by_user ON transactions (tenant_id, user_id, created_at);
CREATE INDEX transactions_by_end ON transactions (expires_at);
-- People are looked for by their address where nobody has that name.
CREATE INDEX users_by_email ON users (tenant_id, email) WHERE email IS NOT NULL;

-- That an application may ask a person without showing its secret, by a token that is made anew from this row each time.
CREATE TABLE authorizations (
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    generation     INTEGER NOT NULL, -- one more, and tokens made before are worth nothing
    created_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    PRIMARY KEY (tenant_id, application_id, user_id)
) STRICT, WITHOUT ROWID;

-- A caller of the number verification API: a key bound to addresses.
CREATE TABLE channels (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    name           TEXT    NOT NULL,
    networks       TEXT    NOT NULL, -- where the key may be used from, in CIDR notation, separated by commas
    country        TEXT,             -- two letters: whose numbers may be written without their country's code
    key_hash       BLOB    NOT NULL, -- SHA-256; the key has 256 random bits
    key_prefix     TEXT    NOT NULL, -- its first characters, to tell keys apart
    old_key_hash   BLOB,             -- the key before, which goes on working for a time
    old_key_until  INTEGER,
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    last_used_at   INTEGER,          -- to ten minutes or so
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- A code that went to a number or an address to show that it can be read there.
CREATE TABLE verifications (
    tenant_id      BLOB    NOT NULL,
    subject        BLOB    NOT NULL, -- keyed hash of who asks, where the code went, and the label
    code_hash      BLOB    NOT NULL, -- keyed HMAC over subject and code (S24)
    sent_at        INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    failures       INTEGER NOT NULL,
    used_at        INTEGER,          -- when the right code came back, or the last try was used up
    forget_at      INTEGER NOT NULL, -- the row says nothing from then on
    PRIMARY KEY (tenant_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX verifications_by_end ON verifications (forget_at);

-- The key that a device answers with when it has no network. Sealed; NULL for devices that were enrolled before.
ALTER TABLE devices ADD COLUMN offline_key BLOB;
-- The offline answer that approved it, in the place of a signed one.
ALTER TABLE challenges ADD COLUMN offline_at INTEGER;

-- The colour of a tenant's pages, as #rrggbb.
ALTER TABLE tenants ADD COLUMN color TEXT;
