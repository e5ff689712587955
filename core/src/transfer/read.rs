//! From a file's bytes to what it holds: bounded, turned from picture to text, recognised, read by its own folder.

use zeroize::Zeroizing;

use super::recognise::candidates;
use super::source::{MAX_ENTRIES, MAX_FILE_BYTES};
use super::{Format, Found, Item, Source, TransferError};
use super::{
    aegis, andotp, authenticator_plus, authy, backup, battlenet, bitwarden, duo, ente, freeotp, google, html,
    kdbx, lastpass, links, microsoft, proton, raivo, steam, stratum, totp_authenticator, twofas, winauth,
};
use crate::scan::{self, ScanError};

/// Reads a file of another app, our own backup, or a picture of QR codes. Changes nothing.
///
/// # Errors
/// [`TransferError`]: not recognised, needs its password, wrong password, damaged, too large, too costly, …. A file of
/// which no entry at all can be used is an error too: “0 imported” is never a success.
pub fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    let text = text_of(source.bytes())?;
    let source = match &text {
        Some(text) => source.inside(text.as_bytes()),
        None => source.clone(),
    };
    let found = match candidates(source.bytes())? {
        (first, Some(second)) => without_mark(&source, first, second),
        (format, None) => read_as(format, &source),
    };
    usable(found?)
}

/// Says which app the file is of, from its content alone, never from its name.
///
/// # Errors
/// [`TransferError::NotRecognised`], [`TransferError::TooLarge`], [`TransferError::Empty`], and reasons why files of a
/// known kind cannot be read.
pub fn recognise(bytes: &[u8]) -> Result<Format, TransferError> {
    let text = text_of(bytes)?;
    let bytes = text.as_ref().map_or(bytes, |text| text.as_bytes());
    candidates(bytes).map(|(format, _)| format)
}

/// What the QR codes of a picture say, one a line; nothing for a file that is no picture.
fn text_of(bytes: &[u8]) -> Result<Option<Zeroizing<String>>, TransferError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(TransferError::TooLarge { what: "more than 50 MiB" });
    }
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if !webp && !bytes.starts_with(b"\x89PNG\r\n\x1a\n") && !bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(None);
    }
    let texts = scan::decode_file(bytes).map_err(|error| TransferError::Unsupported {
        reason: match error {
            ScanError::NoCode => {
                "No QR code can be read in this picture. Take one that is sharper and larger."
            }
            ScanError::UnsupportedFormat { .. } => {
                "Pictures of this kind are not read here. Save it as PNG or JPEG, and choose that file."
            }
            _ => "This picture is damaged or too large. Take it again, or save it as PNG.",
        },
    })?;
    let length = texts.iter().map(|text| text.as_str().len() + 1).sum();
    let mut lines = Zeroizing::new(String::with_capacity(length));
    for text in &texts {
        lines.push_str(text.as_str());
        lines.push('\n');
    }
    Ok(Some(lines))
}

/// An encrypted file that says nothing of itself: what the password opens is what it is.
fn without_mark(source: &Source<'_>, first: Format, second: Format) -> Result<Found, TransferError> {
    match read_as(first, source) {
        Err(TransferError::WrongPassword | TransferError::WrongPasswordOrDamaged) => {
            let found = read_as(second, source);
            found.map_err(|error| match error {
                TransferError::WrongPassword | TransferError::Damaged { .. } => {
                    TransferError::WrongPasswordOrDamaged
                }
                other => other,
            })
        }
        found => found,
    }
}

/// Refuses what is no success: too many entries, none, or none that can be used.
fn usable(found: Found) -> Result<Found, TransferError> {
    if found.items.is_empty() {
        return Err(TransferError::Empty);
    }
    if found.items.len() > MAX_ENTRIES {
        return Err(TransferError::TooLarge { what: "more than 100 000 entries" });
    }
    let is_usable = |item: &Item| matches!(item, Item::Usable(_));
    let refusal = |item: &Item| match item {
        Item::Refused(refusal) => Some(refusal.reason.to_string()),
        _ => None,
    };
    let mut refused = found.items.iter().filter_map(refusal);
    match refused.next() {
        Some(first) if !found.items.iter().any(is_usable) => {
            Err(TransferError::NothingUsable { refused: 1 + refused.count(), first })
        }
        _ => Ok(found),
    }
}

fn read_as(format: Format, source: &Source<'_>) -> Result<Found, TransferError> {
    match format {
        Format::Aegis => aegis::read(source),
        Format::TwoFas => twofas::read(source),
        Format::Bitwarden => bitwarden::read(source),
        Format::Ente => ente::read(source),
        Format::Proton => proton::read(source),
        Format::Stratum => stratum::read(source),
        Format::AndOtp => andotp::read(source),
        Format::FreeOtp => freeotp::read(source),
        Format::LastPass => lastpass::read(source),
        Format::Raivo => raivo::read(source),
        Format::Authy => authy::read(source),
        Format::Duo => duo::read(source),
        Format::Microsoft => microsoft::read(source),
        Format::Google => google::read(source),
        Format::AuthenticatorPlus => authenticator_plus::read(source),
        Format::WinAuth => winauth::read(source),
        Format::TotpAuthenticator => totp_authenticator::read(source),
        Format::Kdbx => kdbx::read(source),
        Format::Steam => steam::read(source),
        Format::BattleNet => battlenet::read(source),
        Format::Links => links::read(source),
        Format::Html => html::read(source),
        Format::Backup => backup::read(source),
    }
}
