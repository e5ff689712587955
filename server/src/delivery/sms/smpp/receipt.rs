//! What message centres say in receipts, and the ways in which they write a message's name.

use crate::engine::Receipt;

/// A word of SMPP 3.4 appendix B, or a number of §5.2.28. None for what says nothing.
pub(super) fn said(state: &str) -> Option<Receipt> {
    match state.to_ascii_uppercase().as_str() {
        "1" => Some(Receipt::Sent),
        "2" => Some(Receipt::Delivered),
        "3" | "4" | "5" | "8" => Some(Receipt::Failed),
        "6" => Some(Receipt::Accepted),
        _ => Receipt::from_word(state),
    }
}

/// The names that the answer to the message may have had: some centres answer in hexadecimal and report in decimal, or
/// put zeros before one of them.
pub(super) fn names(name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    let trimmed = name.trim_start_matches('0');
    all.push(trimmed.to_owned());
    if let Ok(number) = name.parse::<u64>() {
        all.extend([
            format!("{number:x}"),
            format!("{number:X}"),
            format!("{number:08x}"),
            format!("{number:08X}"),
        ]);
    }
    all.retain(|name| (1..=65).contains(&name.len()));
    let mut seen = Vec::new();
    all.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recognised_however_the_centre_writes_it() {
        assert_eq!(names("000010"), ["000010", "10", "a", "A", "0000000a", "0000000A"]);
        assert_eq!(names("0A1b"), ["0A1b", "A1b"]);
        assert_eq!(names(""), Vec::<String>::new());
    }

    #[test]
    fn words_and_numbers_mean_the_same() {
        for (state, expected) in [
            ("DELIVRD", Some(Receipt::Delivered)),
            ("delivrd", Some(Receipt::Delivered)),
            ("2", Some(Receipt::Delivered)),
            ("UNDELIV", Some(Receipt::Failed)),
            ("EXPIRED", Some(Receipt::Failed)),
            ("REJECTD", Some(Receipt::Failed)),
            ("5", Some(Receipt::Failed)),
            ("ENROUTE", Some(Receipt::Sent)),
            ("ACCEPTD", Some(Receipt::Accepted)),
            ("UNKNOWN", None),
            ("7", None),
        ] {
            assert_eq!(said(state), expected, "{state}");
        }
    }
}
