-- The resets of somebody who is forgotten.
CREATE INDEX resets_by_user ON resets (tenant_id, user_id, asked_at);
