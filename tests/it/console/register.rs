//! Organisations that register themselves.

use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::providers::{Channel, Choice, PLATFORM};
use countersign_tests::browser::{Browser, location};
use countersign_tests::http::Reply;
use countersign_tests::mailbox;
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

async fn start() -> ServerHere {
    ServerHere::start().await.another(|engine| engine.with_registration(true)).await
}

async fn register(browser: &mut Browser, name: &str, email: &str) -> Reply {
    browser.open("/console/register").await;
    let fields = [("name", name), ("email", email)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    browser.post("/console/register", &fields).await
}

/// Where the newest link leads.
async fn link(server: &ServerHere, email: &str) -> String {
    let link = mailbox::code_to(server, email).await;
    link[link.find("/console/").unwrap()..].to_owned()
}

#[tokio::test]
async fn an_organisation_registers_and_whoever_did_comes_to_the_page_where_owners_join() {
    let server = start().await;
    let mut browser = Browser::new(server.address);
    let reply = register(&mut browser, "Shop & <b>Söhne</b>", "Sam@Example.org").await;
    assert!(reply.status == 200 && reply.text().contains("Look into your mail"), "{}", reply.text());
    let link = link(&server, "sam@example.org").await;
    let tenants = async || server.engine.tenants().await.unwrap();
    let named = async || tenants().await.iter().filter(|tenant| tenant.name.starts_with("Shop")).count();
    // A program that looks at the links in mails makes nothing.
    let page = browser.open(&link).await;
    assert!(page.status == 200 && page.text().contains("Shop &#38; &#60;b&#62;"), "{}", page.text());
    assert_eq!(named().await, 0);
    let reply = browser.post(&link, &[]).await;
    let join = after(&link, &location(&reply));
    assert!(reply.status == 303 && join.starts_with("/console/join/"), "{join}");
    let page = browser.open(&join).await;
    assert!(page.status == 200 && page.text().contains("sam@example.org"), "{}", page.text());
    assert_eq!(named().await, 1);
    // Whoever lost the way goes on, and nothing is made twice.
    let again = browser.post(&link, &[]).await;
    assert!(again.status == 303 && named().await == 1);
}

#[tokio::test]
async fn s40_who_registers_becomes_an_owner_of_the_new_tenant_and_of_nothing_else() {
    let server = start().await;
    let mut browser = Browser::new(server.address);
    register(&mut browser, "Shop", "sam@example.org").await;
    let link = link(&server, "sam@example.org").await;
    browser.open(&link).await;
    let reply = browser.post(&link, &[]).await;
    let join = after(&link, &location(&reply));
    let token = join.trim_start_matches("/console/join/");
    let found = server.engine.operator_link(token, None).await.unwrap();
    let shop = server.engine.tenants().await.unwrap().into_iter().find(|one| one.name == "Shop").unwrap();
    assert_eq!((found.role, found.scope), (Role::Owner, Scope::Tenant(shop.id)));
}

#[tokio::test]
async fn s27_the_answer_is_the_same_whether_the_address_is_known_or_not() {
    let server = start().await;
    let known = Seat::operator(&server, Role::Owner, Scope::Server).await;
    let mut browser = Browser::new(server.address);
    let one = register(&mut browser, "Shop", &known.email).await;
    let other = register(&mut browser, "Shop", "nobody@example.org").await;
    assert_eq!((one.status, one.text()), (other.status, other.text()));
    // Whoever has the address learns it, and nothing is made.
    let link = link(&server, &known.email).await;
    browser.open(&link).await;
    let reply = browser.post(&link, &[]).await;
    assert!(reply.status == 400 && reply.text().contains("belongs to an operator"), "{}", reply.text());
    assert!(server.engine.tenants().await.unwrap().iter().all(|tenant| tenant.name != "Shop"));
}

#[tokio::test]
async fn s32_an_address_and_a_machine_have_so_many_links_and_no_more() {
    let server = start().await;
    let mut browser = Browser::new(server.address);
    assert_eq!(register(&mut browser, "Shop", "sam@example.org").await.status, 200);
    let reply = register(&mut browser, "Shop", "sam@example.org").await;
    assert!(reply.status == 400 && reply.text().contains("Seconds to wait"), "{}", reply.text());
    for n in 1..5 {
        assert_eq!(register(&mut browser, "Shop", &format!("sam{n}@example.org")).await.status, 200, "{n}");
    }
    let reply = register(&mut browser, "Shop", "sam9@example.org").await;
    assert_eq!(reply.status, 400, "whatever the address");
    assert_eq!(mailbox::waiting(&server).await.len(), 5);
}

#[tokio::test]
async fn nothing_that_strangers_type_stands_in_the_mail() {
    let server = start().await;
    let mut browser = Browser::new(server.address).speaking("ar");
    register(&mut browser, "Win at https://evil.example", "sam@example.org").await;
    let message = mailbox::waiting(&server).await.remove(0);
    let mail = server.engine.mail_words(PLATFORM, &message).await.unwrap();
    let all = format!("{}{}{}", mail.subject, mail.text, mail.html);
    assert!(!all.contains("evil") && all.contains("/console/register/"), "{all}");
    assert!(!mail.subject.contains("/register/") && mail.html.contains("<a href=\"http"), "{all}");
    for (name, email) in
        [("", "sam2@example.org"), ("Shop", "sam"), ("Shop", "a@b.example\r\nBcc: c@d.example")]
    {
        let reply = register(&mut browser, name, email).await;
        assert_eq!(reply.status, 400, "{name} {email}");
    }
    assert_eq!(mailbox::waiting(&server).await.len(), 1);
}

#[tokio::test]
async fn the_page_where_one_signs_in_leads_to_registration_only_where_there_is_one() {
    let server = start().await;
    let mut browser = Browser::new(server.address);
    let page = browser.open("/console/sign-in").await.text();
    assert!(page.contains(r#"href="../console/register""#) && page.contains("become its owner"), "{page}");
    let refused = [("email", "a@b.example"), ("password", "wrong")];
    let fields = refused.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let page = browser.post("/console/sign-in", &fields).await.text();
    assert!(page.contains("console/register"), "also beside a problem: {page}");
    let off = server.another(|engine| engine).await;
    let page = Browser::new(off.address).open("/console/sign-in").await.text();
    assert!(!page.contains("register"), "{page}");
}

#[tokio::test]
async fn a_link_is_good_for_a_day_and_there_is_no_page_unless_it_is_wanted() {
    let server = start().await;
    let mut browser = Browser::new(server.address);
    register(&mut browser, "Shop", "sam@example.org").await;
    let link = link(&server, "sam@example.org").await;
    server.clock.advance(24 * 3_600_000);
    let reply = browser.open(&link).await;
    assert!(reply.status == 400 && reply.text().contains("does not hold any more"));
    assert_eq!(browser.open("/console/register/made-up").await.status, 400);
    let off = server.another(|engine| engine).await;
    let mut browser = Browser::new(off.address);
    for path in ["/console/register", "/console/register/made-up"] {
        assert_eq!(browser.open(path).await.status, 404, "{path}");
    }
    let choice = Choice::Off;
    server.engine.set_provider(PLATFORM, Channel::Email, choice, None, &"operator").await.unwrap();
    let mut browser = Browser::new(server.address);
    let page = browser.open("/console/register").await;
    assert!(page.status == 503 && page.text().contains("not possible at the moment"), "{}", page.text());
}
