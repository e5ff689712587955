//! Sending mail by SMTP: the words, the form, and what the mail server's answer means.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template as _;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{AsyncTransport as _, Tokio1Executor};
use uuid::Uuid;

use super::SetupError;
use crate::config::{MailSettings, SmtpSecurity};
use crate::engine::{Attempt, Language, Message};

/// Longest wait for each word of the mail server; the whole attempt has a limit of its own.
const PATIENCE: Duration = Duration::from_secs(8);
/// Replies that are about the server's login and not about the mail (RFC 4954 §6): mended by the operator.
const ABOUT_THE_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// Sends mail.
#[derive(Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Over the configured mail server. Opens no connection yet.
    ///
    /// # Errors
    /// [`SetupError`]: the authority's certificate cannot be used.
    pub fn new(settings: &MailSettings) -> Result<Self, SetupError> {
        let url = &settings.smtp_url;
        let from = settings.sender().map_err(|error| SetupError(error.to_string()))?;
        let tls = match url.security {
            SmtpSecurity::Implicit => Tls::Wrapper(parameters(settings)?),
            SmtpSecurity::StartTls => Tls::Required(parameters(settings)?),
            SmtpSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host.as_str())
            .port(url.port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let Some((user, password)) = &url.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.as_str().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Makes one attempt at `now`, in seconds since 1970. `id` is the same in each attempt, so a mailbox that gets the
    /// mail twice can know.
    pub async fn send(&self, mail: &Message, id: Uuid, now: u64) -> Attempt {
        let Some(message) = message(&self.from, mail, id, now) else {
            return Attempt::dead("address");
        };
        match self.transport.send(message).await {
            Ok(reply) => Attempt::done(number(reply.code()), None),
            Err(error) => failed(&error),
        }
    }
}

fn parameters(settings: &MailSettings) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParameters::builder(settings.smtp_url.host.clone());
    if let Some(path) = &settings.ca {
        let bad = |why: String| SetupError(format!("mail.ca {}: {why}", path.display()));
        let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| bad(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| SetupError(error.to_string()))
}

fn number(code: impl std::fmt::Display) -> Option<u16> {
    code.to_string().parse().ok()
}

/// The mail server's own words may quote the mail, so only its number is kept.
fn failed(error: &SmtpError) -> Attempt {
    let status = error.status().and_then(number);
    if error.is_permanent() && !status.is_some_and(|code| ABOUT_THE_LOGIN.contains(&code)) {
        return Attempt { status, ..Attempt::dead("rejected") };
    }
    let word = match error {
        _ if error.is_permanent() => "login_refused",
        _ if error.is_transient() => "put_off",
        _ if error.is_tls() => "tls",
        _ if error.is_timeout() => "timeout",
        _ if error.is_response() || error.is_client() => "protocol",
        _ => "connect",
    };
    tracing::warn!(status, error = word, "the mail server did not take a mail; it is tried again");
    Attempt { status, ..Attempt::failed(word) }
}

/// A mail's words.
struct Words {
    lang: &'static str,
    dir: &'static str,
    subject: &'static str,
    intro: &'static str,
    only_there: &'static str,
    not_you: &'static str,
}

const ENGLISH: Words = Words {
    lang: "en",
    dir: "ltr",
    subject: "Confirm your e-mail address",
    intro: "This is your code for",
    only_there: "Type it where you are setting up your phone, and nowhere else. Nobody will call or write to ask you for it.",
    not_you: "You are not setting up a phone? Then somebody else has given your address: do not pass the code on, and \
              tell whoever runs your account.",
};

const ARABIC: Words = Words {
    lang: "ar",
    dir: "rtl",
    subject: "تأكيد بريدك الإلكتروني",
    intro: "هذا رمزك لدى",
    only_there: "اكتبه حيث تُعِدّ هاتفك ولا تكتبه في أي مكان آخر. لن يتصل بك أحد أو يراسلك ليطلبه منك.",
    not_you: "لا تُعِدّ هاتفًا الآن؟ إذن أعطى شخص آخر عنوانك: لا تشارك الرمز، وأبلغ المسؤول عن حسابك.",
};

fn good_for(language: Language, minutes: u32) -> String {
    match (language, minutes) {
        (Language::En, 1) => "It is good for one minute.".to_owned(),
        (Language::En, _) => format!("It is good for {minutes} minutes."),
        (Language::Ar, _) => format!("مدة صلاحيته بالدقائق: {minutes}."),
    }
}

#[derive(askama::Template)]
#[template(path = "enrollment_mail.html")]
struct Page<'a> {
    lang: &'static str,
    dir: &'static str,
    subject: &'a str,
    tenant: &'a str,
    code: &'a str,
    good_for: &'a str,
    words: &'a Words,
}

/// None when the address cannot be one.
fn message(from: &Mailbox, mail: &Message, id: Uuid, now: u64) -> Option<lettre::Message> {
    let words = if mail.language == Language::Ar { &ARABIC } else { &ENGLISH };
    // The name of a tenant may run the other way: isolated, it does not turn the rest around.
    let subject = format!("\u{2068}{}\u{2069}: {}", mail.tenant, words.subject);
    let good_for = good_for(mail.language, mail.minutes);
    let Words { intro, only_there, not_you, .. } = words;
    let (tenant, code) = (&mail.tenant, mail.code.as_deref()?);
    let text = format!(
        "{intro} \u{2068}{tenant}\u{2069}:\n\n    {code}\n\n{good_for}\n\n{only_there}\n\n{not_you}\n"
    );
    let (lang, dir) = (words.lang, words.dir);
    let page = Page { lang, dir, subject: &subject, tenant, code, good_for: &good_for, words };
    lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, mail.to.parse().ok()?))
        .subject(subject.clone())
        .date(UNIX_EPOCH + Duration::from_secs(now))
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(text, page.render().ok()?))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Template;

    fn mail(language: Language) -> Message {
        Message {
            to: "sam@example.org".to_owned(),
            template: Template::EnrollmentCode,
            language,
            tenant: "<b>Example & Sons</b>".to_owned(),
            application: None,
            code: Some("271828".to_owned()),
            minutes: 10,
        }
    }

    fn sent(language: Language) -> String {
        let from = "Example <mfa@example.org>".parse().unwrap();
        let message = message(&from, &mail(language), Uuid::from_u128(7), 1_800_000_000).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn the_code_is_in_both_bodies_and_never_in_a_header() {
        for language in [Language::En, Language::Ar] {
            let sent = sent(language);
            let (head, body) = sent.split_once("\r\n\r\n").unwrap();
            assert!(!head.contains("271828"), "{head}");
            assert!(head.contains("Auto-Submitted: auto-generated\r\n"), "{head}");
            assert!(head.contains("multipart/alternative"), "{head}");
            assert!(head.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"), "{head}");
            assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
        }
    }

    #[test]
    fn a_name_is_text_and_not_markup() {
        let english = sent(Language::En);
        assert!(!english.contains("<strong><bdi><b>"), "{english}");
    }

    #[test]
    fn what_is_no_address_makes_no_mail() {
        let from = "mfa@example.org".parse().unwrap();
        for to in ["", "sam", "sam@example.org\r\nBcc: eve@example.org", "a b@example.org"] {
            let mail = Message { to: to.to_owned(), ..mail(Language::En) };
            assert!(message(&from, &mail, Uuid::nil(), 0).is_none(), "{to}");
        }
    }
}
