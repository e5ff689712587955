//! A session that is answered with a code: what its code is good for, and how it stands beside sessions that are answered
//! on a phone.

use countersign_core::otp::OtpEntry;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{Language, Template, Word};
use countersign_tests::device::Device;
use countersign_tests::mailbox;
use serde_json::{Value, json};

use super::{NUMBER, Place, id, wrong};

#[tokio::test]
async fn s1_s3_a_code_that_was_sent_approves_its_session_once() {
    let place = Place::with_sam().await;
    let sent = place.ask_with("sam", "sms", json!({"session_ref": "login-1"})).await.expect(200);
    assert_eq!(sent["status"], "pending");
    assert_eq!(sent["factor"], "sms");
    assert_eq!(sent["sent_to"], "+9665••••••67");
    assert_eq!((&sent["resend_after"], &sent["devices_pushed"]), (&json!(30), &json!(0)));
    let message = mailbox::waiting_by(&place.server, "sms").await.remove(0);
    assert_eq!((message.to.as_str(), message.template), (NUMBER, Template::SignInCode));
    assert_eq!((message.application.as_deref(), message.minutes), (Some("Case Management"), 1));
    let code = message.code.unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "S1");
    assert_eq!(place.status(&sent).await, "pending");
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let reply = place.verify(&sent, &spaced).await.expect(200);
    assert_eq!(reply, json!({"session_id": id(&sent), "status": "approved"}));
    let status = place.cms.look(id(&sent)).await.expect(200);
    assert_eq!((&status["status"], &status["session_ref"]), (&json!("approved"), &json!("login-1")));
    assert!(status["responded_at"].is_string() && status["device_name"].is_null(), "{status}");
    let again = place.verify(&sent, &code).await;
    assert_eq!(again.refusal(), (409, "session_not_pending".to_owned()), "S3");
    assert_eq!(again.json()["status"], "approved");
}

#[tokio::test]
async fn s2_a_code_dies_with_its_session_after_ten_minutes_at_most() {
    let place = Place::with_sam().await;
    let refused = place.ask_with("sam", "sms", json!({"timeout": 601})).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    let sent = place.ask_with("sam", "sms", json!({"timeout": 600})).await.expect(200);
    let code = place.code().await;
    place.server.clock.advance(600_000);
    let late = place.verify(&sent, &code).await;
    assert_eq!(late.refusal(), (409, "session_not_pending".to_owned()));
    assert_eq!(late.json()["status"], "expired");
    assert_eq!(place.resend(&sent, json!({})).await.refusal(), (409, "session_not_pending".to_owned()));
}

#[tokio::test]
async fn s4_a_code_is_good_for_its_own_session_only() {
    let place = Place::with_sam().await;
    place.give("kim", "sms", "+966501111111").await;
    let (sams, kims) = (place.asked().await, place.ask("kim", "sms").await.expect(200));
    let code = place.code().await;
    let kims_code = mailbox::code_by(&place.server, "sms", "+966501111111").await;
    assert_ne!(code, kims_code, "one time in a million");
    assert_eq!(place.verify(&kims, &code).await.refusal(), (400, "invalid_code".to_owned()));
    assert_eq!(place.verify(&sams, &kims_code).await.refusal(), (400, "invalid_code".to_owned()));
    place.cool_down();
    let newer = place.asked().await;
    assert_eq!(place.status(&sams).await, "cancelled", "the newest question counts");
    assert_eq!(place.verify(&newer, &code).await.refusal(), (400, "invalid_code".to_owned()));
    place.verify(&newer, &place.code().await).await.expect(200);
    place.verify(&kims, &kims_code).await.expect(200);
}

