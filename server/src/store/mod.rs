//! The rows. Each SQL statement stands once, in the file of its subject, in the subset that SQLite and PostgreSQL
//! share; drivers only carry statements out. Rules live in `engine`, which sees typed rows and never SQL.

pub mod applications;
mod asked;
pub mod asking;
pub mod attention;
pub mod audit;
pub mod audit_checks;
pub mod audit_search;
pub mod authorizations;
mod calls;
pub mod challenges;
pub mod channels;
pub mod codes;
pub mod console;
pub mod contacts;
pub mod counters;
pub mod deciding;
pub mod deliveries;
pub mod device_rules;
pub mod devices;
pub mod enrollments;
pub mod factors;
pub mod forgetting;
pub mod idempotency;
pub mod issuers;
pub mod logins;
mod migrations;
pub mod next_seeds;
pub mod oauth_clients;
pub mod offline;
pub mod outbox;
pub mod outbox_receipts;
pub mod passwords;
pub mod people;
mod policies;
pub mod postgres;
pub mod providers;
pub mod pushes;
mod receipts;
pub mod recovery;
pub mod refresh_tokens;
mod resets;
pub mod roles;
pub mod sendings;
mod server;
mod signing_keys;
pub mod sqlite;
mod statement;
pub mod tallies;
pub mod templates;
pub mod tenants;
pub mod token_keys;
pub mod transactions;
mod users;
pub mod verifications;
pub mod web_clients;
pub mod webhooks;

use std::sync::Arc;

use async_trait::async_trait;

pub use applications::{ApplicationRow, CredentialRow};
pub use asked::AskedRow;
pub use asking::Askable;
pub use audit::{CheckpointRow, Event, EventRow, HeadRow, SealedRow};
pub use challenges::{AnswerableRow, ChallengeRow, EndedRow, NewChallenge, State};
pub use channels::ChannelRow;
pub use codes::{Addressee, CodeChallengeRow, NewCodeChallenge, PendingRow, SentRow};
pub use console::{
    CeremonyRow, ConsoleRow, LinkRow, OperatorRow, PasskeyRow, RegistrationRow, SessionRow, SignInRow,
};
pub use contacts::ContactRow;
pub use counters::{Counted, Counter};
pub use deciding::{ConfirmableRow, Decision};
pub use deliveries::DeliveryRow;
pub use device_rules::DeviceRuleRow;
pub use devices::{AttestationRow, DeviceRow, Evidence};
pub use enrollments::{EnrollmentRow, IssuedRow, NewEnrollment};
pub use factors::{FactorRow, ProvingRow, TotpRow};
pub use logins::LoginRow;
pub use oauth_clients::OauthClientRow;
pub use offline::OfflineRow;
pub use outbox::{AttemptRow, JobRow, NewJob, Room};
pub use people::{PersonLine, Stretch};
pub use policies::{ACCESS_RULES, AccessRuleRow, Policies, PolicyRow, remove_access_rule};
pub use providers::{Figures, ProviderRow};
pub use pushes::{CodeRow, WakeRow};
pub use receipts::{EvidenceRow, SaidRow, Word};
pub use recovery::RecoveryRow;
pub use refresh_tokens::RefreshTokenRow;
pub use resets::{ResetRow, Still};
pub use signing_keys::SigningKeyRow;
pub use statement::{Columns, Expect, Query, Row, Statement, Value};
pub use tallies::{SettledRow, TallyMark, TallyRow};
pub use templates::{ListedTemplate, TemplateRow};
pub use tenants::{Face, TenantRow};
pub use token_keys::TokenKeyRow;
pub use transactions::{QuestionRow, TransactionRow};
pub use users::{UserListing, UserRow};
pub use verifications::VerificationRow;
pub use webhooks::{Told, WebhookRow};

use crate::telemetry::metrics::{BatchResult, StoreMetrics};

/// Statements that take effect all together or not at all.
pub type Batch = Vec<Statement>;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A guarded statement found no row to change; nothing of the batch took effect.
    #[error("statement {0} of the batch found no row to change")]
    Unmet(usize),
    /// The person whom the batch is about has been forgotten; nothing of it took effect.
    #[error("this person was removed at this moment; nothing was changed")]
    PersonGone,
    /// A unique index refused the batch; nothing of it took effect.
    #[error("a row like that already exists")]
    Duplicate,
    /// A text holds U+0000, which PostgreSQL cannot keep, so neither engine does. Nothing was written.
    #[error("the character U+0000 is not taken; leave it out")]
    Nul,
    /// The disk is full. Nothing was written.
    #[error("the disk with the database is full; free some space, the server goes on by itself")]
    Full,
    /// The database cannot be used at the moment, or the server is shutting down.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection broke, or time ran out, while the database was told to keep a batch: it took effect whole or not
    /// at all, and nobody here knows which.
    #[error("the database did not say whether the change was kept; look whether it was before you try again")]
    InDoubt,
    /// A row does not have the form that this version writes.
    #[error("a row has an unexpected form ({0}); was the database changed by hand or by a later version?")]
    Shape(&'static str),
}

/// How a batch ended, as it is counted.
fn counted(result: &Result<(), StoreError>) -> BatchResult {
    match result {
        Ok(()) => BatchResult::Written,
        Err(StoreError::Unmet(_) | StoreError::Duplicate) => BatchResult::Refused,
        Err(_) => BatchResult::Failed,
    }
}

/// One database engine.
#[async_trait]
pub trait Driver: Send + Sync + std::fmt::Debug {
    /// Applies a batch durably: when this returns `Ok`, the batch survives a power cut.
    async fn write(&self, batch: Batch) -> Result<(), StoreError>;

    /// Runs queries against one consistent state and returns each one's rows.
    async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, StoreError>;

    /// Counts here from now on. A driver that counts nothing need not listen.
    fn observe(&self, _metrics: Arc<StoreMetrics>) {}

    /// Waits until everything that was handed in is on disk and stops.
    async fn close(&self);
}

/// The typed door to the rows. Its methods stand in the files of their subjects.
#[derive(Debug, Clone)]
pub struct Store {
    driver: Arc<dyn Driver>,
}

impl Store {
    /// A store over one engine.
    #[must_use]
    pub fn new(driver: Arc<dyn Driver>) -> Self {
        Self { driver }
    }

    /// Applies statements that were made by the subject files, all or none.
    ///
    /// # Errors
    /// [`StoreError`]; nothing took effect then.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn write(&self, batch: Batch) -> Result<(), StoreError> {
        if batch.iter().flat_map(|statement| &statement.params).any(Value::has_nul) {
            return Err(StoreError::Nul);
        }
        self.driver.write(batch).await
    }

    /// Counts here from now on.
    pub fn observe(&self, metrics: Arc<StoreMetrics>) {
        self.driver.observe(metrics);
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.rows(Query::new("SELECT 1", vec![])).await.map(|_| ())
    }

    /// Writes out what is queued and stops.
    pub async fn close(&self) {
        self.driver.close().await;
    }

    #[tracing::instrument(name = "read", level = "debug", skip_all)]
    async fn rows(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        Ok(self.driver.read(vec![query]).await?.pop().unwrap_or_default())
    }

    async fn row<T>(
        &self,
        query: Query,
        read: impl FnOnce(&mut Columns) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.rows(query).await?.pop() {
            Some(row) => read(&mut row.columns()).map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;
