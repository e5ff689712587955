//! Who is known here is not to be found out (S27).

use countersign_tests::http::{Reply, Request};
use countersign_tests::oauth::PASSWORD;
use serde_json::json;

use super::Stage;

/// Everything that a caller can see of a reply, but what differs between any two.
fn seen(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let changing = |name: &str| ["date", "x-request-id", "request-id", "traceparent"].contains(&name);
    let headers = reply.headers.iter().filter(|(name, _)| !changing(name)).cloned().collect();
    (reply.status, headers, reply.text())
}

async fn login(stage: &Stage, user: &str, password: &str) -> Reply {
    stage.bank.token(&[("grant_type", "password"), ("username", user), ("password", password)]).await
}

async fn unknown_people_are_answered_like_wrong_passwords(stage: &Stage, known: &str) {
    stage.bank.party.enroll("without-password").await;
    let wrong = login(stage, known, "not the password").await;
    assert!(matches!(wrong.status, 400 | 401 | 403), "{}", wrong.text());
    for (user, password) in [
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("without-password", PASSWORD),
        ("without-password", "x"),
        (&known.to_uppercase().replace('@', "\u{ff20}"), PASSWORD),
        (&"n".repeat(255), "x"),
    ] {
        let reply = login(stage, user, password).await;
        assert_eq!(seen(&reply), seen(&wrong), "{user}");
    }
}

#[tokio::test]
async fn s27_auth0s_password_grant_tells_nobody_who_is_known() {
    let (stage, _seed) = Stage::with_totp().await;
    unknown_people_are_answered_like_wrong_passwords(&stage, "sam").await;
}

#[tokio::test]
async fn s27_reltios_password_grant_tells_nobody_who_is_known() {
    let stage = Stage::reltio().await;
    unknown_people_are_answered_like_wrong_passwords(&stage, "sam@example.org").await;
}

#[tokio::test]
async fn s27_names_that_nobody_has_rest_after_wrong_passwords_as_others_do() {
    let (stage, _seed) = Stage::with_totp().await;
    let mut ends = Vec::new();
    for user in ["sam", "nobody"] {
        let mut replies = Vec::new();
        for _ in 0..12 {
            replies.push(seen(&login(&stage, user, "not the password").await));
        }
        ends.push(replies);
    }
    assert_eq!(ends[0], ends[1]);
    assert!(ends[0].iter().any(|(status, ..)| *status == 429), "{:?}", ends[0].last());
    assert_eq!(
        login(&stage, "sam", PASSWORD).await.status,
        429,
        "the right one rests as well: guessing ends"
    );
}

#[tokio::test]
async fn s27_a_self_reset_tells_nobody_who_is_known() {
    let stage = Stage::reltio().await;
    stage.bank.give_totp(&stage.server, "sam@example.org").await;
    stage.bank.person(&stage.server, "bare@example.org").await;
    let reset = async |user: &str, code: &str| {
        let basic = base64(&format!("{}:{}", stage.bank.party.client_id, stage.bank.party.client_secret));
        let request = Request::new("POST", "/users/mfa/resetMyQRCodeEnroll")
            .header("Authorization", &format!("Basic {basic}"))
            .json(&json!({"username": user, "totp": code}));
        seen(&stage.bank.send(&request).await)
    };
    let wrong = reset("sam@example.org", "000000").await;
    assert!(matches!(wrong.0, 400 | 401 | 403 | 404), "{wrong:?}");
    assert_eq!(reset("nobody@example.org", "000000").await, wrong);
    assert_eq!(reset("bare@example.org", "000000").await, wrong);
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
