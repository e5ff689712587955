//! The codes of an account at a moment that the caller names, or of a count (RFC 6238 §4.2, RFC 4226 §5.3).
//!
//! `hmac`, `motp` and `yandex` compute them.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Kind, OtpEntry, hmac, motp, yandex};

/// The code of one time step and the one after it. Always ASCII: digits, or letters in some kinds; wiped when dropped, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Code {
    /// The code now, with leading zeros.
    pub value: String,
    /// The code of the following step, for showing in the last seconds.
    pub next: String,
    /// First second of validity, since 1970-01-01T00:00:00Z.
    pub valid_from: u64,
    /// First second at which [`Code::next`] takes over.
    pub valid_until: u64,
}

impl Code {
    /// `value` in groups that can be read aloud, see [`grouped`].
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(&self.value)
    }

    /// `next` in the same groups.
    #[must_use]
    pub fn grouped_next(&self) -> String {
        grouped(&self.next)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code")
            .field("valid_from", &self.valid_from)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// Why an account has no code at a moment. `Display` is a whole sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCode {
    /// Its codes are made with a PIN that is not known here.
    #[error("The codes of this account need its PIN. Enter the PIN that you chose for it.")]
    NeedsPin,
    /// A counter makes its codes, not the time: see [`OtpEntry::counted_code`].
    #[error("The codes of this account are counted. Ask for the next one.")]
    Counted,
}

impl OtpEntry {
    /// The code at `unix_seconds` (since 1970-01-01T00:00:00Z, by whatever clock the caller trusts).
    ///
    /// # Errors
    /// [`NoCode::NeedsPin`]; [`NoCode::Counted`] for counter-based accounts.
    pub fn code_at(&self, unix_seconds: u64) -> Result<Code, NoCode> {
        let period = u64::from(self.period().ok_or(NoCode::Counted)?);
        let valid_from = unix_seconds - unix_seconds % period;
        let valid_until = valid_from.saturating_add(period);
        Ok(Code {
            value: self.code_of_step(valid_from / period)?.as_str().to_owned(),
            next: self.code_of_step(valid_until / period)?.as_str().to_owned(),
            valid_from,
            valid_until,
        })
    }

    /// The code of one count of a counter-based account; none for the other kinds. Who shows it has stored a higher
    /// counter first, or the same code is given out twice.
    #[must_use]
    pub fn counted_code(&self, counter: u64) -> Option<Zeroizing<String>> {
        match self.kind {
            Kind::Hotp { algorithm, digits, counter: _ } => {
                Some(hmac::decimal(algorithm, self.secret.expose(), counter, digits))
            }
            Kind::Totp { .. } | Kind::Steam | Kind::Motp { .. } | Kind::Yandex { .. } => None,
        }
    }

    /// Whether its codes wait for a PIN.
    #[must_use]
    pub const fn needs_pin(&self) -> bool {
        matches!(self.kind, Kind::Motp { pin: None } | Kind::Yandex { pin: None })
    }

    fn code_of_step(&self, step: u64) -> Result<Zeroizing<String>, NoCode> {
        let secret = &self.secret;
        match &self.kind {
            Kind::Totp { algorithm, digits, period: _ } => {
                Ok(hmac::decimal(*algorithm, secret.expose(), step, *digits))
            }
            Kind::Hotp { .. } => Err(NoCode::Counted),
            Kind::Steam => Ok(hmac::steam(secret.expose(), step)),
            Kind::Motp { pin: Some(pin) } => Ok(motp::code(secret, pin, step)),
            Kind::Yandex { pin: Some(pin) } => Ok(yandex::code(secret, pin, step)),
            Kind::Motp { pin: None } | Kind::Yandex { pin: None } => Err(NoCode::NeedsPin),
        }
    }
}

