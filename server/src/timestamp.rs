//! Times as programs read them: RFC 3339, UTC, whole seconds, `Z`.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970 as text.
pub(crate) fn rfc3339(unix_ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix_ms.div_euclid(1000))
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// The first moment of a day in UTC, as forms write it (`2026-03-13`); none when it is no day.
pub(crate) fn day(text: &str) -> Option<i64> {
    let is_day = text.len() == 10;
    let whole = is_day.then(|| OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).ok())??;
    Some(whole.unix_timestamp().saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_seconds_in_utc() {
        assert_eq!(super::rfc3339(1_773_398_652_999), "2026-03-13T10:44:12Z");
        assert_eq!(super::rfc3339(0), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(super::day("1970-01-02"), Some(86_400_000));
        for text in ["", "1970-1-2", "1970-13-01", "1970-01-02T", "tomorrow!!"] {
            assert_eq!(super::day(text), None, "{text}");
        }
    }
}
