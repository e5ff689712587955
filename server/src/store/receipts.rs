//! What was said about a challenge, for receipts.

use countersign_protocol::id::{ChallengeId, TenantId};

use super::challenges::read_state;
use super::statement::params;
use super::{Query, State, Store, StoreError};

/// A challenge with what was signed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// How it stands.
    pub state: State,
    /// What was said; none when no answer has ended it.
    pub said: Option<SaidRow>,
}

/// An answer that ended a challenge, and the keys that it is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidRow {
    /// The challenge as it was signed for the device that answered.
    pub challenge: String,
    /// What decided.
    pub word: Word,
    /// The `cs-verdict+jwt`.
    pub verdict: String,
    /// The device's possession and verification key, P-256 points. A removed device's are still there.
    pub keys: (Vec<u8>, Vec<u8>),
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The person's `cs-answer+jwt`.
    Answer(String),
    /// The person's own `cs-rule+jwt`: nobody was asked.
    Rule(String),
}

impl Store {
    /// What was signed about a challenge, as of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn evidence(
        &self,
        tenant: TenantId,
        id: ChallengeId,
    ) -> Result<Option<EvidenceRow>, StoreError> {
        let sql =
            "SELECT c.state, c.expires_at, p.challenge_jws, c.answer, c.rule, c.verdict, d.possession_key,
                     d.verification_key
                   FROM challenges c
                   LEFT JOIN prompts p
                     ON p.tenant_id = c.tenant_id AND p.device_id = c.device_id AND p.challenge_id = c.id
                   LEFT JOIN devices d ON d.tenant_id = c.tenant_id AND d.id = c.device_id
                   WHERE c.tenant_id = ?1 AND c.id = ?2";
        self.row(Query::new(sql, params![tenant, id.0]), |c| {
            let state = read_state(c)?;
            let challenge: Option<String> = c.get()?;
            let answer = c.get::<Option<String>>()?.map(Word::Answer);
            let word = answer.or(c.get::<Option<String>>()?.map(Word::Rule));
            let verdict: Option<String> = c.get()?;
            let keys: (Option<Vec<u8>>, Option<Vec<u8>>) = (c.get()?, c.get()?);
            let said = match (challenge, word, verdict, keys.0.zip(keys.1)) {
                (Some(challenge), Some(word), Some(verdict), Some(keys)) => {
                    Some(SaidRow { challenge, word, verdict, keys })
                }
                _ => None,
            };
            Ok(EvidenceRow { state, said })
        })
        .await
    }
}
