-- Who carries messages out, under which account; and what is kept of each message besides.

CREATE TABLE providers (
    tenant_id      BLOB    NOT NULL, -- all zero: the platform's, for every tenant that has none of its own
    channel        TEXT    NOT NULL, -- apns, fcm, webpush, sms, voice or email
    id             BLOB    NOT NULL, -- new with each change; connections under an earlier one are given up
    kind           TEXT    NOT NULL, -- which of the channel's kinds of account; or platform, or off
    settings       BLOB    NOT NULL, -- the account, sealed at providers.settings of this id
    countries      TEXT,             -- sms and voice: ISO 3166 codes with spaces between, or all
    per_day        INTEGER,          -- sms and voice: messages that each tenant may cause in a day
    created_at     INTEGER NOT NULL,
    trouble        TEXT,             -- a word, while the account itself is refused
    trouble_at     INTEGER,          -- since when
    PRIMARY KEY (tenant_id, channel)
) STRICT;

ALTER TABLE outbox ADD COLUMN lane       BLOB;    -- messages of one lane share a bound: the webhook, or the provider
ALTER TABLE outbox ADD COLUMN reference  TEXT;    -- what the provider calls the message
ALTER TABLE outbox ADD COLUMN receipt    TEXT;    -- what the provider said of it later: delivered, failed, …
ALTER TABLE outbox ADD COLUMN receipt_at INTEGER;
UPDATE outbox SET lane = target_id WHERE kind = 'webhook';
UPDATE outbox SET kind = 'email' WHERE kind = 'mail'; -- kinds are webhook, push, sms, voice and email from here on
-- The looks across tenants: what is due, by kind; and what holds a spoken code that nobody may hear any more.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (kind, due_at, lane) WHERE state = 'waiting';
CREATE INDEX outbox_spoken ON outbox (expires_at) WHERE kind = 'voice' AND settled_at IS NOT NULL AND length(payload) > 0;
CREATE INDEX outbox_by_reference ON outbox (lane, reference) WHERE reference IS NOT NULL;

-- A tenant's own words for a message.
CREATE TABLE templates (
    tenant_id      BLOB    NOT NULL,
    channel        TEXT    NOT NULL, -- sms, voice or email
    name           TEXT    NOT NULL, -- which message
    language       TEXT    NOT NULL, -- en or ar
    body           TEXT    NOT NULL,
    changed_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, channel, name, language)
) STRICT;

-- When something that costs money or annoys was last done: 8 bytes each, oldest first. Changed only by who saw it last.
CREATE TABLE sendings (
    tenant_id      BLOB    NOT NULL,
    subject        TEXT    NOT NULL, -- what is counted: a hash of an address, a prefix of numbers
    times          BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, subject)
) STRICT, WITHOUT ROWID;

-- What a tenant has sent in a day that costs money.
CREATE TABLE spendings (
    tenant_id      BLOB    NOT NULL,
    channel        TEXT    NOT NULL, -- sms or voice
    day            INTEGER NOT NULL, -- days since 1970, UTC
    messages       INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, channel, day)
) STRICT, WITHOUT ROWID;

-- The language that a person is written to in.
ALTER TABLE users ADD COLUMN language TEXT; -- en or ar; NULL: en

-- A push token that the provider calls dead is pushed to no more, until the device or the relying party gives it anew.
ALTER TABLE devices ADD COLUMN token_at      INTEGER; -- when the token was given; NULL: with the device
ALTER TABLE devices ADD COLUMN token_dead_at INTEGER;
