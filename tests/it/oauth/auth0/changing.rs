//! With an access token: more authenticators, and fewer.

use countersign_core::otp::OtpEntry;
use countersign_tests::http::segment;
use countersign_tests::oauth::{code, text};
use countersign_tests::phone::Phone;
use serde_json::json;

use super::{ALEX, Bank, NO_LOGIN, NUMBER, SAM};

const ALL: &str = "read:authenticators enroll remove:authenticators";

impl Bank {
    /// An access token for factors with this scope, got with a code of this seed after the last one.
    async fn token(&self, user: &str, seed: &OtpEntry, scope: &str) -> String {
        self.wait();
        let audience = self.client.mfa_audience();
        let login = self.client.mfa_token_for(user, &[("audience", &audience), ("scope", scope)]).await;
        let tokens =
            self.grant("mfa-otp", &login, &[("otp", &code(&self.server, seed, 0))]).await.expect(200);
        assert_eq!(tokens["expires_in"], 600);
        text(&tokens["access_token"])
    }

    async fn delete(&self, token: &str, id: &str) -> countersign_tests::http::Reply {
        self.client.call("DELETE", &format!("/mfa/authenticators/{}", segment(id)), token).await
    }
}

#[tokio::test]
async fn an_authenticator_is_removed_with_the_right_token_and_with_no_other() {
    let bank = Bank::new().await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    bank.client.give_contact(&bank.server, SAM, "sms", NUMBER).await;
    let alex = bank.client.give_totp(&bank.server, ALEX).await;
    let (sms, totp) = (bank.id("sms|").await, bank.id("totp|").await);
    let login = bank.login().await;
    let refused = bank.delete(&login, &sms).await;
    assert_eq!(refused.refusal(), (401, "invalid_token".to_owned()), "a login proves the password alone");
    let reading = bank.token(SAM, &seed, "read:authenticators enroll").await;
    assert_eq!(bank.delete(&reading, &sms).await.refusal(), (403, "insufficient_scope".to_owned()));
    let another = bank.token(ALEX, &alex, ALL).await;
    for id in [sms.as_str(), totp.as_str()] {
        assert_eq!(bank.delete(&another, id).await.refusal(), (404, "not_found".to_owned()));
    }
    let token = bank.token(SAM, &seed, ALL).await;
    for none in ["x", "totp|x", "sms|fac_00000000000000000000000000", "|"] {
        assert_eq!(bank.delete(&token, none).await.refusal(), (404, "not_found".to_owned()), "{none}");
    }
    assert!(sms.contains('|'));
    let gone = bank.delete(&token, &sms).await;
    assert_eq!((gone.status, gone.text().as_str()), (204, ""));
    assert_eq!(bank.delete(&token, &sms).await.refusal(), (404, "not_found".to_owned()));
    let left: Vec<_> = bank.list().await.iter().map(|one| text(&one["id"])).collect();
    assert_eq!(left, [totp]);
}

#[tokio::test]
async fn s49_a_token_that_was_got_with_less_than_the_strongest_changes_nothing() {
    let bank = Bank::new().await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    let token = bank.token(SAM, &seed, ALL).await;
    let totp = bank.id("totp|").await;
    Phone::new().enroll(&bank.client.party.link(SAM).await).await;
    for reply in [
        bank.delete(&token, &totp).await,
        bank.associate(&token, json!({"authenticator_types": ["oob"], "oob_channels": ["auth0"]})).await,
    ] {
        assert_eq!(reply.refusal(), (403, "access_denied".to_owned()), "{}", reply.text());
    }
    assert_eq!(bank.list().await.len(), 2);
}

#[tokio::test]
async fn another_authenticator_is_associated_with_an_access_token_and_used_with_it_for_the_first_time() {
    let bank = Bank::new().await;
    let seed = bank.client.give_totp(&bank.server, SAM).await;
    let token = bank.token(SAM, &seed, ALL).await;
    let sms = json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": NUMBER});
    let given = bank.associate(&token, sms).await.expect(200);
    assert!(given["recovery_codes"].is_null(), "only with the first one");
    let (oob, code) = (text(&given["oob_code"]), bank.sent().await);
    let typed = [("oob_code", oob.as_str()), ("binding_code", &code)];
    let login = bank.login().await;
    bank.refuses("mfa-oob", &login, &typed, super::OOB_OF_ANOTHER).await;
    bank.grant("mfa-oob", &token, &typed).await.expect(200);
    bank.refuses("mfa-oob", &token, &typed, super::OOB_OVER).await;

    // A code can be sent again while it waits.
    let voice = json!({"authenticator_types": ["oob"], "oob_channels": ["email"]});
    bank.associate(&token, voice).await.expect(200);
    bank.wait();
    let asked = bank.client.challenge(&token, json!({"challenge_type": "oob"})).await.expect(200);
    let mailed = countersign_tests::mailbox::code_to(&bank.server, SAM).await;
    let typed = [("oob_code", text(&asked["oob_code"])), ("binding_code", mailed)];
    let typed = typed.each_ref().map(|(name, value)| (*name, value.as_str()));
    bank.grant("mfa-oob", &token, &typed).await.expect(200);

    let push = json!({"authenticator_types": ["oob"], "oob_channels": ["auth0"]});
    let given = bank.associate(&token, push).await.expect(200);
    let oob = [("oob_code", given["oob_code"].as_str().unwrap())];
    bank.refused(&bank.grant("mfa-oob", &token, &oob).await, super::PENDING);
    Phone::new().enroll(&text(&given["barcode_uri"])).await;
    bank.grant("mfa-oob", &token, &oob).await.expect(200);
    bank.refuses("mfa-oob", &token, &oob, super::OOB_OVER).await;
    assert!(bank.list().await.iter().all(|one| one["active"] == true));
}

#[tokio::test]
async fn an_access_token_signs_nobody_in() {
    let bank = Bank::new().await;
    let held = bank.client.give_totp(&bank.server, SAM).await;
    let token = bank.token(SAM, &held, ALL).await;
    let otp = code(&bank.server, &held, 1);
    bank.refuses("mfa-otp", &token, &[("otp", &otp)], NO_LOGIN).await;
    bank.refuses("mfa-recovery-code", &token, &[("recovery_code", "x")], NO_LOGIN).await;
    let no_scope = bank.token(SAM, &held, "remove:authenticators").await;
    let refused = bank.grant("mfa-otp", &no_scope, &[("otp", &otp)]).await;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".to_owned()));
    let reply = bank.client.challenge(&token, json!({"challenge_type": "otp"})).await;
    assert_eq!(reply.refusal().0, 401, "what counts is not asked for with an access token: {}", reply.text());
}
