//! Reading the latest events, for operators.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::engine::{Engine, Error};
use crate::store::EventRow;

/// Events read at once.
const PAGE: i64 = 1_000;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// The name, or what it begins with.
    pub name: Option<String>,
    /// Exactly this actor.
    pub actor: Option<String>,
    /// Exactly this subject.
    pub subject: Option<String>,
}

impl EventFilter {
    fn wants(&self, event: &EventRow) -> bool {
        self.name.as_deref().is_none_or(|name| event.name.starts_with(name))
            && self.actor.as_deref().is_none_or(|actor| event.actor == actor)
            && self.subject.as_deref().is_none_or(|subject| event.subject == subject)
    }
}

impl Engine {
    /// A tenant's latest events, newest first. Reads back through the log until it has `limit` of them.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn latest_events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        limit: usize,
    ) -> Result<Vec<EventRow>, Error> {
        if self.store.tenant(tenant).await?.is_none() {
            return Err(Error::TenantNotFound(tenant.to_string()));
        }
        let (mut before, mut found) = (Uuid::max(), Vec::new());
        loop {
            let page = self.store.events_before(tenant, before, PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            before = last.id;
            for event in page.into_iter().filter(|event| filter.wants(event)) {
                found.push(event);
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
    }
}
