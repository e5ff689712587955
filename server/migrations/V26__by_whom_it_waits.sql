-- What waits, by person; only a statement that names the person may use it. PostgreSQL took it for those that name a question too, as
-- long as little seemed to wait, and then walked through all that waits for the sake of one.
DROP INDEX challenges_pending;
CREATE INDEX challenges_pending ON challenges (tenant_id, user_id, id) WHERE state = 'pending' AND user_id IS NOT NULL;
