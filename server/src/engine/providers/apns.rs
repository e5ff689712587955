//! An account at Apple's push service: a signing key of the team that made the app.

use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde::{Deserialize, Serialize};
use url::Url;

use super::Secret;
use super::pem::{check_ca, is_https, pkcs8};
use crate::engine::Error;
use crate::host::ring_dice;

/// Characters of a topic at most; a bundle id is a name like `org.example.app`.
const LONGEST_TOPIC: usize = 155;

/// Lets us push to one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApnsAccount {
    /// The team, 10 characters: `iss` of the provider token.
    pub team_id: String,
    /// The key, 10 characters: `kid` of the provider token.
    pub key_id: String,
    /// The key itself: P-256, PKCS#8 in PEM, as in the `.p8` file.
    pub private_key: Secret,
    /// The app's bundle id: `apns-topic`.
    pub topic: String,
    /// Whether the app was signed for development.
    pub sandbox: bool,
    /// Another address than Apple's: `https://host:port`. Not public only where the operator lists it.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for that address, beside the public ones.
    pub ca: Option<String>,
}

impl ApnsAccount {
    /// Whether a push could be sent with it, as far as that shows without asking Apple.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is wrong and where the right one is found.
    pub fn check(&self) -> Result<(), Error> {
        let ten = |text: &str| {
            text.len() == 10 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        if !ten(&self.team_id) {
            return invalid(
                "the team id has 10 capital letters and digits; Apple shows it under Membership details",
            );
        }
        if !ten(&self.key_id) {
            return invalid(
                "the key id has 10 capital letters and digits; it is in the name of the file, AuthKey_<key id>.p8",
            );
        }
        let in_a_name = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        if self.topic.is_empty() || self.topic.len() > LONGEST_TOPIC || !self.topic.bytes().all(in_a_name) {
            return invalid("the topic is the app's bundle id, such as org.example.app");
        }
        self.signing_key()?;
        self.address()?;
        check_ca(self.ca.as_deref())
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what the file should be.
    pub(crate) fn signing_key(&self) -> Result<EcdsaKeyPair, Error> {
        let der = pkcs8(&self.private_key, "the .p8 file")?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der(), &ring_dice())
            .map_err(|_| {
                Error::Invalid(
                    "the .p8 file holds no P-256 key; take the file AuthKey_….p8 as Apple hands it out"
                        .to_owned(),
                )
            })
    }

    /// The host and port to connect to.
    ///
    /// # Errors
    /// [`Error::Invalid`] when an address of its own is not `https://host` or `https://host:port`.
    pub(crate) fn address(&self) -> Result<(String, u16), Error> {
        let Some(endpoint) = &self.endpoint else {
            let host = if self.sandbox { "api.sandbox.push.apple.com" } else { "api.push.apple.com" };
            return Ok((host.to_owned(), 443));
        };
        let url = Url::parse(endpoint).ok().filter(|_| is_https(endpoint, true));
        match url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?))) {
            Some((host, port)) => Ok((host.to_owned(), port)),
            None => invalid("the endpoint must be https://host or https://host:port, and nothing after it"),
        }
    }
}

fn invalid<T>(why: &str) -> Result<T, Error> {
    Err(Error::Invalid(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn pem(der: &[u8]) -> Secret {
        Secret::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            BASE64_STANDARD.encode(der)
        ))
    }

    fn pkcs8() -> Vec<u8> {
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ring_dice())
            .unwrap()
            .as_ref()
            .to_vec()
    }

    fn account() -> ApnsAccount {
        ApnsAccount {
            team_id: "TEAM123456".to_owned(),
            key_id: "KEY1234567".to_owned(),
            private_key: pem(&pkcs8()),
            topic: "org.example.app".to_owned(),
            sandbox: false,
            endpoint: None,
            ca: None,
        }
    }

    /// Apple writes the curve into the inner key a second time, which other tools leave out.
    fn as_apple_writes_it(plain: &[u8]) -> Vec<u8> {
        let (private, public) = (&plain[34..68], &plain[68..]);
        let head =
            [&[0x30, 0x81, 0x93][..], &plain[3..27], &[0x04, 0x79, 0x30, 0x77], &plain[31..34]].concat();
        let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        [&head[..], private, &curve, public].concat()
    }

    #[test]
    fn a_key_is_read_in_both_forms_that_are_about() {
        assert_eq!(account().check(), Ok(()));
        let apples = as_apple_writes_it(&pkcs8());
        assert_eq!(apples.len(), 0x93 + 3);
        assert_eq!(ApnsAccount { private_key: pem(&apples), ..account() }.check(), Ok(()));
    }

    #[test]
    fn what_cannot_work_is_refused_with_where_to_look() {
        let good = account;
        let bad = |account: ApnsAccount, word: &str| {
            let said = account.check().unwrap_err().to_string();
            assert!(said.contains(word), "{said}");
        };
        bad(ApnsAccount { team_id: "team123456".to_owned(), ..good() }, "team id");
        bad(ApnsAccount { key_id: "KEY123456".to_owned(), ..good() }, "key id");
        for topic in ["", "org.example.app\r\nx: y", &"x".repeat(200)] {
            bad(ApnsAccount { topic: topic.to_owned(), ..good() }, "bundle id");
        }
        for key in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            bad(ApnsAccount { private_key: Secret::new(key.to_owned()), ..good() }, ".p8");
        }
        for endpoint in
            ["", "http://example.org", "https://example.org/3/device", "https://sam@example.org", "x"]
        {
            bad(ApnsAccount { endpoint: Some(endpoint.to_owned()), ..good() }, "endpoint");
        }
        for ca in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            bad(ApnsAccount { ca: Some(ca.to_owned()), ..good() }, "authority");
        }
    }

    #[test]
    fn development_and_production_are_two_hosts() {
        let sandbox = ApnsAccount { sandbox: true, ..account() };
        assert_eq!(account().address(), Ok(("api.push.apple.com".to_owned(), 443)));
        assert_eq!(sandbox.address(), Ok(("api.sandbox.push.apple.com".to_owned(), 443)));
        let own = ApnsAccount { endpoint: Some("https://127.0.0.1:2197".to_owned()), ..account() };
        assert_eq!(own.address(), Ok(("127.0.0.1".to_owned(), 2197)));
    }

    #[test]
    fn an_account_comes_back_from_the_database_as_it_was_and_shows_no_key() {
        let account = account();
        let text = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<ApnsAccount>(&text).unwrap(), account);
        let body = account.private_key.reveal().lines().nth(1).unwrap();
        assert!(!format!("{account:?}").contains(body));
    }
}
