//! Looking for events page by page, and telling what those are called that they name.

use std::collections::{HashMap, HashSet};

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId, from_base32, uuid_v7};
use uuid::Uuid;

use crate::engine::console::OperatorId;
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::EventRow;
use crate::store::audit_search::{NameRow, Named, Sought};

/// Events of a page.
const PAGE: usize = 50;
/// Events read at once, and how often, where an index alone does not find the right ones.
const READ: (i64, usize) = (500, 4);

/// Which events are wanted. Each part that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// One of these names; empty: any.
    pub names: Vec<&'static str>,
    /// Exactly this actor.
    pub actor: Option<String>,
    /// Exactly this subject.
    pub subject: Option<String>,
    /// Exactly this address.
    pub address: Option<String>,
    /// Not before this time, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Before this time.
    pub to: Option<i64>,
    /// Older than this event.
    pub before: Option<Uuid>,
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The newest first.
    pub events: Vec<EventRow>,
    /// Where the next page goes on; none when there is none.
    pub next: Option<Uuid>,
}

impl Search {
    /// Goes by the part that leaves the fewest.
    fn sought(&self) -> Sought<'_> {
        match (&self.subject, &self.address, &self.actor) {
            (Some(subject), ..) => Sought::Subject(subject),
            (_, Some(address), _) => Sought::Address(address),
            (.., Some(actor)) => Sought::Actor(actor),
            _ if !self.names.is_empty() => Sought::Names(&self.names),
            _ => Sought::Everything,
        }
    }

    fn wants(&self, event: &EventRow) -> bool {
        let fits = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        fits(&self.subject, Some(&event.subject))
            && fits(&self.address, event.address.as_deref())
            && fits(&self.actor, Some(&event.actor))
            && (self.names.is_empty() || self.names.contains(&&*event.name))
    }

    /// Between which ids: they begin with the time.
    fn between(&self) -> (Uuid, Uuid) {
        let begin = |at| uuid_v7(at, &[0; 10]);
        // Ids of a millisecond come after its first one, and the first one belongs to it too.
        let after = self.from.map_or(Uuid::nil(), |from| Uuid::from_u128(begin(from).as_u128() - 1));
        let until = self.to.map_or(Uuid::max(), begin);
        (after, self.before.map_or(until, |before| before.min(until)))
    }

    /// Whether an index alone finds the right ones.
    fn is_plain(&self) -> bool {
        let parts =
            [self.subject.is_some(), self.address.is_some(), self.actor.is_some(), !self.names.is_empty()];
        parts.into_iter().filter(|given| *given).count() <= 1
    }
}

impl Engine {
    /// A page of a tenant's events. Where several parts must fit, it may hold few although there are more: so much is read
    /// and no more, and the next page goes on from there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find_events(&self, tenant: TenantId, search: &Search) -> Result<Found, Error> {
        let (after, mut before) = search.between();
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let (limit, mut left) = if search.is_plain() { (one_more, 1) } else { READ };
        let mut events = Vec::new();
        loop {
            let page = self.store.find_events(tenant, search.sought(), (after, before), limit).await?;
            let is_last = i64::try_from(page.len()).unwrap_or(i64::MAX) < limit;
            before = page.last().map_or(before, |last| last.id);
            events.extend(page.into_iter().filter(|event| search.wants(event)));
            left -= 1;
            if events.len() > PAGE {
                events.truncate(PAGE);
                let next = events.last().map(|last| last.id);
                return Ok(Found { events, next });
            }
            if is_last || left == 0 {
                return Ok(Found { events, next: (!is_last).then_some(before) });
            }
        }
    }

    /// What the actors and subjects of some events are called; what is called nothing is left out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn names_in(
        &self,
        tenant: TenantId,
        events: &[EventRow],
    ) -> Result<HashMap<String, String>, Error> {
        let home = self.console_home().await?.tenant;
        let texts: HashSet<&str> = events.iter().flat_map(|event| [&*event.actor, &*event.subject]).collect();
        let mut names = HashMap::new();
        let things: Vec<_> =
            texts.into_iter().filter_map(|text| Some((text, thing(text, tenant, home)?))).collect();
        let asked: Vec<_> = things.iter().map(|(_, thing)| *thing).collect();
        for ((text, _), row) in things.into_iter().zip(self.store.names(&asked).await?) {
            if let Some(row) = row {
                names.insert(text.to_owned(), called(row));
            }
        }
        Ok(names)
    }
}

fn thing(text: &str, tenant: TenantId, home: TenantId) -> Option<(TenantId, Named)> {
    if let Ok(operator) = text.parse::<OperatorId>() {
        return Some((home, Named::User(operator.0)));
    }
    if let Ok(application) = text.parse::<ApplicationId>() {
        return (application.tenant == tenant).then_some((tenant, Named::Application(application.local)));
    }
    if let Ok(device) = text.parse::<DeviceId>() {
        return (device.tenant == tenant).then_some((tenant, Named::Device(device.local)));
    }
    if let Ok(challenge) = text.parse::<ChallengeId>() {
        return Some((tenant, Named::Challenge(challenge.0)));
    }
    from_base32(text).map(|id| (tenant, Named::User(id)))
}

fn called(row: NameRow) -> String {
    let person = row.display_name.unwrap_or(row.user_ref);
    match row.device {
        Some(device) => format!("{person} ({device})"),
        None => person,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_holds_its_first_millisecond_and_not_its_last() {
        let search = Search { from: Some(1_000), to: Some(2_000), ..Search::default() };
        let (after, before) = search.between();
        let holds = |at, random| (after..before).contains(&uuid_v7(at, &[random; 10]));
        assert!(holds(1_000, 0) && holds(1_999, 255));
        assert!(!holds(999, 255) && !holds(2_000, 0));
    }

    #[test]
    fn what_leaves_the_fewest_is_looked_up_and_the_rest_compared() {
        let search = Search {
            names: vec!["challenge.denied"],
            actor: Some("a".to_owned()),
            subject: Some("s".to_owned()),
            ..Search::default()
        };
        assert_eq!(search.sought(), Sought::Subject("s"));
        assert!(!search.is_plain());
        let event = |name: &str, actor: &str| EventRow {
            id: Uuid::nil(),
            at: 0,
            name: name.to_owned(),
            actor: actor.to_owned(),
            subject: "s".to_owned(),
            address: None,
            detail: None,
        };
        assert!(search.wants(&event("challenge.denied", "a")));
        assert!(!search.wants(&event("challenge.denied", "b")));
        assert!(!search.wants(&event("challenge.approved", "a")));
    }
}
