//! Times and lengths of time as an operator writes them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Failure;

/// `2026-03-13T10:44:12Z`, any offset, or a date alone, which is its first moment in UTC. Milliseconds since 1970.
pub(super) fn moment(text: &str) -> Result<i64, Failure> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    OffsetDateTime::parse(&whole, &Rfc3339)
        .map(|time| time.unix_timestamp().saturating_mul(1000))
        .map_err(|_| Failure::other(format!("`{text}` is no time; write 2026-03-13 or 2026-03-13T10:44:12Z")))
}

/// `90s`, `30m`, `24h` or `7d`. Milliseconds.
pub(super) fn length(text: &str) -> Result<i64, Failure> {
    let parse = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds: i64 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let number = number.parse::<u32>().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?;
        seconds.checked_mul(i64::from(number))?.checked_mul(1000)
    };
    parse().ok_or_else(|| {
        Failure::other(format!("`{text}` is no length of time; write a number and s, m, h or d, such as 24h"))
    })
}

/// When something ends: a [`moment`], or a [`length`] from `now` on.
pub(super) fn end(text: &str, now: i64) -> Result<i64, Failure> {
    moment(text).or_else(|_| length(text).map(|length| now.saturating_add(length))).map_err(|_| {
        Failure::other(format!(
            "`{text}` is no end; write 2026-12-31, 2026-12-31T12:00:00Z, or a length such as 90d"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_either() {
        assert_eq!((end("1970-01-02", 5).unwrap(), end("1s", 5).unwrap()), (86_400_000, 1_005));
        assert!(end("soon", 5).is_err());
    }

    #[test]
    fn times_are_dates_or_rfc_3339() {
        assert_eq!(moment("1970-01-02").unwrap(), 86_400_000);
        assert_eq!(moment("1970-01-01T01:00:01+01:00").unwrap(), 1_000);
        assert!(["", "yesterday", "2026-13-01", "2026-1-1", "1"].iter().all(|text| moment(text).is_err()));
    }

    #[test]
    fn lengths_are_a_number_and_a_unit() {
        assert_eq!(length("24h").unwrap(), 86_400_000);
        assert_eq!((length("0s").unwrap(), length("7d").unwrap()), (0, 604_800_000));
        assert!(
            ["", "h", "-1h", "+1h", "1", "1w", "1 h", "4294967296d", "é"].iter().all(|t| length(t).is_err())
        );
    }
}
