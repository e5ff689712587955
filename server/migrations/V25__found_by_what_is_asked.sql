-- Messages are looked through by kind and by how they stand, newest first: each index has them in that order.
DROP INDEX outbox_by_state;
CREATE INDEX outbox_by_state ON outbox (tenant_id, state, kind, id);
DROP INDEX outbox_of_webhook;
CREATE INDEX outbox_of_webhook ON outbox (tenant_id, target_id, state, id) WHERE kind = 'webhook';

-- Few rows of a long table. An index that begins as the primary key does was not used: SQLite walked through the table itself, which
-- is in that order too.
DROP INDEX audit_unsealed;
CREATE INDEX audit_unsealed ON audit (seq, tenant_id, id) WHERE seq IS NULL;
DROP INDEX counters_by_lock;
CREATE INDEX counters_by_lock ON counters (tenant_id, locked_at) WHERE locked_at IS NOT NULL;
