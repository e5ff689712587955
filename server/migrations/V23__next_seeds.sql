-- A one-time-password seed that was shown to somebody who has one already: the one that counts stays until a code of the
-- next one has come back.
ALTER TABLE factors ADD COLUMN next_id BLOB;
ALTER TABLE factors ADD COLUMN next_seed BLOB; -- sealed at factors.seed of next_id
ALTER TABLE factors ADD COLUMN next_at INTEGER; -- since when it waits
ALTER TABLE factors ADD COLUMN next_failures INTEGER NOT NULL DEFAULT 0; -- wrong codes of it
