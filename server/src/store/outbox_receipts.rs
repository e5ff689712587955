//! What providers reported of messages: one word in the message's row, replaced only by a word that goes further.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::Statement;
use super::statement::params;

/// How far the word that is there goes.
macro_rules! reach {
    () => {
        "CASE receipt WHEN 'accepted' THEN 1 WHEN 'sent' THEN 2 WHEN 'delivered' THEN 3 WHEN 'failed' THEN 3 ELSE 0 END"
    };
}

/// Notes a word that goes so far, at `now`, in milliseconds since 1970.
#[must_use]
pub fn note_receipt(tenant: TenantId, job: Uuid, word: &'static str, reach: i64, now: i64) -> Statement {
    Statement::one(
        concat!(
            "UPDATE outbox SET receipt = ?3, receipt_at = ?5
             WHERE tenant_id = ?1 AND id = ?2 AND kind <> 'webhook' AND ",
            reach!(),
            " < ?4"
        ),
        params![tenant, job, word, reach, now],
    )
}

/// The same for the message that a provider calls by this name. It names no tenant: the platform's provider carries
/// messages of many, and its own id, which is the message's lane, says whose word this is.
#[must_use]
pub fn note_receipt_by_name(
    provider: Uuid,
    name: &str,
    word: &'static str,
    reach: i64,
    now: i64,
) -> Statement {
    Statement::one(
        concat!(
            "UPDATE outbox SET receipt = ?3, receipt_at = ?5 WHERE lane = ?1 AND reference = ?2 AND ",
            reach!(),
            " < ?4"
        ),
        params![provider, name.to_owned(), word, reach, now],
    )
}
