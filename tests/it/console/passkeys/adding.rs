//! Making, naming and removing one's own passkeys.

use countersign_server::engine::Template;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::browser::attribute;
use countersign_tests::mailbox;
use countersign_tests::operator::Seat;
use countersign_tests::passkey::{Lie, PRESENT, VERIFIED};
use countersign_tests::server_here::ServerHere;

use super::super::account::owner;
use super::{
    ADD, SIGN_IN, World, add, add_lying, answer, asked_for_one_more, asked_who, device, passkeys, send_new,
};

const FRESH: i64 = 10 * 60 * 1000;

/// The id of the first passkey on the page.
pub(in super::super) async fn first_id(seat: &mut Seat) -> String {
    attribute(&seat.open("/account").await.text(), "name=\"id\"", "value").unwrap()
}

#[tokio::test]
async fn s49_s53_a_passkey_is_added_and_removed_and_the_person_is_told_by_mail() {
    let mut world = World::new().await;
    let page = world.seat.open("/account?done=passkey_added").await.text();
    assert!(page.contains("Your passkey was added.") && page.contains("<bdi>Laptop</bdi>"), "{page}");
    // The next one is not to be made on the same device.
    let told = asked_for_one_more(&mut world.seat).await;
    let options = &told["publicKey"];
    assert_eq!(options["excludeCredentials"][0]["id"], countersign_protocol::base64url(&world.device.id));
    let choice = &options["authenticatorSelection"];
    assert_eq!(
        (&choice["residentKey"], &choice["userVerification"]),
        (&"required".into(), &"required".into())
    );
    assert_eq!((&options["rp"]["id"], &options["rp"]["name"]), (&"localhost".into(), &"Countersign".into()));
    assert_eq!(add(&mut world.seat, &mut device(&world.server)).await.status, 303);
    let id = first_id(&mut world.seat).await;
    world.server.clock.advance(1);
    let page = world.seat.done("/account/passkeys/remove", &[("id", &id)]).await.text();
    assert!(page.contains("Delete it on your device, too.") && !page.contains(&id), "{page}");
    let told: Vec<_> = mailbox::waiting(&world.server).await;
    let whose = &world.seat.operator.email;
    let kinds: Vec<_> = told.iter().filter(|mail| mail.to == *whose).map(|mail| mail.template).collect();
    assert_eq!(kinds, [Template::FactorAdded, Template::FactorAdded, Template::FactorRemoved]);
    let log = world.log().await;
    assert_eq!(log[0], ("operator.passkey_removed".to_owned(), "Laptop".to_owned()));
    assert_eq!(log[1], ("operator.passkey_added".to_owned(), "Laptop".to_owned()));
    let twice = world.seat.send("/account/passkeys/remove", &[("id", &id)]).await;
    assert!(twice.status == 400 && twice.text().contains("removed already"), "{}", twice.text());
}

#[tokio::test]
async fn s49_ten_minutes_after_signing_in_nothing_is_added_or_removed() {
    let mut world = World::new().await;
    let told = asked_for_one_more(&mut world.seat).await;
    let made = device(&world.server).make(&told["publicKey"], &Lie::default());
    let id = first_id(&mut world.seat).await;
    world.server.clock.advance(FRESH);
    let refused = world.seat.send(&format!("{ADD}/options"), &[("name", "Laptop")]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json()["problem"].as_str().unwrap().contains("more than ten minutes ago"));
    let late = send_new(&mut world.seat, &answer(&told, made)).await;
    assert!(late.status == 400 && late.text().contains("more than ten minutes ago"), "{}", late.text());
    let removed = world.seat.send("/account/passkeys/remove", &[("id", &id)]).await;
    assert!(removed.status == 400 && removed.text().contains("more than ten minutes ago"));
    assert_eq!(world.passkeys().await.len(), 1);
}

#[tokio::test]
async fn s49_what_was_asked_elsewhere_of_others_or_long_ago_adds_nothing() {
    let mut world = World::new().await;
    let mut device = device(&world.server);
    let told = asked_for_one_more(&mut world.seat).await;
    let fields = answer(&told, device.make(&told["publicKey"], &Lie::default()));
    // Another browser of the same operator; another operator.
    let mut same = Seat::signed_in(&world.server, &world.seat.operator).await;
    let mut other = Seat::of(&world.server, Role::Owner, Scope::Server).await;
    for seat in [&mut same, &mut other] {
        let reply = send_new(seat, &fields).await;
        assert!(reply.status == 400 && reply.text().contains("Begin again."), "{}", reply.text());
    }
    assert!(passkeys(&world.server, &other).await.is_empty());
    // What is asked at signing in.
    let mut browser = world.seat.browser.clone();
    browser.open("/console/sign-in").await;
    let sign_in = asked_who(&mut browser).await;
    let crossed = answer(&sign_in, device.make(&told["publicKey"], &Lie::default()));
    assert_eq!(send_new(&mut world.seat, &crossed).await.status, 400);
    let shown = answer(&told, world.device.show(&sign_in["publicKey"], &Lie::default()));
    assert_eq!(browser.post(SIGN_IN, &shown).await.status, 400);
    // Once, and not twice.
    assert_eq!(send_new(&mut world.seat, &fields).await.status, 303);
    assert_eq!(send_new(&mut world.seat, &fields).await.status, 400);
    let told = asked_for_one_more(&mut world.seat).await;
    let fields = answer(&told, device.make(&told["publicKey"], &Lie::default()));
    world.server.clock.advance(5 * 60 * 1000);
    assert_eq!(send_new(&mut world.seat, &fields).await.status, 400);
    assert_eq!(world.passkeys().await.len(), 2);
}

