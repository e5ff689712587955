-- Messages are looked through by kind and by how they stand, newest first: each index has them in that order.
DROP INDEX outbox_by_state;
CREATE INDEX outbox_by_state ON outbox (tenant_id, state, kind, id);
DROP INDEX outbox_of_webhook;
CREATE INDEX outbox_of_webhook ON outbox (tenant_id, target_id, state, id) WHERE kind = 'webhook';
