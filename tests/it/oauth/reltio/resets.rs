//! Taking one's own app away: never with what a password thief has.

use countersign_tests::http::{Reply, Request};
use countersign_tests::oauth::{OauthParty, authorized, text, wrong};
use serde_json::{Value, json};

use super::{ROOTS, Ready, SAM, basic, details};

impl Ready {
    /// `resetMyQRCodeEnroll` by an application.
    async fn reset_by(&self, party: &OauthParty, method: &str, root: &str, body: &Value) -> Reply {
        let request = Request::new(method, &format!("{root}/mfa/resetMyQRCodeEnroll"));
        self.party.send(&request.header("Authorization", &basic(party)).json(body)).await
    }

    async fn reset(&self, body: &Value) -> Reply {
        self.reset_by(&self.party, "POST", "/users", body).await
    }

    /// Whether sam's sign-in asks for a code.
    async fn asks(&self) -> bool {
        self.party.login(SAM, &[]).await.expect(200)["state_token"].is_object()
    }
}

#[tokio::test]
async fn an_application_resets_with_a_login_and_a_code_by_post_and_put() {
    for (root, method, name) in [(ROOTS[0], "POST", "stateToken"), (ROOTS[1], "PUT", "state_token")] {
        let ready = Ready::new().await;
        let seed = ready.enrolled().await;
        ready.server.clock.advance(30_000);
        let body =
            json!({name: ready.waits().await, "mfatype": "AUTHENTICATOR", "totp": ready.code(&seed, 0)});
        assert_eq!(ready.reset_by(&ready.party, method, root, &body).await.expect(200), json!({}));
        assert!(!ready.asks().await, "enrolled anew by scanning");
        ready.enrolled().await;
    }
}

#[tokio::test]
async fn s49_a_state_token_alone_resets_nothing() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    ready.server.clock.advance(30_000);
    let login = ready.waits().await;
    let right = ready.code(&seed, 0);
    for (body, expected) in [
        (json!({"stateToken": login}), (400, "invalid_request")),
        (json!({"stateToken": login, "totp": null}), (400, "invalid_request")),
        (json!({"stateToken": login, "totp": ""}), (400, "invalid_request")),
        (json!({"stateToken": login, "totp": wrong(&right)}), (400, "invalid_totp")),
        (
            json!({"stateToken": login, "recovery_code": "0123456789ABCDEFGHJKMNPQ"}),
            (404, "enrollment_not_found"),
        ),
        (json!({"stateToken": login, "username": "pat", "totp": right}), (400, "invalid_request")),
        (json!({"totp": right}), (400, "invalid_request")),
        (json!({"stateToken": "x", "totp": right}), (401, "invalid_state_token")),
        (json!({"stateToken": login, "mfatype": "EMAIL", "totp": right}), (400, "invalid_mfatype")),
    ] {
        let refused = ready.reset(&body).await;
        assert_eq!(refused.refusal(), (expected.0, expected.1.to_owned()), "{body}");
        assert!(ready.asks().await, "{body}");
        // Logins that begin are counted too.
        ready.server.clock.advance(7_000);
    }
}

#[tokio::test]
async fn s49_only_the_application_with_its_secret_resets_and_only_its_own_logins() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    ready.server.clock.advance(30_000);
    let body = json!({"stateToken": ready.waits().await, "totp": ready.code(&seed, 0)});
    let other = ready.party.beside(&ready.server, "reltio", false).await;
    let refused = ready.reset_by(&other, "POST", "/users", &body).await;
    assert_eq!(refused.refusal(), (401, "invalid_state_token".to_owned()));
    let by_name = json!({"username": SAM, "totp": ready.code(&seed, 0)});
    for party in [
        ready.party.beside(&ready.server, "auth0", false).await,
        ready.party.beside(&ready.server, "reltio", true).await,
    ] {
        let refused = ready.reset_by(&party, "POST", "/users", &by_name).await;
        assert_eq!(refused.refusal(), (401, "invalid_client".to_owned()));
        assert_eq!(refused.header("www-authenticate"), Some("Basic realm=\"Countersign\""));
    }
    let nobody = Request::new("POST", "/users/mfa/resetMyQRCodeEnroll").json(&by_name);
    assert_eq!(ready.party.send(&nobody).await.refusal(), (401, "invalid_client".to_owned()));
    assert_eq!(ready.reset(&by_name).await.expect(200), json!({}));
}

#[tokio::test]
async fn s27_a_reset_by_name_does_not_tell_who_is_there() {
    let ready = Ready::new().await;
    let seed = ready.enrolled().await;
    ready.party.person(&ready.server, "pat@example.org").await;
    ready.policy("failure_limit", "2").await;
    let mut told = Vec::new();
    for name in ["nobody@example.org", "pat@example.org", SAM, SAM] {
        told.push(ready.reset(&json!({"username": name, "totp": wrong(&ready.code(&seed, 0))})).await);
    }
    // Sam's codes are locked now.
    told.push(ready.reset(&json!({"username": SAM, "totp": ready.code(&seed, 1)})).await);
    for name in ["nobody@example.org", "pat@example.org", SAM] {
        let body = json!({"username": name, "recovery_code": "0123456789ABCDEFGHJKMNPQ"});
        told.push(ready.reset(&body).await);
    }
    assert_eq!(told[0].refusal(), (400, "invalid_totp".to_owned()));
    for reply in &told {
        assert_eq!((reply.status, reply.text()), (told[0].status, told[0].text()));
    }
}

#[tokio::test]
async fn a_recovery_code_resets_too() {
    let ready = Ready::new().await;
    ready.enrolled().await;
    let factors = "/api/v1/users/sam%40example%2Eorg/factors";
    let made = ready.party.party.post(factors, &json!({"type": "recovery"})).await.expect(201);
    let code = text(&made["recovery_codes"][0]);
    ready.reset(&json!({"username": "SAM@example.org", "recovery_code": code})).await.expect(200);
    let reset = ready.reset(&json!({"username": SAM, "recovery_code": made["recovery_codes"][1]})).await;
    assert_eq!(reset.refusal(), (400, "invalid_totp".to_owned()), "there is nothing more to reset");
}

#[tokio::test]
async fn s49_a_person_resets_right_after_the_second_factor_or_with_a_code() {
    let ready = Ready::new().await;
    let stolen = ready.password_alone().await;
    let seed = ready.enrolled().await;
    let put = async |token: &str, body: &Value| {
        ready.party.send(&authorized("PUT", "/oauth/users/mfa/resetMyQRCodeEnroll", token).json(body)).await
    };
    let refused = put(&stolen, &json!({})).await;
    assert_eq!(refused.refusal(), (401, "insufficient_user_authentication".to_owned()));
    ready.server.clock.advance(30_000);
    let wrong = wrong(&ready.code(&seed, 0));
    assert_eq!(put(&stolen, &json!({"totp": wrong})).await.refusal(), (400, "invalid_totp".to_owned()));
    assert!(ready.asks().await);
    put(&stolen, &json!({"totp": ready.code(&seed, 0)})).await.expect(200);
    assert_eq!(put(&stolen, &json!({})).await.refusal(), (404, "enrollment_not_found".to_owned()));

    let seed = ready.enrolled().await;
    let old = ready.both(&seed).await;
    ready.server.clock.advance(601_000);
    assert_eq!(put(&old, &json!({})).await.refusal().0, 401);
    let fresh = ready.both(&seed).await;
    put(&fresh, &json!({})).await.expect(200);
    assert_eq!(ready.details(&fresh).await, details(false, false));
}
