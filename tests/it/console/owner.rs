//! Becoming an operator by a link, and signing in with what one set up there: the whole way, without a script.

use countersign_core::otp::OtpEntry;
use countersign_server::engine::console::{NewLink, Role, Scope};
use countersign_tests::browser::{Browser, attribute, location};
use countersign_tests::http::Reply;
use countersign_tests::operator::after;
use countersign_tests::server_here::ServerHere;

pub(super) const EMAIL: &str = "owner@example.org";
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// Somebody who joined, and what they sign in with.
pub(super) struct Joined {
    pub(super) browser: Browser,
    pub(super) seed: OtpEntry,
    /// The page with the recovery codes.
    pub(super) page: Reply,
}

pub(super) async fn first_link(server: &ServerHere) -> String {
    path_of(&server.engine.first_owner_link().await.unwrap().unwrap())
}

pub(super) fn path_of(link: &str) -> String {
    let (_, rest) = link.split_once("://").unwrap();
    format!("/{}", rest.split_once('/').unwrap().1)
}

pub(super) async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Reply {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    browser.post(path, &fields).await
}

pub(super) fn who<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("name", "Olga Owner"), ("email", email), ("password", password)]
}

/// Takes a link up and asks for a seed.
pub(super) async fn seed(browser: &mut Browser, link: &str, email: &str) -> OtpEntry {
    assert_eq!(browser.open(link).await.status, 200);
    let reply = send(browser, link, &who(email, PASSWORD)).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let reply = send(browser, &format!("{link}/totp"), &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    OtpEntry::parse(&attribute(&reply.text(), "name=\"link\"", "value").unwrap()).unwrap()
}

pub(super) fn code(server: &ServerHere, seed: &OtpEntry) -> String {
    let seconds = server.clock.now() / 1000;
    seed.code_at(seconds.try_into().unwrap()).unwrap().value.clone()
}

pub(super) async fn join(server: &ServerHere, link: &str, email: &str) -> Joined {
    let mut browser = Browser::new(server.address);
    let seed = seed(&mut browser, link, email).await;
    let page = send(&mut browser, &format!("{link}/code"), &[("code", &code(server, &seed))]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    Joined { browser, seed, page }
}

/// From the password to where the pages of the sign-in send the browser; its code is one that was not used before.
pub(super) async fn up_to_the_callback(
    server: &ServerHere,
    browser: &mut Browser,
    seed: &OtpEntry,
    to: &str,
) -> String {
    server.clock.advance(31_000);
    assert_eq!(browser.open("/console/sign-in").await.status, 200);
    let fields = [("email", EMAIL), ("password", PASSWORD), ("to", to)];
    let reply = send(browser, "/console/sign-in", &fields).await;
    let page = after("/console/sign-in", &location(&reply));
    let choose = browser.open(&page).await;
    let reply = browser.press(&choose, "value=\"totp\"", &[("way", "totp")]).await;
    let page = after(&page, &location(&reply));
    let passcode = browser.open(&page).await;
    let reply = browser.press(&passcode, "name=\"code\"", &[("code", &code(server, seed))]).await;
    path_of(&location(&reply))
}

#[tokio::test]
async fn s51_the_first_owner_comes_by_a_link_that_works_once_and_signs_in_with_two_factors() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    let Joined { mut browser, seed, page } = join(&server, &link, EMAIL).await;
    let text = page.text();
    let codes = text.split_once("<code>").unwrap().1.split("</code>").next().unwrap();
    assert_eq!(codes.split_whitespace().count(), 10, "{text}");
    let cookie = page.headers.iter().rfind(|(name, _)| name == "set-cookie").unwrap();
    assert!(
        cookie.1.starts_with("cs-console=") && cookie.1.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie:?}"
    );
    assert_eq!(browser.open("/console/tenants").await.status, 200);
    assert_eq!(Browser::new(server.address).open(&link).await.status, 410);
    assert_eq!(browser.open(&link).await.status, 410);
    assert!(server.engine.first_owner_link().await.unwrap().is_none(), "there is an owner now");

    let mut other = Browser::new(server.address);
    let callback = up_to_the_callback(&server, &mut other, &seed, "/console/tenants?after=x").await;
    assert!(callback.starts_with("/console/signed-in?channel="), "{callback}");
    // Whoever learns the address has another browser, and is not let in.
    assert_eq!(Browser::new(server.address).open(&callback).await.status, 400);
    let reply = other.open(&callback).await;
    assert_eq!(after("/console/signed-in", &location(&reply)), "/console/tenants?after=x");
    assert_eq!(other.open("/console/tenants").await.status, 200);
    // Signed out, the same address opens nothing any more.
    let out: Vec<_> = other.cookies.iter().filter(|line| !line.starts_with("cs-console=")).cloned().collect();
    let mut out = Browser { cookies: out, ..other };
    assert_eq!(out.open(&callback).await.status, 400);
}

