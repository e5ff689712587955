//! What is told about one entry, in words for another language.

use super::error::sentence;
use crate::remark;

/// What the person should know about an entry. `remarks.txt` has every code with the number of its arguments.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Remark {
    /// Stable: a catalogue has words for it.
    pub code: String,
    /// What stands in those words, in order.
    pub arguments: Vec<String>,
    /// The same in English, and often more exact.
    pub sentence: String,
}

impl From<&remark::Remark> for Remark {
    fn from(remark: &remark::Remark) -> Self {
        Self {
            code: remark.code().to_owned(),
            arguments: remark.arguments().to_vec(),
            sentence: sentence(remark.sentence()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::remark::CODES;

    #[test]
    fn the_list_for_the_catalogues_has_every_code() {
        let list: String = CODES.iter().map(|(code, arguments)| format!("{code} {arguments}\n")).collect();
        assert_eq!(include_str!("remarks.txt"), list);
    }
}
