//! JSON of other apps: parsed once, wiped when dropped, and read with the looseness that occurs.
//!
//! Numbers come as numbers and as texts; `null`, a missing key, an empty text and the text `null` all mean “the default”.
//! What a value means for an entry is `fields`' subject. Depth is bounded by the parser (128 levels).

use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

use super::fields::Unusable;
use super::source::MAX_ENTRIES;
use super::{Field, Format, TransferError};

/// A parsed document. Its texts, which hold secrets, are wiped when it is dropped.
pub(super) struct Document(Value);

impl Document {
    /// A document of our own making.
    pub(super) const fn of(value: Value) -> Self {
        Self(value)
    }

    /// Parses `bytes`, which may begin with a byte order mark.
    ///
    /// # Errors
    /// [`TransferError::Damaged`], with the line where it stops being JSON.
    pub(super) fn parse(bytes: &[u8], format: Format) -> Result<Self, TransferError> {
        serde_json::from_slice(without_mark(bytes)).map(Self).map_err(|error| TransferError::Damaged {
            format,
            // Not the parser's own words: they may quote the text.
            what: format!("it is no whole JSON (line {})", error.line()),
        })
    }
}

impl std::ops::Deref for Document {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document(…)")
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Number(number) => *number = 0.into(),
        Value::Null | Value::Bool(_) => {}
    }
}

/// The JSON of `value`; wiped when dropped. Measured first, so that no growing buffer leaves copies of secrets behind.
pub(super) fn to_bytes(value: &impl serde::Serialize) -> Zeroizing<Vec<u8>> {
    // Plain data of our own serialises always; a file that is cut off would be found out when it is read again.
    let mut length = Length(0);
    let _ = serde_json::to_writer(&mut length, value);
    let mut json = Zeroizing::new(Vec::with_capacity(length.0));
    let _ = serde_json::to_writer(&mut *json, value);
    json
}

struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `bytes` without the byte order mark and white space that may stand before them.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

/// A member, unless it is missing or `null`.
pub(super) fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|value| !value.is_null())
}

/// A text, unless it is missing, empty, or the word `null`.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.trim().is_empty() && *text != "null")
}

/// A whole number, as number or text; `None` for the default.
///
/// # Errors
/// [`Unusable`] for `field` when there is something else.
pub(super) fn number(value: &Value, key: &str, field: Field) -> Result<Option<i64>, Unusable> {
    let Some(found) = member(value, key) else { return Ok(None) };
    let whole = match found {
        Value::Number(number) => number.as_i64().or_else(|| whole_float(number.as_f64()?)),
        Value::String(text) => match text.trim() {
            "" | "null" => return Ok(None),
            text => text.parse().ok(),
        },
        _ => None,
    };
    whole.map(Some).ok_or_else(|| Unusable::new(field, format!("`{key}` is no whole number")))
}

/// A mark that is set: `true`, `"true"`, `1` or `"1"`.
pub(super) fn flag(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(set)) => *set,
        Some(Value::String(text)) => text == "1" || text.eq_ignore_ascii_case("true"),
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

/// A list; empty when there is none.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The list of entries, which has to be there and within bounds.
///
/// # Errors
/// [`TransferError::Damaged`], [`TransferError::TooLarge`].
pub(super) fn entries<'a>(
    value: &'a Value,
    key: &'static str,
    format: Format,
) -> Result<&'a [Value], TransferError> {
    let list = value.get(key).and_then(Value::as_array);
    let list =
        list.ok_or_else(|| TransferError::Damaged { format, what: format!("its list `{key}` is missing") })?;
    if list.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    Ok(list)
}

/// `2.0` is how some writers say 2.
fn whole_float(value: f64) -> Option<i64> {
    // Beyond 2⁵³ a float no longer says which whole number was meant.
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2⁵³, so nothing is cut off")]
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}
