//! Which accounts are there already: asked for each entry of a file, of which there may be 100 000.

use std::collections::HashMap;

use ring::digest;

use super::same_account;
use crate::otp::OtpEntry;

/// Accounts by names and secret. What counts as the same is [`same_account`]'s rule alone; this only finds the few that
/// can be.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<[u8; 32], Vec<OtpEntry>>);

impl Known {
    /// Notes `entry`; `false` when the same account was noted before.
    pub(crate) fn add(&mut self, entry: &OtpEntry) -> bool {
        let alike = self.0.entry(place(entry)).or_default();
        if alike.iter().any(|known| same_account(known, entry)) {
            return false;
        }
        alike.push(entry.clone());
        true
    }
}

/// A digest instead of the secret itself, so that no further copies of it lie in the table.
fn place(entry: &OtpEntry) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    let issuer = entry.issuer().unwrap_or_default().as_bytes();
    for part in [issuer, entry.account().as_bytes(), entry.secret().expose()] {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut place = [0; 32];
    place.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    place
}
