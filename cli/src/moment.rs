//! Seconds since 1970 as people read them.

use time::OffsetDateTime;

/// `2026-08-01 12:34 UTC`. The terminal may be anywhere, so the zone is named rather than guessed.
pub(crate) fn words(unix_seconds: u64) -> String {
    let at = i64::try_from(unix_seconds).ok().and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    let Some(at) = at else { return format!("{unix_seconds} s after 1970") };
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", at.hour(), at.minute())
}

/// `45 s`, `3 min 5 s`, `2 h 4 min`, `5 days`.
pub(crate) fn length(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        120..7_200 => format!("{} min {} s", seconds / 60, seconds % 60),
        7_200..172_800 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_by_people() {
        assert_eq!(words(0), "1970-01-01 00:00 UTC");
        assert_eq!(words(1_785_587_640), "2026-08-01 12:34 UTC");
        assert_eq!(words(u64::MAX), "18446744073709551615 s after 1970");
        let lengths = [0, 119, 120, 185, 7_440, 500_000].map(length);
        assert_eq!(lengths, ["0 s", "119 s", "2 min", "3 min 5 s", "2 h 4 min", "5 days"]);
    }
}
