//! One login with codes: a link or a secret, and the names that the login has beside it.

use super::super::fields::Unusable;
use super::super::{Imported, Item, link, names};
use crate::entries::Details;

/// A login, as JSON and CSV give it.
#[derive(Debug, Default)]
pub(super) struct Login<'a> {
    /// A link (`otpauth:`, `steam:`) or a secret in base32; it has something in it.
    pub(super) totp: &'a str,
    /// The item's name: the issuer, unless the link has one.
    pub(super) name: Option<&'a str>,
    /// The account, unless the link has one.
    pub(super) username: Option<&'a str>,
    /// What the person made of it.
    pub(super) details: Details,
}

impl Login<'_> {
    /// As an item of the file.
    pub(super) fn item(self, index: usize) -> Item {
        let (name, username) = (self.name, self.username);
        match self.imported() {
            Ok(imported) => Item::Usable(Box::new(imported)),
            Err(unusable) => unusable.refused(index, names::shown(name, username.unwrap_or_default())),
        }
    }

    fn imported(self) -> Result<Imported, Unusable> {
        let read = link::read_or_secret(self.totp)?;
        let account = Some(read.otp.account()).filter(|account| !account.is_empty());
        let unescaped =
            account.zip(read.otp.issuer()).and_then(|(account, issuer)| unescaped(account, issuer));
        let account = unescaped.as_deref().or(account).or(self.username);
        let (issuer, account) = names::names(read.otp.issuer().or(self.name), account, None);
        let otp = read.otp.renamed(issuer.as_deref(), &account);
        Ok(Imported { otp, details: self.details, warnings: read.warnings })
    }
}

/// Bitwarden Authenticator writes its labels as for HTML. That the part before the colon is the issuer once that is
/// undone is the proof that it did.
fn unescaped(account: &str, issuer: &str) -> Option<String> {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    let plain = entities.iter().fold(account.to_owned(), |text, (entity, c)| text.replace(entity, c));
    let (_, without_issuer) = names::names(Some(issuer), Some(&plain), None);
    (plain != account && without_issuer != plain).then_some(without_issuer)
}
