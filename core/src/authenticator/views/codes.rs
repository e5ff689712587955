//! What a shell shows of accounts with codes: the list with its codes of one moment, and an entry's own page.

use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{note, shown};
use crate::authenticator::EntryId;
use crate::entries::{Kept, Usage};
use crate::otp::{Algorithm, Code, Kind, grouped};
use crate::settings::Order;

/// What to show of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodesQuery {
    /// Words to look for in issuer, account, tags and note; empty for everything.
    pub search: String,
    /// Only entries with this tag.
    pub tag: Option<String>,
}

/// The list of codes at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodesView {
    /// What was found: pinned entries first, in the chosen order; for a search, the best matches first.
    pub rows: Vec<CodeView>,
    /// All tags that are in use, by name, whatever was asked for.
    pub tags: Vec<TagCount>,
    /// What was searched for.
    pub query: String,
    /// The tag that was asked for.
    pub tag: Option<String>,
    /// How the list is ordered.
    pub order: Order,
    /// How many entries there are, found or not.
    pub total: usize,
    /// A clock that differs from the servers'.
    pub clock: Option<ClockWarning>,
    /// When the first of these rows changes, seconds since 1970 by this device's clock; none when none does. Ask again
    /// then.
    pub next_change_at: Option<u64>,
}

/// A tag and how many entries have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// Entries with it.
    pub entries: usize,
}

/// This device's clock differs from a server's by so much that codes may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClockWarning {
    /// Seconds that this device's clock is behind (negative: ahead).
    pub seconds: i64,
    /// Whether codes are made by the servers' clock, as the person agreed; otherwise by this device's.
    pub followed: bool,
}

/// The kinds of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "see `otp::Kind`")]
pub enum EntryKind {
    Totp,
    Hotp,
    Steam,
    Motp,
    Yandex,
}

impl From<&Kind> for EntryKind {
    fn from(kind: &Kind) -> Self {
        match kind {
            Kind::Totp { .. } => Self::Totp,
            Kind::Hotp { .. } => Self::Hotp,
            Kind::Steam => Self::Steam,
            Kind::Motp { .. } => Self::Motp,
            Kind::Yandex { .. } => Self::Yandex,
        }
    }
}

/// An entry without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryView {
    /// Names the entry in this vault.
    pub id: EntryId,
    /// Who issued it, if known.
    pub issuer: Option<String>,
    /// The account's name there; may be empty.
    pub account: String,
    /// How its codes are made.
    pub kind: EntryKind,
    /// The hash under the HMAC; none for Mobile-OTP.
    pub algorithm: Option<Algorithm>,
    /// Characters of a code, 1…10.
    pub digits: u8,
    /// Seconds that a code lives, 1…86 400; none where a counter makes codes.
    pub period: Option<u32>,
    /// The counter of the next code, where a counter makes codes.
    pub counter: Option<u64>,
    /// Whether its codes wait for a PIN.
    pub needs_pin: bool,
    /// Whether its secret has fewer than 128 bits.
    pub weak: bool,
    /// Shown before the others.
    pub pinned: bool,
    /// Names of groups.
    pub tags: Vec<String>,
    /// The person's own words.
    pub note: String,
    /// How often it was used, and when last.
    pub used: Usage,
    /// Whether it has a picture: see [`crate::authenticator::Authenticator::entry_icon`].
    pub has_icon: bool,
    /// When it was added, seconds since 1970 by this device's clock.
    pub added_at: u64,
}

impl EntryView {
    pub(in crate::authenticator) fn of(id: &EntryId, kept: &Kept) -> Self {
        let Kept { otp, added_at, details, .. } = kept;
        let counter = match otp.kind() {
            Kind::Hotp { counter, .. } => Some(*counter),
            Kind::Totp { .. } | Kind::Steam | Kind::Motp { .. } | Kind::Yandex { .. } => None,
        };
        Self {
            id: id.clone(),
            issuer: otp.issuer().map(shown),
            account: shown(otp.account()),
            kind: otp.kind().into(),
            algorithm: otp.algorithm(),
            digits: otp.digits(),
            period: otp.period(),
            counter,
            needs_pin: otp.needs_pin(),
            weak: otp.weak(),
            pinned: details.pinned,
            tags: details.tags.iter().map(|tag| shown(tag)).collect(),
            note: note(&details.note),
            used: details.used,
            has_icon: details.icon.is_some(),
            added_at: *added_at,
        }
    }
}

