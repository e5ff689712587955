//! WinAuth: text of one link a line, alone or in a ZIP archive. Its links are its own dialect.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::source::MAX_ENTRIES;
use super::{Format, Found, Imported, Item, Source, TransferError, archive, fields, link};

/// Reads such a file.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    if !source.bytes().starts_with(b"PK") {
        return found(source.bytes());
    }
    let members = archive::members(source.bytes())?;
    let text = members.iter().find(|member| member.name.to_ascii_lowercase().ends_with(".txt"));
    found(&archive::read(text.ok_or(TransferError::NotRecognised)?, source)?)
}

fn found(bytes: &[u8]) -> Result<Found, TransferError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TransferError::Damaged {
        format: Format::WinAuth,
        what: "it is no text in UTF-8".to_owned(),
    })?;
    let mut items = Vec::new();
    for (line, index) in text.trim_start_matches('\u{feff}').lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if items.len() == MAX_ENTRIES {
            return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
        }
        items.push(match imported(line) {
            Ok(imported) => Item::Usable(Box::new(imported)),
            Err(unusable) => unusable.refused(index, link::shown(line)),
        });
    }
    Ok(Found::new(Format::WinAuth, items))
}

/// One line: the label is written as in forms, the picture may be larger than any link, and a serial number means
/// Battle.net, whose codes have eight digits.
fn imported(line: &str) -> Result<Imported, fields::Unusable> {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let mut parameters: Vec<_> =
        query.split('&').filter(|pair| !pair.starts_with("icon=")).map(Cow::Borrowed).collect();
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let steam = has("deviceid") || has("data");
    if steam {
        parameters
            .retain(|pair| !["deviceid=", "data=", "digits="].iter().any(|name| pair.starts_with(name)));
        parameters.push("encoder=steam".into());
    } else if has("serial") && !has("digits") {
        parameters.push("digits=8".into());
    }
    let plain = zeroize::Zeroizing::new(format!("{}?{}", path.replace('+', "%20"), parameters.join("&")));
    let mut read = link::read(&plain)?;
    if read.otp.issuer().is_none() {
        // There is one name only, and it is the issuer's.
        let name = read.otp.account().to_owned();
        read.otp = read.otp.renamed(Some(&name), "");
    }
    if steam || has("serial") {
        read.warnings.push(super::Warning::Unproven);
    }
    Ok(read)
}
