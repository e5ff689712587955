//! What is filled in for each kind of account, and the account that it makes. Whether that can work is the engine's to say.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::words::field;
use crate::engine::Error;
use crate::engine::providers::{
    Account, ApnsAccount, Channel, Countries, FcmAccount, HttpMethod, HttpSmsAccount, Limits, Secret,
    SmppAccount, SmtpAccount, SmtpSecurity, SmtpUrl, TwilioAccount, WebPushAccount,
};
use crate::portal::console::act::Form;
use crate::portal::language::Language;

/// How something is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Text,
    Number,
    /// Never shown again.
    Secret,
    /// A secret of many lines.
    Key,
    Lines,
    File,
    Check,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A field of a form.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) control: Control,
    pub(super) required: bool,
    /// What was typed before it was refused; never a secret.
    pub(super) value: String,
}

/// The kinds of account that carry a channel.
pub(super) fn kinds(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Apns => &["apns"],
        Channel::Fcm => &["fcm"],
        Channel::WebPush => &["webpush"],
        Channel::Sms => &["twilio", "kannel", "http", "smpp"],
        Channel::Voice => &["twilio"],
        Channel::Email => &["smtp"],
    }
}

/// Whether messages of a channel cost money, so that their number must be bounded.
pub(super) fn costs(channel: Channel) -> bool {
    matches!(channel, Channel::Sms | Channel::Voice)
}

