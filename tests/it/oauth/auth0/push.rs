//! The phone: taken up by a link, asked, and its answer turned into tokens. The phone is the product's own core.

use countersign_core::approve::AnswerResult;
use countersign_protocol::link::EnrollmentLink;
use countersign_tests::device::{Keys, complete_enrollment};
use countersign_tests::oauth::{text, wrong};
use countersign_tests::phone::Phone;
use serde_json::{Value, json};

use super::{
    Bank, ENROLLED, LOGIN_OVER, NO_CODE, OOB_OVER, PENDING, REJECTED, Row, SAM, SLOW_DOWN, WRONG_CODE,
    members,
};

const LIVE: Row = (400, "access_denied", "MFA Authorization rejected.");

impl Bank {
    async fn with_phone(&self) -> Phone {
        let phone = Phone::new();
        phone.enroll(&self.client.party.link(SAM).await).await;
        phone
    }

    /// A question to sam's phone: the login, and the code that names the question.
    async fn pushed(&self) -> (String, String) {
        let login = self.login().await;
        let asked = self.client.challenge(&login, json!({"challenge_type": "oob"})).await.expect(200);
        (login, text(&asked["oob_code"]))
    }

    /// A link for sam's first phone: the login, what was given, and the code to wait with.
    async fn linked(&self) -> (String, Value, String) {
        let login = self.login().await;
        let push = json!({"authenticator_types": ["oob"], "oob_channels": ["auth0"]});
        let given = self.associate(&login, push).await.expect(200);
        let oob = text(&given["oob_code"]);
        (login, given, oob)
    }
}

#[tokio::test]
async fn a_push_is_pending_then_too_fast_then_approved_and_gives_tokens_once() {
    let bank = Bank::new().await;
    let phone = bank.with_phone().await;
    let (login, oob) = bank.pushed().await;
    let question = [("oob_code", oob.as_str())];
    bank.refused(&bank.grant("mfa-oob", &login, &question).await, PENDING);
    bank.server.clock.advance(4_000);
    let fast = bank.grant_json("mfa-oob", &login, &question).await;
    bank.refused(&fast, SLOW_DOWN);
    assert_eq!((fast.header("retry-after"), fast.header("x-ratelimit-remaining")), (Some("1"), Some("0")));
    let reset = bank.server.clock.now() / 1000 + 1;
    assert_eq!(fast.header("x-ratelimit-reset"), Some(reset.to_string().as_str()));
    assert!(fast.header("x-ratelimit-limit").is_some());
    bank.server.clock.advance(1_000);
    bank.refused(&bank.grant_json("mfa-oob", &login, &question).await, PENDING);

    let request = phone.the_request().await;
    phone.core.approve(request.id, None).await.unwrap();
    let tokens = bank.grant("mfa-oob", &login, &question).await.expect(200);
    assert_eq!(tokens["token_type"], "Bearer");
    bank.refuses("mfa-oob", &login, &question, LOGIN_OVER).await;
}

#[tokio::test]
async fn a_refused_push_is_said_in_the_words_that_the_application_wants() {
    for (setting, row) in [(None, REJECTED), (Some("access_denied"), LIVE), (Some("invalid_grant"), REJECTED)]
    {
        let bank = Bank::new().await;
        if let Some(word) = setting {
            bank.client.set(&bank.server, "rejected", word).await;
        }
        let phone = bank.with_phone().await;
        let (login, oob) = bank.pushed().await;
        phone.core.deny(phone.the_request().await.id).await.unwrap();
        bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], row).await;
    }
}

#[tokio::test]
async fn a_push_that_nobody_answers_expires() {
    let bank = Bank::new().await;
    bank.with_phone().await;
    let (login, oob) = bank.pushed().await;
    bank.server.clock.advance(120_000);
    bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], OOB_OVER).await;
}

#[tokio::test]
async fn property_5_where_policy_shows_a_code_only_the_code_makes_the_approval_count() {
    for policy in [&[("number_kind", "show")][..], &[("number_match", "required")]] {
        let bank = Bank::new().await;
        bank.policy(policy).await;
        let phone = bank.with_phone().await;
        for right in [true, false] {
            let login = bank.login().await;
            let asked = bank.client.challenge(&login, json!({})).await.expect(200);
            assert_eq!(members(&asked), ["binding_method", "challenge_type", "oob_code"]);
            let oob = text(&asked["oob_code"]);
            bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], NO_CODE).await;
            let early = [("oob_code", oob.as_str()), ("binding_code", "000000")];
            bank.refused(&bank.grant("mfa-oob", &login, &early).await, PENDING);
            let request = phone.the_request().await;
            let shown = phone.core.approve(request.id, None).await.unwrap();
            let AnswerResult::Code(code) = shown else { panic!("{shown:?}") };
            bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], NO_CODE).await;
            let typed = if right { code.as_str().to_owned() } else { wrong(code.as_str()) };
            let reply = bank.grant("mfa-oob", &login, &[("oob_code", &oob), ("binding_code", &typed)]).await;
            if right {
                assert!(reply.expect(200)["access_token"].is_string());
            } else {
                bank.refused(&reply, WRONG_CODE);
                let again = [("oob_code", oob.as_str()), ("binding_code", code.as_str())];
                bank.refuses("mfa-oob", &login, &again, REJECTED).await;
            }
        }
    }
}

