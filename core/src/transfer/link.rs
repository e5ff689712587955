//! One link inside another app's file, as an entry. Links themselves are read by [`OtpEntry::parse_with_warnings`];
//! lists of nothing but links are `links`' subject.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::fields::{self, Unusable};
use super::{Imported, names};
use crate::otp::{Kind, OtpEntry, is_link};

/// The entry that a link describes.
///
/// # Errors
/// [`Unusable`].
pub(super) fn read(link: &str) -> Result<Imported, Unusable> {
    let (otp, warnings) = OtpEntry::parse_with_warnings(link)?;
    Ok(Imported { warnings: warnings.into_iter().map(Into::into).collect(), ..Imported::from(otp) })
}

/// A link, or only a secret in base32 with the defaults for everything else.
///
/// # Errors
/// [`Unusable`].
pub(super) fn read_or_secret(text: &str) -> Result<Imported, Unusable> {
    if is_link(text) {
        return read(text);
    }
    Ok(OtpEntry::new(None, "", fields::base32(text)?, Kind::DEFAULT)?.into())
}

/// The names of a link that cannot be used, safe to show: its label, where that cannot hold the secret.
pub(super) fn shown(link: &str) -> String {
    let label = || {
        let (scheme, rest) = link.trim().split_once("://")?;
        // What follows `steam://` is the secret; and without a query the secret may be anywhere.
        let (path, _) = rest.split_once('?').filter(|_| !scheme.eq_ignore_ascii_case("steam"))?;
        // Nor is a label shown that the start of the query has run into.
        let (_, label) = path.split_once('/').filter(|(_, label)| !label.contains('='))?;
        percent_decode_str(label).decode_utf8().ok()
    };
    names::shown(None, &label().unwrap_or(Cow::Borrowed("")))
}