type Row = (&'static str, Control, bool);

const APNS: &[Row] = &[
    ("key_file", Control::File, false),
    ("key", Control::Key, false),
    ("key_id", Control::Text, true),
    ("team_id", Control::Text, true),
    ("topic", Control::Text, true),
    ("sandbox", Control::Check, false),
    ("endpoint", Control::Text, false),
    ("ca", Control::Lines, false),
];
const FCM: &[Row] = &[
    ("key_file", Control::File, false),
    ("key", Control::Key, false),
    ("endpoint", Control::Text, false),
    ("ca", Control::Lines, false),
];
const WEB_PUSH: &[Row] = &[
    ("subject", Control::Text, true),
    ("key_file", Control::File, false),
    ("key", Control::Key, false),
    ("ca", Control::Lines, false),
];
const TWILIO: &[Row] = &[
    ("account_sid", Control::Text, true),
    ("auth_token", Control::Secret, true),
    ("from", Control::Text, true),
    ("endpoint", Control::Text, false),
    ("ca", Control::Lines, false),
];
const KANNEL: &[Row] = &[
    ("url", Control::Text, true),
    ("user", Control::Text, true),
    ("password", Control::Secret, true),
    ("from", Control::Text, true),
    ("ca", Control::Lines, false),
];
const HTTP: &[Row] = &[
    ("method", Control::Choice(&["GET", "POST"]), true),
    ("url", Control::Text, true),
    ("body", Control::Lines, false),
    ("content_type", Control::Text, false),
    ("user", Control::Text, false),
    ("password", Control::Secret, true),
    ("from", Control::Text, true),
    ("accepted", Control::Text, false),
    ("ca", Control::Lines, false),
];
const SMPP: &[Row] = &[
    ("host", Control::Text, true),
    ("port", Control::Number, true),
    ("tls", Control::Check, false),
    ("system_id", Control::Text, true),
    ("password", Control::Secret, true),
    ("from", Control::Text, true),
    ("ca", Control::Lines, false),
];
const SMTP: &[Row] = &[
    ("host", Control::Text, true),
    ("security", Control::Choice(&["tls", "starttls", "none"]), true),
    ("port", Control::Number, false),
    ("user", Control::Text, false),
    ("password", Control::Secret, false),
    ("from", Control::Text, true),
    ("ca", Control::Lines, false),
];
const COSTS: &[Row] = &[("countries", Control::Text, true), ("per_day", Control::Number, true)];

/// The fields for a kind of account, with what was typed.
pub(super) fn fields(channel: Channel, kind: &str, typed: Option<&Form>, language: Language) -> Vec<Field> {
    let rows = match kind {
        "apns" => APNS,
        "fcm" => FCM,
        "webpush" => WEB_PUSH,
        "twilio" => TWILIO,
        "kannel" => KANNEL,
        "http" => HTTP,
        "smpp" => SMPP,
        "smtp" => SMTP,
        _ => &[],
    };
    let costs = if costs(channel) { COSTS } else { &[] };
    rows.iter().chain(costs).map(|row| to_field(row, typed, language)).collect()
}

/// What a tenant may take away from what the platform allows.
pub(super) fn limits_fields(typed: Option<&Form>, language: Language) -> Vec<Field> {
    let optional = |(name, control, _): &Row| to_field(&(*name, *control, false), typed, language);
    COSTS.iter().map(optional).collect()
}

fn to_field(&(name, control, required): &Row, typed: Option<&Form>, language: Language) -> Field {
    let (label, hint) = field(name, language);
    let usual = if name == "port" && required { "2775" } else { "" };
    let is_secret = matches!(control, Control::Secret | Control::Key | Control::File);
    let value = typed.filter(|_| !is_secret).map_or(usual, |form| form.text(name)).to_owned();
    Field { name, label, hint, control, required, value }
}

/// The account that was filled in.
///
/// # Errors
/// [`Error::Invalid`] says what to mend.
pub(super) fn account(kind: &str, form: &Form) -> Result<Account, Error> {
    let text = |name: &str| form.text(name).to_owned();
    let option = |name: &str| form.get(name).map(str::to_owned);
    let secret = |name: &str| Secret::new(form.exact(name).unwrap_or_default().trim_end().to_owned());
    let (endpoint, ca) = (option("endpoint"), option("ca"));
    Ok(match kind {
        "apns" => Account::Apns(ApnsAccount {
            team_id: text("team_id"),
            key_id: text("key_id"),
            private_key: Secret::new(key(form)?),
            topic: text("topic"),
            sandbox: form.has("sandbox"),
            endpoint,
            ca,
        }),
        "fcm" => {
            let account = FcmAccount::from_key_file(&key(form)?)?;
            Account::Fcm(FcmAccount { endpoint, ca, ..account })
        }
        "webpush" => {
            let private_key = match key(form) {
                Ok(key) => Secret::new(key),
                Err(_) => WebPushAccount::new_key()?,
            };
            Account::WebPush(WebPushAccount { private_key, subject: text("subject"), ca })
        }
        "twilio" => Account::Twilio(TwilioAccount {
            account_sid: text("account_sid"),
            auth_token: secret("auth_token"),
            from: text("from"),
            endpoint,
            ca,
        }),
        "kannel" => {
            let account =
                HttpSmsAccount::kannel(form.text("url"), text("from"), text("user"), secret("password"));
            Account::Http(HttpSmsAccount { ca, ..account })
        }
        "http" => Account::Http(HttpSmsAccount {
            method: if form.text("method") == "POST" { HttpMethod::Post } else { HttpMethod::Get },
            url: text("url"),
            body: option("body").zip(option("content_type")),
            from: text("from"),
            user: text("user"),
            password: secret("password"),
            accepted: option("accepted"),
            ca,
        }),
        "smpp" => Account::Smpp(SmppAccount {
            host: text("host"),
            port: form.text("port").parse().unwrap_or(0),
            tls: form.has("tls"),
            system_id: text("system_id"),
            password: secret("password"),
            from: text("from"),
            ca,
        }),
        "smtp" => Account::Smtp(SmtpAccount { url: smtp_url(form)?, from: text("from"), ca }),
        _ => return Err(Error::Invalid("choose one of the kinds of account on the page".to_owned())),
    })
}

/// Out of the file that was chosen, or of what was pasted.
fn key(form: &Form) -> Result<String, Error> {
    let key = form.get("key_file").or_else(|| form.get("key"));
    key.map(|key| format!("{key}\n"))
        .ok_or_else(|| Error::Invalid("choose the file with the key, or paste what is in it".to_owned()))
}

fn smtp_url(form: &Form) -> Result<Secret, Error> {
    let invalid = |why: &str| Error::Invalid(why.to_owned());
    let (host, security) = (form.text("host"), form.text("security"));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    if host.is_empty() || !host.bytes().all(plain) {
        return Err(invalid("the mail server must be a name or an address alone, such as mail.example.org"));
    }
    let scheme = match security {
        "starttls" => "smtp+starttls",
        "none" => "smtp",
        _ => "smtps",
    };
    let port = match form.get("port").map(str::parse::<u16>) {
        None => String::new(),
        Some(Ok(port)) if port > 0 => format!(":{port}"),
        Some(_) => {
            return Err(invalid("the port must be 1 to 65535; 465 is usual with TLS, 587 with STARTTLS"));
        }
    };
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let login = match (form.get("user"), form.exact("password")) {
        (Some(user), Some(password)) => format!("{}:{}@", encoded(user), encoded(password)),
        (None, None) => String::new(),
        _ => return Err(invalid("give both user and password, or neither for a server that asks for none")),
    };
    let url = Secret::new(format!("{scheme}://{login}{host}{port}"));
    let read = url.reveal().parse::<SmtpUrl>().map_err(|error| Error::Invalid(error.to_string()))?;
    if security == "none" && read.security != SmtpSecurity::None {
        return Err(invalid("without TLS mail goes to this machine only; choose TLS or STARTTLS"));
    }
    Ok(url)
}

/// Where messages may go, and how many; none when neither was filled in.
///
/// # Errors
/// [`Error::Invalid`] says what to mend.
pub(super) fn limits(channel: Channel, form: &Form) -> Result<Option<Limits>, Error> {
    if !costs(channel) || (form.get("countries").is_none() && form.get("per_day").is_none()) {
        return Ok(None);
    }
    let countries = form.get("countries").map_or(Ok(Countries::All), Countries::parse)?;
    let per_day = form.get("per_day").map(str::parse::<i64>).transpose();
    let per_day = per_day
        .map_err(|_| Error::Invalid("messages in a day must be a whole number, such as 500".to_owned()))?;
    Ok(Some(Limits { countries, per_day }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: &str, body: &str) -> Result<Account, Error> {
        account(kind, &Form::read(body.as_bytes()))
    }

    #[test]
    fn a_mail_server_is_put_together_and_its_login_is_encoded() {
        let body =
            "host=mail.example.org&security=starttls&user=m%40x&password=p%3A%2F%20w&from=a%40example.org";
        let Account::Smtp(account) = made("smtp", body).unwrap() else { panic!("not mail") };
        assert_eq!(account.check(), Ok(()));
        let server = account.server().unwrap();
        assert_eq!((server.port, server.security), (587, SmtpSecurity::StartTls));
        let (user, password) = server.login.unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("m@x", "p:/ w"));
    }

    #[test]
    fn mail_without_tls_stays_on_this_machine_and_no_host_brings_a_login_or_a_path() {
        for body in [
            "host=mail.example.org&security=none&from=a%40example.org",
            "host=u:p%40evil.example&security=tls&from=a%40example.org",
            "host=mail.example.org%2Fx&security=tls&from=a%40example.org",
            "host=mail.example.org&security=tls&user=u&from=a%40example.org",
            "host=mail.example.org&security=tls&port=70000&from=a%40example.org",
            "security=tls&from=a%40example.org",
        ] {
            assert!(made("smtp", body).is_err(), "{body}");
        }
        assert!(made("smtp", "host=localhost&port=2525&security=none&from=a%40example.org").is_ok());
    }

    #[test]
    fn a_sender_brings_no_header() {
        let body = "host=mail.example.org&security=tls&from=a%40b.example%0D%0ABcc%3A%20c%40d.example";
        assert!(made("smtp", body).unwrap().check(Channel::Email).is_err());
        let body = "host=mail.example.org&security=tls&from=A%20%3Ca%40b.example%3E";
        assert_eq!(made("smtp", body).unwrap().check(Channel::Email), Ok(()));
    }

    #[test]
    fn every_kind_has_fields_with_words_in_both_languages_and_no_secret_is_shown_again() {
        let typed = Form::read(b"password=hunter2&auth_token=hunter2&key=hunter2&key_file=hunter2&from=me");
        for channel in Channel::ALL {
            for kind in kinds(channel) {
                for language in [Language::English, Language::Arabic] {
                    let fields = fields(channel, kind, Some(&typed), language);
                    assert!(fields.len() > 1, "{kind}");
                    assert!(fields.iter().all(|field| !field.label.is_empty() && field.value != "hunter2"));
                }
            }
        }
    }

    #[test]
    fn limits_are_read_where_messages_cost() {
        let form = Form::read(b"countries=sa,ae&per_day=50");
        let read = limits(Channel::Sms, &form).unwrap().unwrap();
        assert_eq!((read.countries.text().as_str(), read.per_day), ("SA AE", Some(50)));
        assert_eq!(limits(Channel::Email, &form).unwrap(), None);
        assert_eq!(limits(Channel::Sms, &Form::read(b"")).unwrap(), None);
        for wrong in ["countries=SAU", "per_day=many", "per_day=1.5"] {
            assert!(limits(Channel::Sms, &Form::read(wrong.as_bytes())).is_err(), "{wrong}");
        }
    }
}
