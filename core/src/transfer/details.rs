//! What the person made of an entry in the other app: groups, note, picture. A part that is broken is dropped, and
//! never costs the entry.

use base64::Engine as _;

use super::Warning;
use super::fields::base64_bytes;
use crate::entries::{Details, Icon, MAX_TAG, MAX_TAGS};

/// Adds a group, once, under its name without white space around it, cut to what a tag can have. What is beyond the
/// most tags of an entry is left out: a file can give each of its entries all of its groups.
pub(super) fn tag(details: &mut Details, name: &str) {
    let name: String = name.trim().chars().take(MAX_TAG).collect();
    if !name.is_empty() && details.tags.len() < MAX_TAGS && !details.tags.contains(&name) {
        details.tags.push(name);
    }
}

/// A place in the person's order, unless it is no number from 0.
pub(super) fn position(number: Option<i64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

/// How often something was used; what is no such number counts as never.
pub(super) fn times(number: Option<i64>) -> u32 {
    number.map_or(0, |number| u32::try_from(number.max(0)).unwrap_or(u32::MAX))
}

/// A picture out of base64.
///
/// # Errors
/// [`Warning::IconLeftOut`] when it is too large, or none that can be shown.
pub(super) fn icon(base64: &str) -> Result<Icon, Warning> {
    // Four characters for three bytes, and room for line breaks: nothing large is decoded in vain.
    if base64.len() > Icon::MAX_BYTES * 2 {
        return Err(Warning::IconLeftOut);
    }
    let compact: String = base64.split_ascii_whitespace().collect();
    icon_bytes(&base64_bytes(&compact).ok_or(Warning::IconLeftOut)?)
}

/// The same from bytes. What it is follows from them: files give wrong types, or none.
///
/// # Errors
/// [`Warning::IconLeftOut`].
pub(super) fn icon_bytes(bytes: &[u8]) -> Result<Icon, Warning> {
    let mime = match bytes {
        _ if bytes.len() > Icon::MAX_BYTES => return Err(Warning::IconLeftOut),
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ if is_svg(bytes) => "image/svg+xml",
        _ => return Err(Warning::IconLeftOut),
    };
    Ok(Icon { mime: mime.to_owned(), base64: base64::engine::general_purpose::STANDARD.encode(bytes) })
}

fn is_svg(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}').trim_start());
    text.is_ok_and(|text| text.starts_with('<') && text.contains("<svg"))
}