#[tokio::test]
async fn s5_sending_again_replaces_the_code_and_keeps_the_count() {
    let place = Place::with_sam().await;
    let sent = place.ask_with("sam", "sms", json!({"timeout": 600})).await.expect(200);
    let first = place.code().await;
    for left in [4, 3] {
        let refused = place.verify(&sent, &wrong(&first)).await;
        assert_eq!(refused.refusal(), (400, "invalid_code".to_owned()));
        assert_eq!(refused.json()["attempts_left"], left);
    }
    let early = place.resend(&sent, json!({})).await;
    assert_eq!(early.refusal(), (429, "rate_limited".to_owned()));
    assert_eq!(early.header("retry-after"), Some("30"));
    place.cool_down();
    let again = place.resend(&sent, json!({})).await.expect(200);
    assert_eq!((&again["factor"], &again["sent_to"]), (&json!("sms"), &json!("+9665••••••67")));
    assert_eq!((&again["resend_after"], &again["resends_left"]), (&json!(30), &json!(3)));
    let second = place.code().await;
    let old = place.verify(&sent, &first).await;
    assert_eq!(old.json()["attempts_left"], 2, "the first code is good for nothing");
    place.verify(&sent, &wrong(&second)).await;
    let last = place.verify(&sent, &wrong(&second)).await;
    assert_eq!(
        (last.refusal(), &last.json()["attempts_left"]),
        ((400, "invalid_code".to_owned()), &json!(0))
    );
    assert_eq!(place.status(&sent).await, "denied");
    assert_eq!(place.verify(&sent, &second).await.refusal(), (409, "session_not_pending".to_owned()));
}

#[tokio::test]
async fn a_session_has_five_codes_and_no_more() {
    let place = Place::with_sam().await;
    let sent = place.ask_with("sam", "sms", json!({"timeout": 600})).await.expect(200);
    for left in [3, 2, 1, 0] {
        place.cool_down();
        assert_eq!(place.resend(&sent, json!({})).await.expect(200)["resends_left"], left);
    }
    place.cool_down();
    assert_eq!(place.resend(&sent, json!({})).await.refusal(), (429, "resend_limit".to_owned()));
    assert_eq!(mailbox::waiting_by(&place.server, "sms").await.len(), 5);
    place.verify(&sent, &place.code().await).await.expect(200);
}

#[tokio::test]
async fn a_code_is_called_in_when_the_message_does_not_come() {
    let place = Place::with_sam().await;
    place.give("kim", "email", "kim@example.org").await;
    let sent = place.asked().await;
    place.cool_down();
    let called = place.resend(&sent, json!({"via": "voice"})).await.expect(200);
    assert_eq!((&called["factor"], &called["sent_to"]), (&json!("voice"), &json!("+9665••••••67")));
    let old = place.code().await;
    assert_eq!(place.verify(&sent, &old).await.refusal(), (400, "invalid_code".to_owned()));
    place.verify(&sent, &mailbox::code_by(&place.server, "voice", NUMBER).await).await.expect(200);
    let mailed = place.ask("kim", "email").await.expect(200);
    place.cool_down();
    for via in ["sms", "voice", "push", "totp"] {
        let refused = place.resend(&mailed, json!({"via": via})).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{via}");
    }
    place.set(&[("factors", "push sms email")]).await;
    place.cool_down();
    let sent = place.asked().await;
    place.cool_down();
    let refused = place.resend(&sent, json!({"via": "voice"})).await;
    assert_eq!(refused.refusal(), (403, "factor_not_allowed".to_owned()));
}

#[tokio::test]
async fn a_mail_comes_in_the_language_that_was_asked_for() {
    let place = Place::new().await;
    place.give("kim", "email", "kim@example.org").await;
    let sent = place.ask_with("kim", "email", json!({"language": "ar"})).await.expect(200);
    assert_eq!(sent["sent_to"], "k…m@example.org");
    assert_eq!(mailbox::waiting(&place.server).await[0].language, Language::Ar);
    let refused = place.ask_with("kim", "email", json!({"language": "klingon"})).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    place.verify(&sent, &mailbox::code_to(&place.server, "kim@example.org").await).await.expect(200);
}

