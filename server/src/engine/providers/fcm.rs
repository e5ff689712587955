//! An account at Google's push service: a service account of the project that the app belongs to.

use ring::rsa;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Secret;
use super::pem::{check_ca, is_https, pkcs8};
use crate::engine::Error;

/// Lets us push to the apps of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FcmAccount {
    /// The project.
    pub project_id: String,
    /// Who we are there: `iss` of what we sign.
    pub client_email: String,
    /// The key's id.
    pub private_key_id: String,
    /// The key: RSA, PKCS#8 in PEM.
    pub private_key: Secret,
    /// Where access tokens are had.
    pub token_uri: String,
    /// Another address than Google's to send to: `https://host:port`.
    pub endpoint: Option<String>,
    /// A certificate authority (PEM) that is believed for both addresses, beside the public ones.
    pub ca: Option<String>,
}

/// Where the right file comes from.
const WHERE: &str =
    "the Firebase console makes it: Project settings, Service accounts, Generate new private key";

impl FcmAccount {
    /// Reads the key file of a service account, as Google hands it out, and checks it.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what it is instead, and never shows any of it.
    pub fn from_key_file(json: &str) -> Result<Self, Error> {
        let invalid = |why: &str| Err(Error::Invalid(format!("{why}; {WHERE}")));
        let Ok(Value::Object(file)) = serde_json::from_str(json) else {
            return invalid("the key file is not a JSON object");
        };
        if file.contains_key("project_info") {
            return invalid(
                "this is google-services.json, which belongs into the app, not the key file of a service account",
            );
        }
        if file.get("type").and_then(Value::as_str) != Some("service_account") {
            return invalid(
                "the key file is not that of a service account (\"type\" is not \"service_account\")",
            );
        }
        let member = |name: &str| match file.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(Error::Invalid(format!("the key file has no {name}; {WHERE}"))),
        };
        let account = Self {
            project_id: member("project_id")?,
            client_email: member("client_email")?,
            private_key_id: member("private_key_id")?,
            private_key: Secret::new(member("private_key")?),
            token_uri: member("token_uri")?,
            endpoint: None,
            ca: None,
        };
        account.check()?;
        Ok(account)
    }

    /// Whether requests can be made under this account at all.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to write instead.
    pub fn check(&self) -> Result<(), Error> {
        let invalid = |why: &str| Err(Error::Invalid(why.to_owned()));
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte);
        if !(1..=100).contains(&self.project_id.len()) || !self.project_id.bytes().all(plain) {
            return invalid("the project id must be like my-project-1234: small letters, digits and hyphens");
        }
        let word =
            |text: &str| (1..=320).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !word(&self.client_email) || !self.client_email.contains('@') {
            return invalid(
                "client_email must be the service account's address, such as name@project.iam.gserviceaccount.com",
            );
        }
        if !word(&self.private_key_id) {
            return invalid("private_key_id must be the key's id, one word");
        }
        if !is_https(&self.token_uri, false) {
            return invalid(
                "token_uri must be an https:// address, such as https://oauth2.googleapis.com/token",
            );
        }
        if self.endpoint.as_deref().is_some_and(|endpoint| !is_https(endpoint, true)) {
            return invalid(
                "the endpoint must be like https://host or https://host:port, with nothing after it",
            );
        }
        check_ca(self.ca.as_deref())?;
        self.key().map(drop)
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// [`Error::Invalid`]: it is not one, or not one of 2048 bits or more.
    pub fn key(&self) -> Result<rsa::KeyPair, Error> {
        let der = pkcs8(&self.private_key, "private_key")?;
        rsa::KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| {
            Error::Invalid(format!("private_key is not an RSA key of 2048 to 4096 bits; {WHERE}"))
        })
    }

    /// Where messages go.
    #[must_use]
    pub fn send_url(&self) -> String {
        let base = self.endpoint.as_deref().unwrap_or("https://fcm.googleapis.com").trim_end_matches('/');
        format!("{base}/v1/projects/{}/messages:send", self.project_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Made for this test by `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, and used nowhere else.
    const KEY: &str = include_str!("../../../../tests/keys/fcm_service_account.pem");

    fn file() -> Value {
        json!({
            "type": "service_account", "project_id": "example-1234", "private_key_id": "0a1b2c",
            "private_key": KEY, "client_email": "push@example-1234.iam.gserviceaccount.com",
            "client_id": "1", "token_uri": "https://oauth2.googleapis.com/token",
        })
    }

    #[test]
    fn googles_key_file_is_read_and_kept_as_it_is() {
        let account = FcmAccount::from_key_file(&file().to_string()).unwrap();
        assert_eq!(account.send_url(), "https://fcm.googleapis.com/v1/projects/example-1234/messages:send");
        let kept = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<FcmAccount>(&kept).unwrap(), account);
        let shown = format!("{account:?}");
        assert!(!shown.contains("PRIVATE") && !shown.contains("MII"), "{shown}");
        let here = FcmAccount { endpoint: Some("https://127.0.0.1:9/".to_owned()), ..account };
        assert_eq!(here.check(), Ok(()));
        assert_eq!(here.send_url(), "https://127.0.0.1:9/v1/projects/example-1234/messages:send");
    }

    #[test]
    fn another_file_is_refused_with_what_it_is_and_without_its_content() {
        let refused = |text: &str| FcmAccount::from_key_file(text).unwrap_err().to_string();
        for (text, why) in [
            ("", "not a JSON object"),
            ("[]", "not a JSON object"),
            (r#"{"project_info":{},"client":[]}"#, "google-services.json"),
            (r#"{"type":"authorized_user"}"#, "service_account"),
        ] {
            let error = refused(text);
            assert!(error.contains(why) && error.contains("console"), "{error}");
        }
        for member in ["project_id", "client_email", "private_key_id", "private_key", "token_uri"] {
            let mut file = file();
            file.as_object_mut().unwrap().remove(member);
            let error = refused(&file.to_string());
            assert!(error.contains(&format!("no {member}")), "{error}");
        }
    }

    #[test]
    fn an_account_that_cannot_work_is_refused() {
        let short = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n";
        for (member, value, why) in [
            ("project_id", "../other", "project id"),
            ("project_id", "", "project_id"),
            ("client_email", "push", "client_email"),
            ("private_key_id", "a b", "private_key_id"),
            ("private_key", "no key", "PKCS#8"),
            ("private_key", short, "RSA"),
            ("token_uri", "http://oauth2.googleapis.com/token", "https://"),
        ] {
            let mut file = file();
            file[member] = value.into();
            let error = FcmAccount::from_key_file(&file.to_string()).unwrap_err().to_string();
            assert!(error.contains(why), "{member}: {error}");
        }
        let good = FcmAccount::from_key_file(&file().to_string()).unwrap();
        for endpoint in ["http://127.0.0.1:1", "https://host/path", "host"] {
            let wrong = FcmAccount { endpoint: Some(endpoint.to_owned()), ..good.clone() };
            assert!(wrong.check().is_err(), "{endpoint}");
        }
        assert!(FcmAccount { ca: Some("no".to_owned()), ..good }.check().is_err());
    }
}
