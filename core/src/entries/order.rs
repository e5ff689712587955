//! The orders of a list of entries. Pinned ones come first in every order; what is equal stays as it was added.

use std::cmp::Reverse;

use super::Kept;
use crate::settings::Order;

/// Sorts entries that are in the order in which they were added.
pub(crate) fn sort<T>(entries: &mut [T], order: Order, kept: impl Fn(&T) -> &Kept) {
    match order {
        Order::Added => {}
        Order::Name => entries.sort_by_cached_key(|entry| {
            let otp = &kept(entry).otp;
            // Without an issuer it is the account that a person looks for.
            let name = otp.issuer().unwrap_or_else(|| otp.account());
            (name.to_lowercase(), otp.account().to_lowercase())
        }),
        Order::Manual => entries.sort_by_key(|entry| place(kept(entry))),
        Order::Usage => entries.sort_by_key(|entry| {
            let used = kept(entry).details.used;
            Reverse((used.times, used.last_at))
        }),
    }
    entries.sort_by_key(|entry| !kept(entry).details.pinned);
}

/// The place in the person's own order; what was never placed comes after the rest.
pub(crate) fn place(kept: &Kept) -> u32 {
    kept.details.position.unwrap_or(u32::MAX)
}
