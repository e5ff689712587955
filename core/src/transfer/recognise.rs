//! Which app a file is of, from its content alone: the first bytes, the names inside an archive or database, the keys of
//! a JSON document. Cheap and total: nothing is inflated, decrypted or allocated by what the file claims.
//!
//! Pictures are turned into their text before they come here (`read`).

use super::shape::Shape;
use super::{Format, TransferError, backup, json};

/// Why PGP files stay closed.
const PGP: TransferError = TransferError::Unsupported {
    reason: "This file is encrypted with PGP, which is not read here. Export again from the other app with a password instead, or decrypt the file first.",
};
/// Files of other kinds that people choose by mistake, which must not be taken for an encrypted file without a mark.
const FOREIGN: [&[u8]; 6] = [b"%PDF", b"\x7fELF", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"RIFF"];

/// What the file is of: one form for everything that can be told, and two, the likelier first, for encrypted files
/// without any mark.
pub(super) fn candidates(bytes: &[u8]) -> Result<(Format, Option<Format>), TransferError> {
    if bytes.is_empty() {
        return Err(TransferError::Empty);
    }
    if let Some(found) = by_first_bytes(bytes) {
        return found.map(|format| (format, None));
    }
    let Ok(text) = std::str::from_utf8(json::without_mark(bytes)) else {
        return unmarked(bytes).ok_or(TransferError::NotRecognised);
    };
    if text.is_empty() {
        return Err(TransferError::Empty);
    }
    by_text(text).map(|format| (format, None))
}

/// What an encrypted file without any mark may be.
fn unmarked(bytes: &[u8]) -> Option<(Format, Option<Format>)> {
    if FOREIGN.iter().any(|magic| bytes.starts_with(magic)) {
        return None;
    }
    let rounds = bytes.first_chunk().map_or(0, |first| u32::from_be_bytes(*first));
    let counted = (1..=10_000_000).contains(&rounds) && bytes.len() >= 44;
    let paged = bytes.len().is_multiple_of(1024);
    match (counted, paged) {
        (true, true) => Some((Format::AndOtp, Some(Format::AuthenticatorPlus))),
        (false, true) => Some((Format::AuthenticatorPlus, Some(Format::AndOtp))),
        _ => (bytes.len() >= 28).then_some((Format::AndOtp, None)),
    }
}

fn by_first_bytes(bytes: &[u8]) -> Option<Result<Format, TransferError>> {
    const MARKS: [(&[u8], Format); 5] = [
        (backup::MAGIC, Format::Backup),
        (b"AUTHENTICATORPRO", Format::Stratum),
        (b"AuthenticatorPro", Format::Stratum),
        (b"\xac\xed\x00\x05", Format::FreeOtp),
        (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", Format::Kdbx),
    ];
    if let Some((_, format)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(Ok(*format));
    }
    if bytes.starts_with(b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5") {
        return Some(Err(TransferError::Unsupported {
            reason: "This is a database of KeePass 1, which is not read here. Open it in KeePassXC, save it as KDBX, and choose that file.",
        }));
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Some(by_tables(bytes));
    }
    if bytes.starts_with(b"PK\x05\x06") {
        return Some(Err(TransferError::Empty));
    }
    bytes.starts_with(b"PK\x03\x04").then(|| by_members(bytes))
}

/// A database keeps the statements that made its tables as text.
fn by_tables(bytes: &[u8]) -> Result<Format, TransferError> {
    if contains(bytes, b"oath_secret_key") {
        Ok(Format::Microsoft)
    } else if has_table(bytes, "authenticator") {
        Ok(Format::Stratum)
    } else if has_table(bytes, "accounts") {
        Ok(Format::Google)
    } else {
        Err(TransferError::NotRecognised)
    }
}

fn has_table(bytes: &[u8], name: &str) -> bool {
    ["", "\"", "`", "["].iter().any(|quote| {
        let statement = format!("CREATE TABLE {quote}{name}");
        let after = |at: usize| bytes.get(at + statement.len());
        let ends = |c: Option<&u8>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && *c != b'_');
        places(bytes, statement.as_bytes()).any(|at| ends(after(at)))
    })
}

/// Names of an archive's members stand in it as they are, also when the members are encrypted.
fn by_members(bytes: &[u8]) -> Result<Format, TransferError> {
    if contains(bytes, b"raivo-otp-export.json") {
        Ok(Format::Raivo)
    } else if contains(bytes, b"Accounts.txt") {
        Ok(Format::AuthenticatorPlus)
    } else if contains(bytes, b"Proton Pass/data.json") {
        Ok(Format::Proton)
    } else if contains(bytes, b"Proton Pass/data.pgp") {
        Err(PGP)
    } else if contains(bytes, b".txt") {
        Ok(Format::WinAuth)
    } else {
        Err(TransferError::NotRecognised)
    }
}

