//! A certificate (X.509, RFC 5280 §4.1) taken apart: what an attestation is judged by. Nothing is believed here;
//! signatures and dates are checked by the server.

use crate::der::{Reader, Tag, Value};

const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
/// Extensions at most.
const EXTENSIONS: usize = 32;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// What is signed.
    pub signed: &'a [u8],
    /// The content of the signature's `AlgorithmIdentifier`.
    pub signature_algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    /// The serial number's bytes, without zeros in front.
    pub serial: &'a [u8],
    /// Who issued it, in DER.
    pub issuer: &'a [u8],
    /// Whose it is, in DER.
    pub subject: &'a [u8],
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// The content of the key's `AlgorithmIdentifier`.
    pub key_algorithm: &'a [u8],
    /// The public key; of an elliptic curve: its point.
    pub key: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Takes a certificate apart. None when it is no certificate of version 3.
    #[must_use]
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader::only(der, Tag::SEQUENCE)?;
        let signed = outer.expect(Tag::SEQUENCE)?;
        let signature_algorithm = outer.expect(Tag::SEQUENCE)?.content;
        let signature = whole_bytes(outer.expect(Tag::BIT_STRING)?)?;
        let mut body = Reader::new(signed.content);
        if body.enter(Tag::explicit(0))?.number(Tag::INTEGER)? != 2 || !outer.is_empty() {
            return None;
        }
        let serial = without_zeros(body.expect(Tag::INTEGER)?.content);
        // It stands inside and outside of what is signed; two that differ are an old trick.
        if body.expect(Tag::SEQUENCE)?.content != signature_algorithm {
            return None;
        }
        let issuer = body.expect(Tag::SEQUENCE)?.whole;
        let mut validity = body.enter(Tag::SEQUENCE)?;
        let (not_before, not_after) = (moment(validity.value()?)?, moment(validity.value()?)?);
        let subject = body.expect(Tag::SEQUENCE)?.whole;
        let mut key = body.enter(Tag::SEQUENCE)?;
        let key_algorithm = key.expect(Tag::SEQUENCE)?.content;
        let key = whole_bytes(key.expect(Tag::BIT_STRING)?)?;
        let extensions = match body.optional(Tag::explicit(3)) {
            Some(value) => extensions(value.content)?,
            None => Vec::new(),
        };
        (body.is_empty() && validity.is_empty()).then_some(Self {
            signed: signed.whole,
            signature_algorithm,
            signature,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key_algorithm,
            key,
            extensions,
        })
    }

    /// The content of an extension, by the content of its object identifier.
    #[must_use]
    pub fn extension(&self, oid: &[u8]) -> Option<&'a [u8]> {
        self.extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.value)
    }

    /// Whether it may issue certificates with `below` further ones between it and the last.
    #[must_use]
    pub fn may_issue(&self, below: usize) -> bool {
        let authority = || {
            let mut constraints = Reader::only(self.extension(BASIC_CONSTRAINTS)?, Tag::SEQUENCE)?;
            let is_authority = constraints.boolean()?;
            let longest = match constraints.is_empty() {
                true => u64::MAX,
                false => constraints.number(Tag::INTEGER)?,
            };
            Some(is_authority && constraints.is_empty() && u64::try_from(below).ok()? <= longest)
        };
        // The sixth bit is keyCertSign.
        let signs =
            || Some(bits(Reader::new(self.extension(KEY_USAGE)?).expect(Tag::BIT_STRING)?)?.first()? & 4);
        authority().unwrap_or(false)
            && (self.extension(KEY_USAGE).is_none() || signs().is_some_and(|bit| bit != 0))
    }

    /// Whether it has an extension that must be understood and is not, here.
    #[must_use]
    pub fn demands_more(&self) -> bool {
        let known = [BASIC_CONSTRAINTS, KEY_USAGE];
        self.extensions.iter().any(|extension| extension.critical && !known.contains(&extension.oid))
    }
}

fn extensions(content: &[u8]) -> Option<Vec<Extension<'_>>> {
    let mut list = Reader::only(content, Tag::SEQUENCE)?;
    let mut extensions = Vec::<Extension<'_>>::new();
    while !list.is_empty() {
        let mut one = list.enter(Tag::SEQUENCE)?;
        let oid = one.expect(Tag::OBJECT_IDENTIFIER)?.content;
        let critical = one.optional(Tag::BOOLEAN).is_some_and(|value| value.content == [0xff]);
        let value = one.expect(Tag::OCTET_STRING)?.content;
        let twice = extensions.iter().any(|known| known.oid == oid);
        if twice || !one.is_empty() || extensions.len() == EXTENSIONS {
            return None;
        }
        extensions.push(Extension { oid, critical, value });
    }
    Some(extensions)
}

/// The bytes of a bit string that consists of whole ones.
fn whole_bytes(value: Value<'_>) -> Option<&[u8]> {
    value.content.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bytes)| bytes)
}

/// The bytes of a bit string. Which of the last byte's bits count does not matter here.
fn bits(value: Value<'_>) -> Option<&[u8]> {
    let (unused, bytes) = value.content.split_first()?;
    (*unused < 8).then_some(bytes)
}

fn without_zeros(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

/// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` after (RFC 5280 §4.1.2.5), as seconds since 1970.
fn moment(value: Value<'_>) -> Option<i64> {
    let text = value.content.strip_suffix(b"Z")?;
    let numbers: Vec<i64> = text
        .chunks(2)
        .map(|pair| match pair {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
            }
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (year, rest) = match (value.tag, numbers.as_slice()) {
        (Tag::UTC_TIME, [year, rest @ ..]) => (if *year < 50 { 2000 + year } else { 1900 + year }, rest),
        (Tag::GENERALIZED_TIME, [century, year, rest @ ..]) => (century * 100 + year, rest),
        _ => return None,
    };
    let [month @ 1..=12, day @ 1..=31, hour @ 0..=23, minute @ 0..=59, second @ 0..=59] = *rest else {
        return None;
    };
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// Days since 1970 of a date in the Gregorian calendar; years begin in March, so that the odd day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month < 3 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(tag: Tag, text: &[u8]) -> Option<i64> {
        moment(Value { tag, content: text, whole: text })
    }

    #[test]
    fn both_ways_of_writing_a_moment() {
        assert_eq!(at(Tag::UTC_TIME, b"260313104412Z"), Some(1_773_398_652));
        assert_eq!(at(Tag::GENERALIZED_TIME, b"20260313104412Z"), Some(1_773_398_652));
        assert_eq!(at(Tag::UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(at(Tag::UTC_TIME, b"500101000000Z"), Some(-631_152_000));
        assert_eq!(at(Tag::UTC_TIME, b"240229235959Z"), Some(1_709_251_199));
        assert_eq!(at(Tag::GENERALIZED_TIME, b"99991231235959Z"), Some(253_402_300_799));
        for wrong in [&b""[..], b"Z", b"260313104412", b"261313104412Z", b"26031310441Z", b"26031310441\xc3Z"]
        {
            assert_eq!(at(Tag::UTC_TIME, wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        for wrong in [&b""[..], &[0x30, 0], b"-----BEGIN CERTIFICATE-----", &[0x30, 3, 2, 1, 7]] {
            assert_eq!(Certificate::read(wrong), None);
        }
    }
}