#[tokio::test]
async fn a_phone_takes_up_its_link_and_the_login_goes_on() {
    let bank = Bank::new().await;
    let (login, given, oob) = bank.linked().await;
    assert_eq!(
        members(&given),
        ["authenticator_type", "barcode_uri", "oob_channel", "oob_code", "recovery_codes"]
    );
    assert_eq!(given["oob_channel"], "auth0");
    let question = [("oob_code", oob.as_str())];
    bank.refused(&bank.grant("mfa-oob", &login, &question).await, PENDING);
    bank.refused(&bank.grant("mfa-oob", &login, &question).await, SLOW_DOWN);
    assert!(bank.list().await.iter().all(|one| one["active"] == false));
    let phone = Phone::new();
    phone.enroll(&text(&given["barcode_uri"])).await;
    bank.server.clock.advance(5_000);
    bank.grant("mfa-oob", &login, &question).await.expect(200);
    bank.refuses("mfa-oob", &login, &question, LOGIN_OVER).await;
    let active: Vec<_> = bank.list().await.iter().map(|one| one["active"].clone()).collect();
    assert_eq!(active, [json!(true), json!(true)], "the phone, and the recovery code with it");

    let (login, oob) = bank.pushed().await;
    phone.core.approve(phone.the_request().await.id, None).await.unwrap();
    bank.grant("mfa-oob", &login, &[("oob_code", &oob)]).await.expect(200);
}

#[tokio::test]
async fn s48_a_link_for_a_first_phone_is_good_for_five_minutes() {
    let bank = Bank::new().await;
    let (login, given, oob) = bank.linked().await;
    bank.server.clock.advance(300_000);
    let error = Phone::new().core.look_at(&text(&given["barcode_uri"])).await.unwrap_err();
    assert_eq!(error.server_code(), Some("token_expired"));
    bank.refuses("mfa-oob", &login, &[("oob_code", &oob)], OOB_OVER).await;
}

#[tokio::test]
async fn s49_a_link_that_was_got_for_a_password_takes_no_phone_beside_what_the_person_has() {
    let bank = Bank::new().await;
    let (thief, given, oob) = bank.linked().await;
    let (_, other, _) = bank.linked().await;
    Phone::new().enroll(&text(&other["barcode_uri"])).await;
    let error = Phone::new().core.look_at(&text(&given["barcode_uri"])).await.unwrap_err();
    assert_eq!(error.server_code(), Some("invalid_token"));
    bank.refuses("mfa-oob", &thief, &[("oob_code", &oob)], OOB_OVER).await;
    let push = json!({"authenticator_types": ["oob"], "oob_channels": ["auth0"]});
    bank.refused(&bank.associate(&thief, push).await, ENROLLED);
}

#[tokio::test]
async fn s49_of_two_phones_that_take_first_links_at_once_one_is_taken() {
    let bank = Bank::new().await;
    let mut links = Vec::new();
    for _ in 0..2 {
        let (_, given, _) = bank.linked().await;
        links.push(EnrollmentLink::parse(&text(&given["barcode_uri"])).unwrap());
    }
    let take = |link: EnrollmentLink| {
        let body = Keys::default().enrollment(&link.server, &link.token);
        let address = bank.server.address;
        async move { complete_enrollment(address, &body).await.status }
    };
    let (one, two) = tokio::join!(take(links.remove(0)), take(links.remove(0)));
    assert_eq!([one, two].iter().filter(|status| **status == 201).count(), 1, "{one} {two}");
}

#[tokio::test]
async fn a_phone_without_keys_answers_no_login() {
    let bank = Bank::new().await;
    let (login, given, oob) = bank.linked().await;
    let link = EnrollmentLink::parse(&text(&given["barcode_uri"])).unwrap();
    let mut body = Keys::default().enrollment(&link.server, &link.token);
    body.as_object_mut().unwrap().retain(|name, _| name != "keys" && name != "proof");
    assert_eq!(complete_enrollment(bank.server.address, &body).await.status, 400);
    bank.refused(&bank.grant("mfa-oob", &login, &[("oob_code", &oob)]).await, PENDING);
}
