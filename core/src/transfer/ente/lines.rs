//! The lines of Ente Auth: a link each, with what the person made of the account as JSON in one of its parameters.
//!
//! That parameter is taken out first: with a long note the link would be longer than real links are.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use zeroize::Zeroizing;

use super::super::fields::Unusable;
use super::super::json::{self, Document};
use super::super::source::MAX_ENTRIES;
use super::super::{Aside, Format, Imported, Item, Skip, TransferError, details, link};
use super::damaged;
use crate::entries::{Details, Usage};

/// The parameter that holds what the person made of the account.
const DISPLAY: &str = "codeDisplay=";

/// Every line that is not blank; numbered as lines are.
///
/// # Errors
/// [`TransferError`] when it is no text, or has too many lines.
pub(super) fn of_text(bytes: &[u8]) -> Result<Vec<Item>, TransferError> {
    let text = std::str::from_utf8(json::without_mark(bytes)).map_err(|_| damaged("it is no text"))?;
    let mut filled = text.lines().filter(|line| !line.trim().is_empty());
    let only = filled.next().filter(|_| filled.next().is_none()).unwrap_or_default();
    let lines: Vec<(usize, &str)> = if only.contains(",otpauth://") {
        // Old files are one line, joined by commas; commas inside of links are escaped.
        (1..).zip(split_before(only, ",otpauth://")).collect()
    } else {
        (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).collect()
    };
    if lines.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(lines.into_iter().map(|(index, line)| item(line, None, index)).collect())
}

/// Every item of the old JSON.
///
/// # Errors
/// [`TransferError`] when there is no list, or too long a one.
pub(super) fn of_json(document: &Value) -> Result<Vec<Item>, TransferError> {
    let items = json::entries(document, "items", Format::Ente)?;
    let read = |(value, index)| {
        item(json::text(value, "rawData").unwrap_or_default(), json::member(value, "display"), index)
    };
    Ok(items.iter().zip(1..).map(read).collect())
}

/// `text` cut before each `mark`, without the mark's first character.
fn split_before<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let (head, tail) = match whole.find(mark).and_then(|at| whole.split_at_checked(at)) {
            Some((head, tail)) => (head, tail.get(1..)),
            None => (whole, None),
        };
        rest = tail;
        Some(head)
    })
}

fn item(line: &str, display: Option<&Value>, index: usize) -> Item {
    let (uri, own) = without_display(line);
    let own = own.and_then(document);
    let display = display.or(own.as_deref());
    let name = || link::shown(&uri);
    if display.is_some_and(|display| json::flag(display, "trashed")) {
        return Item::Skipped(Skip { index, name: name(), what: Aside::Bin });
    }
    match imported(&uri, display) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, name()),
    }
}

fn imported(uri: &str, display: Option<&Value>) -> Result<Imported, Unusable> {
    let mut imported = link::read(uri)?;
    if let Some(display) = display {
        imported.details = read_display(display);
    }
    Ok(imported)
}

/// The link without the parameter, and its value, still encoded.
fn without_display(line: &str) -> (Zeroizing<String>, Option<&str>) {
    let mut starts = line.match_indices(DISPLAY).map(|(at, _)| at);
    let parts = starts.find_map(|at| {
        let (before, rest) = line.split_at_checked(at)?;
        let rest = rest.strip_prefix(DISPLAY).filter(|_| before.ends_with(['?', '&']))?;
        Some((before, rest.split_once('&').unwrap_or((rest, ""))))
    });
    let Some((before, (value, behind))) = parts else {
        return (Zeroizing::new(line.to_owned()), None);
    };
    let mut uri = Zeroizing::new(String::with_capacity(line.len()));
    uri.push_str(before);
    uri.push_str(behind);
    (uri, Some(value))
}

/// The JSON of the parameter; broken JSON is dropped, and costs the entry nothing.
fn document(value: &str) -> Option<Document> {
    let text = Zeroizing::new(value.replace('+', " "));
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(percent_decode_str(&text).collect());
    Document::parse(&bytes, Format::Ente).ok()
}

fn read_display(display: &Value) -> Details {
    let number = |key: &str| display.get(key).and_then(Value::as_i64);
    let mut found = Details {
        pinned: json::flag(display, "pinned"),
        note: json::text(display, "note").unwrap_or_default().to_owned(),
        position: details::position(number("position")),
        used: Usage { times: details::times(number("tapCount")), last_at: seconds(number("lastUsedAt")) },
        ..Details::default()
    };
    let tags = json::list(display, "tags").iter().filter_map(Value::as_str);
    tags.for_each(|name| details::tag(&mut found, name));
    found
}

/// Seconds since 1970 of a time that is written in seconds, milliseconds or microseconds. Real times of the three are
/// apart by their size: the first year of each is beyond the year 5000 of the one before.
fn seconds(stamp: Option<i64>) -> u64 {
    match u64::try_from(stamp.unwrap_or(0)).unwrap_or(0) {
        stamp @ ..100_000_000_000 => stamp,
        stamp @ ..100_000_000_000_000 => stamp / 1000,
        stamp => stamp / 1_000_000,
    }
}
