//! Reading what must not be seen: from files and descriptors.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Failure;
use crate::engine::providers::Secret;

/// Bytes of a file that are read at most.
const LONGEST: u64 = 64 * 1024;

/// The whole text of a file.
pub(super) fn text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::other(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// A file's text that is no secret, such as a certificate.
pub(super) fn public_text(path: Option<&PathBuf>) -> Result<Option<String>, Failure> {
    path.map(|path| Ok(text(path)?.to_string())).transpose()
}

/// The first line of a file or of a descriptor; `what` names the options.
pub(super) fn line(file: Option<&PathBuf>, descriptor: Option<u32>, what: &str) -> Result<Secret, Failure> {
    let path = match (file, descriptor) {
        (Some(path), None) => path.clone(),
        (None, Some(number)) => PathBuf::from(format!("/dev/fd/{number}")),
        _ => return Err(Failure::other(format!("give the secret with {what}-file FILE or {what}-fd N"))),
    };
    let text = text(&path)?;
    match text.lines().next() {
        Some(line) if !line.trim().is_empty() => Ok(Secret::new(line.trim_end().to_owned())),
        _ => Err(Failure::other(format!(
            "{what}: the first line must hold the secret, and there is nothing in it"
        ))),
    }
}
