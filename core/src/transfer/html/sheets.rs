//! The sheets of Aegis, Ente and Raivo. These shapes are known from their writers' source only, so what is read from
//! them carries that warning, unless a QR code on the sheet says it all.

use super::page::{Page, Tag};
use crate::entries::Details;
use crate::otp::{Kind, OtpEntry, is_link};
use crate::scan;
use crate::transfer::fields::{self, Unusable, base64_bytes};
use crate::transfer::kinds::Arithmetic;
use crate::transfer::source::MAX_ENTRIES;
use crate::transfer::{Field, Imported, Item, Source, TransferError, Warning, link, names};

/// Most pictures of a sheet that are looked at; each takes some hundredths of a second.
const MAX_PICTURES: usize = 2000;

/// What a sheet says of an entry, in words.
#[derive(Default)]
struct Words {
    issuer: String,
    account: String,
    kind: String,
    algorithm: String,
    digits: String,
    secret: String,
    period: Option<String>,
    counter: Option<String>,
    pin: String,
    note: String,
    pinned: bool,
}

impl Words {
    fn item(self, index: usize, picture: Option<Imported>) -> Item {
        let details = Details { note: self.note.clone(), pinned: self.pinned, ..Details::default() };
        match picture.map_or_else(|| self.imported(), Ok) {
            Ok(imported) => Item::Usable(Box::new(Imported { details, ..imported })),
            Err(unusable) => unusable.refused(index, names::shown(Some(&self.issuer), &self.account)),
        }
    }

    fn imported(&self) -> Result<Imported, Unusable> {
        let (issuer, account) = names::names(Some(&self.issuer), Some(&self.account), None);
        let number = |text: Option<&str>, field| {
            let first = text.and_then(|text| text.split_whitespace().next());
            let parsed = first.map(str::parse::<i64>).transpose();
            parsed.map_err(|_| Unusable::new(field, "it is no whole number"))
        };
        // Where a cell is missing the next ones move up: what stands there may be the secret, and is not shown.
        // Mobile-OTP has no algorithm to choose.
        let motp = self.kind.eq_ignore_ascii_case("motp");
        if !motp && fields::algorithm(Some(&self.algorithm)).is_err() {
            return Err(Unusable::new(Field::Algorithm, "its algorithm is not known"));
        }
        let arithmetic = Arithmetic {
            algorithm: Some(self.algorithm.as_str()),
            digits: number(Some(&self.digits), Field::Digits)?,
            period: number(self.period.as_deref(), Field::Period)?,
            counter: number(self.counter.as_deref(), Field::Counter)?,
        };
        let pin = || fields::pin(Some(&self.pin));
        let kind = match self.kind.to_ascii_uppercase().as_str() {
            "TOTP" => arithmetic.totp(issuer.as_deref())?,
            "HOTP" => arithmetic.hotp()?,
            "STEAM" => Kind::Steam,
            "MOTP" => Kind::Motp { pin: pin()? },
            "YANDEX" => Kind::Yandex { pin: pin()? },
            _ => return Err(Unusable::new(Field::Type, "its type is not known")),
        };
        let secret = match kind {
            // The text that is hashed, as it stands.
            Kind::Motp { .. } => fields::secret(self.secret.to_ascii_lowercase().as_bytes())?,
            _ => fields::base32(&self.secret)?,
        };
        let mut warnings = arithmetic.warnings(&kind);
        warnings.push(Warning::Unproven);
        if matches!(kind, Kind::Totp { .. }) && self.period.is_none() {
            warnings.push(Warning::PeriodAssumed);
        }
        Ok(Imported { warnings, ..OtpEntry::new(issuer.as_deref(), &account, secret, kind)?.into() })
    }
}

/// Raivo: a heading for each name, then labels with their values in `<code>`.
pub(super) fn raivo(page: &Page<'_>) -> Vec<Item> {
    let mut found: Vec<Words> = Vec::new();
    let mut label = "";
    for tag in &page.0 {
        if tag.name == "h3" && found.len() < MAX_ENTRIES {
            found.push(Words { issuer: tag.text.clone(), ..Words::default() });
        }
        let Some(entry) = found.last_mut() else { continue };
        match (tag.name.as_str(), label) {
            ("h4", _) => entry.account.clone_from(&tag.text),
            ("code", "Seed:") => entry.secret.clone_from(&tag.text),
            ("code", "Algorithm:") => entry.algorithm.clone_from(&tag.text),
            ("code", "Length:") => entry.digits.clone_from(&tag.text),
            ("code", "Type:") => entry.kind.clone_from(&tag.text),
            ("code", "Timer:") => entry.period = Some(tag.text.clone()),
            ("code", "Counter:") => entry.counter = Some(tag.text.clone()),
            _ => {}
        }
        if tag.text.ends_with(':') {
            label = &tag.text;
        }
    }
    found.into_iter().zip(1..).map(|(words, index)| words.item(index, None)).collect()
}

