//! What all kinds of account have in common: what they are called, what they carry, whether they can work, and what of
//! them may be shown.

use ring::digest::{SHA256, digest};

use super::{Account, Channel, Secret};
use crate::engine::Error;

impl Account {
    /// Its word in commands and in the database.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Apns(_) => "apns",
            Self::Fcm(_) => "fcm",
            Self::WebPush(_) => "webpush",
            Self::Http(_) => "http",
            Self::Twilio(_) => "twilio",
            Self::Smpp(_) => "smpp",
            Self::Smtp(_) => "smtp",
            Self::File => "file",
        }
    }

    /// Whether messages of a channel can go out under it. A file is nobody's choice: it stands where there is none.
    #[must_use]
    pub fn carries(&self, channel: Channel) -> bool {
        match self {
            Self::Apns(_) => channel == Channel::Apns,
            Self::Fcm(_) => channel == Channel::Fcm,
            Self::WebPush(_) => channel == Channel::WebPush,
            Self::Http(_) | Self::Smpp(_) => channel == Channel::Sms,
            Self::Twilio(_) => matches!(channel, Channel::Sms | Channel::Voice),
            Self::Smtp(_) => channel == Channel::Email,
            Self::File => false,
        }
    }

    /// Whether it can work at all for a channel, as far as can be told without sending.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what to mend.
    pub fn check(&self, channel: Channel) -> Result<(), Error> {
        match self {
            Self::Twilio(account) => account.check(channel == Channel::Voice),
            Self::Http(account) => account.check(),
            Self::Smpp(account) => account.check(),
            Self::Apns(account) => account.check(),
            Self::Fcm(account) => account.check(),
            Self::WebPush(account) => account.check(),
            Self::Smtp(account) => account.check(),
            Self::File => Ok(()),
        }
    }

    /// What an operator recognises it by. Never a secret: of a key its fingerprint, of a password nothing at all.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = match self {
            Self::Apns(account) => vec![
                ("team_id", account.team_id.clone()),
                ("key_id", account.key_id.clone()),
                ("topic", account.topic.clone()),
                ("sandbox", account.sandbox.to_string()),
                ("key", fingerprint(&account.private_key)),
            ],
            Self::Fcm(account) => vec![
                ("project_id", account.project_id.clone()),
                ("client_email", account.client_email.clone()),
                ("private_key_id", account.private_key_id.clone()),
                ("key", fingerprint(&account.private_key)),
            ],
            Self::WebPush(account) => vec![
                ("subject", account.subject.clone()),
                ("key", fingerprint(&account.private_key)),
                ("public_key", account.public_key().unwrap_or_default()),
            ],
            Self::Http(account) => {
                vec![
                    ("from", account.from.clone()),
                    ("user", account.user.clone()),
                    ("host", host(&account.url)),
                ]
            }
            Self::Twilio(account) => {
                vec![("account_sid", account.account_sid.clone()), ("from", account.from.clone())]
            }
            Self::Smpp(account) => vec![
                ("host", format!("{}:{}", account.host, account.port)),
                ("tls", account.tls.to_string()),
                ("system_id", account.system_id.clone()),
                ("from", account.from.clone()),
            ],
            Self::Smtp(account) => {
                vec![("host", host(account.url.reveal())), ("from", account.from.clone())]
            }
            Self::File => Vec::new(),
        };
        let endpoint = match self {
            Self::Apns(account) => &account.endpoint,
            Self::Fcm(account) => &account.endpoint,
            Self::Twilio(account) => &account.endpoint,
            _ => &None,
        };
        facts.extend(endpoint.as_deref().map(|url| ("endpoint", host(url))));
        facts
    }
}

/// The first half of a key's digest: the same key can be recognised, and nothing is known of it.
fn fingerprint(key: &Secret) -> String {
    let digest = digest(&SHA256, key.reveal().trim().as_bytes());
    let hex = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}"));
    format!("sha256:{}", hex.collect::<String>())
}

/// Where an address leads, without what else stands in it.
fn host(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return "?".to_owned() };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::providers::SmtpAccount;

    #[test]
    fn s38_what_is_shown_of_an_account_holds_no_secret() {
        let url = Secret::new("smtps://mfa:hunter2@mail.example.org:465/".to_owned());
        let account = Account::Smtp(SmtpAccount { url, from: "mfa@example.org".to_owned(), ca: None });
        let facts = format!("{:?}", account.facts());
        assert!(facts.contains("smtps://mail.example.org:465") && !facts.contains("hunter2"), "{facts}");
        assert!(!format!("{account:?}").contains("hunter2"));
        let prints = ["-----A", "-----B"].map(|key| fingerprint(&Secret::new(key.to_owned())));
        assert!(prints[0].starts_with("sha256:") && prints[0].len() == 39 && prints[0] != prints[1]);
    }
}
