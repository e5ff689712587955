//! `verify-enrollment` and `resend-otp`: the code that is mailed to a person, and everything that can be wrong with it.

use countersign_core::enroll::Check;
use countersign_protocol::link::EnrollmentLink;
use countersign_protocol::wire::Platform;
use countersign_server::engine::Language;
use countersign_tests::device::{Device, Keys, complete_enrollment, random_token};
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::mailbox;
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use futures_util::future::join_all;
use ring::hmac;
use serde_json::{Value, json};

const SAM: &str = "sam@example.org";

async fn ready() -> (ServerHere, RelyingParty) {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    (server, cms)
}

/// Issues a link that asks Sam for a mailed code.
async fn issue(cms: &RelyingParty) -> Value {
    let body = json!({"user_ref": "sam", "email": SAM, "challenge": "email_otp"});
    cms.post("/api/v1/users/enroll", &body).await.expect(201)
}

/// The same, with the token and the code of its mail.
async fn issued(server: &ServerHere, cms: &RelyingParty) -> (String, String) {
    let token = issue(cms).await["enrollment_token"].as_str().unwrap().to_owned();
    (token, mailbox::code_to(server, SAM).await)
}

async fn post(cms: &RelyingParty, path: &str, body: &Value) -> Reply {
    http::send(cms.address, &Request::new("POST", &format!("/api/v1/devices/{path}")).json(body)).await
}

async fn verify(cms: &RelyingParty, token: &str, code: &str) -> Reply {
    post(cms, "verify-enrollment", &json!({"token": token, "code": code})).await
}

async fn resend(cms: &RelyingParty, token: &str) -> Reply {
    post(cms, "resend-otp", &json!({"token": token})).await
}

async fn look(cms: &RelyingParty, token: &str) -> Reply {
    http::send(cms.address, &Request::new("GET", &format!("/api/v1/devices/enrollment/{token}"))).await
}

async fn complete(cms: &RelyingParty, token: &str) -> Reply {
    let body = json!({"token": token, "device_token": random_token(), "platform": "android"});
    complete_enrollment(cms.address, &body).await
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 1) % 10)
}

#[tokio::test]
async fn s3_a_mailed_code_opens_its_link_for_one_device() {
    let (server, cms) = ready().await;
    let issued = issue(&cms).await;
    assert_eq!(issued["challenge_type"], "email_otp");
    let token = issued["enrollment_token"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(look(&cms, token).await.expect(200)["challenge_type"], "email_otp");
    }
    let mails = mailbox::waiting(&server).await;
    assert_eq!(mails.len(), 1, "looking at a link sends nothing");
    assert_eq!(
        (mails[0].to.as_str(), mails[0].tenant.as_str(), mails[0].minutes),
        (SAM, "Case Management", 10)
    );

    assert_eq!(complete(&cms, token).await.refusal(), (403, "challenge_required".to_owned()));
    let link = EnrollmentLink::parse(issued["enrollment_url"].as_str().unwrap()).unwrap();
    let body = Keys::default().enrollment(&link.server, &link.token);
    let refused = complete_enrollment(cms.address, &body).await;
    assert_eq!(refused.refusal(), (403, "challenge_required".to_owned()), "with keys neither");

    let code = mailbox::code_to(&server, SAM).await;
    for _ in 0..2 {
        assert_eq!(verify(&cms, token, &code).await.expect(200), json!({"verified": true}));
    }
    assert_eq!(look(&cms, token).await.expect(200)["challenge_type"], "none", "nothing is left to be shown");
    complete_enrollment(cms.address, &body).await.expect(201);
    for reply in [verify(&cms, token, &code).await, resend(&cms, token).await, complete(&cms, token).await] {
        assert_eq!(reply.refusal(), (410, "token_used".to_owned()));
    }
}

