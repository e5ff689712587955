//! The same parameters in each place where clients put them, and what is wrong with them.

use countersign_server::engine::WebChanges;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::key::claims;
use countersign_tests::oauth::text;
use serde_json::{Value, json};

use super::{KIM, NUMBER, Ready, query};

const ASK: &str = "/api/v9/authenticate_with_options";

impl Ready {
    fn own(&self) -> [(&str, &str); 3] {
        [("uid", &self.shop.client_id), ("secret", &self.shop.client_secret), ("email", KIM)]
    }

    async fn send(&self, request: &Request) -> Reply {
        http::send(self.server.address, request).await
    }

    async fn json(&self, more: Value) -> Reply {
        let mut body = json!({});
        let members = body.as_object_mut().unwrap();
        members.extend(self.own().map(|(name, value)| (name.to_owned(), json!(value))));
        members.extend(more.as_object().unwrap().clone());
        self.send(&Request::new("POST", ASK).body(body.to_string())).await
    }
}

#[tokio::test]
async fn each_carrier_is_read_and_what_is_in_the_body_wins() {
    let ready = Ready::new().await;
    let own = ready.own();
    let form = "application/x-www-form-urlencoded";
    let all = query(&own);
    let object: serde_json::Map<_, _> =
        own.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let json = Value::Object(object).to_string();
    let bad = query(&[("uid", "x"), ("secret", "y"), ("email", "nobody@example.org")]);
    let (uid, rest) = (query(&own[..1]), query(&own[1..]));
    for (carrier, request) in [
        ("the query of a GET", Request::new("GET", &format!("{ASK}?{all}"))),
        ("a query with empty pieces", Request::new("GET", &format!("{ASK}?&&{all}&"))),
        ("the query of a POST", Request::new("POST", &format!("{ASK}?{all}")).body("")),
        ("the query of a POST without a length", Request::new("POST", &format!("{ASK}?{all}"))),
        ("a form", Request::new("POST", ASK).header("Content-Type", form).body(all.clone())),
        (
            "a form with a charset",
            Request::new("POST", ASK)
                .header("Content-Type", &format!("{form}; charset=UTF-8"))
                .body(all.clone()),
        ),
        ("a form without a type", Request::new("POST", ASK).body(all.clone())),
        ("JSON", Request::new("POST", ASK).header("Content-Type", "application/json").body(json.clone())),
        ("JSON called a form", Request::new("POST", ASK).header("Content-Type", form).body(json.clone())),
        ("JSON without a type", Request::new("POST", ASK).body(format!("\n {json}"))),
        ("query and form", Request::new("POST", &format!("{ASK}?{uid}")).body(rest.clone())),
        ("a form over a query", Request::new("POST", &format!("{ASK}?{bad}")).body(all.clone())),
        ("JSON over a query", Request::new("POST", &format!("{ASK}?{bad}")).body(json.clone())),
        (
            "with what nobody knows",
            Request::new("GET", &format!("{ASK}?{all}&hash1=x&jwt=y&callback_url=http://z")),
        ),
    ] {
        let reply = ready.send(&request).await;
        assert_eq!(reply.status, 200, "{carrier}: {}", reply.text());
    }
}

#[tokio::test]
async fn numbers_come_as_numbers_and_as_texts_and_what_is_neither_is_named() {
    let ready = Ready::new().await;
    for good in [
        json!({"timeout": 60, "auth_type": 1, "risk_profile": 2}),
        json!({"timeout": "60", "auth_type": "1", "risk_profile": "2"}),
        json!({"timeout": null, "auth_type": "", "risk_profile": null, "message": null, "type": ""}),
        json!({"timeout": -5}),
        json!({"timeout": 86_400}),
    ] {
        assert_eq!(ready.json(good.clone()).await.status, 200, "{good}");
    }
    let before = ready.kim.inbox().await;
    for (name, bad) in [
        ("timeout", json!({"timeout": "soon"})),
        ("timeout", json!({"timeout": 1.5})),
        ("timeout", json!({"timeout": [60]})),
        ("auth_type", json!({"auth_type": 4})),
        ("auth_type", json!({"auth_type": "push"})),
        ("risk_profile", json!({"risk_profile": 0})),
        ("risk_profile", json!({"risk_profile": "high"})),
        ("ip_address", json!({"ip_address": "10.0.0.1, 10.0.0.2"})),
        ("remote_ip_address", json!({"remote_ip_address": "localhost"})),
        ("message", json!({"message": "x".repeat(501)})),
        ("type", json!({"type": "x".repeat(41)})),
        ("email", json!({"email": null})),
        ("email", json!({"email": 5})),
    ] {
        let reply = ready.json(bad.clone()).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{bad}");
        assert!(text(&reply.json()["message"]).starts_with(name), "{bad}: {}", reply.text());
        assert_eq!(reply.json()["success"], false);
    }
    assert_eq!(ready.kim.inbox().await, before, "nothing was asked");
    let twice = ready.send(&Request::new("GET", &format!("{ASK}?uid=a&uid=b"))).await;
    assert_eq!(twice.refusal(), (400, "invalid_request".to_owned()));
    let no_text = Request::new("POST", "/api/v9/create_token").body(r#"{"uid":"x","secret":"y","email":{}}"#);
    assert_eq!(ready.send(&no_text).await.refusal(), (400, "invalid_request".to_owned()));
    let broken = ready.send(&Request::new("POST", ASK).body("{\"uid\":")).await;
    assert_eq!(broken.refusal(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn auth_type_says_what_is_asked_at_once() {
    let ready = Ready::new().await;
    ready.give_number().await;
    let sent = async || countersign_tests::mailbox::waiting_by(&ready.server, "sms").await.len();
    let before = sent().await;
    ready.begin(&[]).await;
    assert_eq!((ready.kim.inbox().await.len(), sent().await), (0, before), "the person chooses");
    ready.begin(&[("auth_type", "2")]).await;
    assert_eq!((ready.kim.inbox().await.len(), sent().await), (0, before + 1));
    ready.begin(&[("auth_type", "1")]).await;
    assert_eq!((ready.kim.inbox().await.len(), sent().await), (1, before + 1));
    let last = countersign_tests::mailbox::waiting_by(&ready.server, "sms").await.pop().unwrap();
    assert_eq!(last.to, NUMBER);
}

#[tokio::test]
async fn an_application_may_be_set_so_that_a_push_is_asked_when_it_does_not_say() {
    let ready = Ready::new().await;
    ready.set(WebChanges { push_at_once: Some(true), ..WebChanges::default() }).await;
    ready.begin(&[]).await;
    assert_eq!(ready.kim.inbox().await.len(), 1);
}

#[tokio::test]
async fn the_phone_shows_what_was_told() {
    let ready = Ready::new().await;
    let more = [
        ("auth_type", "1"),
        ("type", "Payment"),
        ("message", "Pay 12 \u{20ac} to Robin?"),
        ("ip_address", "10.0.0.9"),
        ("remote_ip_address", "192.0.2.7"),
        ("risk_profile", "3"),
    ];
    ready.begin(&more).await;
    let seen = claims(&ready.kim.inbox().await[0]);
    let shown = seen.to_string();
    for text in ["Payment", "Pay 12 \u{20ac} to Robin?", "192.0.2.7", "10.0.0.9", "Proxy address", "Web Shop"]
    {
        assert!(shown.contains(text), "{text}: {shown}");
    }
}
