//! `GET /mfa/authenticators`: what is listed, in which words, and to whom.

use countersign_tests::oauth::{authorized, text};
use countersign_tests::phone::Phone;
use serde_json::json;

use super::{Bank, LOGIN_OVER, NO_LOGIN, NUMBER, SAM, members};

#[tokio::test]
async fn each_kind_is_listed_in_auth0s_words_and_masked_as_auth0_masks() {
    let bank = Bank::new().await;
    assert!(bank.list().await.is_empty(), "an empty list when there is nothing");
    let (client, server) = (&bank.client, &bank.server);
    Phone::new().enroll(&client.party.link(SAM).await).await;
    client.give_totp(server, SAM).await;
    client.give_contact(server, SAM, "sms", NUMBER).await;
    client.give_contact(server, SAM, "email", "someone@example.org").await;
    client
        .party
        .post("/api/v1/users/sam%40example.org/factors", &json!({"type": "recovery"}))
        .await
        .expect(201);
    let listed = bank.list().await;
    let expected = [
        ("push|dev_", "oob", json!("auth0"), json!("Sam's phone")),
        ("totp|fac_", "otp", json!(null), json!(null)),
        ("sms|fac_", "oob", json!("sms"), json!("XXXXXXXXX4567")),
        ("email|fac_", "oob", json!("email"), json!("so*****@exam*******")),
        ("recovery-code|fac_", "recovery-code", json!(null), json!(null)),
    ];
    assert_eq!(listed.len(), expected.len());
    for (one, (id, kind, channel, name)) in listed.iter().zip(expected) {
        assert!(text(&one["id"]).starts_with(id), "{one}");
        assert_eq!((&one["authenticator_type"], &one["active"]), (&json!(kind), &json!(true)), "{one}");
        assert_eq!((&one["oob_channel"], &one["name"]), (&channel, &name), "{one}");
        let channels = if channel.is_null() { json!(null) } else { json!([channel]) };
        assert_eq!(one["oob_channels"], channels, "{one}");
        assert!(one["type"].is_null(), "newer words only where they are asked for");
    }
    assert_eq!(members(&listed[1]), ["active", "authenticator_type", "id"]);
    assert_eq!(
        members(&listed[2]),
        ["active", "authenticator_type", "id", "name", "oob_channel", "oob_channels"]
    );
}

#[tokio::test]
async fn a_list_is_for_a_login_or_a_token_that_may_read_and_for_nobody_else() {
    let bank = Bank::new().await;
    let client = &bank.client;
    let seed = client.give_totp(&bank.server, SAM).await;
    let audience = client.mfa_audience();
    // Who asks for no scope gets all there are.
    for (scope, status) in [("read:authenticators", 200), ("enroll remove:authenticators", 403), ("", 200)] {
        bank.wait();
        let login = client.mfa_token_for(SAM, &[("audience", &audience), ("scope", scope)]).await;
        let otp = countersign_tests::oauth::code(&bank.server, &seed, 0);
        let token = bank.grant("mfa-otp", &login, &[("otp", &otp)]).await.expect(200);
        let reply = client.call("GET", "/mfa/authenticators", &text(&token["access_token"])).await;
        assert_eq!(reply.status, status, "{scope}: {}", reply.text());
        if status == 403 {
            let row = (403, "insufficient_scope", "Insufficient scope, expected any of: read:authenticators");
            bank.refused(&reply, row);
        }
    }
    let garbage = client.call("GET", "/mfa/authenticators", "mfa_garbage").await;
    bank.refused(&garbage, NO_LOGIN);
    let login = bank.login().await;
    bank.server.clock.advance(600_000);
    bank.refused(&client.call("GET", "/mfa/authenticators", &login).await, LOGIN_OVER);
    for request in [
        countersign_tests::http::Request::new("GET", "/mfa/authenticators"),
        authorized("GET", "/mfa/authenticators", "x"),
        authorized("GET", "/mfa/authenticators", "eyJhbGciOiJub25lIn0.e30."),
        countersign_tests::http::Request::new("GET", "/mfa/authenticators")
            .header("Authorization", "Basic eDp5"),
    ] {
        let reply = client.send(&request).await;
        assert_eq!(reply.refusal(), (401, "invalid_token".to_owned()));
        assert!(reply.header("www-authenticate").is_some_and(|scheme| scheme.starts_with("Bearer")));
    }
}
