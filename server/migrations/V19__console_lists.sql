-- What the console lists. Other messages than those to webhooks are not in this index, and do not pay for it.
CREATE INDEX outbox_of_webhook ON outbox (tenant_id, target_id, id) WHERE kind = 'webhook';
