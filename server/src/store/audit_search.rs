//! Looking for events, newest first, and what those are called that they name. Each look goes by one index.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::audit::{event_columns, read_event};
use super::statement::params;
use super::{EventRow, Query, Row, Store, StoreError};

/// By what events are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought<'a> {
    /// All of them.
    Everything,
    /// By who did it.
    Actor(&'a str),
    /// By what it was done to.
    Subject(&'a str),
    /// By the client's address.
    Address(&'a str),
    /// By what happened: one of these.
    Names(&'a [&'static str]),
}

/// What an event names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// A person.
    User(Uuid),
    /// Somebody's device.
    Device(Uuid),
    /// What somebody was asked.
    Challenge(Uuid),
    /// A program that asks.
    Application(Uuid),
}

/// What it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameRow {
    /// What the person is called by applications; what an application is called.
    pub user_ref: String,
    /// The person's own name, if it is known.
    pub display_name: Option<String>,
    /// The device's name, if it has one.
    pub device: Option<String>,
}

/// Sealed events of `?1` between two ids by one column, newest first. The ids come from the column's own index alone: where
/// columns are wanted that it does not have, SQLite would walk through the log.
macro_rules! by {
    ($column:literal) => {
        concat!(
            "SELECT ",
            event_columns!(),
            " FROM audit WHERE tenant_id = ?1 AND id IN (SELECT id FROM audit WHERE tenant_id = ?1 AND seq IS NOT NULL AND ",
            $column,
            " = ?5 AND id > ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4) ORDER BY id DESC"
        )
    };
}
pub(super) const BY_ACTOR: &str = by!("actor");
pub(super) const BY_SUBJECT: &str = by!("subject");
pub(super) const BY_ADDRESS: &str = by!("address");
pub(super) const BY_EVENT: &str = by!("event");

impl Store {
    /// A tenant's events with ids between two, newest first, `limit` at most. Those that are looked for by anything are
    /// found once they are sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_events(
        &self,
        tenant: TenantId,
        sought: Sought<'_>,
        (after, before): (Uuid, Uuid),
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let all = concat!(
            "SELECT ",
            event_columns!(),
            " FROM audit WHERE tenant_id = ?1 AND id > ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"
        );
        let between = params![tenant, after, before, limit];
        let by = |sql, text: &str| {
            let mut params = between.clone();
            params.push(text.into());
            Query::new(sql, params)
        };
        let queries = match sought {
            Sought::Everything => vec![Query::new(all, between)],
            Sought::Actor(text) => vec![by(BY_ACTOR, text)],
            Sought::Subject(text) => vec![by(BY_SUBJECT, text)],
            Sought::Address(text) => vec![by(BY_ADDRESS, text)],
            Sought::Names(names) => names.iter().map(|name| by(BY_EVENT, name)).collect(),
        };
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.driver.read(queries).await?.into_iter().flatten();
        let events = rows.map(|row| read_event(&mut row.columns()));
        let mut events = events.collect::<Result<Vec<_>, _>>()?;
        events.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
        events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(events)
    }

    /// What some things of a tenant are called, in their order; none for what is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn names(&self, things: &[(TenantId, Named)]) -> Result<Vec<Option<NameRow>>, StoreError> {
        let user =
            "SELECT user_ref, display_name, CAST(NULL AS TEXT) FROM users WHERE tenant_id = ?1 AND id = ?2";
        let device = "SELECT u.user_ref, u.display_name, d.device_name FROM devices d
                      JOIN users u ON u.tenant_id = d.tenant_id AND u.id = d.user_id
                      WHERE d.tenant_id = ?1 AND d.id = ?2";
        let challenge = "SELECT u.user_ref, u.display_name, CAST(NULL AS TEXT) FROM challenges c
                         JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
                         WHERE c.tenant_id = ?1 AND c.id = ?2";
        let application = "SELECT name, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM applications
                           WHERE tenant_id = ?1 AND id = ?2";
        let queries = things.iter().map(|(tenant, thing)| match thing {
            Named::User(id) => Query::new(user, params![*tenant, *id]),
            Named::Device(id) => Query::new(device, params![*tenant, *id]),
            Named::Challenge(id) => Query::new(challenge, params![*tenant, *id]),
            Named::Application(id) => Query::new(application, params![*tenant, *id]),
        });
        let queries: Vec<_> = queries.collect();
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let read = |row: Row| {
            let mut c = row.columns();
            Ok(NameRow { user_ref: c.get()?, display_name: c.get()?, device: c.get()? })
        };
        let answers = self.driver.read(queries).await?;
        answers.into_iter().map(|mut rows| rows.pop().map(read).transpose()).collect()
    }
}
