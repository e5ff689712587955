//! Enrolment against a test server, honest and not.

use countersign_protocol::enroll::Transcript;
use countersign_protocol::wire::Platform;
use serde_json::{Value, json};

use super::*;
use crate::approve::AccountId;
use crate::exchange::{Reply, ReplyError};
use crate::testing::{FakeServer, Phone, SERVER_TIME, Signer};

const BASE: &str = "https://mfa.example.org";

fn start(server: &FakeServer) -> Start {
    Start::new(&server.link().to_string()).unwrap()
}

fn offer(server: &FakeServer) -> Offer {
    let start = start(server);
    let reply = server.carry(&start.request());
    start.take(&reply).unwrap()
}

/// The reply with something in its body changed.
fn with(reply: &Reply, change: impl FnOnce(&mut Value)) -> Reply {
    let mut body: Value = serde_json::from_slice(&reply.body).unwrap();
    change(&mut body);
    Reply { body: serde_json::to_vec(&body).unwrap(), ..reply.clone() }
}

#[test]
fn the_whole_way_from_link_to_account() {
    let server = FakeServer::new(BASE);
    let link = server.link();
    let start = Start::new(&link.app_link()).unwrap();
    let reply = server.carry(&start.request());
    let offer = start.take(&reply).unwrap();
    assert_eq!((offer.tenant.as_str(), offer.user_ref.as_str()), ("Example Ltd", "sam"));
    assert_eq!((offer.server(), offer.server_key().thumbprint()), (BASE, link.server_key.clone()));

    let phone = Phone::new();
    let completion = phone.complete(&offer).unwrap();
    let reply = server.carry(&completion.request());
    let Enrolled { account, confirmation_code, offline_key } = completion.take(&reply, SERVER_TIME).unwrap();
    assert_eq!(account.device_name, "Sam's phone", "white space around it is dropped");
    assert_eq!(account.keys, phone.keys());
    let expected = Transcript {
        token: &link.token,
        server: BASE,
        server_key: &link.server_key,
        keys: &phone.keys().thumbprints(),
        device_name: "Sam's phone",
        device: account.device,
    };
    assert_eq!(confirmation_code, expected.confirmation_code());
    assert_eq!(confirmation_code.len(), 6);
    assert!(offline_key.is_some());
}

#[test]
fn property_10_what_the_platform_says_of_the_keys_is_passed_on_as_it_is() {
    let server = FakeServer::new(BASE);
    let (offer, phone) = (offer(&server), Phone::new());
    let body = |completion: &Completion| serde_json::from_slice::<Value>(&completion.request().body).unwrap();
    let plain = phone.complete(&offer).unwrap();
    assert_eq!(body(&plain).get("attestation"), None);
    let said = json!({"format": "android-key", "possession": ["AQ", "Ag"], "verification": ["Aw"]});
    let attested = plain.attested(Some(serde_json::from_value(said.clone()).unwrap()));
    assert_eq!(body(&attested)["attestation"], said);
    let reply = server.carry(&attested.request());
    attested.take(&reply, SERVER_TIME).unwrap();
    let expected = countersign_protocol::attestation::android_challenge(BASE, &offer.link.token);
    assert_eq!(offer.key_challenge(), expected);
    assert_ne!(offer.app_challenge(&phone.keys()), offer.app_challenge(&Phone::new().keys()));
}

#[test]
fn property_2_another_server_key_than_the_links_stops() {
    let server = FakeServer::new(BASE);
    let start = start(&server);
    let reply = server.carry(&start.request());
    let other = serde_json::to_value(Signer::new().public()).unwrap();
    let forged = with(&reply, |body| body["server"]["key"] = other);
    assert_eq!(start.take(&forged), Err(EnrollError::OtherKey));
}

#[test]
fn property_2_another_server_id_than_the_links_stops() {
    let server = FakeServer::new(BASE);
    for id in ["https://evil.example.org", "https://mfa.example.org/", "http://mfa.example.org", ""] {
        let start = start(&server);
        let reply = with(&server.carry(&start.request()), |body| body["server"]["id"] = json!(id));
        assert!(matches!(start.take(&reply), Err(EnrollError::OtherServer { .. })), "{id}");
    }
}

