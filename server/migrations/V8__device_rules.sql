-- Rules that people signed: approve this application from this network until then.
CREATE TABLE device_rules (
    tenant_id      BLOB    NOT NULL,
    device_id      BLOB    NOT NULL,
    id             TEXT    NOT NULL, -- the rule's jti
    application_id BLOB    NOT NULL,
    rule           TEXT    NOT NULL, -- cs-rule+jwt by the device's verification key
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    last_used_at   INTEGER,
    ended_at       INTEGER,          -- revoked, or ended by a report
    PRIMARY KEY (tenant_id, device_id, id)
) STRICT;
