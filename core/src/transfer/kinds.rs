//! How the codes of an entry are made, from what a file says of it.
//!
//! The type of an entry decides which of its numbers count: Steam, Yandex and Mobile-OTP have fixed ones, whatever a
//! file writes. The single fields are read in `fields`.

use zeroize::Zeroizing;

use super::fields::{self, Unusable};
use super::{Field, Warning};
use crate::otp::{Kind, Secret};
use crate::scan::visible;

/// What a file says of an entry's arithmetic; what is missing has its default.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arithmetic<'a> {
    /// The algorithm's name in any spelling.
    pub(super) algorithm: Option<&'a str>,
    /// Digits of a code.
    pub(super) digits: Option<i64>,
    /// Seconds that a code lives.
    pub(super) period: Option<i64>,
    /// The counter of the next code.
    pub(super) counter: Option<i64>,
}

impl Arithmetic<'_> {
    /// Time-based codes, or those of Steam, which many apps know only as time-based ones: the issuer is called Steam,
    /// and no other number of digits than Steam's is asked for.
    ///
    /// # Errors
    /// [`Unusable`].
    pub(super) fn totp(&self, issuer: Option<&str>) -> Result<Kind, Unusable> {
        let steam = issuer.is_some_and(|issuer| issuer.trim().eq_ignore_ascii_case("steam"));
        if steam && matches!(self.digits, None | Some(5)) {
            return Ok(Kind::Steam);
        }
        Ok(Kind::Totp {
            algorithm: fields::algorithm(self.algorithm)?,
            digits: fields::digits(self.digits)?,
            period: fields::period(self.period)?,
        })
    }

    /// Counter-based codes.
    ///
    /// # Errors
    /// [`Unusable`].
    pub(super) fn hotp(&self) -> Result<Kind, Unusable> {
        Ok(Kind::Hotp {
            algorithm: fields::algorithm(self.algorithm)?,
            digits: fields::digits(self.digits)?,
            counter: fields::counter(self.counter)?,
        })
    }

    /// What the person should know about an entry of this kind.
    pub(super) fn warnings(&self, kind: &Kind) -> Vec<Warning> {
        match kind {
            Kind::Hotp { .. } if self.counter.is_none() => vec![Warning::CounterMissing],
            Kind::Motp { pin: None } | Kind::Yandex { pin: None } => vec![Warning::NeedsPin],
            _ => Vec::new(),
        }
    }
}

/// The text that Mobile-OTP hashes, where an app keeps the bytes behind it: their lower-case hexadecimal digits.
///
/// # Errors
/// [`Unusable`] when there are none.
pub(super) fn motp_text(bytes: &Secret) -> Result<Secret, Unusable> {
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.expose().len() * 2));
    for byte in bytes.expose() {
        for half in [byte >> 4, byte & 15] {
            text.push(if half < 10 { b'0' + half } else { b'a' + (half - 10) });
        }
    }
    fields::secret(&text)
}

/// An entry of a type that makes no codes here, or of none.
pub(super) fn unknown_type(name: Option<&str>) -> Unusable {
    Unusable::new(
        Field::Type,
        match name {
            Some(name) => format!("codes of the type “{}” are not known", visible(name, 20)),
            None => "it does not say what type its codes are of".to_owned(),
        },
    )
}
