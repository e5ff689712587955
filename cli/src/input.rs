//! What a command is given to look at: a picture or a text, from a file or from standard input.

use std::fs::File;
use std::io::{self, Read};

use countersign_core::scan::{MAX_FILE_BYTES, Scanned, classify, scan_file};
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::output::Output;
use crate::progress::during;

/// Longest text that is read: far above every link.
const MAX_TEXT_BYTES: u64 = 64 * 1024;
/// Longest file of text that is read: far above every receipt.
const MAX_FILE_TEXT_BYTES: u64 = 256 * 1024;

/// What the QR codes of a picture say; `-` reads it from standard input.
pub(crate) async fn picture(out: &Output, name: &str) -> Result<Vec<Scanned>, Failure> {
    let path = name.to_owned();
    let scanned = tokio::task::spawn_blocking(move || {
        // One more than is looked at: the scanner says that it is too large, and how to help that.
        let bytes = read(&path, u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1))?;
        Ok(scan_file(&bytes)?)
    });
    let scanned = during(out, "Looking for QR codes", scanned).await;
    scanned.map_err(|e| Failure::failed("internal", e.to_string()))?
}

/// What the codes of a picture say that another program made, or what its text is.
pub(crate) async fn grabbed(
    out: &Output,
    take: fn(usize) -> Result<Zeroizing<Vec<u8>>, Failure>,
) -> Result<Vec<Scanned>, Failure> {
    let scanned = tokio::task::spawn_blocking(move || picture_or_text(&take(MAX_FILE_BYTES)?));
    let scanned = during(out, "Looking for QR codes", scanned).await;
    scanned.map_err(|e| Failure::failed("internal", e.to_string()))?
}

fn picture_or_text(bytes: &[u8]) -> Result<Vec<Scanned>, Failure> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(vec![classify(text.trim())]),
        Err(_) => Ok(scan_file(bytes)?),
    }
}

/// A link: the argument itself, or with `-` what standard input holds.
pub(crate) fn text(argument: &str) -> Result<Zeroizing<String>, Failure> {
    if argument != "-" {
        return Ok(Zeroizing::new(argument.to_owned()));
    }
    let bytes = read("-", MAX_TEXT_BYTES)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::nothing_found("not_text", "standard input holds no text; give the link as text")
    })?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// A picture's codes or, when the argument is no file but reads like a link, that link.
pub(crate) async fn picture_or_link(out: &Output, argument: &str) -> Result<Vec<Scanned>, Failure> {
    let is_link = ["countersign:", "https:", "http:", "otpauth:", "otpauth-migration:"]
        .iter()
        .any(|scheme| argument.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if is_link {
        return Ok(vec![classify(argument)]);
    }
    if argument == "-" {
        let bytes = read("-", u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1))?;
        return picture_or_text(&bytes);
    }
    picture(out, argument).await
}

/// The text of a file; `-` reads standard input.
pub(crate) fn file(name: &str) -> Result<Zeroizing<String>, Failure> {
    let bytes = read(name, MAX_FILE_TEXT_BYTES)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::nothing_found("not_text", format!("{name} holds no text; check the name")))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// At most `most` bytes of a file; `-` reads standard input.
pub(crate) fn read(name: &str, most: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let (shown, result) = if name == "-" {
        ("standard input", io::stdin().lock().take(most).read_to_end(&mut bytes))
    } else {
        (name, File::open(name).and_then(|file| file.take(most).read_to_end(&mut bytes)))
    };
    match result {
        Ok(_) => Ok(bytes),
        Err(e) => Err(Failure::failed("input", format!("{shown} cannot be read ({e}); check the name"))),
    }
}
