//! Lists of setup links, one a line, also of other apps' links that hold several accounts.
//!
//! One link is [`super::link`]'s subject; formats that are such lists in an archive use [`items`] too.

#[cfg(test)]
mod tests;

use super::source::MAX_ENTRIES;
use super::{Field, Format, Found, Item, MigrationPart, Source, TransferError, lastpass, link};
use crate::otp::is_link;
use crate::transfer::fields::Unusable;

/// Most links of a list that hold several accounts each.
const MAX_SEVERAL: usize = 1000;

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let text = std::str::from_utf8(source.bytes()).map_err(|_| TransferError::NotRecognised)?;
    found(Format::Links, text)
}

/// What the lines of a file of this format hold: empty ones and comments (`#`) are passed over, a line that is no link
/// is refused under its number.
///
/// # Errors
/// [`TransferError::NotRecognised`] when no line is a link, [`TransferError::TooLarge`].
pub(super) fn found(format: Format, text: &str) -> Result<Found, TransferError> {
    let text = text.trim_start_matches('\u{feff}');
    let (mut items, mut parts) = (Vec::new(), Vec::new());
    let (mut links, mut several, mut in_parts) = (0_usize, 0_usize, 0_usize);
    for (line, index) in text.lines().flat_map(|line| line.split('\r')).map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if items.len() + in_parts >= MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        let of_several = MigrationPart::is_in(line) || lastpass::is_link(line);
        several += usize::from(of_several);
        if several > MAX_SEVERAL {
            return Err(TransferError::TooLarge { what: "more than 1000 links of several accounts" });
        }
        links += usize::from(is_link(line) || of_several);
        if MigrationPart::is_in(line) {
            match MigrationPart::parse(line) {
                Ok(part) => {
                    in_parts += part.items.len();
                    parts.push(part);
                }
                Err(error) => items.push(refused(index, &error)),
            }
        } else if lastpass::is_link(line) {
            match lastpass::of_link(line) {
                Ok(inside) => items.extend(inside),
                Err(error) => items.push(refused(index, &error)),
            }
        } else {
            items.push(match link::read(line) {
                Ok(imported) => Item::Usable(Box::new(imported)),
                Err(unusable) => unusable.refused(index, link::shown(line)),
            });
        }
    }
    if links == 0 {
        return Err(TransferError::NotRecognised);
    }
    let of_parts = MigrationPart::join(parts);
    items.extend(of_parts.items);
    Ok(Found { missing_parts: of_parts.missing_parts, ..Found::new(format, items) })
}

fn refused(index: usize, error: &TransferError) -> Item {
    Unusable::new(Field::Entry, error.to_string()).refused(index, String::new())
}
