//! Figures as somebody wants to see them.

use countersign_protocol::id::TenantId;

use super::{HOUR, kind};
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::TallyRow;
use crate::store::tallies::ALL_OF_IT;

/// Which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// 24 hours, hour by hour; the last one has just begun.
    Day,
    /// 7 days, day by day, in UTC.
    Week,
    /// 30 days.
    Month,
}

impl Span {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// How many slots of how many hours.
    fn slots(self) -> (i64, i64) {
        match self {
            Self::Day => (24, 1),
            Self::Week => (7, 24),
            Self::Month => (30, 24),
        }
    }
}

/// How questions of some time have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// All of them.
    pub asked: i64,
    /// Approved.
    pub approved: i64,
    /// Refused, or ended along with a report.
    pub denied: i64,
    /// Refused with the word that somebody else is at work.
    pub reported: i64,
    /// Approved with a wrong number or code.
    pub failed: i64,
    /// Taken back, superseded, or ended by a lock.
    pub cancelled: i64,
}

impl Ends {
    /// What has not ended so: it has expired, could not be delivered, or still waits.
    #[must_use]
    pub fn unanswered(&self) -> i64 {
        let ended = self.approved + self.denied + self.reported + self.failed + self.cancelled;
        (self.asked - ended).max(0)
    }
}

/// Some time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slot {
    /// When it begins, in milliseconds since 1970.
    pub from: i64,
    /// What was asked in it.
    pub ends: Ends,
    waits: [i64; kind::WAITS.len()],
}

impl Slot {
    /// How long people took: the time, in milliseconds, that `permille` of a thousand answers stayed below, as exactly as
    /// it is known; none without an answer.
    #[must_use]
    pub fn waited(&self, permille: i64) -> Option<i64> {
        let all: i64 = self.waits.iter().sum();
        if all == 0 {
            return None;
        }
        let rank = (all * permille + 999) / 1000;
        let (mut below, mut least) = (0, 0);
        for ((most, _), count) in kind::WAITS.into_iter().zip(self.waits) {
            if count > 0 && below + count >= rank {
                // As if the answers of a step came evenly.
                return Some(least + (most - least) * (2 * (rank - below) - 1) / (2 * count));
            }
            (below, least) = (below + count, most);
        }
        Some(least)
    }

    /// How many answers that is about.
    #[must_use]
    pub fn answers(&self) -> i64 {
        self.waits.iter().sum()
    }

    fn add(&mut self, row: &TallyRow) {
        let place = match row.kind.as_str() {
            kind::ASKED => &mut self.ends.asked,
            kind::APPROVED => &mut self.ends.approved,
            kind::DENIED => &mut self.ends.denied,
            kind::REPORTED => &mut self.ends.reported,
            kind::FAILED => &mut self.ends.failed,
            kind::CANCELLED => &mut self.ends.cancelled,
            wait => {
                let steps = kind::WAITS.iter().zip(&mut self.waits);
                match steps.into_iter().find(|((_, kind), _)| *kind == wait) {
                    Some((_, place)) => place,
                    None => return,
                }
            }
        };
        *place += row.amount;
    }
}

/// Messages of one carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// `push`, `sms`, `voice`, `email` or `webhook`.
    pub carrier: &'static str,
    /// Taken by the other side.
    pub done: i64,
    /// Given up.
    pub dead: i64,
}

/// Everything that was counted in some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Since when there are figures at all, if that is later than the tenant and than the first slot.
    pub since: Option<i64>,
    /// The oldest first.
    pub slots: Vec<Slot>,
    /// All of them together.
    pub total: Slot,
    /// Approved by a device rule, among the approved.
    pub by_rule: i64,
    /// Not asked because of an access rule.
    pub refused: i64,
    /// Codes that were right.
    pub codes_right: i64,
    /// Codes that were wrong.
    pub codes_wrong: i64,
    /// People who came.
    pub people: i64,
    /// Devices that came.
    pub enrolled: i64,
    /// Devices that went.
    pub removed: i64,
    /// Messages; a carrier without any is left out.
    pub sent: Vec<Sent>,
}

impl Engine {
    /// What was counted lately for a tenant; of one application alone, messages are not known.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn counted(
        &self,
        tenant: TenantId,
        application: Option<ApplicationId>,
        span: Span,
    ) -> Result<Figures, Error> {
        let made = self.tenant(tenant).await?.created_at;
        let (count, width) = span.slots();
        let last = self.now().div_euclid(HOUR * width);
        let first = last - count + 1;
        let from = application.map_or(ALL_OF_IT, |application| application.local);
        let hours = (first * width, (last + 1) * width);
        let rows = self.store.tallies(tenant, from, hours, width).await?;
        let begin = first * width * HOUR;
        let began = self.store.tally_mark().await?.map(|mark| mark.began_at);
        let mut figures = Figures::of(first..=last, width, &rows);
        figures.since = began.filter(|began| *began > made && *began > begin);
        Ok(figures)
    }

    /// Questions and approvals of each tenant in the last 24 hours; a tenant without any is left out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn counted_of_tenants(&self) -> Result<Vec<(TenantId, Ends)>, Error> {
        let from = self.now().div_euclid(HOUR) - 23;
        let rows = self.store.tallies_of_tenants([kind::ASKED, kind::APPROVED], from).await?;
        let mut all: Vec<(TenantId, Slot)> = Vec::new();
        for (tenant, kind, amount) in rows {
            let row = TallyRow { slot: 0, kind, amount };
            match all.iter_mut().find(|(id, _)| *id == tenant) {
                Some((_, slot)) => slot.add(&row),
                None => {
                    let mut slot = Slot::default();
                    slot.add(&row);
                    all.push((tenant, slot));
                }
            }
        }
        Ok(all.into_iter().map(|(tenant, slot)| (tenant, slot.ends)).collect())
    }
}

impl Figures {
    pub(super) fn of(slots: std::ops::RangeInclusive<i64>, width: i64, rows: &[TallyRow]) -> Self {
        let first = *slots.start();
        let mut slots: Vec<_> =
            slots.map(|slot| Slot { from: slot * width * HOUR, ..Slot::default() }).collect();
        let mut total = Slot { from: first * width * HOUR, ..Slot::default() };
        for row in rows {
            total.add(row);
            let place = usize::try_from(row.slot - first).ok();
            if let Some(slot) = place.and_then(|place| slots.get_mut(place)) {
                slot.add(row);
            }
        }
        let sum = |kind: &str| rows.iter().filter(|row| row.kind == kind).map(|row| row.amount).sum();
        let sent = kind::SENT.into_iter();
        let sent = sent.map(|(carrier, sent, lost)| Sent { carrier, done: sum(sent), dead: sum(lost) });
        Self {
            since: None,
            slots,
            total,
            by_rule: sum(kind::BY_RULE),
            refused: sum(kind::REFUSED),
            codes_right: sum(kind::CODE_RIGHT),
            codes_wrong: sum(kind::CODE_WRONG),
            people: sum(kind::PEOPLE),
            enrolled: sum(kind::ENROLLED),
            removed: sum(kind::REMOVED),
            sent: sent.filter(|sent| sent.done + sent.dead > 0).collect(),
        }
    }
}
