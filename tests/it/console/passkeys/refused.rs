//! Answers that must not sign anybody in. Whatever is wrong about one, the page says the same (S27), and the log notes it.

use countersign_protocol::id::TenantId;
use countersign_server::engine::NewUser;
use countersign_server::engine::console::{OperatorChange, Role, Scope};
use countersign_server::engine::policy::Scope as PolicyScope;
use countersign_server::store::PasskeyRow;
use countersign_tests::operator::Seat;
use countersign_tests::passkey::{Lie, PRESENT, VERIFIED};
use serde_json::Value;

use super::{SIGN_IN, World, answer, asked_who, device, sign_in, sign_in_lying};

const REFUSED: &str = "This passkey was not taken.";

#[tokio::test]
async fn s52_an_answer_that_was_not_meant_for_us_signs_nobody_in() {
    let world = World::new().await;
    let here = world.server.engine.server_id().to_owned();
    let other_port = here.rsplit_once(':').unwrap().0.to_owned() + ":1";
    let origin = |text: &str| Lie { origin: Some(text.to_owned()), ..Lie::default() };
    let lies = [
        origin("https://localhost"),
        origin("http://evil.example"),
        origin(&here.replace("localhost", "evil.localhost")),
        origin(&here.replace("localhost", "127.0.0.1")),
        origin(&other_port),
        origin("null"),
        Lie { domain: Some("evil.example"), ..Lie::default() },
        Lie { domain: Some(""), ..Lie::default() },
        Lie { flags: Some(PRESENT), ..Lie::default() },
        Lie { flags: Some(VERIFIED), ..Lie::default() },
        Lie { flags: Some(0), ..Lie::default() },
        Lie { kind: Some("webauthn.create"), ..Lie::default() },
        Lie { challenge: Some(vec![7; 32]), ..Lie::default() },
        Lie { challenge: Some(Vec::new()), ..Lie::default() },
        Lie { user: Some(Value::Null), ..Lie::default() },
        Lie { user: Some("".into()), ..Lie::default() },
        Lie { user: Some(countersign_protocol::base64url(&[7; 16]).into()), ..Lie::default() },
        Lie { id: Some(vec![7; 32]), ..Lie::default() },
        Lie { id: Some(Vec::new()), ..Lie::default() },
    ];
    let mut pages = Vec::new();
    for lie in lies {
        let mut browser = world.browser().await;
        let told = asked_who(&mut browser).await;
        let lied = answer(&told, world.device.show(&told["publicKey"], &lie));
        let reply = browser.post(SIGN_IN, &lied).await;
        assert!(reply.status == 400 && reply.text().contains(REFUSED), "{lie:?}: {}", reply.text());
        assert_eq!(browser.open("/console/tenants").await.status, 303, "{lie:?}");
        pages.push(reply.text());
        // One wrong answer ends what was asked.
        let right = answer(&told, world.device.show(&told["publicKey"], &Lie::default()));
        assert_eq!(browser.post(SIGN_IN, &right).await.status, 400, "{lie:?}");
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    let log = world.log().await;
    assert_eq!(log.iter().filter(|(name, _)| name == "operator.passkey_refused").count(), pages.len());
}

#[tokio::test]
async fn s52_a_signature_by_another_key_signs_nobody_in() {
    let world = World::new().await;
    let mut thief = device(&world.server);
    thief.id.clone_from(&world.device.id);
    thief.user.clone_from(&world.device.user);
    let mut browser = world.browser().await;
    let reply = sign_in(&mut browser, &thief).await;
    assert!(reply.status == 400 && reply.text().contains(REFUSED), "{}", reply.text());
}

#[tokio::test]
async fn s27_nobodys_a_disabled_a_removed_and_another_tenants_passkey_look_the_same() {
    let mut world = World::new().await;
    let mut pages = Vec::new();
    // A device that never was here.
    let mut unknown = device(&world.server);
    unknown.user.clone_from(&world.device.user);
    let mut browser = world.browser().await;
    pages.push(sign_in(&mut browser, &unknown).await);
    // A tenant's own person with a row of their own.
    let bank: TenantId = world.server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let new =
        NewUser { user_ref: "sam@example.org".to_owned(), email: None, display_name: None, language: None };
    let sam = world.server.engine.ensure_user(bank, new, &"operator").await.unwrap();
    let own = world.passkeys().await.remove(0);
    let mut foreign = device(&world.server);
    foreign.user = sam.id.as_bytes().to_vec();
    let row = PasskeyRow { tenant: bank, user: sam.id, credential_id: foreign.id.clone(), ..own };
    let rows = world.server.rows();
    rows.write(vec![row.insert(10)]).await.unwrap();
    rows.close().await;
    pages.push(sign_in(&mut browser, &foreign).await);
    // Somebody whose user handle is another operator's.
    let mut other = Seat::of(&world.server, Role::Owner, Scope::Server).await;
    let handle = countersign_protocol::base64url(&user_of(&other));
    let lie = Lie { user: Some(handle.into()), ..Lie::default() };
    pages.push(sign_in_lying(&mut browser, &world.device, &lie).await);
    // Disabled, and enabled again.
    let (id, engine) = (world.seat.operator.id, &world.server.engine);
    let change = async |what| engine.change_operator(Scope::Server, id, what, &other.operator, None).await;
    change(OperatorChange::Disable).await.unwrap();
    pages.push(sign_in(&mut browser, &world.device).await);
    change(OperatorChange::Enable).await.unwrap();
    world.device.counter += 1;
    assert_eq!(sign_in(&mut browser, &world.device).await.status, 303);
    // Removed: the passkeys are gone with everything else.
    change(OperatorChange::Remove).await.unwrap();
    world.device.counter += 1;
    let mut browser = world.browser().await;
    pages.push(sign_in(&mut browser, &world.device).await);
    assert!(world.log().await.iter().any(|(name, _)| name == "operator.passkey_removed"));
    for page in &pages {
        assert!(page.status == 400 && page.text() == pages[0].text(), "{}", page.text());
    }
    assert_eq!(other.open("/account").await.status, 200);
}

/// The operator's id as their device would know it.
fn user_of(seat: &Seat) -> Vec<u8> {
    let text = seat.operator.id.to_string();
    let id = countersign_protocol::id::from_base32(text.strip_prefix("op_").unwrap()).unwrap();
    id.as_bytes().to_vec()
}

#[tokio::test]
async fn s52_where_an_access_rule_lets_nobody_in_a_passkey_does_not_either() {
    let world = World::new().await;
    let home = world.server.engine.console_home().await.unwrap().tenant;
    let scope = PolicyScope { tenant: home, application: None };
    world.server.engine.add_access_rule(scope, "anyone", "deny", &"operator").await.unwrap();
    world.server.clock.advance(60_000);
    let mut browser = world.browser().await;
    let reply = sign_in(&mut browser, &world.device).await;
    assert!(reply.status == 400 && reply.text().contains(REFUSED), "{}", reply.text());
}
