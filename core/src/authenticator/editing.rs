//! What a person changes about an entry: names, tags, note, pin, place, PIN; and that it was used.

use zeroize::Zeroizing;

use super::shelf::put;
use super::views::CodeView;
use super::{Authenticator, AuthenticatorError, EntryId};
use crate::digits::with_ascii_digits;
use crate::entries::{EditError, Kept, MAX_NAME, MAX_NOTE, bounded, order, tags};
use crate::otp::{Kind, OtpEntry, Pin};

/// Changes to an entry; what is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryEdit {
    /// Another issuer; an empty one is none.
    pub issuer: Option<String>,
    /// Another name of the account.
    pub account: Option<String>,
    /// Other tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Shown before the others, or not.
    pub pinned: Option<bool>,
    /// Another note.
    pub note: Option<String>,
}

impl EntryEdit {
    fn apply(&self, kept: Kept) -> Result<Kept, EditError> {
        let Kept { mut otp, added_at, mut details, asked } = kept;
        if self.issuer.is_some() || self.account.is_some() {
            let issuer = self.issuer.as_deref().or(otp.issuer()).map(str::to_owned).unwrap_or_default();
            let account = self.account.as_deref().unwrap_or_else(|| otp.account()).to_owned();
            for name in [&issuer, &account] {
                bounded(name.trim(), MAX_NAME).map_err(EditError::NameTooLong)?;
            }
            if issuer.trim().is_empty() && account.trim().is_empty() {
                return Err(EditError::Nameless);
            }
            otp = otp.renamed(Some(&issuer), &account);
        }
        if let Some(typed) = &self.tags {
            details.tags = tags(typed)?;
        }
        if let Some(note) = &self.note {
            bounded(note, MAX_NOTE).map_err(EditError::NoteTooLong)?.clone_into(&mut details.note);
        }
        details.pinned = self.pinned.unwrap_or(details.pinned);
        Ok(Kept { otp, added_at, details, asked })
    }
}

impl Authenticator {
    /// Changes names, tags, pin and note of an entry.
    ///
    /// # Errors
    /// [`AuthenticatorError::Edit`], [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`],
    /// [`AuthenticatorError::Record`].
    pub fn edit_entry(&self, id: &EntryId, edit: &EntryEdit) -> Result<(), AuthenticatorError> {
        self.change_entry(id, |kept| Ok(edit.apply(kept)?))
    }

    /// Places an entry before another in the person's own order, or at its end. Shown with
    /// [`crate::settings::Order::Manual`].
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`] for either, [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn move_entry(&self, id: &EntryId, before: Option<&EntryId>) -> Result<(), AuthenticatorError> {
        self.inner.change_entries(|shelf| {
            let moved = shelf.get(id)?;
            let before = before.map(|before| shelf.get(before)).transpose()?;
            let mut entries: Vec<_> = shelf.entries.iter().filter(|entry| entry.id != *id).collect();
            entries.sort_by_key(|entry| order::place(&entry.kept));
            // Before itself is where it is.
            let at = match before {
                Some(before) if before.id == *id => return Ok((Vec::new(), ())),
                Some(before) => entries.iter().position(|entry| entry.id == before.id),
                None => None,
            };
            entries.insert(at.unwrap_or(entries.len()), moved);
            let mut changes = Vec::new();
            for (entry, place) in entries.iter().zip(0..) {
                if entry.kept.details.position != Some(place) {
                    let mut kept = entry.kept.clone();
                    kept.details.position = Some(place);
                    changes.push(put(&entry.id, &kept));
                }
            }
            Ok((changes, ()))
        })
    }

    /// Counts that a code of this entry was copied or read.
    ///
    /// # Errors
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn used(&self, id: &EntryId) -> Result<(), AuthenticatorError> {
        let now = self.inner.clock.unix_seconds();
        self.change_entry(id, |mut kept| {
            kept.details.used = kept.details.used.once_more(now);
            Ok(kept)
        })
    }

    /// Keeps the PIN with which an entry's codes are made, instead of an earlier one. Digits of any script are ASCII ones.
    ///
    /// # Errors
    /// [`AuthenticatorError::OtpAuth`] for a PIN that is none, [`AuthenticatorError::Edit`] for an entry that has none;
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn set_pin(&self, id: &EntryId, pin: &str) -> Result<(), AuthenticatorError> {
        let pin = Pin::new(&Zeroizing::new(with_ascii_digits(pin)))?;
        self.change_entry(id, |kept| {
            let kind = match kept.otp.kind() {
                Kind::Motp { .. } => Kind::Motp { pin: Some(pin.clone()) },
                Kind::Yandex { .. } => Kind::Yandex { pin: Some(pin.clone()) },
                Kind::Totp { .. } | Kind::Hotp { .. } | Kind::Steam => return Err(EditError::NoPin.into()),
            };
            Ok(Kept { otp: kept.otp.with_kind(kind)?, ..kept })
        })
    }

    /// The next code of a counter-based entry. The counter is stored before the code is shown, so that no code is given
    /// out twice, whatever happens in between; [`Authenticator::code`] shows the same code until this is asked again.
    ///
    /// # Errors
    /// [`AuthenticatorError::Edit`] for an entry whose codes follow the time, or at the counter's end;
    /// [`AuthenticatorError::UnknownEntry`], [`AuthenticatorError::Vault`], [`AuthenticatorError::Record`].
    pub fn next_code(&self, id: &EntryId) -> Result<CodeView, AuthenticatorError> {
        let now = self.inner.clock.unix_seconds();
        self.inner.change_entries(|shelf| {
            let mut kept = shelf.get(id)?.kept.clone();
            let kind = counted_on(&kept.otp)?;
            kept.details.used = kept.details.used.once_more(now);
            let kept = Kept { otp: kept.otp.with_kind(kind)?, asked: true, ..kept };
            // Of this very change: by the time it is stored, somebody else may have moved the counter on.
            Ok((vec![put(id, &kept)], CodeView::of(id, &kept, now, false)))
        })
    }
}

fn counted_on(otp: &OtpEntry) -> Result<Kind, EditError> {
    match otp.kind() {
        Kind::Hotp { algorithm, digits, counter } => {
            let next = counter.checked_add(1).filter(|next| i64::try_from(*next).is_ok());
            let counter = next.ok_or(EditError::CounterAtItsEnd)?;
            Ok(Kind::Hotp { algorithm: *algorithm, digits: *digits, counter })
        }
        Kind::Totp { .. } | Kind::Steam | Kind::Motp { .. } | Kind::Yandex { .. } => {
            Err(EditError::NotCounted)
        }
    }
}
