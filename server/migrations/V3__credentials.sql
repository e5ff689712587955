-- Where a secret may be used from, and when it last was.
ALTER TABLE credentials ADD COLUMN networks     TEXT;    -- in CIDR notation, separated by commas; NULL: from anywhere
ALTER TABLE credentials ADD COLUMN last_used_at INTEGER; -- to ten minutes or so
