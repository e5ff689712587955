-- People who sign in with a name and a password, the applications that ask for it as OAuth clients, and the tokens
-- that both are given.

-- Under which host name a tenant issues tokens. The one other table without its tenant first: a request for the
-- published keys says nothing but the host.
CREATE TABLE issuers (
    host           TEXT    NOT NULL PRIMARY KEY, -- in small letters, with the port where it is not the usual one
    tenant_id      BLOB    NOT NULL UNIQUE,
    created_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An application that is an OAuth client. A NULL setting: the default of its flavour.
CREATE TABLE oauth_clients (
    tenant_id      BLOB    NOT NULL,
    application_id BLOB    NOT NULL,
    flavour        TEXT    NOT NULL, -- auth0 or reltio: whose words it speaks
    is_public      INTEGER NOT NULL, -- 1: it cannot keep a secret and shows none
    grants         TEXT    NOT NULL, -- those that are allowed, with spaces between
    audiences      TEXT    NOT NULL, -- APIs that it may ask tokens for, with spaces between
    origins        TEXT    NOT NULL, -- web origins that may call, with spaces between
    demand         TEXT,             -- always or enrolled: whom a second factor is asked of
    rejected       TEXT,             -- auth0: invalid_grant or access_denied
    not_enrolled   TEXT,             -- auth0: association_required or unsupported_challenge_type
    requirements   TEXT,             -- auth0: omit or emit
    enroll_word    TEXT,             -- reltio: status of a state token whose owner has no factor
    verify_word    TEXT,             -- reltio: status of one whose owner has
    PRIMARY KEY (tenant_id, application_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE passwords (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    hash           TEXT    NOT NULL, -- Argon2id, with salt and parameters
    changed_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

-- Wrong passwords, by the name that was typed, whether anybody has it or not, and by address.
CREATE TABLE password_attempts (
    tenant_id      BLOB    NOT NULL,
    subject        BLOB    NOT NULL, -- keyed hash of the name or the address
    failures       INTEGER NOT NULL, -- of a name, in a row
    rest_until     INTEGER NOT NULL, -- of a name: no password is judged before; of an address: when all is paid off
    forget_at      INTEGER NOT NULL, -- the row says nothing from then on
    PRIMARY KEY (tenant_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX password_attempts_by_end ON password_attempts (forget_at);

CREATE TABLE roles (
    tenant_id      BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    role           TEXT    NOT NULL, -- such as ROLE_ADMIN_CUSTOMER
    PRIMARY KEY (tenant_id, user_id, role)
) STRICT, WITHOUT ROWID;

-- Recovery codes that were handed out together with a first factor count together with that one, and with no other:
-- the factor's public id, or the hash of the enrolment link's token. NULL once they count.
ALTER TABLE factors ADD COLUMN offered_with TEXT;

-- A factor that a person asked for while they signed in: first, it can be made to count only while they have nothing that
-- does, for nobody has shown more than a password.
ALTER TABLE factors ADD COLUMN association TEXT;

-- An enrolment link that a person asked for while they signed in.
ALTER TABLE enrollments ADD COLUMN association TEXT;    -- first: good only while the person has nothing that counts; another
ALTER TABLE enrollments ADD COLUMN redeemed_at INTEGER; -- when its sign-in turned into tokens: once
ALTER TABLE enrollments ADD COLUMN device_id BLOB;      -- what was taken by it

-- A sign-in whose password was right and whose second factor is still to come: mfa_token, or state_token.
CREATE TABLE logins (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    token_hash     BLOB    NOT NULL, -- SHA-256; the token has at least 122 random bits
    application_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    scope          TEXT    NOT NULL,
    audience       TEXT,
    challenge_id   BLOB,             -- what was asked when the login began
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    used_at        INTEGER,          -- when it turned into tokens: once
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX logins_by_token ON logins (token_hash);
CREATE INDEX logins_by_user ON logins (tenant_id, user_id, created_at);
CREATE INDEX logins_by_end ON logins (expires_at);

-- Each is used once and gives way to the next of its family; one that comes again ends the family.
CREATE TABLE refresh_tokens (
    tenant_id      BLOB    NOT NULL,
    family         BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    token_hash     BLOB    NOT NULL, -- SHA-256; the token has 256 random bits
    application_id BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    scope          TEXT    NOT NULL,
    audience       TEXT,
    factor         TEXT,             -- the second factor of the sign-in, if there was one
    authenticated_at INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    used_at        INTEGER,
    ended_at       INTEGER,
    PRIMARY KEY (tenant_id, family, id)
) STRICT;
CREATE UNIQUE INDEX refresh_tokens_by_token ON refresh_tokens (tenant_id, token_hash);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (tenant_id, user_id);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);

-- The keys that access and id tokens are signed with. Challenges have keys of their own (signing_keys).
CREATE TABLE token_keys (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL, -- ordered by age
    algorithm      TEXT    NOT NULL, -- RS256 or ES256
    public_key     TEXT    NOT NULL, -- JWK
    private_key    BLOB    NOT NULL, -- PKCS#8, sealed
    created_at     INTEGER NOT NULL,
    signs_from     INTEGER NOT NULL, -- it is published before it signs
    ends_at        INTEGER,          -- when it is published no more
    PRIMARY KEY (tenant_id, id)
) STRICT;
