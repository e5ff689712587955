//! Somebody is forgotten while others act for them.

use countersign_protocol::id::to_base32;
use countersign_server::engine::oauth::{LoginTerms, SignInError, TokenForm};
use countersign_server::engine::{Begin, Error, Issue, NewUser, Origin, Register, Word};
use countersign_tests::device::{Keys, complete_enrollment};
use countersign_tests::dump;
use countersign_tests::oauth::{OauthParty, PASSWORD};
use countersign_tests::server_here::ServerHere;
use serde_json::json;

use super::{forget, id_of};

/// Rounds, so that each of those who act comes before, between and after.
const ROUNDS: usize = 6;

#[tokio::test]
async fn whoever_acts_for_somebody_at_the_moment_they_are_forgotten_leaves_nothing_of_them() {
    let server = ServerHere::start().await;
    let other = server.another(|engine| engine).await;
    let bank = OauthParty::auth0(&server).await;
    let (cms, tenant) = (&bank.party, bank.tenant());
    for round in 0..ROUNDS {
        let sam = format!("sam-{round}@example.org");
        bank.person(&server, &sam).await;
        let link = countersign_protocol::link::EnrollmentLink::parse(&cms.link(&sam).await).unwrap();
        let phone = Keys::default().enrollment(&link.server, &link.token);
        let user = server.engine.person_called(tenant, &sam).await.unwrap().unwrap();
        let id = id_of(&server, cms, &sam).await;
        let caller = server.engine.authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap();
        let register = Register {
            user_ref: sam.clone(),
            device_token: format!("fcm:{round}"),
            platform: "android".to_owned(),
            device_name: None,
        };
        // What is not read anew before it is written is what could be too late.
        let words = NewUser {
            user_ref: sam.clone(),
            email: Some(sam.clone()),
            display_name: Some(format!("Sam of round {round}")),
            language: None,
        };
        let (forgotten, ..) = tokio::join!(
            forget(cms, &sam),
            complete_enrollment(server.address, &phone),
            other.engine.set_password(tenant, &sam, PASSWORD, &"operator"),
            other.engine.add_role(tenant, &sam, "ROLE_USER", &"operator"),
            other.engine.issue_enrollment(&user, Issue::default(), &"operator"),
            other.engine.add_totp(tenant, &sam, &"operator"),
            other.engine.make_recovery_codes(Word::Operator(tenant, &"operator"), &sam, 2),
            other.engine.authorize(&caller, &user),
            bank.login(&sam, &[("scope", "offline_access")]),
        );
        assert_eq!(forgotten.status, 204, "{}", forgotten.text());
        // These make somebody known anew where they come too late, and then of that one.
        let _ = tokio::join!(
            other.engine.register_device(&caller, register),
            other.engine.ensure_user(tenant, words, &"operator"),
            forget(cms, &sam),
        );
        let named = [dump::hex(id.as_bytes()), id.to_string(), to_base32(id)];
        let left = dump::with(&dump::of(&server).await, &named);
        let allowed = ["audit", "challenges"];
        assert!(left.iter().all(|table| allowed.contains(&table.as_str())), "round {round}: {left:?}");
    }
}

#[tokio::test]
async fn a_question_that_is_asked_while_somebody_is_forgotten_is_cancelled_or_never_asked() {
    let server = ServerHere::start().await;
    let other = server.another(|engine| engine).await;
    let cms = server.relying_party("Case Management", None).await;
    let there = countersign_tests::relying_party::RelyingParty { address: other.address, ..cms.clone() };
    for round in 0..ROUNDS {
        let sam = format!("sam-{round}");
        countersign_tests::device::Device::enroll(server.address, &cms.link(&sam).await).await;
        let body = json!({"user_ref": sam});
        let (asked, forgotten) = tokio::join!(there.post("/api/v1/mfa/send", &body), forget(&cms, &sam));
        assert_eq!(forgotten.status, 204, "{}", forgotten.text());
        if asked.status == 200 {
            let session = asked.json()["session_id"].as_str().unwrap().to_owned();
            assert_eq!(cms.look(&session).await.expect(200)["status"], "cancelled");
        } else {
            assert_eq!(asked.refusal(), (404, "user_not_found".to_owned()));
        }
    }
    let said = dump::with(&dump::of(&server).await, &["sam-".to_owned(), dump::hex(b"sam-")]);
    assert_eq!(said, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_read_of_somebody_before_they_were_forgotten_is_not_written_afterwards() {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    let cms = &bank.party;
    bank.person(&server, "sam").await;
    let user = server.engine.person_called(bank.tenant(), "sam").await.unwrap().unwrap();
    let caller = server.engine.authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap();
    assert_eq!(forget(cms, "sam").await.status, 204);
    let begin = Begin {
        user: user.clone(),
        kind: None,
        message: None,
        at_once: None,
        timeout: None,
        risk: None,
        origin: Origin::default(),
    };
    let terms = LoginTerms { scope: String::new(), audience: None, challenge: None, form: TokenForm::Mfa };
    let gone = Some(Error::UserNotFound);
    assert_eq!(server.engine.issue_enrollment(&user, Issue::default(), &"operator").await.err(), gone);
    assert_eq!(server.engine.authorize(&caller, &user).await.err(), gone);
    assert_eq!(server.engine.begin_transaction(&caller, begin).await.err(), gone);
    let login = server.engine.begin_login(&caller, &user, terms).await.err();
    assert_eq!(login, Some(SignInError::Rule(Error::UserNotFound)));
    let left = dump::with(&dump::of(&server).await, &[dump::hex(user.id.as_bytes())]);
    assert_eq!(left, Vec::<String>::new());
}
