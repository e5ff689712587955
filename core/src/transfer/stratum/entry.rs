//! An entry of Stratum, as its JSON and its database both have it, and what belongs to it by other tables.

use std::cell::Cell;
use std::collections::HashMap;

use super::super::fields::{self, Unusable};
use super::super::kinds::{self, Arithmetic};
use super::super::source::MAX_INFLATED_BYTES;
use super::super::{Imported, Item, Warning, details, names};
use crate::entries::{Details, Icon, MAX_TAGS, Usage};
use crate::otp::{Kind, OtpEntry};

/// What a file says of one entry.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) kind: Option<i64>,
    pub(super) icon: Option<&'a str>,
    pub(super) issuer: Option<&'a str>,
    pub(super) username: Option<&'a str>,
    /// As it is written: for Mobile-OTP that is the text that is hashed.
    pub(super) secret: &'a str,
    pub(super) pin: Option<&'a str>,
    pub(super) algorithm: Option<i64>,
    pub(super) digits: Option<i64>,
    pub(super) period: Option<i64>,
    pub(super) counter: Option<i64>,
    pub(super) copies: Option<i64>,
    pub(super) ranking: Option<i64>,
}

/// What stands beside the entries.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    /// Names of categories by the secret of an entry: entries with one secret share them.
    categories: HashMap<&'a str, Vec<&'a str>>,
    /// Pictures by their ids.
    pub(super) icons: HashMap<&'a str, Result<Icon, Warning>>,
    /// Characters of pictures that entries have got.
    given: Cell<usize>,
}

impl<'a> Surroundings<'a> {
    /// Entries with this secret are in this category.
    pub(super) fn link(&mut self, secret: &'a str, category: &'a str) {
        let names = self.categories.entry(secret).or_default();
        if names.len() < MAX_TAGS && !names.contains(&category) {
            names.push(category);
        }
    }

    /// A picture, unless those that were given out are as many as no real file has: entries may share one.
    fn icon(&self, id: &str) -> Option<Result<Icon, Warning>> {
        let icon = self.icons.get(id)?;
        let size = icon.as_ref().map_or(0, |icon| icon.base64.len());
        self.given.set(self.given.get().saturating_add(size));
        Some(if self.given.get() > MAX_INFLATED_BYTES { Err(Warning::IconLeftOut) } else { icon.clone() })
    }
}

impl Entry<'_> {
    /// As an item of the file.
    pub(super) fn item(&self, index: usize, surroundings: &Surroundings<'_>) -> Item {
        let (issuer, account) = names::names(self.issuer, self.username, None);
        match self.otp(issuer.as_deref(), &account) {
            Ok((otp, mut warnings)) => {
                let (details, warning) = self.details(surroundings);
                warnings.extend(warning);
                Item::Usable(Box::new(Imported { otp, details, warnings }))
            }
            Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
        }
    }

    fn otp(&self, issuer: Option<&str>, account: &str) -> Result<(OtpEntry, Vec<Warning>), Unusable> {
        let number = self.algorithm.map(|number| number.to_string());
        let arithmetic = Arithmetic {
            algorithm: match self.algorithm {
                None => None,
                Some(0) => Some("SHA1"),
                Some(1) => Some("SHA256"),
                Some(2) => Some("SHA512"),
                // No name at all: it is refused under its number, where it counts.
                Some(_) => number.as_deref(),
            },
            digits: self.digits,
            period: self.period,
            counter: self.counter,
        };
        let base32 = || fields::base32(self.secret);
        let (kind, secret) = match self.kind {
            Some(1) => (arithmetic.hotp()?, base32()?),
            Some(2) => (arithmetic.totp(issuer)?, base32()?),
            Some(3) => (Kind::Motp { pin: fields::pin(self.pin)? }, fields::secret(self.secret.as_bytes())?),
            Some(4) => (Kind::Steam, base32()?),
            Some(5) => (Kind::Yandex { pin: fields::pin(self.pin)? }, base32()?),
            other => return Err(kinds::unknown_type(other.map(|number| number.to_string()).as_deref())),
        };
        let warnings = arithmetic.warnings(&kind);
        Ok((OtpEntry::new(issuer, account, secret, kind)?, warnings))
    }

    fn details(&self, surroundings: &Surroundings<'_>) -> (Details, Option<Warning>) {
        let mut found = Details {
            position: details::position(self.ranking),
            used: Usage { times: details::times(self.copies), last_at: 0 },
            ..Details::default()
        };
        for name in surroundings.categories.get(self.secret).into_iter().flatten() {
            details::tag(&mut found, name);
        }
        // Other names are those of pictures in the app itself.
        match self.icon.and_then(|icon| surroundings.icon(icon.strip_prefix('@')?)) {
            Some(Ok(icon)) => found.icon = Some(icon),
            Some(Err(warning)) => return (found, Some(warning)),
            None => {}
        }
        (found, None)
    }
}
