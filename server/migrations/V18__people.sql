-- People as operators find and help them.

-- What somebody is found by: their reference, their address and the words of their name, folded, in UTF-8. Bytes stand in the
-- same order in both engines, which texts do not.
CREATE TABLE people_words (
    tenant_id      BLOB    NOT NULL,
    word           BLOB    NOT NULL,
    user_id        BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, word, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_words_by_user ON people_words (tenant_id, user_id, word);
ALTER TABLE users ADD COLUMN has_words INTEGER; -- 1 once the words are there; those of older rows are made by and by
CREATE INDEX users_without_words ON users (id) WHERE has_words IS NULL;

-- Whose number or address it is, what a person was asked, and which links wait for their phone.
CREATE INDEX contacts_by_value ON contacts (tenant_id, value, user_id);
CREATE INDEX challenges_by_user ON challenges (tenant_id, user_id, created_at);
CREATE INDEX enrollments_by_user ON enrollments (tenant_id, user_id, expires_at);

-- What operators may do by themselves.
ALTER TABLE policies ADD COLUMN two_person_resets TEXT; -- on or off
ALTER TABLE policies ADD COLUMN help_desk_enrols  TEXT; -- on or off

-- Resets that wait for a second operator, and those that did.
CREATE TABLE resets (
    tenant_id      BLOB    NOT NULL,
    id             BLOB    NOT NULL,
    user_id        BLOB    NOT NULL, -- whose factors
    what           TEXT    NOT NULL, -- all, or a factor's id (fac_… or dev_…)
    kind           TEXT,             -- what kind of factor that is
    label          TEXT,             -- its name when it was asked, masked
    asked_by       BLOB    NOT NULL, -- an operator
    asked_at       INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    state          TEXT    NOT NULL, -- waiting, approved, refused, withdrawn or expired; that time is over is a comparison
    ended_by       BLOB,
    ended_at       INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX resets_once ON resets (tenant_id, user_id, what) WHERE state = 'waiting';