#[tokio::test]
async fn s17_a_one_time_password_answers_one_session() {
    let place = Place::new().await;
    place.set(&[("pending_limit", "0")]).await;
    place.cms.enroll("sam").await;
    assert_eq!(place.ask("sam", "totp").await.refusal(), (409, "no_factor".to_owned()));
    let seed = place.server.engine.add_totp(place.tenant(), "sam", &"operator").await.unwrap();
    let seed = OtpEntry::parse(&seed.link).unwrap();
    let (first, second) =
        (place.ask("sam", "totp").await.expect(200), place.ask("sam", "totp").await.expect(200));
    assert_eq!(first["factor"], "totp");
    assert!(first.get("sent_to").is_none() && first.get("resend_after").is_none(), "{first}");
    let now = u64::try_from(place.server.clock.now() / 1000).unwrap();
    let code = seed.code_at(now).unwrap().value.clone();
    assert_eq!(place.resend(&first, json!({})).await.refusal(), (409, "nothing_to_send".to_owned()));
    assert_eq!(place.verify(&first, "12345").await.refusal(), (400, "invalid_request".to_owned()));
    place.verify(&first, &code).await.expect(200);
    let used = place.verify(&second, &code).await;
    assert_eq!(
        (used.refusal(), &used.json()["attempts_left"]),
        ((400, "invalid_code".to_owned()), &json!(4))
    );
    place.verify(&second, &seed.code_at(now + 30).unwrap().value).await.expect(200);
}

#[tokio::test]
async fn s23_a_recovery_code_answers_one_session() {
    let place = Place::new().await;
    place.set(&[("pending_limit", "0")]).await;
    place.cms.enroll("sam").await;
    let word = Word::Operator(place.tenant(), &"operator");
    let codes = place.server.engine.make_recovery_codes(word, "sam", 2).await.unwrap().codes;
    let (first, second) =
        (place.ask("sam", "recovery").await.expect(200), place.ask("sam", "recovery").await.expect(200));
    place.verify(&first, &codes[0]).await.expect(200);
    let used = place.verify(&second, &codes[0]).await;
    assert_eq!(
        (used.refusal(), &used.json()["attempts_left"]),
        ((400, "invalid_code".to_owned()), &json!(4))
    );
    place.verify(&second, &codes[1].to_ascii_lowercase()).await.expect(200);
    assert_eq!(place.verify(&second, "short").await.refusal(), (409, "session_not_pending".to_owned()));
}

#[tokio::test]
async fn s13_no_code_is_enough_where_the_person_must_be_verified() {
    let place = Place::with_sam().await;
    let high = place.ask_with("sam", "sms", json!({"risk_profile": 3})).await;
    assert_eq!(high.refusal(), (403, "factor_too_weak".to_owned()));
    place.set(&[("risk", "3")]).await;
    assert_eq!(place.ask("sam", "sms").await.refusal(), (403, "factor_too_weak".to_owned()));
    place.set(&[("risk", "default"), ("factors", "push totp")]).await;
    assert_eq!(place.ask("sam", "sms").await.refusal(), (403, "factor_not_allowed".to_owned()));
    place.set(&[("factors", "default")]).await;
    for (rule, code) in [("verify", "factor_too_weak"), ("deny", "refused_by_policy")] {
        let scope = Scope { tenant: place.tenant(), application: None };
        let id = place.server.engine.add_access_rule(scope, "192.0.2.0/24", rule, &"operator").await.unwrap();
        place.server.clock.advance(super::NOTICED);
        let from = json!({"context": {"ip": "192.0.2.7"}});
        assert_eq!(place.ask_with("sam", "sms", from).await.refusal(), (403, code.to_owned()));
        place.server.engine.remove_access_rule(place.tenant(), &id, &"operator").await.unwrap();
    }
    assert!(mailbox::waiting_by(&place.server, "sms").await.is_empty());
}

