//! Preferences that Android apps keep as XML: `<map><string name="…">…</string>…</map>`.

use zeroize::Zeroizing;

use super::source::MAX_ENTRIES;
use super::xml::{Piece, Xml};
use super::{Format, TransferError};

/// A preference of text.
pub(super) struct Preference {
    pub(super) name: String,
    /// Often JSON with secrets in it; wiped when dropped.
    pub(super) value: Zeroizing<String>,
}

/// Every text, in the file's order. Preferences of other types are passed over.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::TooLarge`].
pub(super) fn read(bytes: &[u8], format: Format) -> Result<Vec<Preference>, TransferError> {
    let mut xml = Xml::new(bytes, format)?;
    let mut found: Vec<Preference> = Vec::new();
    let mut depth = 0_usize;
    let mut open = false;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open { name, attributes } => {
                depth += 1;
                let key = attributes.into_iter().find(|(key, _)| key == "name").map(|(_, value)| value);
                open = depth == 2 && name == "string" && key.is_some();
                if let (true, Some(name)) = (open, key) {
                    if found.len() == MAX_ENTRIES {
                        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
                    }
                    found.push(Preference { name, value: Zeroizing::default() });
                }
            }
            Piece::Close => {
                depth = depth.saturating_sub(1);
                open = false;
            }
            Piece::Text(text) => {
                if let (true, Some(last)) = (open, found.last_mut()) {
                    append(&mut last.value, &text);
                }
            }
        }
    }
    Ok(found)
}

/// Appends without leaving a copy behind in freed memory.
pub(super) fn append(text: &mut Zeroizing<String>, more: &str) {
    if text.capacity() - text.len() < more.len() {
        let mut larger = Zeroizing::new(String::with_capacity((text.len() + more.len()) * 2));
        larger.push_str(text);
        *text = larger;
    }
    text.push_str(more);
}
