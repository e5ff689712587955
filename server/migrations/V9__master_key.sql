-- A value sealed under the master key when the database was made: a server with another key finds out at its start, and
-- not when the first signing key does not open. Like `server`, it belongs to no tenant.
CREATE TABLE master_key (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    sealed         BLOB    NOT NULL
) STRICT;
