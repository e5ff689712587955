//! An account at Twilio, or at whoever speaks as Twilio does: for short messages, and for calls. Their requests to us are
//! believed for their signature, which is made and compared here and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::Secret;
use crate::engine::Error;

/// Lets us send messages and make calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwilioAccount {
    /// The account: `AC…`.
    pub account_sid: String,
    /// Its token: the password of our requests, and the key of the signatures of theirs.
    pub auth_token: Secret,
    /// The number that sends and calls (E.164), or `MG…` for a messaging service.
    pub from: String,
    /// Another address than Twilio's: `https://host:port`.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for that address, beside the public ones.
    pub ca: Option<String>,
}

/// The address of those who say no other.
const PUBLIC: &str = "https://api.twilio.com";

impl TwilioAccount {
    /// Whether requests can be made under this account at all. `calls`: it is to call people too, which takes a number.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self, calls: bool) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        if !is_sid(&self.account_sid, "AC") {
            return invalid("the account SID must be AC and 32 hex digits; the provider's console shows it");
        }
        let token = self.auth_token.reveal();
        if token.is_empty() || token.len() > 128 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return invalid(
                "the auth token must be one word of at most 128 characters, as the console shows it",
            );
        }
        match (is_number(&self.from), is_sid(&self.from, "MG")) {
            (true, _) => {}
            (false, true) if !calls => {}
            (false, true) => {
                return invalid(
                    "calls are made from a number, such as +15005550006, not from a messaging service",
                );
            }
            (false, false) => {
                return invalid(
                    "from must be a number with its country code, such as +15005550006, or MG and 32 hex digits",
                );
            }
        }
        let endpoint = self.endpoint.as_deref().map(Url::parse);
        if endpoint.is_some_and(|url| !url.is_ok_and(|url| is_base(&url))) {
            return invalid(
                "the endpoint must look like https://host or https://host:port, with nothing after it",
            );
        }
        Ok(())
    }

    /// The address of one of the account's resources, such as `Messages.json`.
    #[must_use]
    pub fn resource(&self, name: &str) -> String {
        let base = self.endpoint.as_deref().unwrap_or(PUBLIC).trim_end_matches('/');
        format!("{base}/2010-04-01/Accounts/{}/{name}", self.account_sid)
    }

    /// Whether `said` is the `X-Twilio-Signature` of a request to `url` (as it was told to them: with its query) with the
    /// fields of a form; none for GET. Takes as long for a wrong one as for a right one.
    #[must_use]
    pub fn signed(&self, url: &str, fields: &[(String, String)], said: &str) -> bool {
        signature(&self.auth_token, url, fields).as_bytes().ct_eq(said.as_bytes()).into()
    }
}

/// What `X-Twilio-Signature` says: HMAC-SHA-1 under the account's token over the address and the fields of the form,
/// sorted, each name right before its value, in Base64. SHA-1 is Twilio's choice; under HMAC it still holds.
#[must_use]
pub fn signature(auth_token: &Secret, url: &str, fields: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    // A field that is there twice with the same value counts once.
    sorted.dedup();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.reveal().as_bytes());
    let mut mac = hmac::Context::with_key(&key);
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.sign())
}

fn is_sid(text: &str, prefix: &str) -> bool {
    let rest = text.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+');
    digits.is_some_and(|digits| {
        (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A scheme and a host that keep the token secret, and nothing else. Without TLS it goes no further than this machine.
fn is_base(url: &Url) -> bool {
    let here = url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    let secret = url.scheme() == "https" || (url.scheme() == "http" && here);
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    secret && bare && url.has_host() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> TwilioAccount {
        TwilioAccount {
            account_sid: format!("AC{}", "0a".repeat(16)),
            auth_token: Secret::new("12345".to_owned()),
            from: "+14158675310".to_owned(),
            endpoint: None,
            ca: None,
        }
    }

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The example of Twilio's documentation, which its own libraries are tested with.
    #[test]
    fn the_signature_is_what_another_implementation_computes() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let fields = form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
        ]);
        let right = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        let account = account();
        assert!(account.signed(url, &fields, right));
        let twice = [fields.clone(), fields.clone()].concat();
        assert!(account.signed(url, &twice, right), "what is there twice counts once");
        for (url, fields, said) in [
            (url, &fields[1..], right),
            ("https://mycompany.com/myapp.php?foo=1&bar=3", &fields[..], right),
            (url, &fields[..], "RSOYDt4T1cUTdK1PDd93/VVr8B9="),
            (url, &fields[..], ""),
        ] {
            assert!(!account.signed(url, fields, said), "{url} {said}");
        }
        let other = TwilioAccount { auth_token: Secret::new("12346".to_owned()), ..account };
        assert!(!other.signed(url, &fields, right));
    }

    #[test]
    fn an_account_that_cannot_work_is_refused_before_it_is_kept() {
        let good = account();
        assert_eq!(good.check(true), Ok(()));
        let service = TwilioAccount { from: format!("MG{}", "0".repeat(32)), ..account() };
        assert_eq!((service.check(false), service.check(true).is_err()), (Ok(()), true));
        let here = |endpoint: &str| TwilioAccount { endpoint: Some(endpoint.to_owned()), ..account() };
        for good in ["https://gateway.example.org", "https://10.0.0.1:8443/", "http://127.0.0.1:9"] {
            assert_eq!(here(good).check(true), Ok(()), "{good}");
        }
        for wrong in
            ["", "gateway", "http://gateway.example.org", "https://a/b", "https://u:p@a", "https://a?b"]
        {
            assert!(here(wrong).check(false).is_err(), "{wrong}");
        }
        for wrong in [
            TwilioAccount { account_sid: "AC12".to_owned(), ..account() },
            TwilioAccount { auth_token: Secret::new("a b".to_owned()), ..account() },
            TwilioAccount { from: "Example".to_owned(), ..account() },
        ] {
            let error = wrong.check(false).unwrap_err().to_string();
            assert!(!error.contains("a b"), "{error}");
        }
    }

    #[test]
    fn resources_are_the_accounts() {
        let here = TwilioAccount { endpoint: Some("https://gateway.example.org/".to_owned()), ..account() };
        let sid = &here.account_sid;
        assert_eq!(
            here.resource("Calls.json"),
            format!("https://gateway.example.org/2010-04-01/Accounts/{sid}/Calls.json")
        );
        assert!(account().resource("Calls.json").starts_with("https://api.twilio.com/2010-04-01/"));
    }
}