#[tokio::test]
async fn s48_of_two_phones_with_one_verified_link_one_is_taken() {
    let (server, cms) = ready().await;
    let (token, code) = issued(&server, &cms).await;
    verify(&cms, &token, &code).await.expect(200);
    let replies = join_all((0..8).map(|_| complete(&cms, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(replies.iter().filter(|r| r.refusal() == (410, "token_used".to_owned())).count(), 7);
    assert_eq!(cms.devices("sam").await.len(), 1);
}

#[tokio::test]
async fn a_mailed_code_needs_an_address() {
    let (server, cms) = ready().await;
    let body = json!({"user_ref": "sam", "challenge": "email_otp"});
    let refused = cms.post("/api/v1/users/enroll", &body).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    assert!(refused.json()["message"].as_str().unwrap().contains("email"), "{}", refused.text());
    assert_eq!(cms.call("GET", "/api/v1/users").await.expect(200)["users"], json!([]));
    let known = json!({"user_ref": "sam", "email": SAM});
    cms.post("/api/v1/users/enroll", &known).await.expect(201);
    cms.post("/api/v1/users/enroll", &body).await.expect(201);
    assert_eq!(mailbox::waiting(&server).await.len(), 1, "to the address that is known");
}

#[tokio::test]
async fn s1_each_code_has_six_digits_of_its_own() {
    let (server, cms) = ready().await;
    join_all((0..20).map(|_| issue(&cms))).await;
    let mails = mailbox::waiting(&server).await;
    assert_eq!(mails.len(), 20);
    assert!(mails.iter().all(|mail| {
        mail.code.as_ref().is_some_and(|c| c.len() == 6 && c.bytes().all(|b| b.is_ascii_digit()))
    }));
    let different: std::collections::HashSet<_> = mails.iter().map(|mail| &mail.code).collect();
    assert!(different.len() > 15, "{different:?}");
    assert!(!format!("{:?}", mails[0]).contains(mails[0].code.as_deref().unwrap()));
}

#[tokio::test]
async fn s24_a_sent_code_is_kept_as_an_hmac_over_enrolment_and_code() {
    let (server, cms) = ready().await;
    let issued = issue(&cms).await;
    let token = EnrollmentLink::parse(issued["enrollment_url"].as_str().unwrap()).unwrap().token;
    let data = server.data();
    let row = data.store.enrollment(token.tenant(), &token.hash()).await.unwrap().unwrap();
    data.store.close().await;
    let code = mailbox::code_to(&server, SAM).await;
    let parts =
        ["enrollment".as_bytes(), token.tenant().0.as_bytes(), code.as_bytes(), token.hash().as_bytes()]
            .concat();
    hmac::verify(data.master.code_key(), &parts, &row.code_hash.unwrap()).unwrap();
}

#[tokio::test]
async fn s5_sending_again_does_not_reset_the_count_and_five_wrong_codes_end_the_link() {
    let (server, cms) = ready().await;
    let (token, first) = issued(&server, &cms).await;
    for left in [4, 3, 2] {
        let refused = verify(&cms, &token, &wrong(&first)).await;
        assert_eq!(refused.refusal(), (400, "invalid_code".to_owned()));
        assert_eq!(refused.json()["attempts_left"], left, "{}", refused.text());
    }
    server.clock.advance(30_000);
    assert_eq!(resend(&cms, &token).await.expect(200), json!({"sent": true, "retry_after": 30}));
    let second = mailbox::code_to(&server, SAM).await;
    let old = if first == second { wrong(&second) } else { first };
    assert_eq!(verify(&cms, &token, &old).await.expect(400)["attempts_left"], 1, "the old code is dead");
    assert_eq!(verify(&cms, &token, &wrong(&second)).await.expect(400)["attempts_left"], 0);
    server.clock.advance(30_000);
    for reply in [
        verify(&cms, &token, &second).await,
        resend(&cms, &token).await,
        look(&cms, &token).await,
        complete(&cms, &token).await,
    ] {
        assert_eq!(reply.refusal(), (429, "too_many_attempts".to_owned()));
    }
    let page = http::send(cms.address, &Request::new("GET", &format!("/enroll/{token}"))).await;
    assert_eq!(page.status, 410);
    assert!(page.text().contains("Too many wrong codes"), "{}", page.text());
    assert!(cms.devices("sam").await.is_empty());
}

#[tokio::test]
async fn s6_of_many_guesses_at_once_five_are_judged() {
    let (server, cms) = ready().await;
    let (token, code) = issued(&server, &cms).await;
    let wrong = wrong(&code);
    let replies = join_all((0..24).map(|_| verify(&cms, &token, &wrong))).await;
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(400), with(429)), (5, 19));
    assert_eq!(verify(&cms, &token, &code).await.refusal(), (429, "too_many_attempts".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_a_code_is_said_and_not_counted() {
    let (server, cms) = ready().await;
    let (token, code) = issued(&server, &cms).await;
    for bad in ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "+12345", "1.2345"] {
        let refused = verify(&cms, &token, bad).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{bad}");
        assert!(refused.json()["message"].as_str().unwrap().contains("six digits"), "{}", refused.text());
    }
    for body in [
        json!({"token": token}),
        json!({"token": token, "code": null}),
        json!({"token": token, "code": 123_456}),
        json!({"code": code}),
        json!({}),
    ] {
        let refused = post(&cms, "verify-enrollment", &body).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{body}");
    }
    let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
    let body = json!({"token": token, "code": null, "otp": spaced});
    assert_eq!(post(&cms, "verify-enrollment", &body).await.expect(200), json!({"verified": true}));
}

#[tokio::test]
async fn a_code_is_sent_again_each_30_seconds_and_five_times_at_most() {
    let (server, cms) = ready().await;
    let (token, _) = issued(&server, &cms).await;
    for (wait, retry_after) in [(0, "30"), (1, "30"), (28_999, "1"), (999, "1")] {
        server.clock.advance(wait);
        let refused = resend(&cms, &token).await;
        assert_eq!(refused.refusal(), (429, "rate_limited".to_owned()));
        assert_eq!(refused.header("retry-after"), Some(retry_after), "after {wait} more");
    }
    server.clock.advance(1);
    for sent in 2..=6 {
        resend(&cms, &token).await.expect(200);
        assert_eq!(mailbox::waiting(&server).await.len(), sent);
        server.clock.advance(30_000);
    }
    let refused = resend(&cms, &token).await;
    assert_eq!(refused.refusal(), (429, "resend_limit".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("420"), "when the link ends");
    let code = mailbox::code_to(&server, SAM).await;
    verify(&cms, &token, &code).await.expect(200);
    assert_eq!(resend(&cms, &token).await.refusal(), (409, "wrong_challenge".to_owned()), "it was given");
}

#[tokio::test]
async fn of_many_wishes_at_once_to_send_again_one_is_granted() {
    let (server, cms) = ready().await;
    let (token, _) = issued(&server, &cms).await;
    server.clock.advance(30_000);
    let replies = join_all((0..8).map(|_| resend(&cms, &token))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().filter(|r| r.status != 200).all(|r| r.refusal().1 == "rate_limited"));
    let mails = mailbox::waiting(&server).await;
    assert_eq!(mails.len(), 2);
    verify(&cms, &token, mails[1].code.as_deref().unwrap()).await.expect(200);
}

#[tokio::test]
async fn links_that_ask_for_no_mailed_code_have_none_to_give_or_to_send() {
    let (server, cms) = ready().await;
    let plain = cms.enroll("sam").await;
    let token = plain["enrollment_token"].as_str().unwrap();
    assert_eq!(verify(&cms, token, "123456").await.refusal(), (409, "wrong_challenge".to_owned()));
    assert_eq!(resend(&cms, token).await.refusal(), (409, "wrong_challenge".to_owned()));
    for unknown in ["x", "", "AAAA"] {
        assert_eq!(verify(&cms, unknown, "123456").await.refusal(), (404, "invalid_token".to_owned()));
        assert_eq!(resend(&cms, unknown).await.refusal(), (404, "invalid_token".to_owned()));
    }
    assert!(mailbox::waiting(&server).await.is_empty());
    complete(&cms, token).await.expect(201);
}

#[tokio::test]
async fn a_code_dies_with_its_link_after_ten_minutes() {
    let (server, cms) = ready().await;
    let (first, code) = issued(&server, &cms).await;
    server.clock.advance(599_999);
    verify(&cms, &first, &code).await.expect(200);
    let (second, _) = issued(&server, &cms).await;
    server.clock.advance(570_000);
    resend(&cms, &second).await.expect(200);
    let late = mailbox::waiting(&server).await.pop().unwrap();
    assert_eq!(late.minutes, 1, "rounded up to what a person can use");
    server.clock.advance(30_000);
    for reply in [verify(&cms, &second, late.code.as_deref().unwrap()).await, resend(&cms, &second).await] {
        assert_eq!(reply.refusal(), (410, "token_expired".to_owned()));
    }
}

#[tokio::test]
async fn people_are_written_to_in_the_language_of_the_request() {
    let (server, cms) = ready().await;
    let body = json!({"user_ref": "sam", "email": SAM, "challenge": "email_otp"});
    let asked =
        cms.request("POST", "/api/v1/users/enroll").header("Accept-Language", "ar-SA, en;q=0.5").json(&body);
    let issued = http::send(cms.address, &asked).await.expect(201);
    server.clock.advance(30_000);
    resend(&cms, issued["enrollment_token"].as_str().unwrap()).await.expect(200);
    let languages: Vec<_> = mailbox::waiting(&server).await.into_iter().map(|mail| mail.language).collect();
    assert_eq!(languages, [Language::Ar, Language::En]);
    let page = Request::new("GET", &format!("/enroll/{}", issued["enrollment_token"].as_str().unwrap()));
    let page = http::send(cms.address, &page).await;
    assert!(page.text().contains("sent to you by e-mail"), "{}", page.text());
}

#[tokio::test]
async fn a_phone_goes_the_whole_way() {
    let (server, cms) = ready().await;
    let link = issue(&cms).await["enrollment_url"].as_str().unwrap().to_owned();
    let phone = Phone::with_clock(server.clock.clone());
    let offer = phone.core.look_at(&link).await.unwrap();
    assert_eq!(offer.check(), Check::EmailCode);
    let early = phone.core.enroll(&offer, "Phone", Platform::Terminal, None).await.unwrap_err();
    assert_eq!(early.code(), "enrollment_code_needed");
    let code = mailbox::code_to(&server, SAM).await;
    let error = phone.core.verify_enrollment(&offer, &wrong(&code)).await.unwrap_err();
    assert!(error.to_string().contains("4 tries are left"), "{error}");
    assert_eq!(phone.core.resend_code(&offer).await.unwrap_err().code(), "enrollment_code_just_sent");
    let open = phone.core.verify_enrollment(&offer, &code).await.unwrap();
    phone.core.enroll(&open, "Phone", Platform::Terminal, None).await.unwrap();
    let session = cms.ask("sam").await;
    assert_eq!(phone.the_request().await.id, session.challenge());
}

#[tokio::test]
async fn a_link_for_a_new_phone_in_the_place_of_the_old_asks_for_nothing_besides() {
    let (server, cms) = ready().await;
    let (token, code) = issued(&server, &cms).await;
    verify(&cms, &token, &code).await.expect(200);
    complete(&cms, &token).await.expect(201);
    let old = Phone::with_clock(server.clock.clone());
    let account = old.enroll(&cms.link("sam").await).await.account.id;
    let link = old.core.transfer(&account).await.unwrap().link;
    Device::enroll(cms.address, &link).await;
}
