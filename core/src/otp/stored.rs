//! The shape of an account in the vault's JSON. What is read back is checked like anything that comes from outside.

use serde::{Deserialize, Serialize};

use super::{Algorithm, Kind, OtpAuthError, OtpEntry, Pin, Secret};

/// The shape in the vault's JSON; [`OtpEntry`] is reached only through the checks. Without `type` it is time-based, as
/// all entries were once.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    account: String,
    secret: Secret,
    #[serde(default, rename = "type")]
    kind: StoredKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    algorithm: Option<Algorithm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digits: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Pin>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extra: Vec<(String, String)>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredKind {
    #[default]
    Totp,
    Hotp,
    Steam,
    Motp,
    Yandex,
}

impl TryFrom<Stored> for OtpEntry {
    type Error = OtpAuthError;

    fn try_from(stored: Stored) -> Result<Self, OtpAuthError> {
        let Stored { issuer, account, secret, kind, algorithm, digits, period, counter, pin, extra } = stored;
        let arithmetic = |what: &str| {
            let algorithm = algorithm.ok_or_else(|| OtpAuthError::UnknownAlgorithm(what.to_owned()))?;
            let digits = digits.ok_or_else(|| OtpAuthError::BadDigits(what.to_owned()))?;
            Ok::<_, OtpAuthError>((algorithm, digits))
        };
        let kind = match kind {
            StoredKind::Totp => {
                let (algorithm, digits) = arithmetic("none")?;
                let period = period.ok_or_else(|| OtpAuthError::BadPeriod("none".to_owned()))?;
                Kind::Totp { algorithm, digits, period }
            }
            StoredKind::Hotp => {
                let (algorithm, digits) = arithmetic("none")?;
                let counter = counter.ok_or_else(|| OtpAuthError::BadCounter("none".to_owned()))?;
                Kind::Hotp { algorithm, digits, counter }
            }
            StoredKind::Steam => Kind::Steam,
            StoredKind::Motp => Kind::Motp { pin },
            StoredKind::Yandex => Kind::Yandex { pin },
        };
        // A parameter that meant nothing once may have got a meaning since.
        let extra = extra.into_iter().filter(|(name, _)| super::uri::reserved(name).is_none()).collect();
        Self::new(issuer.as_deref(), &account, secret, kind)?.with_extra(extra)
    }
}

impl From<OtpEntry> for Stored {
    fn from(entry: OtpEntry) -> Self {
        let OtpEntry { issuer, account, secret, kind, extra } = entry;
        let bare = |kind| Self {
            issuer,
            account,
            secret,
            kind,
            algorithm: None,
            digits: None,
            period: None,
            counter: None,
            pin: None,
            extra,
        };
        match kind {
            Kind::Totp { algorithm, digits, period } => Self {
                algorithm: Some(algorithm),
                digits: Some(digits),
                period: Some(period),
                ..bare(StoredKind::Totp)
            },
            Kind::Hotp { algorithm, digits, counter } => Self {
                algorithm: Some(algorithm),
                digits: Some(digits),
                counter: Some(counter),
                ..bare(StoredKind::Hotp)
            },
            Kind::Steam => bare(StoredKind::Steam),
            Kind::Motp { pin } => Self { pin, ..bare(StoredKind::Motp) },
            Kind::Yandex { pin } => Self { pin, ..bare(StoredKind::Yandex) },
        }
    }
}
