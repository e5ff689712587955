//! What a server that writes everything down writes of a sign-in on its pages: no channel, no secret, no code, no cookie, no
//! token, and not where the browser went.

use countersign_tests::device::Device;
use countersign_tests::http::{self, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::seen::line_with;
use countersign_tests::server_process::{Program, ServerProcess};

use super::{Browser, HOME, encoded, form};
use crate::SERVER;

const PERSON: &str = "robin.fielding@example.org";
const MESSAGE: &str = "Sign in to the vault of Robin";
const CALLBACK: &str = "https://shop.example.org/auth/mfa_check?cart=a-cart-of-robins";
const TYPED: &str = "834512";

/// A sign-in from its beginning to its end, in the ways that put most into addresses. What must not be seen of it.
async fn sign_in(server: &ServerProcess, party: &RelyingParty) -> Vec<String> {
    let device = Device::enroll(server.address, &party.link(PERSON).await).await;
    let own =
        [("uid", party.client_id.as_str()), ("secret", party.client_secret.as_str()), ("email", PERSON)];
    let begin = encoded(&[&own[..], &[("message", MESSAGE), ("type", "Login")]].concat());
    let begin = Request::new("GET", &format!("/api/v9/authenticate_with_options?{begin}"));
    let begun = http::send(server.address, &begin).await.expect(200);
    let channel = begun["channel"].as_str().unwrap().to_owned();
    let mut browser = Browser { address: server.address, cookies: Vec::new() };
    let fields = [("channel", channel.as_str()), ("callback_url", CALLBACK)];
    assert_eq!(browser.get("index", &fields).await.status, 200);
    let chosen = [&fields[..], &[("way", "push"), ("factor", "")]].concat();
    assert_eq!(browser.post("index", &chosen).await.status, 303);
    assert_eq!(browser.get("waiting", &fields).await.status, 200);
    browser.post("passcode", &[&fields[..], &[("code", TYPED)]].concat()).await;
    assert_eq!(device.inbox().await.len(), 1, "the phone was asked");
    // Refused requests are worth a line, and hold the same secrets.
    let mut stranger =
        Browser { address: server.address, cookies: vec!["cs-browser=a-cookie-of-a-stranger".into()] };
    assert_eq!(stranger.get("index", &fields).await.status, 403);
    assert_eq!(stranger.get("index", &[("channel", &format!("{channel}x"))]).await.status, 404);
    let astray = [("channel", channel.as_str()), ("callback_url", "https://evil.example/robin")];
    assert_eq!(browser.get("index", &astray).await.status, 400);
    assert_eq!(browser.post("cancel", &fields).await.status, 303);
    for path in ["check", "otp_verify"] {
        let query = encoded(&[&own[..], &[("channel", &channel), ("otp", TYPED)]].concat());
        http::send(server.address, &Request::new("GET", &format!("/api/v9/{path}?{query}")))
            .await
            .expect(200);
    }
    let made = http::send(server.address, &form("POST", "/api/v9/create_token", &own)).await.expect(200);
    let token = made["token"].as_str().unwrap().to_owned();
    let bearer =
        Request::new("POST", "/api/v9/authenticate").header("Authorization", &format!("Bearer {token}"));
    http::send(server.address, &bearer).await.expect(200);
    let guessed =
        encoded(&[("uid", party.client_id.as_str()), ("secret", "cs_secret_guessed"), ("email", PERSON)]);
    let guessed = Request::new("GET", &format!("/api/v9/check?{guessed}&channel={channel}"));
    assert_eq!(http::send(server.address, &guessed).await.status, 403);
    let cookie = browser.cookies[0].split_once('=').unwrap().1.to_owned();
    let channel = channel["ch_".len() + 26..].to_owned();
    vec![channel, cookie, token, party.client_secret.clone()]
}

#[tokio::test]
async fn nothing_secret_of_a_page_stands_in_the_log() {
    let mut server = ServerProcess::start(Program::new(SERVER).env("COUNTERSIGN_LOG", "trace")).await;
    let party = server.relying_party("Case Management").await;
    let web = ["application", "web", "--application", &party.client_id, "--redirect-uri", HOME];
    server.program().json(&web).await;
    let mut secrets = sign_in(&server, &party).await;
    let words = [
        PERSON,
        "robin.fielding",
        MESSAGE,
        TYPED,
        "a-cart-of-robins",
        "a-cookie-of-a-stranger",
        "evil.example",
        "cs_secret_guessed",
    ];
    secrets.extend(words.map(str::to_owned));
    let log = server.terminate().await;
    assert!(log.contains("DEBUG") && log.contains("/mfa/index"), "the log is there");
    for secret in &secrets {
        assert_eq!(line_with(&log, secret), None, "{secret} stands in the log");
    }
}
