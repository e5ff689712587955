-- Invitations that go out by mail.
ALTER TABLE operator_links ADD COLUMN message_id BLOB; -- the mail, in the platform's outbox; none where the link was shown
