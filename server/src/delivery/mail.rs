//! Sending mail by SMTP, over TLS (from the first byte, or by STARTTLS) unless the mail server is this machine. Connections
//! are kept for a while for each account, so codes that go out one after another log in once.

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError, PoolConfig};
use lettre::{AsyncTransport as _, Tokio1Executor};
use uuid::Uuid;

use super::outgoing::Kept;
use crate::engine::providers::{SmtpAccount, SmtpSecurity};
use crate::engine::words::MailWords;
use crate::engine::{Attempt, Engine, Message, Moment, Parcel};

/// Longest wait for each word of the mail server; the whole attempt has a limit of its own.
const PATIENCE: Duration = Duration::from_secs(8);
/// Idle connections kept to one account's server, and for how long.
const IDLE: (u32, Duration) = (4, Duration::from_secs(30));
/// Replies that are about the server's login and not about the mail (RFC 4954 §6): mended by the operator.
const ABOUT_THE_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// Sends mail.
#[derive(Debug, Default)]
pub struct Mailer {
    kept: Kept<Arc<Sender>>,
}

/// Under one account.
#[derive(Debug)]
struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Tells a message in the tenant's words.
    pub(super) async fn tell(
        &self,
        engine: &Engine,
        parcel: &Parcel,
        account: &SmtpAccount,
        message: &Message,
        at: Moment<'_>,
    ) -> Attempt {
        match engine.mail_words(parcel.tenant, message).await {
            Ok(words) => self.send(parcel, account, &message.to, &words, at).await,
            Err(error) => {
                tracing::error!(%error, message = %parcel.id, "a mail has no words");
                Attempt::failed("internal")
            }
        }
    }

    /// Makes one attempt. The parcel's id is the mail's own in each attempt, so a mailbox that gets it twice can know.
    /// `to` is an address.
    pub async fn send(
        &self,
        parcel: &Parcel,
        account: &SmtpAccount,
        to: &str,
        words: &MailWords,
        at: Moment<'_>,
    ) -> Attempt {
        let Ok(sender) =
            self.kept.or_make(parcel.provider.id, at.now, || Sender::new(account).map(Arc::new).ok_or(()))
        else {
            // Accounts are checked before they are kept.
            return Attempt::failed("account").in_trouble();
        };
        let Some(message) = message(&sender.from, to, words, parcel.id, at.seconds()) else {
            return Attempt::dead("address");
        };
        // Whoever gives up waiting must not leave the conversation half said: its connection is used again.
        let sending = tokio::spawn(async move { sender.transport.send(message).await });
        match sending.await {
            Ok(Ok(reply)) => Attempt::done(number(reply.code()), None),
            Ok(Err(error)) => failed(&error),
            Err(_) => Attempt::failed("internal"),
        }
    }
}

impl Sender {
    /// Opens no connection yet.
    fn new(account: &SmtpAccount) -> Option<Self> {
        let (url, from) = (account.server().ok()?, account.sender()?);
        let tls = match url.security {
            SmtpSecurity::Implicit => Tls::Wrapper(parameters(&url.host, account)?),
            SmtpSecurity::StartTls => Tls::Required(parameters(&url.host, account)?),
            SmtpSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host.as_str())
            .port(url.port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .pool_config(PoolConfig::new().min_idle(0).max_size(IDLE.0).idle_timeout(IDLE.1));
        if let Some((user, password)) = &url.login {
            builder = builder
                .credentials(Credentials::new(user.clone(), password.as_str().to_owned()))
                .authentication(vec![Mechanism::Plain, Mechanism::Login]);
        }
        Some(Self { transport: builder.build(), from })
    }
}

fn parameters(host: &str, account: &SmtpAccount) -> Option<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &account.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).ok()?);
    }
    builder.build_rustls().ok()
}

fn number(code: impl std::fmt::Display) -> Option<u16> {
    code.to_string().parse().ok()
}

/// The mail server's own words may quote the mail, so only its number is kept.
fn failed(error: &SmtpError) -> Attempt {
    let status = error.status().and_then(number);
    let of = |attempt: Attempt| Attempt { status, ..attempt };
    match error {
        _ if status.is_some_and(|code| ABOUT_THE_LOGIN.contains(&code)) => {
            of(Attempt::failed("login_refused").in_trouble())
        }
        _ if error.is_permanent() => of(Attempt::dead("rejected")),
        _ if error.is_transient() => of(Attempt::failed("put_off")),
        _ if error.is_tls() || about_tls(error) => of(Attempt::failed("tls").in_trouble()),
        _ if error.is_timeout() => of(Attempt::failed("timeout")),
        _ if error.is_response() || error.is_client() => of(Attempt::failed("protocol")),
        _ => of(Attempt::failed("connect")),
    }
}

/// A handshake that failed is told as a connection that did; the cause is further down.
fn about_tls(error: &SmtpError) -> bool {
    let mut cause = error.source();
    while let Some(this) = cause {
        let wrapped = this.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if this.is::<rustls::Error>() || wrapped.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        cause = this.source();
    }
    false
}

/// None when the address cannot be one.
fn message(from: &Mailbox, to: &str, words: &MailWords, id: Uuid, now: i64) -> Option<lettre::Message> {
    lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.parse().ok()?))
        .subject(words.subject.clone())
        .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap_or(0)))
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(words.text.clone(), words.html.clone()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> MailWords {
        MailWords {
            subject: "\u{2068}Example\u{2069}: Your code".to_owned(),
            text: "271828\n".to_owned(),
            html: "<p>271828</p>".to_owned(),
        }
    }

    #[test]
    fn a_mail_says_that_a_program_sent_it_and_when() {
        let from = "Example <mfa@example.org>".parse().unwrap();
        let message = message(&from, "sam@example.org", &words(), Uuid::from_u128(7), 1_800_000_000).unwrap();
        let sent = String::from_utf8(message.formatted()).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("271828"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated\r\n"), "{head}");
        assert!(head.contains("multipart/alternative"), "{head}");
        assert!(head.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"), "{head}");
        assert!(head.contains(&format!("Message-ID: <{}@example.org>", Uuid::from_u128(7))), "{head}");
        assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
    }

    #[test]
    fn what_is_no_address_makes_no_mail() {
        let from = "mfa@example.org".parse().unwrap();
        for to in ["", "sam", "sam@example.org\r\nBcc: eve@example.org", "a b@example.org"] {
            assert!(message(&from, to, &words(), Uuid::nil(), 0).is_none(), "{to}");
        }
    }
}
