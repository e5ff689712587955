//! What is being asked now and what was asked today, as operators see it, and taking a question back.

use countersign_protocol::id::{ChallengeId, TenantId, from_base32, to_base32, uuid_v7};
use uuid::Uuid;

use crate::engine::audit::Actor;
use crate::engine::{Engine, Error};
use crate::store::AskedRow;

/// Questions on a page.
const PAGE: i64 = 50;
/// Open questions that are shown: a page reads them all anew every few seconds.
const OPEN: i64 = 100;
/// The latest questions to one person that are shown.
const LATEST: i64 = 20;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What is being asked, and a page of what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    /// The time that they were looked at, milliseconds since 1970.
    pub now: i64,
    /// Those that wait for an answer, newest first.
    pub open: Vec<AskedRow>,
    /// Whether more of them wait than are shown.
    pub more_open: bool,
    /// Those of today that have ended, newest first.
    pub ended: Vec<AskedRow>,
    /// Where the next page of those begins; none at the end.
    pub next: Option<String>,
}

impl Engine {
    /// What a tenant's people are being asked, and what they were asked since midnight (UTC).
    ///
    /// # Errors
    /// [`Error::Invalid`] for an `after` of nobody's; [`Error::TenantNotFound`].
    pub async fn questions(&self, tenant: TenantId, after: Option<&str>) -> Result<Questions, Error> {
        self.is_no_console(tenant).await?;
        let wrong = || Error::Invalid("this page of the list is gone; begin at the first one".to_owned());
        let before = after.map_or(Some(Uuid::max()), from_base32).ok_or_else(wrong)?;
        let now = self.now();
        let midnight = uuid_v7(now - now.rem_euclid(DAY), &[0; 10]);
        let mut open = self.store.open_questions(tenant, Self::oldest_pending(now), now, OPEN + 1).await?;
        let mut ended = self.store.ended_questions(tenant, (midnight, before), now, PAGE + 1).await?;
        let (more_open, more) = (cut(&mut open, OPEN), cut(&mut ended, PAGE));
        let next = ended.last().filter(|_| more).map(|last| to_base32(last.id.0));
        Ok(Questions { now, open, more_open, ended, next })
    }

    /// The latest questions to a person, newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn questions_to(&self, tenant: TenantId, user: Uuid) -> Result<Vec<AskedRow>, Error> {
        Ok(self.store.questions_to(tenant, user, LATEST).await?)
    }

    /// Takes a question back at an operator's word. Doing it again is no error.
    ///
    /// # Errors
    /// [`Error::ChallengeNotFound`]; [`Error::NotPending`] when it has ended otherwise; [`Error::TenantNotFound`].
    pub async fn take_back(&self, tenant: TenantId, id: ChallengeId, by: &dyn Actor) -> Result<(), Error> {
        self.is_no_console(tenant).await?;
        self.cancel_at(tenant, id, by).await
    }
}

/// Leaves so many, and says whether there were more.
fn cut(rows: &mut Vec<AskedRow>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}
