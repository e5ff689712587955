//! An account out of an entry's fields. Four programs keep one-time passwords in four ways.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::entries::Details;
use crate::otp::{OtpEntry, Secret, is_link};
use crate::transfer::fields::{self, Unusable};
use crate::transfer::kinds::Arithmetic;
use crate::transfer::{Field, Imported, Item, Warning, details, link, names};

/// The ways in which a secret is written, by the end of its field's name.
const SPELLINGS: [&str; 4] = ["-Base32", "-Hex", "-Base64", ""];

/// The fields of an entry that are of use here.
#[derive(Default)]
pub(super) struct Entry {
    fields: Vec<(String, Zeroizing<String>)>,
    pub(super) tags: Vec<String>,
}

impl Entry {
    /// Keeps a field, unless it says nothing of codes: passwords are never kept.
    pub(super) fn set(&mut self, key: &str, value: Zeroizing<String>) {
        let known = matches!(key, "Title" | "UserName" | "Notes" | "otp" | "TOTP Seed" | "TOTP Settings")
            || key.starts_with("TimeOtp-")
            || key.starts_with("HmacOtp-");
        if known && !value.trim().is_empty() && self.get(key).is_none() {
            self.fields.push((key.to_owned(), value));
        }
    }

    /// Whether there are any for one-time passwords.
    pub(super) fn has_codes(&self) -> bool {
        let of_codes = |key: &str| key == "otp" || key == "TOTP Seed" || key.contains("Otp-Secret");
        self.fields.iter().any(|(key, _)| of_codes(key))
    }

    /// Its name for a report.
    pub(super) fn shown(&self) -> String {
        names::shown(self.get("Title"), self.get("UserName").unwrap_or_default())
    }

    /// As an item of the file.
    pub(super) fn item(self, index: usize) -> Item {
        match self.imported() {
            Ok(imported) => Item::Usable(Box::new(imported)),
            Err(unusable) => unusable.refused(index, self.shown()),
        }
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn imported(&self) -> Result<Imported, Unusable> {
        if self.fields.iter().any(|(key, value)| key != "Notes" && value.contains("{REF:")) {
            let reason =
                "a field of it refers to another entry; put the value itself there, and export again";
            return Err(Unusable::new(Field::Entry, reason));
        }
        let mut imported = self.account()?;
        let mut made =
            Details { note: self.get("Notes").unwrap_or_default().to_owned(), ..Details::default() };
        self.tags.iter().for_each(|name| details::tag(&mut made, name));
        imported.details = made;
        Ok(imported)
    }

    fn account(&self) -> Result<Imported, Unusable> {
        if let Some(seed) = self.get("TOTP Seed") {
            return self.of_settings(seed);
        }
        if let Some(text) = self.get("otp") {
            return if is_link(text) { self.of_link(text) } else { self.of_query(text) };
        }
        if let Some(secret) = self.secret("TimeOtp-Secret") {
            let arithmetic = Arithmetic {
                algorithm: self.get("TimeOtp-Algorithm"),
                digits: number(self.get("TimeOtp-Length"), Field::Digits)?,
                period: number(self.get("TimeOtp-Period"), Field::Period)?,
                counter: None,
            };
            return self.named(secret?, &arithmetic, false);
        }
        let secret = self.secret("HmacOtp-Secret").unwrap_or_else(|| fields::base32(""));
        let counter = number(self.get("HmacOtp-Counter"), Field::Counter)?;
        let mut imported = self.named(secret?, &Arithmetic { counter, ..Arithmetic::default() }, true)?;
        imported.warnings.push(Warning::Unproven);
        Ok(imported)
    }

    /// `seconds;digits`, or `seconds;S` for Steam.
    fn of_settings(&self, seed: &str) -> Result<Imported, Unusable> {
        let (period, digits) =
            self.get("TOTP Settings").unwrap_or("30;6").split_once(';').unwrap_or(("30", "6"));
        let digits = digits.split(';').next();
        let secret = fields::base32(seed)?;
        if digits == Some("S") {
            return self.with_kind(secret, crate::otp::Kind::Steam);
        }
        let arithmetic = Arithmetic {
            digits: number(digits, Field::Digits)?,
            period: number(Some(period), Field::Period)?,
            ..Arithmetic::default()
        };
        self.named(secret, &arithmetic, false)
    }

    /// KeePassXC's link, whose names are often missing, or the word `none`.
    fn of_link(&self, text: &str) -> Result<Imported, Unusable> {
        let read = link::read(text)?;
        let account = Some(read.otp.account()).filter(|account| !account.is_empty() && *account != "none");
        let (issuer, account) = names::names(
            read.otp.issuer().or_else(|| self.get("Title")),
            account.or_else(|| self.get("UserName")),
            None,
        );
        let otp = read.otp.renamed(issuer.as_deref(), &account);
        Ok(Imported { otp, ..read })
    }

    /// KeeOtp's `key=…&step=…&size=…`.
    fn of_query(&self, text: &str) -> Result<Imported, Unusable> {
        let value = |name: &str| {
            let pair = text.split('&').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
            percent_decode_str(pair).decode_utf8().ok().map(|value| Zeroizing::new(value.into_owned()))
        };
        let of_counter = value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("hotp"));
        let secret = fields::base32(value("key").as_deref().map_or("", |key| key.as_str()))?;
        let algorithm = value("otpHashMode");
        let of = |name: &str, field| number(value(name).as_deref().map(|text| text.as_str()), field);
        let arithmetic = Arithmetic {
            algorithm: algorithm.as_deref().map(|name| name.as_str()),
            digits: of("size", Field::Digits)?,
            period: of("step", Field::Period)?,
            counter: of("counter", Field::Counter)?,
        };
        self.named(secret, &arithmetic, of_counter)
    }

    /// A secret in whichever spelling there is.
    fn secret(&self, key: &str) -> Option<Result<Secret, Unusable>> {
        SPELLINGS.iter().find_map(|spelling| {
            let text = self.get(&format!("{key}{spelling}"))?;
            Some(match *spelling {
                "-Base32" => fields::base32(text),
                "-Hex" => fields::hex(text),
                "-Base64" => fields::base64(text),
                // The text itself.
                _ => fields::secret(text.as_bytes()),
            })
        })
    }

    fn named(
        &self,
        secret: Secret,
        arithmetic: &Arithmetic<'_>,
        counted: bool,
    ) -> Result<Imported, Unusable> {
        let kind = if counted { arithmetic.hotp()? } else { arithmetic.totp(self.get("Title"))? };
        let warnings = arithmetic.warnings(&kind);
        Ok(Imported { warnings, ..self.with_kind(secret, kind)? })
    }

    fn with_kind(&self, secret: Secret, kind: crate::otp::Kind) -> Result<Imported, Unusable> {
        let (issuer, account) = names::names(self.get("Title"), self.get("UserName"), None);
        Ok(OtpEntry::new(issuer.as_deref(), &account, secret, kind)?.into())
    }
}

/// A number; none for the default.
fn number(text: Option<&str>, field: Field) -> Result<Option<i64>, Unusable> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::parse).transpose().map_err(|_| Unusable::new(field, "it is no whole number"))
}
