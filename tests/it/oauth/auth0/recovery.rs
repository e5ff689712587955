//! Recovery codes: handed out with the first factor, used once, and followed by the next.

use countersign_tests::oauth::{code, seed, text};
use serde_json::json;

use super::{Bank, REJECTED};

#[tokio::test]
async fn a_recovery_code_gets_tokens_once_and_the_next_one_with_them() {
    let bank = Bank::new().await;
    let login = bank.login().await;
    let given = bank.associate(&login, json!({"authenticator_types": ["otp"]})).await.expect(200);
    let first = text(&given["recovery_codes"][0]);
    bank.refuses("mfa-recovery-code", &login, &[("recovery_code", &first)], REJECTED).await;
    let otp = code(&bank.server, &seed(&given["barcode_uri"]), 0);
    bank.grant("mfa-otp", &login, &[("otp", &otp)]).await.expect(200);

    let login = bank.login().await;
    for none in ["x", "000000000000000000000000"] {
        bank.refuses("mfa-recovery-code", &login, &[("recovery_code", none)], REJECTED).await;
    }
    let tokens = bank.grant("mfa-recovery-code", &login, &[("recovery_code", &first)]).await.expect(200);
    let next = text(&tokens["recovery_code"]);
    assert!(next.len() == 24 && next.bytes().all(|b| b.is_ascii_alphanumeric()), "{next}");
    let login = bank.login().await;
    bank.refuses("mfa-recovery-code", &login, &[("recovery_code", &first)], REJECTED).await;
    let tokens = bank.grant_json("mfa-recovery-code", &login, &[("recovery_code", &next)]).await.expect(200);
    assert_ne!(text(&tokens["recovery_code"]), next);
}

#[tokio::test]
async fn a_code_that_was_offered_gives_way_to_the_next_offer_and_never_touches_codes_that_count() {
    let bank = Bank::new().await;
    let login = bank.login().await;
    let otp = json!({"authenticator_types": ["otp"]});
    let before = text(&bank.associate(&login, otp.clone()).await.expect(200)["recovery_codes"][0]);
    let given = bank.associate(&login, otp).await.expect(200);
    let now = text(&given["recovery_codes"][0]);
    let otp = code(&bank.server, &seed(&given["barcode_uri"]), 0);
    bank.grant("mfa-otp", &login, &[("otp", &otp)]).await.expect(200);
    let login = bank.login().await;
    bank.refuses("mfa-recovery-code", &login, &[("recovery_code", &before)], REJECTED).await;
    bank.grant("mfa-recovery-code", &login, &[("recovery_code", &now)]).await.expect(200);
}

#[tokio::test]
async fn where_policy_has_no_recovery_codes_none_is_handed_out() {
    let bank = Bank::new().await;
    bank.policy(&[("factors", "totp push")]).await;
    let login = bank.login().await;
    let given = bank.associate(&login, json!({"authenticator_types": ["otp"]})).await.expect(200);
    assert!(given["recovery_codes"].is_null(), "{given}");
    let sms = json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": super::NUMBER});
    let refused = bank.associate(&login, sms).await;
    assert_eq!(refused.refusal(), (403, "access_denied".to_owned()));
}
