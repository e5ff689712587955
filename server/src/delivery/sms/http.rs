//! Short messages by one HTTP request to a gateway, such as Kannel's smsbox. What the request looks like is the
//! account's (`engine::providers::HttpSmsAccount`).

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::status::refusal;
use super::{ShortMessage, read_reply};
use crate::delivery::outgoing::{Clients, Kept, word};
use crate::engine::providers::{HttpMethod, HttpSmsAccount, Written, fill};
use crate::engine::words::parts::Coding;
use crate::engine::{Attempt, Moment, Parcel, Targets};

/// Longest time for a whole request.
const PATIENCE: Duration = Duration::from_secs(8);
/// Characters of a reference that are kept.
const LONGEST_REFERENCE: usize = 100;
/// What gateways call a message's id, where they answer in JSON.
const REFERENCES: [&str; 7] = ["message_id", "messageId", "message-id", "messageid", "sid", "uuid", "id"];

/// Sends by HTTP.
#[derive(Debug)]
pub(super) struct HttpSms {
    targets: Arc<Targets>,
    clients: Kept<Clients>,
}

impl HttpSms {
    /// To gateways at what `targets` allows.
    pub(super) fn new(targets: Arc<Targets>) -> Self {
        Self { targets, clients: Kept::default() }
    }

    /// Makes one attempt.
    pub(super) async fn send(
        &self,
        parcel: &Parcel,
        account: &HttpSmsAccount,
        message: &ShortMessage<'_>,
        at: Moment<'_>,
    ) -> Attempt {
        let id = parcel.provider.id;
        let make = || Clients::new(&self.targets, account.ca.as_deref(), PATIENCE, super::USER_AGENT);
        let Ok(clients) = self.clients.or_make(id, at.now, make) else {
            return Attempt::failed("authority").in_trouble();
        };
        let value = |name: &str| Some(blank(name, parcel, account, message, at.now));
        let address = Zeroizing::new(fill(&account.url, Written::Percent, value));
        let Ok(url) = Url::parse(&address) else { return Attempt::dead("address").in_trouble() };
        let Some(client) = clients.towards(&url) else {
            return Attempt::failed("refused_address").in_trouble();
        };
        let method = match account.method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Post => Method::POST,
        };
        let mut request = with_password(client.request(method, url), account);
        if let Some((body, content_type)) = &account.body {
            let written = account.written().unwrap_or(Written::Percent);
            request = request.header(CONTENT_TYPE, content_type).body(fill(body, written, value));
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Attempt::failed(word(&error)),
        };
        let status = response.status().as_u16();
        if !response.status().is_success() {
            return refusal(status, response.headers(), at.seconds());
        }
        accepted(status, &read_reply(response).await, account)
    }
}

/// What is filled in.
fn blank(
    name: &str,
    parcel: &Parcel,
    account: &HttpSmsAccount,
    message: &ShortMessage<'_>,
    now: i64,
) -> String {
    let coding = Coding::of(message.text);
    match name {
        "to" => message.to.to_owned(),
        "to_digits" => message.to.trim_start_matches('+').to_owned(),
        "from" => account.from.clone(),
        "text" => message.text.to_owned(),
        "user" => account.user.clone(),
        "password" => account.password.reveal().to_owned(),
        // Kannel's numbers, which many have taken over.
        "coding" => if coding == Coding::Gsm { "0" } else { "2" }.to_owned(),
        "charset" => "UTF-8".to_owned(),
        "minutes" => super::minutes_left(parcel.expires_at, now).to_string(),
        "receipt_url" => message.receipt_url.to_owned(),
        _ => parcel.id.to_string(),
    }
}

fn with_password(request: RequestBuilder, account: &HttpSmsAccount) -> RequestBuilder {
    match (account.fills_in_password(), account.password.reveal(), account.user.as_str()) {
        (true, ..) | (_, "", "") => request,
        (false, token, "") => request.bearer_auth(token),
        (false, password, user) => request.basic_auth(user, Some(password)),
    }
}

fn accepted(status: u16, reply: &str, account: &HttpSmsAccount) -> Attempt {
    match &account.accepted {
        // Whether it went out is not known. Once more could be a second message, which costs and confuses.
        Some(needed) if !reply.contains(needed.as_str()) => Attempt::dead("not_accepted").with_status(status),
        _ => Attempt::done(Some(status), reference(reply)),
    }
}

/// What the gateway calls the message, where it says so in JSON: at the top, or one level or two further in.
fn reference(reply: &str) -> Option<String> {
    let reply: Value = serde_json::from_str(reply).ok()?;
    let mut level = vec![&reply];
    for _ in 0..4 {
        let found = level.iter().find_map(|value| {
            REFERENCES.iter().find_map(|name| match value.get(name)? {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        });
        if let Some(found) = found.filter(|text| (1..=LONGEST_REFERENCE).contains(&text.len())) {
            return Some(found);
        }
        level = level
            .into_iter()
            .flat_map(|value| match value {
                Value::Object(members) => members.values().collect::<Vec<_>>(),
                Value::Array(items) => items.iter().collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Then;
    use crate::engine::providers::Secret;

    #[test]
    fn a_gateways_reply_tells_its_name_for_the_message() {
        for (reply, expected) in [
            ("0: Accepted for delivery", None),
            ("", None),
            (r#"{"message_id": "a1"}"#, Some("a1")),
            (r#"{"id": 17}"#, Some("17")),
            (
                r#"{"message-count": "1", "messages": [{"to": "1", "message-id": "0C01", "status": "0"}]}"#,
                Some("0C01"),
            ),
            (r#"{"SMSMessageData": {"Recipients": [{"messageId": "ATX"}]}}"#, Some("ATX")),
            (r#"{"id": {"x": 1}}"#, None),
        ] {
            assert_eq!(reference(reply).as_deref(), expected, "{reply}");
        }
    }

    #[test]
    fn a_good_status_with_a_bad_reply_is_not_tried_again() {
        let password = Secret::new("p".to_owned());
        let plain = HttpSmsAccount::kannel("http://h", "F".to_owned(), "u".to_owned(), password);
        let strict = HttpSmsAccount { accepted: Some("OK".to_owned()), ..plain.clone() };
        assert_eq!(accepted(202, "3: Queued for later delivery", &plain).then, Then::Done);
        assert_eq!(accepted(200, "OK 5", &strict).then, Then::Done);
        let came = accepted(200, "ERR 7", &strict);
        assert_eq!((came.error, came.then), (Some("not_accepted"), Then::Dead));
    }
}
