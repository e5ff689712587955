//! The list of codes at this moment: found, ordered, and by a clock that the person agreed to.

use std::collections::BTreeMap;

use super::shelf::{Shelf, Shelved};
use super::views::{ClockWarning, CodeView, CodesQuery, CodesView, TagCount, shown};
use super::{Authenticator, AuthenticatorError, EntryId};
use crate::entries::search::Query;
use crate::settings::Settings;

/// From this difference on codes may be refused, in seconds: half a time step, of which servers accept one more.
const CLOCK_TOLERANCE: u64 = 15;

impl Authenticator {
    /// The codes of this moment, from memory. Ask again at [`CodesView::next_change_at`].
    ///
    /// # Errors
    /// [`AuthenticatorError::Vault`] when it is locked, [`AuthenticatorError::Record`].
    pub fn codes(&self, query: &CodesQuery) -> Result<CodesView, AuthenticatorError> {
        let settings = self.settings()?;
        let clock = self.code_clock(&settings)?;
        let shelf = self.inner.shelf()?.value;
        let rows: Vec<CodeView> = find(&shelf, query, &settings)
            .into_iter()
            .map(|entry| CodeView::of(&entry.id, &entry.kept, clock.now, settings.hide_codes))
            .collect();
        let next_change = rows.iter().filter_map(CodeView::seconds_to_change).min();
        Ok(CodesView {
            tags: tags(&shelf),
            query: query.search.clone(),
            tag: query.tag.clone(),
            order: settings.order,
            total: shelf.entries.len(),
            clock: clock.warning,
            next_change_at: next_change.map(|seconds| clock.device.saturating_add(seconds.into())),
            rows,
        })
    }

    /// One entry's row with its code, hidden or not: when the person asks for it, to show or to copy.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn code(&self, id: &EntryId) -> Result<CodeView, AuthenticatorError> {
        let clock = self.code_clock(&self.settings()?)?;
        let shelf = self.inner.shelf()?.value;
        Ok(CodeView::of(id, &shelf.get(id)?.kept, clock.now, false))
    }

    /// The time by which codes are made. Nothing but the person's word lets a server move it.
    fn code_clock(&self, settings: &Settings) -> Result<CodeClock, AuthenticatorError> {
        let device = self.inner.clock.unix_seconds();
        let mut offsets: Vec<i64> =
            self.inner.accounts()?.iter().map(|account| account.clock_offset).collect();
        offsets.sort_unstable();
        // The middle one: a single server that is wrong, or lies, does not decide.
        let middle = offsets.get(offsets.len().saturating_sub(1) / 2).copied();
        let Some(seconds) = middle.filter(|offset| offset.unsigned_abs() > CLOCK_TOLERANCE) else {
            return Ok(CodeClock { device, now: device, warning: None });
        };
        let followed = settings.follow_servers_clock;
        let now = if followed { device.saturating_add_signed(seconds) } else { device };
        Ok(CodeClock { device, now, warning: Some(ClockWarning { seconds, followed }) })
    }
}

struct CodeClock {
    /// This device's time.
    device: u64,
    /// The time for codes.
    now: u64,
    warning: Option<ClockWarning>,
}

/// What fits, in the chosen order; for a search the best first.
fn find<'a>(shelf: &'a Shelf, query: &CodesQuery, settings: &Settings) -> Vec<&'a Shelved> {
    let mut entries = shelf.in_order(settings.order);
    if let Some(tag) = &query.tag {
        // As it is shown: that is where the person chose it.
        entries.retain(|entry| entry.kept.details.tags.iter().any(|known| shown(known) == *tag));
    }
    let words = Query::new(&query.search);
    if words.is_empty() {
        return entries;
    }
    let mut found: Vec<(u32, &Shelved)> =
        entries.into_iter().filter_map(|entry| Some((words.rank(&entry.texts)?, entry))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn tags(shelf: &Shelf) -> Vec<TagCount> {
    let mut counts = BTreeMap::<String, usize>::new();
    for tag in shelf.entries.iter().flat_map(|entry| &entry.kept.details.tags) {
        *counts.entry(shown(tag)).or_default() += 1;
    }
    counts.into_iter().map(|(tag, entries)| TagCount { tag, entries }).collect()
}
