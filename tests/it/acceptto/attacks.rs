//! Attacks on Acceptto's API.

use countersign_server::engine::WebChanges;
use countersign_tests::http::{self, Connection, Request};
use countersign_tests::relying_party::RelyingParty;

use super::{
    ALEX, KIM, NO_APPLICATION, NOT_FOUND, Ready, guessed, post_as, query, send_form, told, with_token,
};
use crate::server;

const LEGACY: WebChanges = WebChanges {
    redirect_uris: None,
    exact: None,
    push_at_once: None,
    legacy_check: Some(true),
    null_pending: None,
};

#[tokio::test]
async fn a_channel_alone_reads_nothing_unless_the_application_is_set_so() {
    let ready = Ready::new().await;
    let channel = ready.begin(&[]).await;
    let check = async |email: &str, channel: &str| {
        send_form(&ready.shop, "v9/check", &[("email", email), ("channel", channel)], None).await
    };
    told(&check(KIM, &channel).await, 403, NO_APPLICATION);
    ready.set(LEGACY).await;
    told(&check(KIM, &channel).await, 200, &ready.answered("pending"));
    for (email, channel) in [
        (ALEX, channel.as_str()),
        ("nobody@example.org", &channel),
        ("", &channel),
        (KIM, ""),
        (KIM, "x"),
        (KIM, &guessed(&ready.shop)),
    ] {
        told(&check(email, channel).await, 200, NOT_FOUND);
    }
    // A wrong secret is not the same as none.
    let wrong =
        [("uid", ready.shop.client_id.as_str()), ("secret", "wrong"), ("email", KIM), ("channel", &channel)];
    told(&send_form(&ready.shop, "v9/check", &wrong, None).await, 403, NO_APPLICATION);
}

/// How many of 200 calls are told to wait. One a second may pass, and they come faster.
async fn held_up(party: &RelyingParty, name: &str, pairs: &[(&str, &str)], otherwise: (u16, &str)) -> usize {
    let mut waits = 0;
    for _ in 0..200 {
        let reply = send_form(party, name, pairs, None).await;
        if reply.status == 429 {
            assert_eq!(reply.refusal().1, "rate_limited");
            assert!(reply.header("retry-after").is_some());
            waits += 1;
        } else {
            told(&reply, otherwise.0, otherwise.1);
        }
    }
    waits
}

#[tokio::test]
async fn s26_whoever_guesses_channels_is_held_up_and_whoever_has_one_is_not() {
    let server = server().await;
    let shop = server.relying_party("Web Shop").await;
    let on = ["application", "web", "--application", &shop.client_id, "--legacy-check", "on"];
    server.program().json(&on).await;
    shop.enroll(KIM).await;
    let begun = post_as(&shop, "v9/authenticate_with_options", &[("email", KIM)]).await.expect(200);
    let channel = begun["channel"].as_str().unwrap();
    let guess = [("email", KIM), ("channel", &guessed(&shop))];
    assert!(held_up(&shop, "v9/check", &guess, (200, NOT_FOUND)).await > 0);
    let own = [("email", KIM), ("channel", channel)];
    let pending = r#"{"status":"pending","device_id":""}"#;
    told(&send_form(&shop, "v9/check", &own, None).await, 200, pending);
    told(&post_as(&shop, "v9/check", &own).await, 200, pending);
}

#[tokio::test]
async fn s26_whoever_guesses_secrets_or_tokens_is_held_up() {
    let server = server().await;
    let shop = server.relying_party("Web Shop").await;
    let guess = [("uid", shop.client_id.as_str()), ("secret", "cs_secret_guess"), ("email", KIM)];
    assert!(held_up(&shop, "v9/authenticate", &guess, (403, NO_APPLICATION)).await > 0);
    assert!(held_up(&shop, "v9/is_application_valid", &guess, (200, r#"{"valid":false}"#)).await > 0);
    let ids = shop.client_id.strip_prefix("app_").unwrap();
    let token = format!("cs_access_{ids}{}_{}", "0".repeat(26), "A".repeat(43));
    let mut statuses = Vec::new();
    for _ in 0..100 {
        statuses.push(with_token(&shop, &token, "v9/check", &[]).await.status);
    }
    assert!(statuses.contains(&429) && statuses.iter().all(|status| [403, 429].contains(status)));
}

#[tokio::test]
async fn head_never_acts() {
    let ready = Ready::new().await;
    let own = [("uid", ready.shop.client_id.as_str()), ("secret", &ready.shop.client_secret), ("email", KIM)];
    for name in ["v9/authenticate", "v8/authenticate", "v9/authenticate_with_options", "v9/create_token"] {
        let target = format!("/api/{name}?{}", query(&own));
        let request = Request::new("HEAD", &target);
        let mut connection = Connection::open(ready.server.address).await.unwrap();
        connection.write(&request.bytes(ready.server.address, false)).await;
        assert_eq!(connection.head().await.status, 405, "{name}");
    }
    assert_eq!(ready.kim.inbox().await.len(), 0);
}

#[tokio::test]
async fn unknown_ids_and_wrong_secrets_are_answered_alike() {
    let ready = Ready::new().await;
    let foreign = ready.server.relying_party("Elsewhere", None).await;
    let secret = ready.shop.client_secret.as_str();
    let nonsense = format!("app_{}", "0".repeat(52));
    for (uid, secret) in [
        (ready.shop.client_id.as_str(), "wrong"),
        (&ready.shop.client_id, &foreign.client_secret),
        (&foreign.client_id, secret),
        (&nonsense, secret),
        ("app_x", secret),
        ("' OR 1=1 --", secret),
        ("", secret),
        (&ready.shop.client_id, ""),
    ] {
        let pairs = [
            ("uid", uid),
            ("secret", secret),
            ("email", KIM),
            ("channel", &guessed(&ready.shop)),
            ("otp", "1"),
        ];
        for name in
            ["v9/authenticate", "v9/authenticate_with_options", "v9/check", "v9/otp_verify", "v8/check"]
        {
            told(&send_form(&ready.shop, name, &pairs, None).await, 403, NO_APPLICATION);
        }
    }
}

#[tokio::test]
async fn another_web_page_may_not_read_an_answer() {
    let ready = Ready::new().await;
    let own = query(&[("uid", &ready.shop.client_id), ("secret", &ready.shop.client_secret)]);
    let target = format!("/api/v9/is_application_valid?{own}");
    let request = Request::new("GET", &target).header("Origin", "https://evil.example");
    told(&http::send(ready.server.address, &request).await, 200, r#"{"valid":true}"#);
}

#[tokio::test]
async fn s26_thirty_sign_ins_of_one_person_in_a_minute_and_no_more() {
    let ready = Ready::new().await;
    for _ in 0..30 {
        ready.begin(&[]).await;
    }
    let more = ready.post("v9/authenticate_with_options", &[("email", KIM)]).await;
    assert_eq!(more.refusal(), (429, "rate_limited".to_owned()));
    ready.post("v9/authenticate_with_options", &[("email", ALEX)]).await.expect(200);
}
