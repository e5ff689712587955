//! Secrets of people: who may make them, and that the help desk sees none.

use countersign_server::engine::Word;
use countersign_server::engine::console::Role;
use countersign_tests::device::Device;
use countersign_tests::given;

use super::Place;

const NUMBER: &str = "+966501234567";
const ADDRESS: &str = "hidden.address@bank.example";

#[tokio::test]
async fn s52_help_desk_and_auditors_make_no_secret_by_a_hand_made_form() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    for role in [Role::HelpDesk, Role::Auditor] {
        let mut seat = place.seat(role).await;
        let page = seat.open(&place.at(&format!("/{sam}"))).await.text();
        for (form, fields) in [
            ("/totp", vec![]),
            ("/recovery", vec![]),
            ("/password", vec![("password", "a long password"), ("again", "a long password")]),
        ] {
            let reply = seat.send(&place.at(&format!("/{sam}{form}")), &fields).await;
            assert_eq!(reply.status, 403, "{form} as {}", role.as_str());
            assert!(!page.contains(&format!("{form}\"")), "no button leads there: {page}");
        }
    }
    let facts = place.server.engine.factors_of(place.tenant, "sam").await.unwrap().1;
    assert!(facts.is_empty() && place.events("user.password_set").await.is_empty());
}

#[tokio::test]
async fn an_administrator_makes_them_and_they_are_shown_once() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    let mut seat = place.seat(Role::Admin).await;
    let totp = place.at(&format!("/{sam}/totp"));
    let page = seat.send(&totp, &[]).await.text();
    let seed = page.split("data-copy=\"Copy\"><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(seed.len() == 32 && page.contains("<svg") && page.contains("shown once"), "{page}");
    let codes = seat.send(&place.at(&format!("/{sam}/recovery")), &[]).await.text();
    let codes =
        codes.split("data-copy=\"Copy\"><code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    assert_eq!(codes.lines().filter(|code| code.len() == 24).count(), 10, "{codes}");
    let page = seat.open(&place.at(&format!("/{sam}"))).await.text();
    assert!(!page.contains(&seed) && codes.lines().all(|code| !page.contains(code)));
    assert!(page.contains("10 codes left"), "{page}");
}

#[tokio::test]
async fn a_password_is_typed_twice_and_a_bad_one_is_refused() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    let mut seat = place.seat(Role::Admin).await;
    let path = place.at(&format!("/{sam}/password"));
    for (one, two) in [("a long password", "another one"), ("short", "short"), ("", "")] {
        let reply = seat.send(&path, &[("password", one), ("again", two)]).await;
        assert_eq!(reply.status, 400, "{one}");
        assert!(!reply.text().contains("a long password"), "what was typed there is not sent back");
    }
    let page = seat.done(&path, &[("password", " spaces count "), ("again", " spaces count ")]).await;
    assert!(page.text().contains("The password is set"));
}

#[tokio::test]
async fn s52_no_page_shows_the_help_desk_a_seed_a_whole_number_or_a_token() {
    let place = Place::new().await;
    let engine = &place.server.engine;
    let sam = place.person("sam", Some(ADDRESS), Some("Sam")).await;
    let link = place.cms.link("sam").await;
    let phone = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    given::factor(&place.server, &place.cms, "sam", "sms", NUMBER).await;
    given::factor(&place.server, &place.cms, "sam", "email", "other.address@bank.example").await;
    let seed = engine.add_totp(place.tenant, "sam", &"operator").await.unwrap();
    let codes =
        engine.make_recovery_codes(Word::Operator(place.tenant, &"operator"), "sam", 3).await.unwrap();
    let asked = place.cms.ask_with_number("sam").await;
    let device = place.server.data().store.device(phone.id).await.unwrap().unwrap();
    place.policy("two_person_resets", "on").await;
    let mut helper = place.helper("hana").await;
    for factor in engine.factors_of(place.tenant, "sam").await.unwrap().1 {
        let what = factor.id.to_string();
        helper.done(&place.at(&format!("/{sam}/reset")), &[("what", &what)]).await;
    }
    let token = link.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap().to_owned();
    let mut secrets = vec![
        NUMBER.to_owned(),
        NUMBER[4..].to_owned(),
        ADDRESS.to_owned(),
        "other.address".to_owned(),
        token,
        seed.secret.to_string(),
        device.device_token,
        "Approve login".to_owned(),
        format!(">{}<", asked.number.unwrap()),
    ];
    secrets.extend(codes.codes.iter().map(|code| code.to_string()));
    for role in [Role::HelpDesk, Role::Auditor] {
        let mut seat = place.seat(role).await;
        let mut pages =
            vec![place.at(""), place.at("?q=sam"), place.at("/requests"), place.at(&format!("/{sam}"))];
        pages.push(place.at("?q=%2B966501234568"));
        pages.push(format!("/{}/challenges", place.tenant));
        for path in pages {
            let page = seat.open(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for secret in &secrets {
                assert!(!page.text().contains(secret), "{path} shows {} {secret}", role.as_str());
            }
        }
        let page = seat.open(&place.at(&format!("/{sam}"))).await.text();
        assert!(page.contains("+9665••••••67") && page.contains("h…s@bank.example"), "{page}");
    }
    let mut admin = place.seat(Role::Admin).await;
    assert!(
        admin.open(&place.at("")).await.text().contains(ADDRESS),
        "whoever may change everything sees it"
    );
}
