-- What a phone has proved of where its keys are. NULL: it sent nothing, or was enrolled before.
ALTER TABLE devices ADD COLUMN attestation_format TEXT;    -- android-key or apple-app-attest
ALTER TABLE devices ADD COLUMN attestation_level  TEXT;    -- hardware, or unverified: it proves nothing
ALTER TABLE devices ADD COLUMN attested_at        INTEGER; -- when that was judged
ALTER TABLE devices ADD COLUMN attestation        TEXT;    -- JSON: server, token_hash, and what was sent
ALTER TABLE policies ADD COLUMN require_attestation TEXT;  -- none or hardware
