//! What signing in leaves in the log: routes and reasons, and nothing that would sign anybody in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::http::{self, Request};
use countersign_tests::server_process::{Program, ServerProcess};

use super::storm::{bank, sign_in};
use crate::SERVER;

const RIGHT: &str = "correct horse battery staple";
const WRONG: &str = "a password that was mistyped";
const TYPED: [&str; 4] =
    ["731964-typed", "refresh-token-of-somebody", "7HZK2M9QW4RT8XCV5BNJ3LPD", "binding-135790"];

#[tokio::test]
async fn s38_no_password_token_or_code_of_a_sign_in_is_seen_in_the_log() {
    let mut server = ServerProcess::start(Program::new(SERVER).env("COUNTERSIGN_LOG", "trace")).await;
    let bank = bank(&server).await;
    let (id, secret) = (&bank.client_id, &bank.client_secret);
    let began = sign_in(server.address, &bank, "ann@x.example", RIGHT).await.expect(403);
    let login = began["mfa_token"].as_str().unwrap().to_owned();
    assert_eq!(sign_in(server.address, &bank, "ann@x.example", WRONG).await.status, 403);
    let [otp, refresh, recovery, binding] = TYPED;
    let grant = "http%3A%2F%2Fauth0.com%2Foauth%2Fgrant-type%2F";
    let own = format!("client_id={id}&client_secret={secret}");
    for form in [
        format!("grant_type={grant}mfa-otp&mfa_token={login}&otp={otp}&{own}"),
        format!("grant_type={grant}mfa-recovery-code&mfa_token={login}&recovery_code={recovery}&{own}"),
        format!("grant_type={grant}mfa-oob&mfa_token={login}&oob_code={login}&binding_code={binding}&{own}"),
        format!("grant_type=refresh_token&refresh_token={refresh}&{own}"),
        format!("{{\"grant_type\":\"password\",\"password\":\"{WRONG}\""),
    ] {
        let reply = http::send(server.address, &Request::new("POST", "/oauth/token").body(form)).await;
        assert!((400..500).contains(&reply.status), "{}", reply.text());
    }
    let basic = STANDARD.encode(format!("{id}:{secret}"));
    // What some put into the address all the same: it is not read, and the log has the route alone.
    let target = format!("/oauth/token?password={WRONG}&client_secret={secret}").replace(' ', "+");
    let request = Request::new("POST", &target).header("Authorization", &format!("Basic {basic}"));
    assert_eq!(http::send(server.address, &request).await.status, 400);
    let log = server.terminate().await;
    assert!(log.contains("/oauth/token") && log.contains("DEBUG"), "the log is there");
    let plus = WRONG.replace(' ', "+");
    for seen in [RIGHT, WRONG, &plus, &login, secret, &basic, otp, refresh, recovery, binding, "eyJ"] {
        let line = log.lines().find(|line| line.contains(seen));
        assert_eq!(line, None, "{seen} stands in the log");
    }
}