/// A row of the list: an entry's code at one moment. Wiped when dropped, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CodeView {
    /// Names the entry in this vault.
    pub id: EntryId,
    /// Who issued it, if known.
    pub issuer: Option<String>,
    /// The account's name there; may be empty.
    pub account: String,
    /// How its codes are made.
    pub kind: EntryKind,
    /// The code, ASCII, to be written from left to right (P8). None when it is hidden, waits for a PIN, or is counted
    /// and was not asked for yet.
    pub code: Option<String>,
    /// The code in groups, to be read.
    pub grouped: Option<String>,
    /// The code that follows, in the last [`CodeView::NEXT_SHOWN`] seconds, or the last third of a shorter life.
    pub next: Option<String>,
    /// The same in groups.
    pub next_grouped: Option<String>,
    /// Seconds until it does, 1…`period`; none where a counter makes codes.
    pub seconds_left: Option<u32>,
    /// Seconds that a code lives; none where a counter makes codes.
    pub period: Option<u32>,
    /// The part of its life that the code has before it, in thousandths, for the ring; 0 where a counter makes codes.
    pub life_left: u16,
    /// The code is shown only when [`crate::authenticator::Authenticator::code`] is asked for it.
    pub hidden: bool,
    /// Its codes wait for [`crate::authenticator::Authenticator::set_pin`].
    pub needs_pin: bool,
    /// Shown before the others.
    pub pinned: bool,
    /// Names of groups.
    pub tags: Vec<String>,
    /// The person's own words; may be empty.
    pub note: String,
    /// Whether it has a picture: see [`crate::authenticator::Authenticator::entry_icon`].
    pub has_icon: bool,
}

impl CodeView {
    /// Seconds before its end from which on a code's successor is shown beside it.
    pub const NEXT_SHOWN: u32 = 10;

    pub(in crate::authenticator) fn of(id: &EntryId, kept: &Kept, now: u64, hide: bool) -> Self {
        let Kept { otp, details, asked, added_at: _ } = kept;
        let mut row = Self {
            id: id.clone(),
            issuer: otp.issuer().map(shown),
            account: shown(otp.account()),
            kind: otp.kind().into(),
            code: None,
            grouped: None,
            next: None,
            next_grouped: None,
            seconds_left: None,
            period: otp.period(),
            life_left: 0,
            hidden: false,
            needs_pin: otp.needs_pin(),
            pinned: details.pinned,
            tags: details.tags.iter().map(|tag| shown(tag)).collect(),
            note: note(&details.note),
            has_icon: details.icon.is_some(),
        };
        match otp.kind() {
            Kind::Hotp { counter, .. } => {
                // Whoever asked for a code is shown that one again; without having asked, a code would be given away.
                let last = counter.checked_sub(1).filter(|_| *asked);
                if let Some(code) = last.and_then(|last| otp.counted_code(last)) {
                    row.hidden = hide;
                    row.show(&code);
                }
            }
            Kind::Totp { .. } | Kind::Steam | Kind::Motp { .. } | Kind::Yandex { .. } => {
                if let Ok(code) = otp.code_at(now) {
                    row.hidden = hide;
                    row.time(&code, now);
                }
            }
        }
        row
    }

    fn show(&mut self, code: &str) {
        if !self.hidden {
            self.code = Some(code.to_owned());
            self.grouped = Some(grouped(code));
        }
    }

    fn time(&mut self, code: &Code, now: u64) {
        let left = u32::try_from(code.valid_until.saturating_sub(now)).unwrap_or(u32::MAX);
        let period = self.period.unwrap_or(left).max(1);
        self.seconds_left = Some(left);
        self.life_left = u16::try_from(u64::from(left) * 1000 / u64::from(period)).unwrap_or(1000).min(1000);
        self.show(&code.value);
        if !self.hidden && left <= next_shown(period) {
            self.next = Some(code.next.clone());
            self.next_grouped = Some(code.grouped_next());
        }
    }

    /// Seconds until this row shows something else, but for the time left.
    pub(in crate::authenticator) fn seconds_to_change(&self) -> Option<u32> {
        let (left, period) = (self.seconds_left?, self.period?);
        let next = left.checked_sub(next_shown(period)).filter(|seconds| *seconds > 0 && !self.hidden);
        Some(next.unwrap_or(left))
    }
}

/// Of a short-lived code the successor is shown for a third of its life, so that the two are not always side by side.
fn next_shown(period: u32) -> u32 {
    CodeView::NEXT_SHOWN.min(period / 3)
}

impl Drop for CodeView {
    fn drop(&mut self) {
        self.code.zeroize();
        self.grouped.zeroize();
        self.next.zeroize();
        self.next_grouped.zeroize();
    }
}

impl ZeroizeOnDrop for CodeView {}

impl std::fmt::Debug for CodeView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeView")
            .field("id", &self.id)
            .field("issuer", &self.issuer)
            .field("account", &self.account)
            .field("seconds_left", &self.seconds_left)
            .finish_non_exhaustive()
    }
}