#[test]
fn a_challenge_that_this_version_cannot_answer_is_said() {
    let server = FakeServer::new(BASE);
    for kind in ["retina", "EMAIL_OTP", ""] {
        let start = start(&server);
        let reply = with(&server.carry(&start.request()), |body| body["challenge_type"] = json!(kind));
        let error = start.take(&reply).unwrap_err();
        assert_eq!(error, EnrollError::ChallengeUnsupported(kind.into()));
        assert!(error.to_string().contains("update this app"), "{error}");
    }
}

#[test]
fn a_code_that_the_link_asks_for_comes_before_the_device() {
    for (word, check) in [("email_otp", Check::EmailCode), ("totp", Check::OneTimePassword)] {
        let server = FakeServer::new(BASE);
        server.check_people_by(word);
        let asking = offer(&server);
        assert_eq!(asking.check(), check);
        let phone = Phone::new();
        assert_eq!(phone.complete(&asking).err(), Some(EnrollError::CodeNeeded));

        let wrong = asking.verify("123457").unwrap();
        let error = asking.take_verified(&server.carry(&wrong)).unwrap_err();
        assert_eq!(error, EnrollError::WrongCode { attempts_left: Some(4) });
        assert!(error.to_string().contains("4 tries are left"), "{error}");

        let right = asking.verify(" 123 456 ").unwrap();
        for keyboard in ["١٢٣ ٤٥٦", "۱۲۳۴۵۶"] {
            assert_eq!(asking.verify(keyboard).unwrap(), right, "{keyboard}");
        }
        let open = asking.take_verified(&server.carry(&right)).unwrap();
        assert_eq!(open.check(), Check::None);
        let completion = phone.complete(&open).unwrap();
        let reply = server.carry(&completion.request());
        completion.take(&reply, SERVER_TIME).unwrap();
    }
}

#[test]
fn what_cannot_be_a_code_is_not_sent() {
    let server = FakeServer::new(BASE);
    server.check_people_by("email_otp");
    let offer = offer(&server);
    for bad in ["", "12345", "1234567", "12345a", "١٢٣٤٥", "-12345"] {
        assert_eq!(offer.verify(bad), Err(EnrollError::CodeForm), "{bad}");
    }
}

#[test]
fn too_many_wrong_codes_and_strange_replies_open_nothing() {
    let server = FakeServer::new(BASE);
    server.check_people_by("totp");
    let offer = offer(&server);
    let guess = || server.carry(&offer.verify("000000").unwrap());
    for left in [4, 3, 2, 1, 0] {
        let expected = EnrollError::WrongCode { attempts_left: Some(left) };
        assert_eq!(offer.take_verified(&guess()), Err(expected));
    }
    let Err(EnrollError::Reply(ReplyError::Refused(refusal))) = offer.take_verified(&guess()) else {
        panic!()
    };
    assert_eq!(refusal.code, "too_many_attempts");
    let no = with(&server.carry(&offer.resend()), |body| *body = json!({"verified": false}));
    assert_eq!(offer.take_verified(&no), Err(EnrollError::WrongCode { attempts_left: None }));
    let other = with(&no, |body| *body = json!({}));
    assert!(matches!(offer.take_verified(&other), Err(EnrollError::Reply(ReplyError::Unreadable { .. }))));
}

#[test]
fn a_code_can_be_sent_again_and_not_at_once_once_more() {
    let server = FakeServer::new(BASE);
    server.check_people_by("email_otp");
    let offer = offer(&server);
    assert_eq!(offer.take_resent(&server.carry(&offer.resend())), Ok(30));
    let mut soon = server.carry(&offer.resend());
    soon.headers.push(("retry-after".into(), "17".into()));
    assert_eq!(offer.take_resent(&soon), Err(EnrollError::CodeSentJustNow { retry_after: 17 }));
}

#[test]
fn a_captive_portal_is_no_offer() {
    let server = FakeServer::new(BASE);
    let page = Reply {
        status: 200,
        headers: vec![("content-type".into(), "text/html".into())],
        body: b"<html>".to_vec(),
    };
    let expected = EnrollError::Reply(ReplyError::NotCountersign { status: 200 });
    assert_eq!(start(&server).take(&page), Err(expected));
}

