//! `/faye`, in the words that Faye's own client was seen to send; that client itself: `tests/independent/faye.py`.

use std::time::Duration;

use countersign_server::engine::{Begin, Origin};
use countersign_tests::http::{self, Reply, Request};
use serde_json::{Value, json};

use super::Place;

/// A client that has shaken hands.
struct Listener<'a> {
    place: &'a Place,
    id: String,
}

async fn send(place: &Place, messages: &Value) -> Reply {
    http::send(place.server.address, &Request::new("POST", "/faye").json(messages)).await
}

impl<'a> Listener<'a> {
    async fn new(place: &'a Place) -> Self {
        let types = ["websocket", "long-polling", "callback-polling"];
        let hello = json!([{"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": types, "id": "1"}]);
        let answer = send(place, &hello).await.expect(200);
        assert_eq!(answer[0]["supportedConnectionTypes"], json!(["long-polling"]));
        assert_eq!((&answer[0]["successful"], &answer[0]["id"]), (&json!(true), &json!("1")));
        Self { place, id: answer[0]["clientId"].as_str().unwrap().to_owned() }
    }

    async fn say(&self, mut messages: Value) -> Value {
        for message in messages.as_array_mut().unwrap() {
            message["clientId"] = self.id.as_str().into();
        }
        send(self.place, &messages).await.expect(200)
    }

    async fn subscribe(&self, channel: &str) -> Value {
        let subscription = format!("/messages/{channel}");
        self.say(json!([{"channel": "/meta/subscribe", "subscription": subscription, "id": "2"}])).await
    }

    async fn connect(&self, id: &str) -> Value {
        self.say(json!([{"channel": "/meta/connect", "connectionType": "long-polling", "id": id}])).await
    }
}

impl Place {
    /// A sign-in of kim's that has just begun: its channel.
    async fn begin(&self) -> String {
        let engine = &self.server.engine;
        let caller = engine.authenticate(&self.cms.client_id, &self.cms.client_secret, None).await.unwrap();
        let user = engine.person_named(caller.application.tenant, "kim").await.unwrap().unwrap();
        let (kind, message, at_once, timeout, risk) = (None, None, None, None, None);
        let begin = Begin { user, kind, message, at_once, timeout, risk, origin: Origin::default() };
        engine.begin_transaction(&caller, begin).await.unwrap().channel.to_string()
    }

    async fn end(&self, channel: &str) {
        let engine = &self.server.engine;
        engine.cancel_transaction(&engine.transaction(channel).await.unwrap()).await.unwrap();
    }
}

/// The messages among answers.
fn told(answers: &Value) -> Vec<(String, Value)> {
    let data = |one: &Value| Some((one["channel"].as_str()?.to_owned(), one.get("data")?.clone()));
    answers.as_array().unwrap().iter().filter_map(data).collect()
}

fn finished(channel: &str) -> Vec<(String, Value)> {
    vec![(format!("/messages/{channel}"), json!({"finished": true}))]
}

#[tokio::test]
async fn a_client_that_waits_hears_the_moment_a_sign_in_is_over_and_hears_it_once() {
    let place = Place::new().await;
    let channel = place.begin().await;
    let listener = Listener::new(&place).await;
    let answer = listener.subscribe(&channel).await;
    assert_eq!((&answer[0]["successful"], &answer[0]["id"]), (&json!(true), &json!("2")));
    let (heard, ()) = tokio::join!(listener.connect("3"), place.end(&channel));
    assert_eq!(told(&heard), finished(&channel));
    assert!(!heard.to_string().contains("rejected"), "how it went is for who has the secret: {heard}");
    // Whoever lost the answer sends the same again; whoever has it goes on.
    assert_eq!(told(&listener.connect("3").await), finished(&channel));
    let next = listener.connect("4").await;
    assert_eq!((told(&next), &next[0]["advice"]["interval"]), (vec![], &json!(25_000)));
}

#[tokio::test]
async fn who_comes_late_is_told_at_once_and_who_is_early_waits_no_longer_than_they_say() {
    let place = Place::new().await;
    let (ended, open) = (place.begin().await, place.begin().await);
    place.end(&ended).await;
    let late = Listener::new(&place).await;
    let both = late
        .say(json!([
            {"channel": "/meta/subscribe", "subscription": format!("/messages/{ended}"), "id": "a"},
            {"channel": "/meta/connect", "connectionType": "long-polling", "advice": {"timeout": 0}, "id": "b"},
        ]))
        .await;
    assert_eq!(told(&both), finished(&ended));
    let early = Listener::new(&place).await;
    early.subscribe(&open).await;
    let wish = json!({"channel": "/meta/connect", "connectionType": "long-polling", "advice": {"timeout": 1}, "id": "c"});
    let answer = tokio::time::timeout(Duration::from_secs(20), early.say(json!([wish]))).await.unwrap();
    assert_eq!((told(&answer), &answer[0]["successful"]), (vec![], &json!(true)));
    // Nothing was subscribed to, so there is nothing to wait for.
    let idle = Listener::new(&place).await.connect("d").await;
    assert_eq!(idle[0]["advice"]["interval"], 1_000);
    // From then on it hears nothing.
    early.say(json!([{"channel": "/meta/disconnect", "id": "e"}])).await;
    place.end(&open).await;
    assert_eq!(told(&early.connect("f").await), vec![]);
}

