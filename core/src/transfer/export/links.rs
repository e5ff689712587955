//! `otpauth://` links, one a line: every app reads them. Tags, notes and pictures are not in them.

use zeroize::Zeroizing;

use super::Written;
use crate::entries::Kept;
use crate::otp::MAX_URI_BYTES;

/// The list.
pub(crate) fn list(entries: &[&Kept]) -> Written {
    let mut written = Written::default();
    let mut links = Vec::with_capacity(entries.len());
    for kept in entries {
        let link = kept.otp.to_uri();
        if link.len() > MAX_URI_BYTES {
            written.leave_out(kept, "left_out_names", "its names are too long for a link.");
        } else {
            links.push(link);
        }
    }
    // Room for everything at once: a growing buffer would leave copies of secrets behind.
    let mut file = Zeroizing::new(Vec::with_capacity(links.iter().map(|link| link.len() + 1).sum()));
    for link in links {
        file.extend_from_slice(link.as_bytes());
        file.push(b'\n');
    }
    written.files.push(file);
    written
}