#[tokio::test]
async fn a_phone_never_sees_a_session_for_a_code_and_there_is_no_receipt() {
    let place = Place::with_sam().await;
    let phone = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let pushed = place.cms.post("/api/v1/mfa/send", &json!({"user_ref": "sam"})).await.expect(200);
    let mut keys: Vec<_> = pushed.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["devices_pushed", "expires_at", "session_id", "session_ref", "status"], "as before");
    assert_eq!(phone.inbox().await.len(), 1);
    let sent = place.asked().await;
    assert!(phone.inbox().await.is_empty());
    assert_eq!(place.status(&pushed).await, "cancelled", "the newest question counts");
    let target = format!("/api/v1/mfa/receipt/{}", id(&sent));
    assert_eq!(place.cms.call("GET", &target).await.refusal(), (409, "no_receipt".to_owned()));
    place.verify(&sent, &place.code().await).await.expect(200);
    let none = place.cms.call("GET", &target).await;
    assert_eq!(none.refusal(), (409, "no_receipt".to_owned()));
    assert!(none.text().contains("code"), "{}", none.text());
    let history = phone.call("GET", "/api/v1/device/history", &Value::Null).await.expect(200);
    assert_eq!(history["entries"].as_array().unwrap().len(), 1, "{history}");
    place.cool_down();
    let other = place.asked().await;
    place.cms.cancel(id(&other)).await.expect(200);
    assert_eq!(place.verify(&other, &place.code().await).await.json()["status"], "cancelled");
}

#[tokio::test]
async fn whoever_waits_for_a_session_hears_of_its_code_at_once() {
    let place = Place::with_sam().await;
    let sent = place.asked().await;
    let code = place.code().await;
    let target = format!("{}?wait=50", id(&sent));
    let waited = place.cms.look(&target);
    let typed = async {
        place.verify(&sent, &wrong(&code)).await;
        place.verify(&sent, &code).await.expect(200)
    };
    let (waited, _) = tokio::join!(waited, typed);
    assert_eq!(waited.expect(200)["status"], "approved");
}

#[tokio::test]
async fn s24_a_sent_code_is_kept_as_an_hmac_over_its_session_and_itself() {
    let place = Place::with_sam().await;
    let sent = place.asked().await;
    let code = place.code().await;
    let rows = place.server.rows();
    let session: countersign_protocol::id::ChallengeId = id(&sent).parse().unwrap();
    let row = rows.code_challenge(place.tenant(), session).await.unwrap().unwrap();
    let hash = row.code_hash.unwrap();
    assert_eq!(hash.len(), 32);
    assert!(!hash.windows(6).any(|part| part == code.as_bytes()));
    place.cool_down();
    place.resend(&sent, json!({})).await.expect(200);
    let other = rows.code_challenge(place.tenant(), session).await.unwrap().unwrap().code_hash.unwrap();
    assert_ne!(hash, other);
    rows.close().await;
}

#[tokio::test]
async fn s53_the_log_names_factor_and_outcome_and_never_a_code_or_a_whole_number() {
    let place = Place::with_sam().await;
    let sent = place.asked().await;
    let code = place.code().await;
    place.verify(&sent, &wrong(&code)).await;
    place.verify(&sent, &code).await.expect(200);
    let about = EventFilter { subject: Some(id(&sent).to_owned()), ..EventFilter::default() };
    let events = place.server.engine.latest_events(place.tenant(), &about, 10).await.unwrap();
    // In no order: they are of one millisecond.
    let mut told: Vec<_> =
        events.iter().map(|e| (e.name.as_str(), e.detail.as_deref().unwrap_or(""))).collect();
    told.sort_unstable();
    let expected = [
        ("challenge.approved", "sms"),
        ("challenge.asked", "sms"),
        ("challenge.code_refused", "sms"),
        ("challenge.code_sent", "sms +9665••••••67"),
    ];
    assert_eq!(told, expected);
    assert!(events.iter().all(|event| event.actor == place.cms.client_id));
    let all = format!(
        "{:?}",
        place.server.engine.latest_events(place.tenant(), &EventFilter::default(), 100).await
    );
    assert!(!all.contains(&code) && !all.contains(&NUMBER[5..]), "{all}");
}