#[tokio::test]
async fn s49_a_passkey_that_was_not_made_for_us_is_not_kept() {
    let mut world = World::new().await;
    let lies = [
        Lie { origin: Some("http://evil.example".to_owned()), ..Lie::default() },
        Lie { domain: Some("evil.example"), ..Lie::default() },
        Lie { flags: Some(PRESENT), ..Lie::default() },
        Lie { flags: Some(VERIFIED), ..Lie::default() },
        Lie { kind: Some("webauthn.get"), ..Lie::default() },
        Lie { challenge: Some(vec![7; 32]), ..Lie::default() },
        // Of the same person, whatever the device was told.
        Lie { id: Some(world.device.id.clone()), ..Lie::default() },
    ];
    for lie in lies {
        let reply = add_lying(&mut world.seat, &mut device(&world.server), &lie).await;
        assert!(reply.status == 400 && reply.text().contains("was not taken"), "{lie:?}: {}", reply.text());
        assert!(reply.text().contains("value=\"Laptop\""), "what was typed is kept: {}", reply.text());
    }
    // Another operator's.
    let mut other = Seat::of(&world.server, Role::Owner, Scope::Server).await;
    let lie = Lie { id: Some(world.device.id.clone()), ..Lie::default() };
    let reply = add_lying(&mut other, &mut device(&world.server), &lie).await;
    assert!(reply.status == 400 && reply.text().contains("was not taken"), "{}", reply.text());
    let mut browser = world.browser().await;
    assert_eq!(super::sign_in(&mut browser, &world.device).await.status, 303, "it is whose it was");
    assert_eq!(world.passkeys().await.len(), 1);
}

#[tokio::test]
async fn s49_the_last_way_in_stays_also_when_two_are_removed_at_once() {
    let mut world = World::new().await;
    let id = first_id(&mut world.seat).await;
    let reply = world.seat.send("/account/passkeys/remove", &[("id", &id)]).await;
    assert!(reply.status == 400 && reply.text().contains("so it stays"), "{}", reply.text());
    assert_eq!(add(&mut world.seat, &mut device(&world.server)).await.status, 303);
    let page = world.seat.open("/account").await.text();
    let ids: Vec<_> = page.split("name=\"id\" value=\"").skip(1).map(|rest| &rest[..26]).collect();
    let mut same = world.seat.clone();
    let (first, second) = ([("id", ids[0])], [("id", ids[1])]);
    let (one, two) = tokio::join!(
        world.seat.send("/account/passkeys/remove", &first),
        same.send("/account/passkeys/remove", &second)
    );
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 400]);
    assert_eq!(world.passkeys().await.len(), 1);
}

#[tokio::test]
async fn whoever_has_a_password_and_a_second_factor_may_remove_every_passkey() {
    let server = ServerHere::start_on_localhost().await;
    let mut seat = owner(&server).await;
    assert_eq!(add(&mut seat, &mut device(&server)).await.status, 303);
    let id = first_id(&mut seat).await;
    let page = seat.done("/account/passkeys/remove", &[("id", &id)]).await.text();
    assert!(page.contains("You have no passkey yet."), "{page}");
}

#[tokio::test]
async fn there_are_ten_at_most_and_names_are_no_markup() {
    let mut world = World::new().await;
    for name in ["", "   ", &"x".repeat(101)] {
        let reply = world.seat.send(&format!("{ADD}/options"), &[("name", name)]).await;
        assert!(reply.status == 400 && reply.text().contains("1 to 100 characters"), "{name}");
    }
    let told = asked_for_one_more(&mut world.seat).await;
    let made = device(&world.server).make(&told["publicKey"], &Lie::default());
    let mut fields = answer(&told, made);
    fields.push(("name".to_owned(), "<b>مفتاح</b>".to_owned()));
    let own: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = world.seat.done(ADD, &own).await.text();
    assert!(page.contains("&#60;b&#62;مفتاح") && !page.contains("<b>"), "{page}");
    for _ in 2..10 {
        assert_eq!(add(&mut world.seat, &mut device(&world.server)).await.status, 303);
    }
    let reply = world.seat.send(&format!("{ADD}/options"), &[("name", "Laptop")]).await;
    assert!(reply.status == 400 && reply.text().contains("ten passkeys"), "{}", reply.text());
    assert_eq!(world.passkeys().await.len(), 10);
}

#[tokio::test]
async fn without_a_domain_name_the_page_says_why_there_are_none() {
    let server = ServerHere::start().await;
    for (language, said) in [("en", "only for an address with a domain name"), ("ar", "اسم نطاق")] {
        let mut seat = Seat::of(&server, Role::Auditor, Scope::Server).await.speaking(language);
        let page = seat.open("/account").await.text();
        assert!(page.contains(said) && !page.contains("data-passkey"), "{page}");
        let reply = seat.send(&format!("{ADD}/options"), &[("name", "Laptop")]).await;
        assert!(reply.status == 400 && reply.json()["problem"].as_str().unwrap().contains(said));
        let page = seat.browser.open("/console/sign-in").await.text();
        assert!(!page.contains("data-passkey"), "{page}");
        let reply = super::send(&mut seat.browser, &format!("{SIGN_IN}/options"), &[]).await;
        assert!(reply.status == 400 && reply.json()["problem"].as_str().unwrap().contains(said));
    }
}
