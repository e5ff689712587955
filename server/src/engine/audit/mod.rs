//! The log of what happened, for those who have to know afterwards (S53, S54). A rule that changes something puts one
//! statement from here into its batch. Sealing, checking and handing out the log stand in the files beside this one.

pub mod chain;
pub mod checking;
pub mod export;
pub mod list;
mod sealing;
pub mod search;
pub mod verify;

use std::fmt::{self, Display};
use std::net::IpAddr;

use countersign_protocol::id::{DeviceId, TenantId};

use super::{ApplicationId, Caller, Engine, Error};
use crate::store::{Event, Statement};

/// Characters of one field at most. What is longer is cut and marked, never left out (S54).
const LONGEST: usize = 300;

/// Who does something, as the log names them.
pub trait Actor: Display + fmt::Debug + Sync {
    /// The machine they speak from, where it is known.
    fn address(&self) -> Option<IpAddr> {
        None
    }
}

impl Actor for &str {}
impl Actor for ApplicationId {}
impl Actor for DeviceId {}

/// Someone, and the machine that they speak from.
#[derive(Debug, Clone, Copy)]
pub struct By<T>(pub T, pub Option<IpAddr>);

impl<T: Display> Display for By<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Display + fmt::Debug + Sync> Actor for By<T> {
    fn address(&self) -> Option<IpAddr> {
        self.1
    }
}

impl Caller {
    /// The application with the machine that it calls from, for the log.
    #[must_use]
    pub fn actor(&self) -> By<ApplicationId> {
        By(self.id(), self.address)
    }
}

impl Engine {
    /// The statement that notes what happened, for the batch in which it happens.
    pub(super) fn event(
        &self,
        tenant: TenantId,
        name: &'static str,
        actor: &dyn Actor,
        subject: &(dyn Display + Sync),
    ) -> Result<Statement, Error> {
        Ok(self.new_event(tenant, name, actor, subject)?.insert())
    }

    /// The same with a few words more. They are never a code, a secret or a whole phone number.
    pub(super) fn event_with(
        &self,
        tenant: TenantId,
        name: &'static str,
        actor: &dyn Actor,
        subject: &(dyn Display + Sync),
        detail: &str,
    ) -> Result<Statement, Error> {
        let event = self.new_event(tenant, name, actor, subject)?;
        Ok(Event { detail: Some(cut(detail.to_owned())), ..event }.insert())
    }

    /// The event itself, for statements that are more than its insertion.
    pub(super) fn new_event(
        &self,
        tenant: TenantId,
        name: &'static str,
        actor: &dyn Actor,
        subject: &(dyn Display + Sync),
    ) -> Result<Event, Error> {
        self.noted.notify_one();
        Ok(Event {
            tenant,
            id: self.new_id()?,
            at: self.now(),
            name,
            actor: cut(actor.to_string()),
            subject: cut(subject.to_string()),
            address: actor.address().map(|address| address.to_canonical().to_string()),
            detail: None,
        })
    }
}

/// Cuts what is too long and says how much of it is missing.
fn cut(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text };
    let (kept, lost) = text.split_at(end);
    format!("{kept}… ({} more characters)", lost.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s54_what_is_too_long_is_cut_with_a_mark_and_never_left_out() {
        assert_eq!(cut("é".repeat(LONGEST)), "é".repeat(LONGEST));
        assert_eq!(cut("é".repeat(LONGEST + 7)), format!("{}… (7 more characters)", "é".repeat(LONGEST)));
        assert_eq!(cut(String::new()), "");
    }

    #[test]
    fn an_actor_is_named_with_the_address_beside_it() {
        let address = "192.0.2.7".parse().ok();
        let actor: &dyn Actor = &By("operator", address);
        assert_eq!((actor.to_string(), actor.address()), ("operator".to_owned(), address));
        assert_eq!(Actor::address(&"operator"), None);
    }
}