/// Aegis: a table with a heading for each column; only the QR code knows the period.
///
/// # Errors
/// [`TransferError::TooLarge`], [`TransferError::Cancelled`].
pub(super) fn aegis(page: &Page<'_>, source: &Source<'_>) -> Result<Vec<Item>, TransferError> {
    let headings: Vec<_> = page.headings().collect();
    let mut items = Vec::new();
    let mut pictures = Pictures { source, left: MAX_PICTURES };
    for row in page.0.split(|tag| tag.name == "tr") {
        let mut words = Words::default();
        let mut picture = None;
        let mut column = 0;
        for tag in row {
            if tag.name == "img" {
                picture = pictures.entry(tag)?;
            }
            if tag.name != "td" {
                continue;
            }
            let text = Some(tag.text.clone()).filter(|text| text != "-").unwrap_or_default();
            match headings.get(column).copied().unwrap_or_default() {
                "Issuer" => words.issuer = text,
                "Name" => words.account = text,
                "Type" => words.kind = text,
                "Note" => words.note = text,
                "Favorite" => words.pinned = text.eq_ignore_ascii_case("true"),
                "Algo" => words.algorithm = text,
                "Digits" => words.digits = text,
                "Secret" => words.secret = text,
                "Counter" => words.counter = Some(text).filter(|text| !text.is_empty()),
                "PIN" => words.pin = text,
                _ => {}
            }
            column += 1;
        }
        if column > 0 && items.len() <= MAX_ENTRIES {
            items.push(words.item(items.len() + 1, picture));
        }
    }
    Ok(items)
}

/// Ente: names in bold, labels with their values in bold, and a QR code, which ends an entry.
///
/// # Errors
/// [`TransferError::TooLarge`], [`TransferError::Cancelled`].
pub(super) fn ente(page: &Page<'_>, source: &Source<'_>) -> Result<Vec<Item>, TransferError> {
    let mut items = Vec::new();
    let mut pictures = Pictures { source, left: MAX_PICTURES };
    let (mut words, mut named, mut label) = (Words::default(), 0, "");
    for tag in &page.0 {
        match (tag.name.as_str(), label) {
            ("b", "Type:") => words.kind.clone_from(&tag.text),
            ("b", "Algorithm:") => words.algorithm.clone_from(&tag.text),
            ("b", "Digits:") => words.digits.clone_from(&tag.text),
            ("b", "Secret:") => words.secret.clone_from(&tag.text),
            ("b", "Note:") => words.note.clone_from(&tag.text),
            ("b", _) if named == 0 => words.issuer.clone_from(&tag.text),
            ("b", _) if named == 1 => words.account.clone_from(&tag.text),
            ("img", _) if tag.picture().is_some() && items.len() <= MAX_ENTRIES => {
                let picture = pictures.entry(tag)?;
                items.push(std::mem::take(&mut words).item(items.len() + 1, picture));
                named = 0;
            }
            _ => {}
        }
        named += usize::from(tag.name == "b");
        label = if tag.text.ends_with(':') { &tag.text } else { "" };
    }
    Ok(items)
}

/// The QR codes of a sheet, of which only so many are looked at.
struct Pictures<'a, 'b> {
    source: &'a Source<'b>,
    left: usize,
}

impl Pictures<'_, '_> {
    /// The entry in a tag's picture, if it can be read and is one.
    fn entry(&mut self, tag: &Tag<'_>) -> Result<Option<Imported>, TransferError> {
        self.source.go_on()?;
        let Some(bytes) = tag.picture().and_then(base64_bytes) else { return Ok(None) };
        self.left =
            self.left.checked_sub(1).ok_or(TransferError::TooLarge { what: "more than 2000 pictures" })?;
        let texts = scan::decode_file(&bytes).unwrap_or_default();
        let text = texts.iter().find(|text| is_link(text.as_str()));
        Ok(text.and_then(|text| link::read(text.as_str()).ok()))
    }
}
