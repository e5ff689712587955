//! A browser that an operator is signed in with (S52): for an hour after it was last used, for twelve hours at most.

use std::net::IpAddr;

use countersign_protocol::base64url;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use super::Operator;
use crate::engine::challenge::user_agent;
use crate::engine::{Engine, Error, is_fresh};
use crate::host::random;
use crate::store::console::sessions;
use crate::store::{SessionRow, Statement};

/// Milliseconds without a request after which a session is over (S52: an hour at most).
const IDLE: i64 = 60 * 60 * 1000;
/// Milliseconds after which it is over however much it was used (S52: a day at most).
const LONGEST: i64 = 12 * 60 * 60 * 1000;
/// How exactly it is known when a session was last used, in milliseconds.
const SEEN_EVERY: i64 = 60_000;
/// Characters of what a browser calls itself, at most.
const LONGEST_BROWSER: usize = 100;

/// How somebody signed in.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What they showed besides the password, or in place of it.
    pub factor: String,
    /// From where.
    pub address: Option<IpAddr>,
    /// With what: the header `User-Agent`.
    pub user_agent: Option<String>,
}

/// A browser that an operator is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    /// Who.
    pub operator: Operator,
    row: SessionRow,
}

impl ConsoleSession {
    /// What they showed besides their password.
    #[must_use]
    pub fn factor(&self) -> &str {
        &self.row.factor
    }

    /// What stands for its browser.
    pub(super) fn token_hash(&self) -> &[u8] {
        &self.row.token_hash
    }

    /// Whether it is this one of the list.
    #[must_use]
    pub fn is(&self, row: &SessionRow) -> bool {
        self.row.token_hash == row.token_hash
    }

    /// When they signed in: milliseconds since 1970.
    #[must_use]
    pub fn began_at(&self) -> i64 {
        self.row.created_at
    }
}

impl Engine {
    /// Signs an operator in. Returns what their browser keeps: 43 characters with 256 random bits, told here and never
    /// again.
    ///
    /// # Errors
    /// [`Error::OperatorNotFound`] for one who may not use the console any more.
    pub async fn begin_console_session(
        &self,
        operator: &Operator,
        new: NewSession,
    ) -> Result<Zeroizing<String>, Error> {
        self.begin_session(operator, new, Vec::new()).await
    }

    /// The same; these statements take effect together with it, before it.
    pub(super) async fn begin_session(
        &self,
        operator: &Operator,
        new: NewSession,
        batch: Vec<Statement>,
    ) -> Result<Zeroizing<String>, Error> {
        self.begin_session_as_of(self.now(), operator, new, batch).await
    }

    /// The same with another cookie for a sign-in of before.
    pub(super) async fn begin_session_as_of(
        &self,
        signed_in_at: i64,
        operator: &Operator,
        new: NewSession,
        mut batch: Vec<Statement>,
    ) -> Result<Zeroizing<String>, Error> {
        let home = self.console_home().await?;
        if self.operator(operator.id).await?.disabled_at.is_some() {
            return Err(Error::OperatorNotFound);
        }
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.rng)?);
        let token = Zeroizing::new(base64url(bytes.as_slice()));
        let now = self.now();
        let row = SessionRow {
            tenant: home.tenant,
            token_hash: hash(&token),
            user: operator.id.0,
            factor: new.factor,
            address: new.address.map(|address| address.to_canonical().to_string()),
            browser: new.user_agent.as_deref().and_then(browser_name),
            created_at: signed_in_at,
            seen_at: now,
        };
        let by = operator.at(new.address);
        let event = self.event_with(home.tenant, "operator.signed_in", &by, &operator.id, &row.factor)?;
        batch.extend([row.insert(), event]);
        self.store.write(batch).await?;
        Ok(token)
    }

    /// The session that a browser's cookie stands for; none when it stands for none any more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn console_session(&self, token: &str) -> Result<Option<ConsoleSession>, Error> {
        let home = self.console_home().await?;
        let Some((row, operator)) = self.store.console_session(home.tenant, &hash(token)).await? else {
            return Ok(None);
        };
        let now = self.now();
        let operator = Operator::of(operator)?;
        if !is_live(&row, now) || operator.disabled_at.is_some() {
            return Ok(None);
        }
        if !is_fresh(row.seen_at, now, SEEN_EVERY) {
            self.store.write(vec![row.seen(now)]).await?;
        }
        Ok(Some(ConsoleSession { operator, row }))
    }

    /// An operator's sessions that are not over, newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn console_sessions(&self, operator: &Operator) -> Result<Vec<SessionRow>, Error> {
        let home = self.console_home().await?;
        let now = self.now();
        let mut rows = self.store.console_sessions(home.tenant, operator.id.0).await?;
        rows.retain(|row| is_live(row, now));
        rows.sort_by_key(|row| std::cmp::Reverse(row.created_at));
        Ok(rows)
    }

    /// Signs a browser out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn end_console_session(
        &self,
        session: &ConsoleSession,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let (operator, row) = (&session.operator, &session.row);
        let event = self.event(row.tenant, "operator.signed_out", &operator.at(address), &operator.id)?;
        Ok(self.store.write(vec![row.end(), event]).await?)
    }

    /// Signs an operator out everywhere.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn end_console_sessions(
        &self,
        operator: &Operator,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let home = self.console_home().await?;
        let by = operator.at(address);
        let event = self.event(home.tenant, "operator.signed_out_everywhere", &by, &operator.id)?;
        Ok(self.store.write(vec![sessions::end_all(home.tenant, operator.id.0), event]).await?)
    }
}

/// The cookie has 256 random bits, so a plain hash cannot be reversed.
pub(super) fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

fn is_live(row: &SessionRow, now: i64) -> bool {
    // A session is not used before it began: a clock that was set back ends it.
    is_fresh(row.created_at, now, LONGEST) && now - row.seen_at < IDLE
}

/// What a person recognises of the header `User-Agent`: «Firefox 128, Windows».
#[must_use]
pub fn browser_name(text: &str) -> Option<String> {
    let (browser, system) = user_agent::read(text);
    let words = [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(words.chars().take(LONGEST_BROWSER).collect::<String>()).filter(|words| !words.is_empty())
}