#[tokio::test]
async fn nobody_listens_to_a_channel_that_is_none_and_nobody_publishes() {
    let place = Place::new().await;
    let channel = place.begin().await;
    let listener = Listener::new(&place).await;
    let guesses = [
        format!("/messages/{}x", channel),
        format!("/messages/{}", &channel[..channel.len() - 1]),
        "/messages/*".to_owned(),
        "/messages/**".to_owned(),
        "/**".to_owned(),
        "/meta/connect".to_owned(),
        channel.clone(),
    ];
    for subscription in guesses {
        let message = json!([{"channel": "/meta/subscribe", "subscription": subscription}]);
        let answer = listener.say(message).await;
        assert_eq!(answer[0]["successful"], false, "{subscription}");
    }
    let subscribed = listener.subscribe(&channel).await;
    assert_eq!(subscribed[0]["successful"], true);
    let forged = json!([{"channel": format!("/messages/{channel}"), "data": {"finished": true}}]);
    assert_eq!(listener.say(forged).await[0]["successful"], false);
    let other = place.begin().await;
    assert_eq!(listener.subscribe(&other).await[0]["error"], "503::Too many listen", "one for each client");
}

#[tokio::test]
async fn a_client_of_another_node_or_of_before_a_restart_shakes_hands_again() {
    let place = Place::new().await;
    let listener = Listener::new(&place).await;
    let other = place.server.another(|engine| engine).await;
    let connect =
        json!([{"channel": "/meta/connect", "connectionType": "long-polling", "clientId": listener.id}]);
    let answer = http::send(other.address, &Request::new("POST", "/faye").json(&connect)).await.expect(200);
    assert_eq!(
        (&answer[0]["successful"], &answer[0]["advice"]["reconnect"]),
        (&json!(false), &json!("handshake"))
    );
    for made_up in ["", "x", &"A".repeat(33)] {
        let connect =
            json!([{"channel": "/meta/connect", "connectionType": "long-polling", "clientId": made_up}]);
        assert_eq!(send(&place, &connect).await.expect(200)[0]["successful"], false);
    }
}

#[tokio::test]
async fn s41_who_listens_is_bounded_and_so_is_what_they_send() {
    let place = Place::new().await;
    let channel = place.begin().await;
    for n in 0..9 {
        let answer = Listener::new(&place).await.subscribe(&channel).await;
        assert_eq!(answer[0]["successful"], n < 8, "{answer}");
    }
    let handshake = json!({"channel": "/meta/handshake"});
    let many = Value::Array(vec![handshake.clone(); 17]);
    for wrong in [many, json!([]), json!("x"), json!([1]), json!({"id": 1}), json!({"channel": 5})] {
        assert_eq!(send(&place, &wrong).await.status, 400, "{wrong}");
    }
    let large = json!([{"channel": "x".repeat(70_000)}]);
    assert_eq!(send(&place, &large).await.status, 413);
    let only_script =
        json!([{"channel": "/meta/handshake", "supportedConnectionTypes": ["callback-polling"]}]);
    assert_eq!(send(&place, &only_script).await.expect(200)[0]["successful"], false);
    // A script that a foreign page runs is no way to be asked: an address with a channel in it is written down in many places.
    let jsonp = "/faye?message=%5B%7B%22channel%22%3A%22%2Fmeta%2Fhandshake%22%7D%5D&jsonp=f";
    assert_eq!(http::send(place.server.address, &Request::new("GET", jsonp)).await.status, 405);
}

#[tokio::test]
async fn a_page_of_another_origin_may_listen_in_the_form_in_which_browsers_send_it() {
    let place = Place::new().await;
    let page = "https://shop.example.org";
    let asks = Request::new("OPTIONS", "/faye")
        .header("Origin", page)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "pragma");
    let allowed = http::send(place.server.address, &asks).await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (204, Some(page)));
    assert!(allowed.header("access-control-allow-headers").unwrap().contains("pragma"));
    let hello =
        r#"[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]"#;
    let body = format!("message={}", http::segment(hello));
    for kind in ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded"] {
        let request = Request::new("POST", "/faye").header("Origin", page).header("Content-Type", kind);
        let reply = http::send(place.server.address, &request.body(body.clone())).await;
        assert_eq!(reply.expect(200)[0]["successful"], true, "{kind}");
        assert_eq!(reply.header("access-control-allow-origin"), Some(page));
        assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
        assert_eq!((reply.header("vary"), reply.header("set-cookie")), (Some("origin"), None));
    }
}
