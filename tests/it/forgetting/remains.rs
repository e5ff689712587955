//! What is kept of somebody who was forgotten, table by table.

use countersign_protocol::answer::Decision;
use countersign_protocol::id::to_base32;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::people::Reset;
use countersign_server::engine::{Begin, Origin, Word};
use countersign_tests::device::Device;
use countersign_tests::given;
use countersign_tests::oauth::{OauthParty, code};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;
use countersign_tests::{dump, mailbox};
use serde_json::json;

use super::{forget, id_of};

const SAM: &str = "Sam-4711@forgotten.example";
const NUMBER: &str = "+966501234567";

/// Where the id of somebody forgotten may stand: what was asked and how it ended, and the log.
const WITH_THE_ID: [&str; 2] = ["audit", "challenges"];

/// Tables of the console's own tenant, whose people are not forgotten but removed as operators.
const OF_OPERATORS: [&str; 6] =
    ["console_sessions", "console_sign_ins", "operator_links", "operators", "passkey_ceremonies", "passkeys"];

/// Lets a person do, and have, all that leaves a row.
async fn live(server: &ServerHere, bank: &OauthParty) {
    let (cms, tenant) = (&bank.party, bank.tenant());
    bank.person(server, SAM).await;
    let enrolled =
        json!({"user_ref": SAM, "email": SAM, "display_name": "Sam Unforgotten", "language": "ar"});
    let link = cms.post("/api/v1/users/enroll", &enrolled).await.expect(201);
    let device = Device::enroll(server.address, link["enrollment_url"].as_str().unwrap()).await;
    cms.enroll(SAM).await;
    let asked =
        json!({"user_ref": SAM, "session_ref": "sam-4711's order", "message": "Is it Sam Unforgotten?"});
    for decision in [Decision::Approve, Decision::Deny] {
        let sent = cms.post("/api/v1/mfa/send", &asked).await.expect(200);
        let id = sent["session_id"].as_str().unwrap();
        let answer = device.answer(&device.challenge(id).await, decision, None);
        device.submit(id.parse().unwrap(), &answer).await.expect(200);
        server.clock.advance(60_000);
    }
    given::factor(server, cms, SAM, "sms", NUMBER).await;
    let code_asked = json!({"user_ref": SAM, "factor": "sms"});
    cms.post("/api/v1/mfa/send", &code_asked).await.expect(200);
    let seed = bank.give_totp(server, SAM).await;
    server.engine.make_recovery_codes(Word::Operator(tenant, &"operator"), SAM, 3).await.unwrap();
    server.engine.add_role(tenant, SAM, "ROLE_USER", &"operator").await.unwrap();
    server.clock.advance(60_000);
    let login = bank.mfa_token_for(SAM, &[("scope", "offline_access")]).await;
    let tokens = bank.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &code(server, &seed, 0))]).await;
    assert!(tokens.expect(200)["refresh_token"].is_string());
    bank.mfa_token(SAM).await;
    let caller = server.engine.authenticate(&cms.client_id, &cms.client_secret, None).await.unwrap();
    let user = server.engine.person_called(tenant, SAM).await.unwrap().unwrap();
    server.engine.authorize(&caller, &user).await.unwrap();
    let begin = Begin {
        user: user.clone(),
        kind: None,
        message: Some("Is it Sam Unforgotten on the page?".to_owned()),
        at_once: None,
        timeout: None,
        risk: None,
        origin: Origin::default(),
    };
    server.engine.begin_transaction(&caller, begin).await.unwrap();
    let scope = countersign_server::engine::policy::Scope { tenant, application: None };
    let two = [("two_person_resets".to_owned(), "on".to_owned())];
    server.engine.set_policy(scope, &two, &"operator").await.unwrap();
    let admin = Seat::operator(server, Role::Admin, Scope::Tenant(tenant)).await;
    server.engine.reset_person(&admin, None, (tenant, user.id), Reset::All).await.unwrap();
    let wrong =
        bank.token(&[("grant_type", "password"), ("username", SAM), ("password", "wrong password")]).await;
    assert_eq!(wrong.status, 403, "{}", wrong.text());
    cms.ask(SAM).await;
}

#[tokio::test]
async fn of_somebody_forgotten_no_table_says_who_they_were() {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    live(&server, &bank).await;
    let id = id_of(&server, &bank.party, SAM).await;
    let devices: Vec<_> = {
        let rows = server.rows();
        let found = rows.user_and_devices(bank.tenant(), SAM).await.unwrap().unwrap().1;
        rows.close().await;
        found.iter().map(|device| dump::hex(device.id.local.as_bytes())).collect()
    };
    let hexed = |text: &str| dump::hex(text.to_lowercase().as_bytes());
    let said: Vec<String> = ["sam-4711", "unforgotten", "501234567"]
        .into_iter()
        .flat_map(|text| [text.to_owned(), hexed(text)])
        .collect();
    let named = [&[dump::hex(id.as_bytes()), id.to_string(), to_base32(id)][..], &devices[..]].concat();

    let before = dump::of(&server).await;
    let (with_name, with_id) = (dump::with(&before, &said), dump::with(&before, &named));
    for table in ["users", "people_words", "contacts", "prompts", "challenges"] {
        assert!(with_name.iter().any(|one| one == table), "the search finds what is there: {with_name:?}");
    }
    let people = dump::tables_with(&server, "user_id").await;
    let theirs = people.into_iter().filter(|table| !OF_OPERATORS.contains(&table.as_str()));
    for table in theirs.chain(["users", "prompts", "audit"].map(str::to_owned)) {
        assert!(
            with_id.contains(&table),
            "{table} has a row of theirs, or this test says nothing of it: {with_id:?}"
        );
    }
    assert!(!mailbox::waiting(&server).await.is_empty());

    assert_eq!(forget(&bank.party, SAM).await.status, 204);

    let after = dump::of(&server).await;
    assert_eq!(dump::with(&after, &said), Vec::<String>::new());
    assert_eq!(dump::with(&after, &named), WITH_THE_ID);
    let codes = mailbox::waiting_by(&server, "sms").await;
    assert!(codes.is_empty(), "no code is on its way any more");
    assert_eq!(after["password_attempts"].len() + 1, before["password_attempts"].len(), "their name's count");
}

#[tokio::test]
async fn whoever_comes_by_the_same_name_sees_nothing_of_the_one_before() {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    live(&server, &bank).await;
    let before = id_of(&server, &bank.party, SAM).await;
    assert_eq!(forget(&bank.party, SAM).await.status, 204);
    let device = Device::enroll(server.address, &bank.party.link(SAM).await).await;
    let facts =
        server.engine.person_facts(bank.tenant(), id_of(&server, &bank.party, SAM).await).await.unwrap();
    assert_ne!(facts.user.id, before);
    assert_eq!((facts.user.email.as_deref(), facts.user.display_name.as_deref()), (None, None));
    assert_eq!((facts.factors.len(), facts.devices.len(), facts.questions.len()), (0, 1, 0));
    assert!(facts.counters.is_empty() && facts.roles.is_empty() && !facts.has_password);
    assert!(device.inbox().await.is_empty());
    let session = bank.party.ask(SAM).await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    device.submit(session.challenge(), &answer).await.expect(200);
    assert_eq!(bank.party.status(&session).await, "approved", "and signs in as anybody does");
}
