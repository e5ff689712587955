//! From when until when a certificate is valid, read from its DER form (RFC 5280 §4.1). Only this: whether a certificate
//! is otherwise good is judged by rustls, and by those who connect.

use time::{Date, Month, PrimitiveDateTime, Time};

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// Not before and not after, in milliseconds since 1970. None when it is no certificate.
pub(super) fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let mut outer = Reader(certificate).expect(SEQUENCE)?;
    let mut body = outer.expect(SEQUENCE)?;
    let (tag, _) = body.peek()?;
    if tag == VERSION {
        body.next()?;
    }
    body.expect(INTEGER)?; // serial number
    body.expect(SEQUENCE)?; // algorithm of the signature
    body.expect(SEQUENCE)?; // issuer
    let mut validity = body.expect(SEQUENCE)?;
    Some((moment(validity.next()?)?, moment(validity.next()?)?))
}

/// DER, read from left to right.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<(u8, &'a [u8])> {
        Reader(self.0).next()
    }

    /// The next value: its tag and content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            // A certificate of more than 16 MiB is none.
            let length = bytes
                .iter()
                .try_fold(0_usize, |sum, byte| (sum < 0x1_0000).then_some((sum << 8) | usize::from(*byte)))?;
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn expect(&mut self, wanted: u8) -> Option<Reader<'a>> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, content)| Reader(content))
    }
}

/// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` after.
fn moment((tag, text): (u8, &[u8])) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z').filter(|t| t.is_ascii())?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i32 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let pair = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let date = Date::from_calendar_date(year, Month::try_from(pair(0)?).ok()?, pair(2)?).ok()?;
    let time = Time::from_hms(pair(4)?, pair(6)?, pair(8)?).ok().filter(|_| rest.len() == 10)?;
    Some(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_moment() {
        assert_eq!(moment((UTC_TIME, b"260313104412Z")), Some(1_773_398_652_000));
        assert_eq!(moment((GENERALIZED_TIME, b"20260313104412Z")), Some(1_773_398_652_000));
        assert_eq!(moment((UTC_TIME, b"500101000000Z")), Some(-631_152_000_000));
        assert_eq!(moment((GENERALIZED_TIME, b"99991231235959Z")), Some(253_402_300_799_000));
        for wrong in [&b""[..], b"Z", b"260313104412", b"261313104412Z", b"26031310441Z", b"26031310441\xc3Z"]
        {
            assert_eq!(moment((UTC_TIME, wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_dates_and_harms_nobody() {
        let mut params = rcgen::CertificateParams::new(vec!["mfa.example.org".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2051, 3, 4);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let der = certificate.der().as_ref();
        assert_eq!(validity(der), Some((1_767_312_000_000, 2_561_500_800_000)));
        for end in 0..der.len() {
            assert_eq!(validity(&der[..end]), None, "cut at {end}");
        }
        for at in 0..der.len() {
            for value in [0, 0x7f, 0x80, 0x84, 0x88, 0xff] {
                let mut changed = der.to_vec();
                changed[at] = value;
                let _whatever = validity(&changed);
            }
        }
    }
}
