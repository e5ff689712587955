//! Who we are to a push service (VAPID, RFC 8292): a token for its origin, signed by the account's key, made once and
//! shown until shortly before it ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use reqwest::header::HeaderValue;
use ring::signature::EcdsaKeyPair;
use serde_json::json;
use url::Url;

use super::super::jwt::es256;
use crate::engine::Error;
use crate::engine::providers::WebPushAccount;

/// Seconds for which a token is good: 12 hours; 24 are allowed.
const LASTS: i64 = 12 * 3_600;
/// Seconds before its end from which it is not shown any more: one hour, in case a push service's clock is ahead.
const SPARE: i64 = 3_600;
/// Origins whose tokens are kept at most. Devices name the origins, so there could be any number.
const AT_MOST: usize = 64;

/// What is signed with.
#[derive(Debug)]
pub(super) struct Vapid {
    key: EcdsaKeyPair,
    public: String,
    subject: String,
    shown: Mutex<HashMap<String, Shown>>,
}

#[derive(Debug)]
struct Shown {
    header: HeaderValue,
    /// Seconds since 1970.
    made_at: i64,
}

impl Vapid {
    /// Under an account.
    ///
    /// # Errors
    /// [`Error::Invalid`]: its key is none.
    pub(super) fn new(account: &WebPushAccount) -> Result<Self, Error> {
        let (key, public) = (account.key()?, account.public_key()?);
        Ok(Self { key, public, subject: account.subject.clone(), shown: Mutex::default() })
    }

    /// `Authorization` for a push service, at `now` (seconds since 1970). None when the key cannot sign.
    pub(super) fn header(&self, endpoint: &Url, now: i64) -> Option<HeaderValue> {
        let origin = endpoint.origin().ascii_serialization();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |one: &Shown| (0..LASTS - SPARE).contains(&(now - one.made_at));
        if let Some(one) = shown.get(&origin).filter(|one| fresh(one)) {
            return Some(one.header.clone());
        }
        let claims = json!({ "aud": origin, "exp": now + LASTS, "sub": self.subject });
        let token = es256(&self.key, &json!({ "typ": "JWT", "alg": "ES256" }), &claims)?;
        let mut header = HeaderValue::from_str(&format!("vapid t={token}, k={}", self.public)).ok()?;
        header.set_sensitive(true);
        shown.retain(|_, one| fresh(one));
        if shown.len() >= AT_MOST {
            shown.clear();
        }
        shown.insert(origin, Shown { header: header.clone(), made_at: now });
        Some(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    fn vapid() -> Vapid {
        let private_key = WebPushAccount::new_key().unwrap();
        let subject = "mailto:ops@example.org".to_owned();
        Vapid::new(&WebPushAccount { private_key, subject, ca: None }).unwrap()
    }

    fn header(vapid: &Vapid, endpoint: &str, now: i64) -> String {
        vapid.header(&endpoint.parse().unwrap(), now).unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn a_push_service_can_check_who_we_are() {
        let vapid = vapid();
        let said = header(&vapid, "https://push.example.org:8443/secret/path", 1_800_000_000);
        let (token, public) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public));
        assert!(key.verify(input.as_bytes(), &decode(signature)).is_ok());
        let claims: Value = serde_json::from_slice(&decode(input.split_once('.').unwrap().1)).unwrap();
        assert_eq!(
            claims,
            json!({ "aud": "https://push.example.org:8443", "exp": 1_800_043_200, "sub": "mailto:ops@example.org" })
        );
        assert!(!format!("{vapid:?}").contains(token));
    }

    #[test]
    fn a_token_is_made_once_for_each_origin_until_it_nears_its_end() {
        let vapid = vapid();
        let (here, there) = ("https://push.example.org/a", "https://other.example.org/a");
        let first = header(&vapid, here, 1_000_000);
        assert_eq!(header(&vapid, "https://push.example.org/b", 1_000_000 + LASTS - SPARE - 1), first);
        assert_ne!(header(&vapid, there, 1_000_000), first);
        let next = header(&vapid, here, 1_000_000 + LASTS - SPARE);
        assert_ne!(next, first);
        assert_ne!(header(&vapid, here, 1_000_000), next, "after the clock was set back");
        for other in 0..1_000 {
            header(&vapid, &format!("https://{other}.example.org/"), 1_000_000);
        }
        assert!(vapid.shown.lock().unwrap().len() <= AT_MOST);
    }
}