fn by_text(text: &str) -> Result<Format, TransferError> {
    if text.starts_with("-----BEGIN PGP") {
        return Err(PGP);
    }
    match text.as_bytes().first() {
        Some(b'<') => by_markup(text),
        Some(b'{') => by_keys(&Shape::of(text.as_bytes())).ok_or(TransferError::NotRecognised),
        Some(b'[') => by_list(&Shape::of(text.as_bytes())),
        _ => by_lines(text),
    }
}

fn by_markup(text: &str) -> Result<Format, TransferError> {
    const KEYS: [(&str, Format); 5] = [
        ("com.authy.storage.tokens.", Format::Authy),
        ("com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET", Format::BattleNet),
        ("STATIC_TOTP_CODES_LIST", Format::TotpAuthenticator),
        ("tokenOrder", Format::FreeOtp),
        ("issuerExt", Format::FreeOtp),
    ];
    let head = text.get(..text.floor_char_boundary(1024)).unwrap_or(text).to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.contains("<html") {
        return Ok(Format::Html);
    }
    let found = KEYS.iter().find(|(key, _)| text.contains(key)).map(|(_, format)| *format);
    found.ok_or(TransferError::NotRecognised)
}

fn by_keys(shape: &Shape) -> Option<Format> {
    let all = |keys: &[&str]| keys.iter().all(|key| shape.has(key));
    let found = if all(&["version", "header", "db"]) {
        Format::Aegis
    } else if all(&["schemaVersion", "services"]) {
        Format::TwoFas
    } else if shape.has("encrypted") && (shape.has("items") || shape.has("data")) {
        Format::Bitwarden
    } else if all(&["kdfParams", "encryptedData", "encryptionNonce"])
        || (shape.has("items") && shape.has_inside("rawData"))
    {
        Format::Ente
    } else if shape.has("version")
        && ((shape.has("entries") && shape.has_inside("content")) || all(&["salt", "content"]))
    {
        Format::Proton
    } else if shape.has("Authenticators") {
        Format::Stratum
    } else if all(&["tokens", "tokenOrder"]) {
        Format::FreeOtp
    } else if shape.has("accounts") && shape.has_inside("issuerName") {
        Format::LastPass
    } else if shape.has("shared_secret") || (shape.has("accounts") && shape.has_inside("shared_secret")) {
        Format::Steam
    } else {
        return None;
    };
    Some(found)
}

fn by_list(shape: &Shape) -> Result<Format, TransferError> {
    let all = |keys: &[&str]| keys.iter().all(|key| shape.has_inside(key));
    if all(&["otpGenerator"]) || all(&["accountType", "pkey"]) {
        Ok(Format::Duo)
    } else if all(&["kind", "timer"]) {
        Ok(Format::Raivo)
    } else if all(&["type", "label", "secret"]) {
        Ok(Format::AndOtp)
    } else if shape.is_empty() {
        Err(TransferError::Empty)
    } else {
        Err(TransferError::NotRecognised)
    }
}

fn by_lines(text: &str) -> Result<Format, TransferError> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines().next() else { return Err(TransferError::Empty) };
    if lines().all(|line| holds(line, "otpauth-migration:")) {
        return Ok(Format::Google);
    }
    if lines().all(|line| holds(line, "lpaauth-migration:")) {
        return Ok(Format::LastPass);
    }
    if lines().any(is_link) {
        let ente = holds(text, "codeDisplay=") || (lines().count() == 1 && holds(first, ",otpauth://"));
        let winauth =
            lines().any(|line| ["&icon=", "&serial=", "&deviceid="].iter().any(|mark| holds(line, mark)));
        let plain = lines().any(|line| holds(line, "period=") || holds(line, "algorithm="));
        return Ok(match (ente, winauth && !plain) {
            (true, _) => Format::Ente,
            (false, true) => Format::WinAuth,
            (false, false) => Format::Links,
        });
    }
    if first.contains("login_totp") && first.contains(',') {
        return Ok(Format::Bitwarden);
    }
    if is_base64_of_blocks(text) { Ok(Format::TotpAuthenticator) } else { Err(TransferError::NotRecognised) }
}

/// A line of a list of links, or a link with a word before it, as some scanners of QR codes write.
fn is_link(line: &str) -> bool {
    const SCHEMES: [&str; 4] = ["otpauth:", "apple-otpauth:", "motp:", "steam:"];
    let begins =
        |scheme: &str| line.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.iter().any(|scheme| begins(scheme))
        || ["otpauth-migration:", "lpaauth-migration:"].iter().any(|scheme| holds(line, scheme))
}

fn is_base64_of_blocks(text: &str) -> bool {
    let (mut symbols, mut padding) = (0_usize, 0_usize);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        match c {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => symbols += 1,
            _ => return false,
        }
    }
    symbols > 0 && padding <= 2 && (symbols * 6 / 8).is_multiple_of(16)
}

/// Whether `text` contains `part`, without regard to ASCII case.
fn holds(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    places(bytes, part).next().is_some()
}

fn places<'a>(bytes: &'a [u8], part: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(part.len()).enumerate().filter(move |(_, window)| *window == part).map(|(at, _)| at)
}
