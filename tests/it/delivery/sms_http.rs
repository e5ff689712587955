//! Short messages by HTTP: what a gateway is asked, and what each answer means.

use countersign_server::delivery::sms::Sms;
use countersign_server::engine::providers::{Account, HttpMethod, HttpSmsAccount, Secret};
use countersign_server::engine::{Attempt, Targets, Then};
use countersign_tests::receiver::{Behaviour, Received, Receiver};
use serde_json::json;

use super::sms::{REPORT_TO, TO, here, send};

const PASSWORD: &str = "p&w ord+";

fn kannel(gateway: &Receiver) -> HttpSmsAccount {
    let (base, password) = (format!("http://{}", gateway.address), Secret::new(PASSWORD.to_owned()));
    let account = HttpSmsAccount::kannel(&base, "+15005550006".to_owned(), "ex ample".to_owned(), password);
    account.check().unwrap();
    account
}

/// The query of a request, decoded once.
fn query(request: &Received) -> Vec<(String, String)> {
    let target = request.line.split(' ').nth(1).unwrap();
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs = target.split_once('?').unwrap().1.split('&');
    pairs.map(|pair| pair.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), decode(v))).collect()
}

fn outcome(came: &Attempt) -> (&'static str, bool, Then) {
    (came.error.unwrap_or("none"), came.trouble, came.then)
}

#[tokio::test]
async fn kannel_is_asked_as_it_wants_to_be() {
    let mut gateway = Receiver::start().await;
    let (sms, account) = (Sms::new(here()), Account::Http(kannel(&gateway)));
    gateway.next_are([Behaviour::Reply(202, "0: Accepted for delivery".to_owned())]);
    let arabic = "رمزك: 271828 & لا تشاركه +1";
    assert_eq!(send(&sms, &account, arabic).await, Attempt::done(Some(202), None));
    let request = gateway.next().await;
    assert!(request.line.starts_with("GET /cgi-bin/sendsms?"), "{}", request.line);
    let expected = [
        ("username", "ex ample"),
        ("password", PASSWORD),
        ("from", "+15005550006"),
        ("to", TO),
        ("text", arabic),
        ("coding", "2"),
        ("charset", "UTF-8"),
        ("validity", "5"),
        ("dlr-mask", "31"),
        ("dlr-url", &format!("{REPORT_TO}?status=%d")),
    ];
    assert_eq!(query(&request), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
    send(&sms, &account, "271828 is your code").await;
    assert!(query(&gateway.next().await).contains(&("coding".to_owned(), "0".to_owned())));
}

#[tokio::test]
async fn another_gateway_is_asked_in_json_with_a_token() {
    let mut gateway = Receiver::start().await;
    let body = r#"{"recipient": "{to_digits}", "sms": {"body": "{text}", "ref": "{id}"}}"#;
    let account = HttpSmsAccount {
        method: HttpMethod::Post,
        url: format!("http://{}/v1/messages", gateway.address),
        body: Some((body.to_owned(), "application/json".to_owned())),
        user: String::new(),
        accepted: Some("queued".to_owned()),
        ..kannel(&gateway)
    };
    account.check().unwrap();
    let (sms, account) = (Sms::new(here()), Account::Http(account));
    let text = "\"271828\"\n{to} \\ € is your code";
    gateway.next_are([
        Behaviour::Reply(200, json!({"messages": [{"id": "m-17", "state": "queued"}]}).to_string()),
        Behaviour::Reply(200, json!({"error": "no such sender"}).to_string()),
    ]);
    assert_eq!(send(&sms, &account, text).await, Attempt::done(Some(200), Some("m-17".to_owned())));
    let request = gateway.next().await;
    assert_eq!(request.line, "POST /v1/messages HTTP/1.1");
    assert_eq!(request.header("authorization"), format!("Bearer {PASSWORD}"));
    assert_eq!(request.header("content-type"), "application/json");
    let id = "0190f3c2-1111-7222-8333-444444444477";
    assert_eq!(request.json(), json!({"recipient": "12025550123", "sms": {"body": text, "ref": id}}));
    assert_eq!(outcome(&send(&sms, &account, "x").await), ("not_accepted", false, Then::Dead));
}

#[tokio::test]
async fn each_answer_has_its_consequence() {
    let gateway = Receiver::start().await;
    let (sms, account) = (Sms::new(here()), Account::Http(kannel(&gateway)));
    let (again, fine, trouble) = (Then::Again(None), false, true);
    let reply = |status, text: &str| Behaviour::Reply(status, text.to_owned());
    for (behaviour, expected) in [
        (reply(202, "3: Queued for later delivery"), ("none", fine, Then::Done)),
        (reply(403, "Authorization failed for sendsms"), ("login_refused", trouble, again)),
        (reply(400, "Missing receiver number"), ("rejected", fine, Then::Dead)),
        (reply(404, ""), ("wrong_address", trouble, again)),
        (reply(503, "4: Temporal failure, try again later"), ("provider_error", fine, again)),
        (Behaviour::Header(429, "Retry-After: 9".to_owned()), ("throttled", fine, Then::Again(Some(9)))),
        (Behaviour::Header(302, "Location: http://127.0.0.1:1/".to_owned()), ("redirect", trouble, again)),
        (Behaviour::HangUp, ("protocol", fine, again)),
        (Behaviour::Flood, ("none", fine, Then::Done)),
    ] {
        let shown = format!("{behaviour:?}");
        gateway.next_are([behaviour]);
        assert_eq!(outcome(&send(&sms, &account, "x").await), expected, "{shown}");
    }
}

#[tokio::test]
async fn a_gateway_that_stalls_is_given_up_after_eight_seconds() {
    let gateway = Receiver::start().await;
    gateway.always(Behaviour::Stall);
    let (sms, account) = (Sms::new(here()), Account::Http(kannel(&gateway)));
    assert_eq!(outcome(&send(&sms, &account, "x").await), ("timeout", false, Then::Again(None)));
}

#[tokio::test]
async fn s45_a_gateway_within_is_called_only_where_the_operator_lists_it() {
    let mut gateway = Receiver::start().await;
    let account = kannel(&gateway);
    let by_name =
        HttpSmsAccount { url: account.url.replacen("127.0.0.1", "localhost", 1), ..account.clone() };
    let sms = Sms::new(Targets::default());
    for account in [account, by_name] {
        let came = send(&sms, &Account::Http(account), "x").await;
        assert_eq!(came.error, Some("refused_address"));
    }
    assert_eq!(gateway.rest().len(), 0);
}