#[test]
fn a_used_link_keeps_the_servers_words() {
    let server = FakeServer::new(BASE);
    let offer = offer(&server);
    let (first, second) = (Phone::new().complete(&offer).unwrap(), Phone::new().complete(&offer).unwrap());
    assert_eq!(server.carry(&first.request()).status, 201);
    let reply = server.carry(&second.request());
    let Err(EnrollError::Reply(ReplyError::Refused(refusal))) = second.take(&reply, SERVER_TIME) else {
        panic!("{reply:?}")
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (410, "token_used"));
}

#[test]
fn a_server_that_enrolled_something_else_is_refused() {
    let server = FakeServer::new(BASE);
    let changes: [(&str, Value); 4] = [
        ("device_id", json!(format!("dev_{}", "0".repeat(52)))),
        ("user_ref", json!("mallory")),
        ("platform", json!("ios")),
        ("confirmation_code", json!("000000")),
    ];
    for (field, value) in changes {
        let completion = Phone::new().complete(&offer(&server)).unwrap();
        let reply = with(&server.carry(&completion.request()), |body| body[field] = value);
        let error = completion.take(&reply, SERVER_TIME).unwrap_err();
        let expected =
            if field == "confirmation_code" { "confirmation_differs" } else { "enrolled_device_differs" };
        assert_eq!(error.code(), expected, "{field}");
    }
}

#[test]
fn a_server_without_a_code_of_its_own_leaves_the_comparison_to_people() {
    let server = FakeServer::new(BASE);
    let completion = Phone::new().complete(&offer(&server)).unwrap();
    let reply = with(&server.carry(&completion.request()), |body| {
        body.as_object_mut().unwrap().remove("confirmation_code");
    });
    assert!(completion.take(&reply, SERVER_TIME).is_ok());
}

#[test]
fn property_2_someone_inside_tls_who_enrols_other_keys_is_found_out() {
    let server = FakeServer::new(BASE);
    let offer = offer(&server);
    let (mine, theirs) = (Phone::new().complete(&offer).unwrap(), Phone::new().complete(&offer).unwrap());
    // The stranger's keys are sent in place of ours; the server's honest reply to that is all there is to pass on.
    let reply = server.carry(&theirs.request());
    let forged = with(&reply, |body| {
        body.as_object_mut().unwrap().remove("confirmation_code");
    });
    assert_eq!(mine.clone().take(&forged, SERVER_TIME).err(), Some(EnrollError::Confirmation));
    let unsigned = with(&forged, |body| {
        body.as_object_mut().unwrap().remove("enrolled");
    });
    assert_eq!(mine.take(&unsigned, SERVER_TIME).err(), Some(EnrollError::Confirmation));
}

#[test]
fn one_key_for_both_uses_is_refused() {
    let phone = Phone::new();
    let mut keys = phone.keys();
    keys.verification = keys.possession;
    let offer = offer(&FakeServer::new(BASE));
    let result = offer.accept("Phone", Platform::Terminal, "t", AccountId::new([3; 16]), keys);
    assert_eq!(result.err(), Some(EnrollError::SameKey));
}

#[test]
fn a_foreign_signature_is_found_before_the_link_is_used_up() {
    let (phone, other) = (Phone::new(), Signer::new());
    let offer = offer(&FakeServer::new(BASE));
    let asked =
        offer.accept("Phone", Platform::Terminal, "t", AccountId::new([3; 16]), phone.keys()).unwrap();
    let (good, bad) =
        (phone.possession.sign(asked.possession_input()), other.sign(asked.verification_input()));
    assert_eq!(asked.signed(&good, &bad).err(), Some(EnrollError::Signature));
}

#[test]
fn names_have_limits() {
    for bad in ["", "   ", "a\nb", &"x".repeat(101)] {
        assert_eq!(device_name(bad), Err(EnrollError::DeviceName), "{bad:?}");
    }
    assert_eq!(device_name(" هاتف سام ").unwrap(), "هاتف سام");
    assert_eq!(device_name(&"ß".repeat(100)).unwrap().chars().count(), 100);
}

#[test]
fn property_7_a_phone_two_hours_wrong_enrols_and_is_told() {
    let enrolled = Phone::new().enroll(&FakeServer::new(BASE), 7200);
    assert_eq!(enrolled.account.clock_error(), Some(-7200));
    assert_eq!(enrolled.account.enrolled_at, SERVER_TIME);
    assert_eq!(Phone::new().enroll(&FakeServer::new(BASE), 60).account.clock_error(), None);
}
