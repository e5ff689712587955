//! Codes by message, by call and by mail: given, confirmed, asked for, and what stands against them.

use countersign_tests::mailbox;
use countersign_tests::oauth::{text, wrong};
use serde_json::json;

use super::{ALEX, Bank, NO_CODE, NO_OOB, NUMBER, OOB_OF_ANOTHER, OOB_OVER, SAM, WRONG_CODE, members};

#[tokio::test]
async fn a_number_or_an_address_counts_once_its_code_got_tokens() {
    for (channel, body, to) in [
        ("sms", json!({"phone_number": NUMBER}), NUMBER),
        ("voice", json!({"phone_number": NUMBER}), NUMBER),
        ("email", json!({"email": "other@example.org"}), "other@example.org"),
        ("email", json!({"email": null}), SAM),
    ] {
        let bank = Bank::new().await;
        let login = bank.login().await;
        let mut body = body;
        (body["authenticator_types"], body["oob_channels"]) = (json!(["oob"]), json!([channel]));
        let given = bank.associate(&login, body).await.expect(200);
        assert_eq!(
            members(&given),
            ["authenticator_type", "binding_method", "oob_channel", "oob_code", "recovery_codes"]
        );
        let words = (&given["authenticator_type"], &given["oob_channel"], &given["binding_method"]);
        assert_eq!(words, (&json!("oob"), &json!(channel), &json!("prompt")));
        let (oob, code) = (text(&given["oob_code"]), mailbox::code_by(&bank.server, channel, to).await);
        assert!(oob.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~+/*-".contains(&b)), "{oob}");
        bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], NO_CODE).await;
        let wrong = wrong(&code);
        for guess in [wrong.as_str(), "x"] {
            bank.refuses("mfa-oob", &login, &[("oob_code", &oob), ("binding_code", guess)], WRONG_CODE).await;
        }
        let right = [("oob_code", oob.as_str()), ("binding_code", &code)];
        bank.grant("mfa-oob", &login, &right).await.expect(200);
        assert!(bank.list().await.iter().all(|one| one["active"] == true), "the recovery code too");
    }
}

#[tokio::test]
async fn a_code_is_sent_and_typed_and_gives_tokens_once() {
    let bank = Bank::new().await;
    bank.client.give_contact(&bank.server, SAM, "sms", NUMBER).await;
    let login = bank.login().await;
    let id = bank.id("sms|").await;
    let asked = bank.client.challenge(&login, json!({"challenge_type": "oob", "authenticator_id": id})).await;
    let asked = asked.expect(200);
    assert_eq!(members(&asked), ["binding_method", "challenge_type", "oob_code"]);
    assert_eq!((&asked["challenge_type"], &asked["binding_method"]), (&json!("oob"), &json!("prompt")));
    let (oob, code) = (text(&asked["oob_code"]), bank.sent().await);
    let typed = [("oob_code", oob.as_str()), ("binding_code", &code)];
    let tokens = bank.grant_json("mfa-oob", &login, &typed).await.expect(200);
    assert!(tokens["access_token"].is_string());
    let next = bank.login().await;
    bank.refuses("mfa-oob", &next, &typed, OOB_OF_ANOTHER).await;
}

#[tokio::test]
async fn questions_are_told_apart_by_what_is_wrong_with_them() {
    let bank = Bank::new().await;
    for (user, number) in [(SAM, NUMBER), (ALEX, "+966509876543")] {
        bank.client.give_contact(&bank.server, user, "sms", number).await;
    }
    let login = bank.login().await;
    let oob = text(&bank.client.challenge(&login, json!({})).await.expect(200)["oob_code"]);
    let code = bank.sent().await;
    let typed = [("oob_code", oob.as_str()), ("binding_code", &code)];
    let alex = bank.client.mfa_token(ALEX).await;
    bank.refuses("mfa-oob", &alex, &typed, OOB_OF_ANOTHER).await;
    for none in ["x", "oob_", &oob[..oob.len() - 1], &format!("{oob}A"), &oob.to_uppercase()] {
        bank.refuses("mfa-oob", &login, &[("oob_code", none), ("binding_code", &code)], NO_OOB).await;
    }
    // Another question takes the place of this one.
    bank.wait();
    bank.client.challenge(&login, json!({})).await.expect(200);
    bank.refuses("mfa-oob", &login, &typed, OOB_OVER).await;
    bank.wait();
    let oob = text(&bank.client.challenge(&login, json!({})).await.expect(200)["oob_code"]);
    let code = bank.sent().await;
    bank.server.clock.advance(120_000);
    bank.refuses("mfa-oob", &login, &[("oob_code", &oob), ("binding_code", &code)], OOB_OVER).await;
}

#[tokio::test]
async fn too_many_messages_and_bad_numbers_have_auth0s_words() {
    let bank = Bank::new().await;
    let login = bank.login().await;
    let sms = |number: &str| json!({"authenticator_types": ["oob"], "oob_channels": ["sms"], "phone_number": number});
    for number in ["", "0501234567", "+96650123456", "sam"] {
        let reply = bank.associate(&login, sms(number)).await;
        let row = (400, "invalid_request", "The phone number is invalid.");
        let missing = (400, "invalid_request", "Missing required parameter: phone_number");
        bank.refused(&reply, if number.is_empty() { missing } else { row });
    }
    let form = "authenticator_types=oob&oob_channels=sms&phone_number=%2B96650123456";
    bank.refused(
        &bank.associate_form(&login, form).await,
        (400, "invalid_request", "The phone number is invalid."),
    );
    for (body, row) in [
        (json!({}), "Missing required parameter: authenticator_types"),
        (json!({"authenticator_types": []}), "Missing required parameter: authenticator_types"),
        (json!({"authenticator_types": ["fax"]}), "authenticator_types must be one of otp and oob"),
        (json!({"authenticator_types": ["oob"]}), "Missing required parameter: oob_channels"),
        (
            json!({"authenticator_types": ["oob"], "oob_channels": ["fax"]}),
            "oob_channels must be one of sms, voice, email and auth0",
        ),
        (
            json!({"authenticator_types": ["otp", "oob"]}),
            "authenticator_types must have one word; ask once for each",
        ),
    ] {
        bank.refused(&bank.associate(&login, body).await, (400, "invalid_request", row));
    }
    let row =
        (400, "invalid_request", "Too many SMS sent by the user. Wait for some minutes before retrying.");
    bank.associate(&login, sms(NUMBER)).await.expect(200);
    bank.refused(&bank.associate(&login, sms(NUMBER)).await, row);
    bank.wait();
    bank.client.give_contact(&bank.server, ALEX, "sms", "+966509876543").await;
    let alex = bank.client.mfa_token(ALEX).await;
    bank.client.challenge(&alex, json!({})).await.expect(200);
    bank.refused(&bank.client.challenge(&alex, json!({})).await, row);
}
