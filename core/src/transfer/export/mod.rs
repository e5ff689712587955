//! Entries in forms that other apps and people read: links, Google's QR codes, Aegis JSON, a sheet to print.
//!
//! Pure: entries in, bytes out, and a sentence for each entry that a form cannot hold. Our own backup is `backup`'s
//! subject; reading all of these again is that of the folders beside this one.

mod aegis;
mod error;
mod google;
mod html;
mod links;
mod picture;

#[cfg(test)]
mod tests;

use zeroize::Zeroizing;

pub(crate) use aegis::{Uuids, encrypted as aegis_encrypted, plain as aegis_plain};
pub use error::ExportError;
pub(crate) use google::pictures as google;
pub(crate) use html::sheet as html;
pub(crate) use links::list as links;
pub(crate) use picture::png as qr_picture;

use super::names::shown;
use crate::entries::Kept;
use crate::remark::Remark;

/// What a form came to.
#[derive(Default)]
pub(crate) struct Written {
    /// One file, or as many pictures as are needed.
    pub(crate) files: Vec<Zeroizing<Vec<u8>>>,
    /// What the form cannot hold: sentences with the entry's name.
    pub(crate) left_out: Vec<Remark>,
}

impl Written {
    fn leave_out(&mut self, kept: &Kept, code: &'static str, reason: &str) {
        let name = shown(kept.otp.issuer(), kept.otp.account());
        let sentence = format!("{name}: {reason}");
        self.left_out.push(Remark::new(code, vec![name], sentence));
    }
}
