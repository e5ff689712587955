//! Web Push has no account; what stands for one is the key that push services know us by (VAPID, RFC 8292).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Secret;
use super::pem::{check_ca, pkcs8};
use crate::engine::Error;
use crate::host::{NoRandomness, ring_dice};

/// Signs what is sent to push services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebPushAccount {
    /// P-256, PKCS#8 in PEM.
    pub private_key: Secret,
    /// Whom a push service can turn to: `mailto:…` or `https://…`.
    pub subject: String,
    /// A certificate authority (PEM) that is believed for push services, beside the public ones.
    pub ca: Option<String>,
}

impl WebPushAccount {
    /// A new key, as [`private_key`](Self::private_key) wants it. With another key, every subscription that an app made
    /// for the old one ends.
    ///
    /// # Errors
    /// [`Error::Randomness`]: the operating system gave no random bytes.
    pub fn new_key() -> Result<Secret, Error> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ring_dice());
        let text = STANDARD.encode(made.map_err(|_| NoRandomness)?.as_ref());
        let (first, rest) = text.split_at_checked(64).unwrap_or((&text, ""));
        let (second, third) = rest.split_at_checked(64).unwrap_or((rest, ""));
        let lines = [first, second, third].join("\n");
        Ok(Secret::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.trim_end()
        )))
    }

    /// Whether anything can be signed under this account.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self) -> Result<(), Error> {
        let subject = self.subject.as_str();
        let address = subject.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
        let mail = address.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        let page = subject.starts_with("https://") && Url::parse(subject).is_ok_and(|url| url.has_host());
        let word = subject.len() <= 320 && subject.bytes().all(|byte| byte.is_ascii_graphic());
        if !(word && (mail || page)) {
            return Err(Error::Invalid(
                "the subject must say whom a push service can turn to: mailto:you@example.org, or an https:// address"
                    .to_owned(),
            ));
        }
        check_ca(self.ca.as_deref())?;
        self.key().map(drop)
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// [`Error::Invalid`]: it is none, or on another curve.
    pub fn key(&self) -> Result<EcdsaKeyPair, Error> {
        let der = pkcs8(&self.private_key, "the key")?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der(), &ring_dice()).map_err(
            |_| {
                Error::Invalid(
                    "the key must be a P-256 key; `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` \
                     makes one, and without a key file we make it"
                        .to_owned(),
                )
            },
        )
    }

    /// What apps subscribe with (`applicationServerKey`): the public half, 65 bytes in base64url, 87 characters.
    ///
    /// # Errors
    /// As [`key`](Self::key).
    pub fn public_key(&self) -> Result<String, Error> {
        Ok(URL_SAFE_NO_PAD.encode(self.key()?.public_key()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(subject: &str) -> WebPushAccount {
        let private_key = WebPushAccount::new_key().unwrap();
        WebPushAccount { private_key, subject: subject.to_owned(), ca: None }
    }

    #[test]
    fn a_key_is_made_and_its_public_half_is_what_apps_take() {
        let account = account("mailto:ops@example.org");
        assert_eq!(account.check(), Ok(()));
        let public = account.public_key().unwrap();
        assert_eq!((public.len(), public.as_bytes()[0]), (87, b'B'));
        let kept = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<WebPushAccount>(&kept).unwrap().public_key(), Ok(public));
        assert!(account.private_key.reveal().lines().all(|line| line.len() <= 64));
        assert!(!format!("{account:?}").contains("PRIVATE"));
    }

    #[test]
    fn an_account_that_cannot_sign_is_refused() {
        assert_eq!(account("https://example.org/contact").check(), Ok(()));
        for subject in
            ["", "ops@example.org", "mailto:", "mailto:ops", "http://example.org", "https://", "mailto:a b@c"]
        {
            assert!(account(subject).check().is_err(), "{subject}");
        }
        let rsa = include_str!("../../../../tests/keys/fcm_service_account.pem");
        for (key, why) in [("", "PKCS#8"), (rsa, "P-256")] {
            let wrong = WebPushAccount { private_key: Secret::new(key.to_owned()), ..account("mailto:a@b") };
            let error = wrong.check().unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
