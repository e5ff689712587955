//! Why an `otpauth` link or its parts were refused, each cause its own variant with a sentence for the person.
//!
//! No variant ever holds a part of the secret; other values are shown shortened and reduced to plain ASCII, so a
//! hostile link cannot draw on the screen through an error message.

use crate::remark::Remark;

/// Why an account was refused. `Display` is a whole sentence that says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtpAuthError {
    /// The text is none of the links of [`super::is_link`].
    #[error(
        "This is not a setup link for codes: it should begin with otpauth://. Copy the whole link, or scan the QR code of the service again."
    )]
    NotOtpAuth,
    /// More than [`super::MAX_URI_BYTES`] bytes.
    #[error(
        "This setup link is longer than 16384 bytes, so it cannot be a real one. Ask the service for a new QR code."
    )]
    TooLong,
    /// Any other kind of code.
    #[error(
        "This account uses codes of the kind “{0}”, which this version does not support. Choose time-based codes (TOTP) at the service."
    )]
    UnsupportedType(String),
    /// The enrolment of an app that asks instead of showing codes.
    #[error(
        "This sets up sign-in questions in another app (“{0}”), and holds no account with codes. Choose an authenticator app with codes at the service."
    )]
    PushAccount(String),
    /// `algorithm` is none of SHA-1, SHA-256, SHA-512 (RFC 6238 §1.2).
    #[error(
        "This account asks for the algorithm “{0}”; SHA-1, SHA-256 and SHA-512 are possible. Ask the service for a new QR code, or choose another algorithm there."
    )]
    UnknownAlgorithm(String),
    /// `digits` is not a whole number from 1 to 10.
    #[error("This account asks for “{0}” digits; 1 to 10 are possible. Ask the service for a new QR code.")]
    BadDigits(String),
    /// `period` is not a whole number from 1 to 86 400.
    #[error(
        "This account asks for a new code every “{0}” seconds; 1 to 86400 are possible. Ask the service for a new QR code."
    )]
    BadPeriod(String),
    /// No `secret` parameter, or an empty one.
    #[error(
        "This setup link holds no secret, so no codes can be made from it. Copy the whole link, or ask the service for a new QR code."
    )]
    MissingSecret,
    /// The secret is not base32 (RFC 4648 §6).
    #[error(
        "The secret is not valid base32: only the letters A to Z and the digits 2 to 7 may appear, and the character at place {place} is another. Check it character by character, or ask the service for a new QR code."
    )]
    BadBase32 {
        /// Which character, counted from 1 in the text that was given.
        place: usize,
    },
    /// The secret of a Mobile-OTP account is no text, or no hexadecimal number where it has to be one.
    #[error(
        "The secret of this Mobile-OTP account is damaged. Copy the whole link, or set the account up again at the service."
    )]
    BadMotpSecret,
    /// Fewer than 16 bytes.
    #[error(
        "The secret of this Yandex account is too short: it has 16 bytes at least. Copy the whole link, or scan the QR code again."
    )]
    ShortYandexSecret,
    /// Its check value does not fit.
    #[error(
        "The secret of this Yandex account was copied wrongly: its check value does not fit. Check it character by character, or scan the QR code again."
    )]
    BadYandexSecret,
    /// `secret` appears twice: which one is meant cannot be known.
    #[error("This setup link holds more than one secret. Ask the service for a new QR code.")]
    DuplicateSecret,
    /// Another parameter appears twice with different values.
    #[error("This setup link says “{0}” twice and differently. Ask the service for a new QR code.")]
    ConflictingParameter(&'static str),
    /// Percent-decoding gives bytes that are not UTF-8 (RFC 3986 §2.5).
    #[error(
        "This setup link is damaged: a name in it is not valid text (UTF-8). Ask the service for a new QR code."
    )]
    NotUtf8,
    /// A counter that is no number from 0 to 2⁶³ − 1.
    #[error(
        "The counter “{0}” of this account is no whole number that can count. Ask the service for a new QR code."
    )]
    BadCounter(String),
    /// A PIN of no character, or of more than 64.
    #[error("A PIN has 1 to 64 characters. Enter the one that you chose for this account.")]
    BadPin,
    /// A parameter to keep for export has the name of one that has a meaning of its own.
    #[error("The parameter “{0}” has a meaning of its own and cannot be kept as an extra one. Remove it.")]
    ReservedParameter(&'static str),
}

impl OtpAuthError {
    /// The same as a remark about one entry.
    pub(crate) fn remark(&self) -> Remark {
        let (code, arguments): (_, &[&dyn std::fmt::Display]) = match self {
            Self::NotOtpAuth => ("not_a_link", &[]),
            Self::UnsupportedType(kind) => ("kind_unknown", &[kind]),
            Self::PushAccount(app) => ("other_app", &[app]),
            Self::UnknownAlgorithm(name) => ("algorithm_unknown", &[name]),
            Self::BadDigits(number) => ("digits_impossible", &[number]),
            Self::BadPeriod(number) => ("period_impossible", &[number]),
            Self::BadCounter(number) => ("counter_impossible", &[number]),
            Self::MissingSecret => ("secret_missing", &[]),
            Self::BadBase32 { place } => ("secret_wrong_at", &[place]),
            Self::BadMotpSecret | Self::ShortYandexSecret | Self::BadYandexSecret => ("secret", &[]),
            Self::BadPin => ("pin", &[]),
            Self::TooLong
            | Self::DuplicateSecret
            | Self::ConflictingParameter(_)
            | Self::NotUtf8
            | Self::ReservedParameter(_) => ("link_damaged", &[]),
        };
        Remark::new(code, arguments.iter().map(ToString::to_string).collect(), self.to_string())
    }
}

/// At most 16 characters of `raw`, with everything but visible ASCII replaced by `?`.
pub(super) fn shown(raw: &str) -> String {
    raw.chars().take(16).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}
