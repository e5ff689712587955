//! Signing in: what a wrong password looks like, and where one goes afterwards.

use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::{Begin, NewApplication, Origin};
use countersign_tests::browser::{Browser, location};
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

use super::owner::{EMAIL, PASSWORD, first_link, join, send, up_to_the_callback};

/// A page without what was typed.
fn without(text: &str, email: &str) -> String {
    text.replace(email, "")
}

#[tokio::test]
async fn s27_an_address_that_is_no_operators_looks_like_a_wrong_password() {
    let server = ServerHere::start().await;
    join(&server, &first_link(&server).await, EMAIL).await;
    let disabled = Seat::operator(&server, Role::Admin, Scope::Server).await;
    let home = server.engine.console_home().await.unwrap().tenant;
    server.engine.set_password(home, &disabled.email, PASSWORD, &"operator").await.unwrap();
    let (owner, change) = (
        server.engine.operator_named(EMAIL).await.unwrap(),
        countersign_server::engine::console::OperatorChange::Disable,
    );
    server.engine.change_operator(Scope::Server, disabled.id, change, &owner, None).await.unwrap();
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    let mut pages = Vec::new();
    let tries = [(EMAIL, "a wrong password"), ("nobody@example.org", PASSWORD), (&disabled.email, PASSWORD)];
    for (email, password) in tries {
        let hashed = server.engine.secrets_hashed();
        let reply = send(&mut browser, "/console/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!((reply.status, server.engine.secrets_hashed() - hashed), (400, 1), "{email}");
        pages.push(without(&reply.text(), email));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
}

#[tokio::test]
async fn s52_nobody_is_sent_elsewhere_after_signing_in() {
    let server = ServerHere::start().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    for to in ["https://evil.example/", "//evil.example/console/", "/console/../mfa/index", "/mfa/index", ""]
    {
        let mut browser = Browser::new(server.address);
        let callback = up_to_the_callback(&server, &mut browser, &joined.seed, to).await;
        let reply = browser.open(&callback).await;
        assert_eq!(after("/console/signed-in", &location(&reply)), "/console/", "{to}");
    }
}

#[tokio::test]
async fn s52_a_sign_in_makes_a_new_session_and_ends_the_one_before() {
    let server = ServerHere::start().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    let mut browser = joined.browser;
    let before = browser.clone();
    let callback = up_to_the_callback(&server, &mut browser, &joined.seed, "").await;
    let reply = browser.open(&callback).await;
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("cs-console=") && !before.cookies.contains(&cookie));
    assert_eq!(before.clone().open("/console/tenants").await.status, 303, "the old cookie opens nothing");
    // The cookies of ours are in the order that they came; a browser keeps the last of a name.
    let mut now = Browser { cookies: vec![cookie], ..before };
    assert_eq!(now.open("/console/tenants").await.status, 200);
}

#[tokio::test]
async fn s26_after_many_wrong_passwords_not_even_the_right_one_is_judged() {
    let server = ServerHere::start().await;
    join(&server, &first_link(&server).await, EMAIL).await;
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    let mut last = String::new();
    for password in std::iter::repeat_n("wrong password", 10).chain([PASSWORD]) {
        let reply = send(&mut browser, "/console/sign-in", &[("email", EMAIL), ("password", password)]).await;
        assert_eq!(reply.status, 400);
        last = reply.text();
    }
    assert!(last.contains("too many tries"), "{last}");
}

#[tokio::test]
async fn the_console_is_known_by_its_id_whatever_it_is_called() {
    let server = ServerHere::start().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    let home = server.engine.console_home().await.unwrap();
    let new = NewApplication { name: "Operations".to_owned(), color: None };
    server.engine.change_application(home.application, &new, &"operator").await.unwrap();
    server.engine.rename_tenant(home.tenant, "Operations", &"operator").await.unwrap();
    server.clock.advance(3_001);
    let mut browser = Browser::new(server.address);
    let callback = up_to_the_callback(&server, &mut browser, &joined.seed, "").await;
    assert_eq!(browser.open(&callback).await.status, 303);
    assert_eq!(browser.open("/console/tenants").await.status, 200);
}

#[tokio::test]
async fn s52_an_application_that_is_called_like_the_console_sends_nobody_there() {
    let server = ServerHere::start().await;
    let home = server.engine.console_home().await.unwrap();
    let own = server.engine.application(home.application).await.unwrap();
    let shop = server.relying_party(&own.name, None).await;
    let same = server.application(shop.tenant.parse().unwrap(), &own.name).await;
    shop.enroll("kim").await;
    let secret = (same.client_id.as_str(), same.client_secret.as_str());
    let caller = server.engine.authenticate(secret.0, secret.1, None).await.unwrap();
    let begin = Begin {
        user: server.engine.person_named(caller.application.tenant, "kim").await.unwrap().unwrap(),
        kind: None,
        message: None,
        at_once: None,
        timeout: None,
        risk: None,
        origin: Origin::default(),
    };
    let channel = server.engine.begin_transaction(&caller, begin).await.unwrap().channel;
    let back = server.engine.console_callback();
    let page = format!("/mfa/index?channel={}&callback_url={back}", *channel);
    assert_eq!(Browser::new(server.address).open(&page).await.status, 400);
}

#[tokio::test]
async fn the_consoles_address_does_without_its_slash() {
    let server = ServerHere::start().await;
    let reply = Browser::new(server.address).open("/console").await;
    assert_eq!((reply.status, after("/console", &location(&reply)).as_str()), (303, "/console/"));
}

#[tokio::test]
async fn the_pages_speak_both_languages() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    for (language, mark) in [("en", "dir=\"ltr\""), ("ar", "dir=\"rtl\"")] {
        let mut browser = Browser::new(server.address).speaking(language);
        for path in [link.as_str(), "/console/sign-in", "/console/join/nothing"] {
            let page = browser.open(path).await.text();
            assert!(page.contains(mark), "{path}: {page}");
        }
    }
}
