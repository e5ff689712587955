//! Authy: preferences of a rooted Android phone, secrets plain or each encrypted with the backup password.

mod token;

#[cfg(test)]
mod tests;

use serde_json::Value;
use token::Opened;

use super::json::Document;
use super::source::MAX_ENTRIES;
use super::{Format, Found, Item, Source, TransferError, names, preferences};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let mut work = Work { source, iterations: 0, opened: 0, closed: 0 };
    let mut items = Vec::new();
    for preference in preferences::read(super::json::without_mark(source.bytes()), Format::Authy)? {
        let name = preference.name.as_str();
        if !name.starts_with("com.authy.storage.tokens.") || !name.ends_with(".key") {
            continue;
        }
        let document = Document::parse(preference.value.as_bytes(), Format::Authy)?;
        let tokens = document.as_array().ok_or_else(|| damaged("a list of accounts is none"))?;
        if items.len() + tokens.len() > MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        for token in tokens {
            items.push(item(token, items.len() + 1, &mut work)?);
        }
    }
    // One password is for all: where it opens nothing, it is the password.
    if work.closed > 0 && work.opened == 0 {
        Err(TransferError::WrongPassword)
    } else {
        Ok(Found::new(Format::Authy, items))
    }
}

/// What was done for one file.
struct Work<'a> {
    source: &'a Source<'a>,
    /// Of all tokens together.
    iterations: u64,
    opened: usize,
    closed: usize,
}

fn item(token: &Value, index: usize, work: &mut Work<'_>) -> Result<Item, TransferError> {
    let (issuer, account) = token::names(token);
    let secret = match token::secret(token, work)? {
        Opened::Secret(secret) => {
            work.opened += usize::from(token::is_encrypted(token));
            secret
        }
        Opened::Closed(unusable) => {
            work.closed += 1;
            Err(unusable)
        }
    };
    let imported = secret.and_then(|secret| token::imported(token, secret, issuer.as_deref(), &account));
    Ok(match imported {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    })
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::Authy, what: what.to_owned() }
}
