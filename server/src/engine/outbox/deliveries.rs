//! The outbox to look at: what was sent, what waits and what was given up; and telling a webhook again.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::message::payload_place;
use crate::engine::audit::Actor;
use crate::engine::{Caller, Engine, Error, Mask, Message};
use crate::store::deliveries::{Which, replay, replay_dead};
use crate::store::{AttemptRow, DeliveryRow, StoreError};

/// Deliveries in a page at most.
const PAGE: i64 = 200;
/// What messages there are.
pub const KINDS: [&str; 5] = ["webhook", "push", "sms", "voice", "email"];
/// How messages stand.
const STATES: [&str; 3] = ["waiting", "done", "dead"];

/// A message with its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message.
    pub row: DeliveryRow,
    /// What came of its attempts, oldest first.
    pub attempts: Vec<AttemptRow>,
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// One of [`KINDS`].
    pub kind: Option<String>,
    /// `waiting`, `done` or `dead`.
    pub state: Option<String>,
    /// Those to one webhook.
    pub webhook: Option<Uuid>,
    /// How many at most, 1…200.
    pub limit: i64,
    /// Those after this one in the list.
    pub cursor: Option<String>,
}

impl Engine {
    /// A page of a tenant's messages, newest first, and where the next page begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a kind or a state that is none, a limit outside 1…200, a cursor that is none.
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        filter: &DeliveryFilter,
    ) -> Result<(Vec<Delivery>, Option<String>), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        let Some(states) = chosen(&STATES, filter.state.as_deref()) else {
            return invalid("state must be waiting, done or dead");
        };
        let Some(kinds) = chosen(&KINDS, filter.kind.as_deref()) else {
            return invalid("channel must be webhook, push, sms, voice or email");
        };
        if !(1..=PAGE).contains(&filter.limit) {
            return invalid("limit must be 1 to 200");
        }
        let before = match filter.cursor.as_deref().map(str::parse::<Uuid>) {
            None => Uuid::max(),
            Some(Ok(id)) => id,
            Some(Err(_)) => return invalid("cursor must be a next_cursor from an earlier page"),
        };
        let most = filter.limit + 1;
        let which = Which { kinds, states, webhook: filter.webhook };
        let mut rows = self.store.deliveries(tenant, which, before, most).await?;
        let more = rows.len() > usize::try_from(filter.limit).unwrap_or(usize::MAX);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|last| last.id.to_string());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let attempts = self.store.attempts(tenant, &ids).await?;
        let all = rows.into_iter().zip(attempts).map(|(row, attempts)| Delivery { row, attempts });
        Ok((all.collect(), next))
    }

    /// One message of a tenant.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`].
    pub async fn delivery(&self, tenant: TenantId, id: Uuid) -> Result<Delivery, Error> {
        let row = self.store.delivery(tenant, id).await?.ok_or(Error::DeliveryNotFound)?;
        let attempts = self.store.attempts(tenant, &[id]).await?.pop().unwrap_or_default();
        Ok(Delivery { row, attempts })
    }

    /// To whom messages go, masked, as far as it is still known: what has arrived is not kept.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn recipients(
        &self,
        tenant: TenantId,
        deliveries: &[Delivery],
    ) -> Result<Vec<Option<String>>, Error> {
        let told = |kind: &str| matches!(kind, "sms" | "voice" | "email");
        let ids: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.row.id).collect();
        let payloads = self.store.payloads(tenant, &ids).await?;
        let all = deliveries.iter().zip(payloads).map(|(delivery, sealed)| {
            let row = &delivery.row;
            let sealed = sealed.filter(|sealed| told(&row.kind) && !sealed.is_empty())?;
            let plain = self.master.open(payload_place(tenant, row.id), &sealed).ok()?;
            let message: Message = serde_json::from_slice(&plain).ok()?;
            Some(match row.kind.as_str() {
                "email" => Mask::Plain.email(&message.to),
                _ => Mask::Plain.phone(&message.to),
            })
        });
        Ok(all.collect())
    }

    /// Tells a webhook again what it was told, or what it never took, under the same id.
    ///
    /// # Errors
    /// [`Error::DeliveryNotFound`]; [`Error::DeliveryWaiting`] while it is still being tried.
    pub async fn replay(&self, tenant: TenantId, id: Uuid, actor: &dyn Actor) -> Result<Delivery, Error> {
        let now = self.now();
        let event = self.event(tenant, "delivery.replayed", actor, &id)?;
        let written = self.store.write(vec![replay(tenant, id, now), event]).await;
        let delivery = self.delivery(tenant, id).await?;
        match written {
            // A code is not told again: whoever wants one asks for a new one.
            Err(StoreError::Unmet(0)) if delivery.row.kind != "webhook" => {
                return Err(Error::DeliveryNotFound);
            }
            Err(StoreError::Unmet(0)) => return Err(Error::DeliveryWaiting),
            result => result?,
        }
        self.outbox_changed();
        Ok(delivery)
    }

    /// The same for everything that a webhook, or all of a tenant's webhooks, never took. Returns how many.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn replay_all_dead(
        &self,
        tenant: TenantId,
        webhook: Option<Uuid>,
        by: &dyn Actor,
    ) -> Result<i64, Error> {
        let dead = self.store.dead_deliveries(tenant, webhook).await?;
        let event = self.event(tenant, "delivery.replayed", by, &"all dead")?;
        self.store.write(vec![replay_dead(tenant, webhook, self.now()), event]).await?;
        self.outbox_changed();
        Ok(dead)
    }

    /// [`Engine::replay`] for an application. Another tenant's delivery is not found.
    ///
    /// # Errors
    /// As [`Engine::replay`].
    pub async fn replay_for(&self, caller: &Caller, id: Uuid) -> Result<Delivery, Error> {
        self.replay(caller.application.tenant, id, &caller.actor()).await
    }
}

/// The one word that is asked for, or all when none is; nothing when there is no such word.
fn chosen<'a>(all: &'a [&'static str], asked: Option<&str>) -> Option<&'a [&'static str]> {
    match asked {
        None => Some(all),
        Some(word) => all.iter().position(|one| *one == word).and_then(|place| all.get(place..=place)),
    }
}
