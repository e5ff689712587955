//! The list of codes, and one code when the person asks for it.

use super::{CoreError, CountersignCore, blocking};
use crate::authenticator as core;
use crate::authenticator::EntryId;
use crate::settings::Order;

/// The list of codes at one moment.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CodesPage {
    /// What was found: pinned entries first, in the chosen order; for a search, the best matches first.
    pub rows: Vec<Code>,
    /// All tags that are in use, by name, whatever was asked for.
    pub tags: Vec<TagUse>,
    /// What was searched for.
    pub query: String,
    /// The tag that was asked for.
    pub tag: Option<String>,
    /// How the list is ordered.
    pub order: CodesOrder,
    /// How many entries there are, found or not.
    pub total: u64,
    /// A clock that differs from the servers'.
    pub clock: Option<CodesClock>,
    /// When the first of these rows changes, seconds since 1970 by this device's clock. Ask again then.
    pub next_change_at: Option<u64>,
}

/// A row of the list. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Code {
    /// Names the entry.
    pub id: String,
    /// Who issued it, if known.
    pub issuer: Option<String>,
    /// The account's name there; may be empty.
    pub account: String,
    /// How its codes are made.
    pub kind: CodeKind,
    /// ASCII, to be written from left to right. None when it is hidden, waits for a PIN, or is counted and was not
    /// asked for yet.
    pub code: Option<String>,
    /// The same in groups.
    pub grouped: Option<String>,
    /// The code that follows, when it is near.
    pub next: Option<String>,
    /// The same in groups.
    pub next_grouped: Option<String>,
    /// Seconds until it does; none where a counter makes codes.
    pub seconds_left: Option<u32>,
    /// Seconds that a code lives; none where a counter makes codes.
    pub period: Option<u32>,
    /// What is left of its life in thousandths, for the ring; 0 where a counter makes codes.
    pub life_left: u16,
    /// The code is shown only when `code` is asked for it.
    pub hidden: bool,
    /// Its codes wait for `set_pin`.
    pub needs_pin: bool,
    /// Shown before the others.
    pub pinned: bool,
    /// Names of groups.
    pub tags: Vec<String>,
    /// The person's own words; may be empty.
    pub note: String,
    /// Whether it has a picture: see `entry_picture`.
    pub has_picture: bool,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A tag and how many entries have it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TagUse {
    /// The tag.
    pub tag: String,
    /// Entries with it.
    pub entries: u64,
}

/// This device's clock differs so much from the servers' that codes may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CodesClock {
    /// Seconds that this device's clock is behind (negative: ahead).
    pub seconds: i64,
    /// Whether codes are made by the servers' clock.
    pub followed: bool,
}

/// How codes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
#[expect(missing_docs, reason = "the names of the kinds, explained in `crate::otp::Kind`")]
pub enum CodeKind {
    Totp,
    Hotp,
    Steam,
    Motp,
    Yandex,
}

impl From<core::EntryKind> for CodeKind {
    fn from(kind: core::EntryKind) -> Self {
        match kind {
            core::EntryKind::Totp => Self::Totp,
            core::EntryKind::Hotp => Self::Hotp,
            core::EntryKind::Steam => Self::Steam,
            core::EntryKind::Motp => Self::Motp,
            core::EntryKind::Yandex => Self::Yandex,
        }
    }
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CodesOrder {
    /// As they were added.
    Added,
    /// By issuer, then account.
    Name,
    /// The person's own.
    Manual,
    /// Most often used first.
    Usage,
}

impl From<Order> for CodesOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Added => Self::Added,
            Order::Name => Self::Name,
            Order::Manual => Self::Manual,
            Order::Usage => Self::Usage,
        }
    }
}

impl From<CodesOrder> for Order {
    fn from(order: CodesOrder) -> Self {
        match order {
            CodesOrder::Added => Self::Added,
            CodesOrder::Name => Self::Name,
            CodesOrder::Manual => Self::Manual,
            CodesOrder::Usage => Self::Usage,
        }
    }
}

impl From<&core::CodeView> for Code {
    fn from(view: &core::CodeView) -> Self {
        Self {
            id: view.id.to_string(),
            issuer: view.issuer.clone(),
            account: view.account.clone(),
            kind: view.kind.into(),
            code: view.code.clone(),
            grouped: view.grouped.clone(),
            next: view.next.clone(),
            next_grouped: view.next_grouped.clone(),
            seconds_left: view.seconds_left,
            period: view.period,
            life_left: view.life_left,
            hidden: view.hidden,
            needs_pin: view.needs_pin,
            pinned: view.pinned,
            tags: view.tags.clone(),
            note: view.note.clone(),
            has_picture: view.has_icon,
        }
    }
}

impl From<core::CodesView> for CodesPage {
    fn from(view: core::CodesView) -> Self {
        let tag = |use_: core::TagCount| TagUse { tag: use_.tag, entries: count(use_.entries) };
        Self {
            rows: view.rows.iter().map(Code::from).collect(),
            tags: view.tags.into_iter().map(tag).collect(),
            query: view.query,
            tag: view.tag,
            order: view.order.into(),
            total: count(view.total),
            clock: view.clock.map(|c| CodesClock { seconds: c.seconds, followed: c.followed }),
            next_change_at: view.next_change_at,
        }
    }
}

pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// The codes of this moment, from memory: of all entries, or of those that fit the words and the tag.
    pub fn codes(&self, search: String, tag: Option<String>) -> Result<CodesPage, CoreError> {
        Ok(self.authenticator.codes(&core::CodesQuery { search, tag })?.into())
    }

    /// One entry's code, hidden or not: when the person asks for it.
    pub fn code(&self, entry: String) -> Result<Code, CoreError> {
        Ok((&self.authenticator.code(&EntryId::from(entry.as_str()))?).into())
    }

    /// The next code of an entry that a counter moves. No code is given out twice.
    pub async fn next_code(&self, entry: String) -> Result<Code, CoreError> {
        self.with_entry(entry, |authenticator, id| Ok(Code::from(&authenticator.next_code(id)?))).await
    }

    /// Counts that a code was copied or read, for the order by usage.
    pub async fn used(&self, entry: String) -> Result<(), CoreError> {
        self.with_entry(entry, |authenticator, id| authenticator.used(id)).await
    }

    /// Keeps the PIN with which an entry's codes are made.
    pub async fn set_pin(&self, entry: String, pin: String) -> Result<(), CoreError> {
        let pin = zeroize::Zeroizing::new(pin);
        self.with_entry(entry, move |authenticator, id| authenticator.set_pin(id, &pin)).await
    }
}

impl CountersignCore {
    /// Something about one entry that waits for the disk.
    pub(super) async fn with_entry<T: Send + 'static>(
        &self,
        entry: String,
        step: impl FnOnce(&core::Authenticator, &EntryId) -> Result<T, core::AuthenticatorError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let authenticator = self.authenticator.clone();
        blocking(move || step(&authenticator, &EntryId::from(entry.as_str()))).await
    }
}