#[tokio::test]
async fn s51_a_new_start_ends_the_link_before_and_a_day_ends_each() {
    let server = ServerHere::start().await;
    let before = first_link(&server).await;
    let link = first_link(&server).await;
    let mut browser = Browser::new(server.address);
    assert_eq!([browser.open(&before).await.status, browser.open(&link).await.status], [404, 200]);
    server.clock.advance(24 * 60 * 60 * 1000 - 1);
    assert_eq!(browser.open(&link).await.status, 200);
    server.clock.advance(1);
    assert_eq!(browser.open(&link).await.status, 410);
    assert_eq!(send(&mut browser, &link, &who(EMAIL, PASSWORD)).await.status, 410);
    let made_up = format!("/console/join/{}", countersign_protocol::base64url(&[7; 32]));
    assert_eq!(browser.open(&made_up).await.status, 404);
}

#[tokio::test]
async fn s51_two_browsers_with_one_link_make_one_operator() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    let (mut one, mut two) = (Browser::new(server.address), Browser::new(server.address));
    assert_eq!([one.open(&link).await.status, two.open(&link).await.status], [200, 200]);
    let (first_who, second_who) = (who(EMAIL, PASSWORD), who("evil@example.org", PASSWORD));
    let (first, second) = tokio::join!(send(&mut one, &link, &first_who), send(&mut two, &link, &second_who));
    let mut both = [first.status, second.status];
    both.sort_unstable();
    assert_eq!(both, [303, 403], "one took it up, the other one is told so");
    let loser = if first.status == 403 { &mut one } else { &mut two };
    for (path, method) in [("", "GET"), ("/totp", "POST"), ("/app", "POST"), ("/finish", "POST")] {
        let path = format!("{link}{path}");
        let reply = if method == "GET" { loser.open(&path).await } else { send(loser, &path, &[]).await };
        assert_eq!(reply.status, 403, "{path}");
    }
}

#[tokio::test]
async fn s51_nobody_becomes_an_operator_before_a_factor_counts() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    let mut browser = Browser::new(server.address);
    browser.open(&link).await;
    send(&mut browser, &link, &who(EMAIL, PASSWORD)).await;
    assert_eq!(send(&mut browser, &format!("{link}/finish"), &[]).await.status, 400);
    let reply = send(&mut browser, &format!("{link}/code"), &[("code", "123456")]).await;
    assert_eq!(reply.status, 303, "there is no seed yet");
    send(&mut browser, &format!("{link}/totp"), &[]).await;
    for wrong in ["12345", "abcdef", ""] {
        let reply = send(&mut browser, &format!("{link}/code"), &[("code", wrong)]).await;
        assert_eq!(reply.status, 400, "{wrong}");
    }
    assert_eq!(browser.open("/console/tenants").await.status, 303, "and is not signed in");
    assert!(server.engine.operators(Scope::Server).await.unwrap().is_empty());
    // The password alone signs nobody in who is no operator.
    let reply = send(&mut browser, "/console/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn s52_an_invitation_is_for_its_address_its_role_and_its_scope_whatever_the_form_says() {
    let server = ServerHere::start().await;
    let tenant = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let scope = Scope::Tenant(tenant);
    let email = Some("help@example.org".to_owned());
    let new = NewLink { email, role: Role::HelpDesk, scope };
    let link = path_of(&server.engine.new_operator_link(new, &"operator").await.unwrap());
    let mut browser = Browser::new(server.address);
    browser.open(&link).await;
    let mut forged = who("evil@example.org", PASSWORD).to_vec();
    forged.extend([("role", "owner"), ("scope", ""), ("tenant", "")]);
    assert_eq!(send(&mut browser, &link, &forged).await.status, 303);
    let reply = send(&mut browser, &format!("{link}/totp"), &[("role", "owner")]).await;
    let seed = OtpEntry::parse(&attribute(&reply.text(), "name=\"link\"", "value").unwrap()).unwrap();
    let fields = [("code", &*code(&server, &seed)), ("role", "owner")];
    assert_eq!(send(&mut browser, &format!("{link}/code"), &fields).await.status, 200);
    let made = server.engine.operators(scope).await.unwrap();
    assert_eq!((made.len(), made[0].role, &*made[0].email), (1, Role::HelpDesk, "help@example.org"));
    assert!(server.engine.operators(Scope::Server).await.unwrap().is_empty());
    // The address of an operator is nobody else's.
    let link = first_link(&server).await;
    browser.open(&link).await;
    let reply = send(&mut browser, &link, &who("HELP@example.org", "another password")).await;
    assert!(reply.status == 400 && reply.text().contains("already"), "{}", reply.text());
}

#[tokio::test]
async fn s51_a_foreign_page_takes_up_no_link_and_signs_nobody_in() {
    let server = ServerHere::start().await;
    let link = first_link(&server).await;
    for path in [link.as_str(), "/console/sign-in"] {
        // A browser that was never shown the page has no cookie of ours.
        let mut browser = Browser::new(server.address);
        assert_eq!(send(&mut browser, path, &who(EMAIL, PASSWORD)).await.status, 403, "{path}");
        browser.open(path).await;
        let forged = countersign_tests::http::Request::new("POST", path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", "https://evil.example")
            .body("name=x&email=a%40example.org&password=correct+horse");
        assert_eq!(browser.send(forged).await.status, 403, "{path}");
    }
}
