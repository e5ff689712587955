//! Battle.net Authenticator: preferences of a rooted Android phone, behind a mask that is the same for everyone.

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

use super::fields::{self, hex_bytes};
use super::{Format, Found, Item, Source, TransferError, names, preferences};
use crate::otp::{Algorithm, Kind, OtpEntry, Secret};

const ISSUER: &str = "Battle.net";
const PREFIX: &str = "com.blizzard.messenger.";
const MASK: &str = "398e27fc50276a656065b0e525f4c06c04c61075286b8e7aeda59da9813b5dd6c80d2fb38068773fa59ba47c17ca6c6479015c1d5b8b8f6b9a";

/// Reads such a file, which holds one account.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let preferences = preferences::read(super::json::without_mark(source.bytes()), Format::BattleNet)?;
    let value = |name: &str| {
        let named =
            |preference: &&preferences::Preference| preference.name.strip_prefix(PREFIX) == Some(name);
        preferences.iter().find(named).map(|preference| preference.value.trim())
    };
    if value("CREDENTIALS_ENCRYPTION_TYPE").is_some_and(|way| way != "MASK") {
        return Err(TransferError::Unsupported {
            reason: "This file of Battle.net is encrypted by the device, so it cannot be read elsewhere. Attach the authenticator anew at Battle.net, and scan its code.",
        });
    }
    let secret = value("AUTHENTICATOR_DEVICE_SECRET").and_then(unmask);
    // Below the mask the secret is hexadecimal text, the serial number plain text.
    let secret = secret.as_deref().and_then(|text| fields::hex(text).ok());
    let secret = secret.ok_or_else(|| damaged("its secret is not behind the known mask"))?;
    let serial = match value("AUTHENTICATOR_SERIAL") {
        Some(masked) => {
            unmask(masked).ok_or_else(|| damaged("its serial number is not behind the known mask"))?
        }
        None => Zeroizing::default(),
    };
    Ok(Found::new(Format::BattleNet, vec![item(secret, &serial)]))
}

fn item(secret: Secret, serial: &str) -> Item {
    let kind = Kind::Totp { algorithm: Algorithm::Sha1, digits: 8, period: 30 };
    match OtpEntry::new(Some(ISSUER), serial, secret, kind) {
        Ok(otp) => Item::Usable(Box::new(otp.into())),
        Err(error) => fields::Unusable::from(error).refused(1, names::shown(Some(ISSUER), serial)),
    }
}

/// The text below the mask; `None` when there is none.
fn unmask(hex: &str) -> Option<Zeroizing<String>> {
    let (mut bytes, mask) = (hex_bytes(hex)?, hex_bytes(MASK)?);
    if bytes.len() > mask.len() {
        return None;
    }
    bytes.iter_mut().zip(mask.iter()).for_each(|(byte, mask)| *byte ^= mask);
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn damaged(what: &str) -> TransferError {
    TransferError::Damaged { format: Format::BattleNet, what: what.to_owned() }
}
