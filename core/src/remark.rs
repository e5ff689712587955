//! What a person is told about an entry of a file, of an export, or of something scanned: an English sentence, and a stable code
//! with its arguments, by which another language has words of its own.

use std::fmt;

use serde::{Serialize, Serializer};

/// Every code, and how many arguments it has. A code never changes its meaning once released.
pub const CODES: [(&str, usize); 36] = [
    // About an entry that is taken in.
    ("counter_missing", 0),
    ("pin_missing", 0),
    ("period_assumed", 0),
    ("picture_left_out", 0),
    ("unproven", 0),
    // Why an entry is refused: which part of it is at fault, or exactly what.
    ("too_large", 0),
    ("secret", 0),
    ("kind", 0),
    ("algorithm", 0),
    ("digits", 0),
    ("period", 0),
    ("counter", 0),
    ("pin", 0),
    ("name", 0),
    ("entry", 0),
    ("not_a_link", 0),
    ("link_damaged", 0),
    ("secret_missing", 0),
    ("secret_wrong_at", 1),
    ("kind_unknown", 1),
    ("other_app", 1),
    ("algorithm_unknown", 1),
    ("digits_impossible", 1),
    ("period_impossible", 1),
    ("counter_impossible", 1),
    // What is no entry with codes.
    ("skipped_login", 0),
    ("skipped_note", 0),
    ("skipped_bin", 0),
    ("skipped_push", 0),
    ("skipped_other", 0),
    // Why something scanned cannot be used.
    ("export_part", 0),
    ("invitation", 0),
    ("sign_in", 0),
    // Entries that the form of an export cannot hold.
    ("left_out", 1),
    ("left_out_names", 1),
    ("left_out_kind", 1),
];

/// A sentence with its code. `Display` and JSON are the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    code: &'static str,
    arguments: Vec<String>,
    sentence: String,
}

impl Remark {
    /// `code` is one of [`CODES`], with as many arguments as it has there.
    #[must_use]
    pub fn new(code: &'static str, arguments: Vec<String>, sentence: String) -> Self {
        debug_assert!(CODES.contains(&(code, arguments.len())), "{code} is not in the list");
        Self { code, arguments, sentence }
    }

    /// One of [`CODES`].
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What stands in the sentence of another language, in order; safe to show.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// In English.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Serialize for Remark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_there_twice_and_each_can_be_a_key_of_a_catalogue() {
        for (at, (code, _)) in CODES.iter().enumerate() {
            assert!(!CODES[..at].iter().any(|(other, _)| other == code), "{code}");
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
    }

    #[test]
    fn programs_read_the_sentence() {
        let remark = Remark::new("kind_unknown", vec!["x".into()], "This is “x”.".into());
        assert_eq!(serde_json::to_value(&remark).unwrap(), serde_json::json!("This is “x”."));
        assert_eq!(remark.to_string(), remark.sentence());
    }
}
