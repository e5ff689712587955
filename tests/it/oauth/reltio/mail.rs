//! Codes by mail: set up, and asked for at every sign-in.

use countersign_tests::mailbox;
use countersign_tests::oauth::{text, wrong};
use serde_json::{Value, json};

use super::{ROOTS, Ready, SAM, details};

impl Ready {
    async fn mailed(&self) -> String {
        mailbox::code_to(&self.server, SAM).await
    }

    async fn mails(&self) -> usize {
        mailbox::waiting(&self.server).await.len()
    }
}

#[tokio::test]
async fn the_documentations_mail_enrolment_works_under_both_roots_and_signs_in() {
    for root in ROOTS {
        let ready = Ready::new().await;
        let token = ready.password_alone().await;
        let enroll = format!("{root}/mfa/enrollEmail?mfatype=EMAIL");
        assert_eq!(ready.put(&enroll, &token).await.expect(200), json!({}));
        let soon = ready.put(&enroll, &token).await;
        assert_eq!(soon.refusal(), (429, "too_many_requests".to_owned()), "{root}");
        assert_eq!((soon.header("retry-after"), ready.mails().await), (Some("30"), 1));
        // Too soon was too soon, and nothing else: the code that is on its way is good.
        let verify = format!("{root}/mfa/verifyEmail");
        let code = ready.mailed().await;
        let refused = ready.put_code(&verify, &token, "EMAIL", &wrong(&code)).await;
        assert_eq!(refused.refusal(), (400, "invalid_totp".to_owned()));
        assert_eq!(ready.put_code(&verify, &token, "EMAIL", &code).await.expect(200), json!({}));
        assert_eq!(ready.details(&token).await, details(false, true));
        assert_eq!(ready.put(&enroll, &token).await.refusal(), (409, "already_enrolled".to_owned()));
        let again = ready.put_code(&verify, &token, "EMAIL", &code).await;
        assert_eq!(again.refusal(), (404, "enrollment_not_found".to_owned()));

        ready.server.clock.advance(30_000);
        let before = ready.mails().await;
        let state = ready.party.login(SAM, &[]).await.expect(200)["state_token"].clone();
        assert_eq!((&state["mfaType"], &state["status"]), (&json!("EMAIL"), &json!("VERIFY")));
        assert_eq!(ready.mails().await, before + 1, "the password call sends the mail");
        let (login, code) = (text(&state["token"]), ready.mailed().await);
        assert_eq!(ready.goes_on(&login, &wrong(&code)).await.refusal(), (400, "invalid_totp".to_owned()));
        ready.goes_on(&login, &code).await.expect(200);
        assert_eq!(ready.goes_on(&login, &code).await.refusal(), (400, "invalid_grant".to_owned()));
    }
}

#[tokio::test]
async fn another_mail_has_another_code_for_the_same_enrolment() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    let enroll = "/users/mfa/enrollEmail?mfatype=EMAIL";
    ready.put(enroll, &token).await.expect(200);
    ready.server.clock.advance(30_001);
    ready.put(enroll, &token).await.expect(200);
    let code = ready.mailed().await;
    ready.put_code("/users/mfa/verifyEmail", &token, "EMAIL", &code).await.expect(200);
}

#[tokio::test]
async fn a_mailed_code_expires_and_nobody_without_an_address_gets_one() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    let verify = async |code: String| ready.put_code("/users/mfa/verifyEmail", &token, "EMAIL", &code).await;
    assert_eq!(verify("331425".to_owned()).await.refusal(), (404, "enrollment_not_found".to_owned()));
    ready.put("/users/mfa/enrollEmail?mfatype=EMAIL", &token).await.expect(200);
    let code = ready.mailed().await;
    ready.server.clock.advance(600_001);
    assert_eq!(verify(code).await.refusal(), (400, "expired_totp".to_owned()));
    ready.party.person(&ready.server, "pat").await;
    let pat = text(&ready.party.login("pat", &[]).await.expect(200)["access_token"]);
    let refused = ready.put("/users/mfa/enrollEmail?mfatype=EMAIL", &pat).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    assert!(refused.text().contains("no e-mail address is known"), "{}", refused.text());
}

#[tokio::test]
async fn where_nobody_carries_mail_it_is_said() {
    let ready = Ready::new().await;
    let token = ready.password_alone().await;
    let without = ready.server.another(|engine| engine.with_sink(&[])).await;
    let request = countersign_tests::oauth::authorized("PUT", "/users/mfa/enrollEmail?mfatype=EMAIL", &token);
    let refused = countersign_tests::http::send(without.address, &request).await;
    assert_eq!(refused.refusal(), (502, "mail_failed".to_owned()), "{}", refused.text());
    let shown: Value = ready.details(&token).await;
    assert_eq!(shown, details(false, false));
}

#[tokio::test]
async fn an_app_is_asked_for_rather_than_mail() {
    let ready = Ready::new().await;
    ready.party.give_contact(&ready.server, SAM, "email", SAM).await;
    ready.party.give_totp(&ready.server, SAM).await;
    let before = ready.mails().await;
    let state = ready.party.login(SAM, &[]).await.expect(200);
    assert_eq!(state["state_token"]["mfaType"], "AUTHENTICATOR");
    assert_eq!(ready.mails().await, before);
}

#[tokio::test]
async fn s49_an_address_that_was_begun_as_the_first_is_begun_anew_once_there_is_an_app() {
    let ready = Ready::new().await;
    let (enroll, verify) = ("/users/mfa/enrollEmail?mfatype=EMAIL", "/users/mfa/verifyEmail");
    let early = ready.password_alone().await;
    ready.put(enroll, &early).await.expect(200);
    let begun = ready.mailed().await;
    let seed = ready.enrolled().await;
    let refused = ready.put_code(verify, &early, "EMAIL", &begun).await;
    assert_eq!(refused.refusal(), (401, "insufficient_user_authentication".to_owned()));
    let token = ready.both(&seed).await;
    ready.put(enroll, &token).await.expect(200);
    let code = ready.mailed().await;
    assert_eq!(ready.put_code(verify, &token, "EMAIL", &code).await.expect(200), json!({}));
    assert_eq!(ready.details(&token).await, details(true, true));
}