/// A code in groups that can be read aloud: 3+3, 3+4, 4+4, 3+3+3 or 3+3+4 characters, with one space between; up to five
/// stay together.
#[must_use]
pub fn grouped(code: &str) -> String {
    let sizes: &[usize] = match code.len() {
        0..=5 => &[5],
        7 => &[3, 4],
        8 => &[4, 4],
        10 => &[3, 3, 4],
        _ => &[3, 3, 3],
    };
    let mut rest = code;
    let mut groups = Vec::with_capacity(sizes.len());
    for size in sizes {
        let (group, after) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        groups.push(group);
        rest = after;
    }
    groups.retain(|group| !group.is_empty());
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, Kind, OtpEntry, Secret};

    /// RFC 6238 appendix B uses a longer secret for each longer hash (its erratum 2866).
    fn rfc_entry(algorithm: Algorithm, digits: u8) -> OtpEntry {
        rfc_entry_of(algorithm, digits, 30)
    }

    fn rfc_entry_of(algorithm: Algorithm, digits: u8, period: u32) -> OtpEntry {
        let length = match algorithm {
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        };
        let secret = b"1234567890".iter().cycle().take(length).copied().collect();
        let kind = Kind::Totp { algorithm, digits, period };
        OtpEntry::new(None, "rfc", Secret::from_bytes(secret).unwrap(), kind).unwrap()
    }

    #[test]
    fn rfc_6238_appendix_b() {
        let vectors = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        for (time, sha1, sha256, sha512) in vectors {
            assert_eq!(rfc_entry(Algorithm::Sha1, 8).code_at(time).unwrap().value, sha1);
            assert_eq!(rfc_entry(Algorithm::Sha256, 8).code_at(time).unwrap().value, sha256);
            assert_eq!(rfc_entry(Algorithm::Sha512, 8).code_at(time).unwrap().value, sha512);
        }
    }

    #[test]
    fn every_length_is_the_tail_of_the_longest() {
        // RFC 4226 appendix D gives the truncated number itself: count 1 is 1094287082.
        let ten = rfc_entry(Algorithm::Sha1, 10).code_at(59).unwrap().value.clone();
        assert_eq!(ten, "1094287082");
        // count 0 is 1284755224 and count 5 is 868254676: nine digits, so a leading zero.
        assert_eq!(rfc_entry(Algorithm::Sha1, 10).code_at(0).unwrap().value, "1284755224");
        assert_eq!(rfc_entry(Algorithm::Sha1, 10).code_at(150).unwrap().value, "0868254676");
        for digits in 6..=10_u8 {
            let code = rfc_entry(Algorithm::Sha1, digits).code_at(59).unwrap();
            assert_eq!(code.value, ten[10 - usize::from(digits)..]);
            assert_eq!(code.value.len(), usize::from(digits));
        }
    }

    #[test]
    fn the_next_code_is_the_code_of_the_next_step() {
        let entry = rfc_entry(Algorithm::Sha1, 6);
        let code = entry.code_at(59).unwrap();
        assert_eq!((code.valid_from, code.valid_until), (30, 60));
        assert_eq!(code.next, entry.code_at(60).unwrap().value);
        assert_eq!(entry.code_at(30).unwrap().value, code.value);
        assert_ne!(entry.code_at(29).unwrap().value, code.value);
    }

    #[test]
    fn the_end_of_time_does_not_overflow() {
        for period in [1, 30, 3600] {
            let code = rfc_entry_of(Algorithm::Sha512, 10, period).code_at(u64::MAX).unwrap();
            assert_eq!(code.value.len(), 10);
            assert!(code.valid_from <= code.valid_until);
        }
    }

    #[test]
    fn p8_groups_are_ascii_digits_and_single_spaces() {
        let expected =
            [(6, "287 082"), (7, "428 7082"), (8, "9428 7082"), (9, "094 287 082"), (10, "109 428 7082")];
        for (digits, text) in expected {
            assert_eq!(rfc_entry(Algorithm::Sha1, digits).code_at(59).unwrap().grouped(), text);
        }
    }

    #[test]
    fn p9_debug_hides_the_code() {
        let code = rfc_entry(Algorithm::Sha1, 6).code_at(59).unwrap();
        let text = format!("{code:?}");
        assert!(!text.contains(code.value.as_str()) && !text.contains(code.next.as_str()), "{text}");
    }
}
