//! An operator's own authenticator app and phones, on their account page.

use countersign_core::otp::OtpEntry;
use countersign_server::engine::Template;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::console::{NewLink, Role, Scope};
use countersign_server::engine::policy::Scope as PolicyScope;
use countersign_tests::browser::{Browser, attribute, location};
use countersign_tests::device::Device;
use countersign_tests::http::Reply;
use countersign_tests::mailbox;
use countersign_tests::operator::{Seat, after};
use countersign_tests::server_here::ServerHere;

use super::account::seated;
use super::owner::{EMAIL, PASSWORD, code, first_link, join, path_of, send};

/// Where the browsers of these operators are.
const HERE: &str = "192.0.2.7";

async fn server() -> ServerHere {
    ServerHere::start_seen_from(HERE.parse().unwrap()).await
}

/// The owner in a browser of theirs, and the seed that they sign in with.
async fn owner(server: &ServerHere) -> (Seat, OtpEntry) {
    let joined = join(server, &first_link(server).await, EMAIL).await;
    let seed = joined.seed.clone();
    (seated(server, joined).await, seed)
}

/// The seed on a page.
fn shown(reply: &Reply) -> OtpEntry {
    let link = attribute(&reply.text(), "name=\"link\"", "value");
    OtpEntry::parse(&link.unwrap_or_else(|| panic!("no seed: {}", reply.text()))).unwrap()
}

/// The address of an enrolment link on a page, and its hash.
pub(super) fn link_of(page: &str) -> (String, String) {
    let link = page.split("data-copy><code>").nth(1).unwrap().split("</code>").next().unwrap();
    let hash = page.split("/account/phones/").nth(1).unwrap().split('"').next().unwrap();
    (link.replace("&#38;", "&"), hash.to_owned())
}

/// Whether this seed's next code lets its owner in.
async fn signs_in(server: &ServerHere, seed: &OtpEntry) -> bool {
    server.clock.advance(61_000);
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let reply = send(&mut browser, "/console/sign-in", &fields).await;
    let page = after("/console/sign-in", &location(&reply));
    let choose = browser.open(&page).await;
    let reply = browser.press(&choose, "value=\"totp\"", &[("way", "totp")]).await;
    let passcode = browser.open(&after(&page, &location(&reply))).await;
    let reply = browser.press(&passcode, "name=\"code\"", &[("code", &code(server, seed))]).await;
    reply.header("location").is_some_and(|to| to.contains("/console/signed-in"))
}

/// What the log of operators says under this name: who, and from where.
async fn events(server: &ServerHere, name: &str) -> Vec<(String, Option<String>)> {
    let home = server.engine.console_home().await.unwrap().tenant;
    let filter = EventFilter { name: Some(name.to_owned()), ..EventFilter::default() };
    let rows = server.engine.latest_events(home, &filter, 100).await.unwrap();
    rows.into_iter().map(|row| (row.actor, row.address)).collect()
}

/// What was told by mail so far: to whom, and what.
async fn told(server: &ServerHere) -> Vec<(String, Template)> {
    mailbox::waiting(server).await.into_iter().map(|mail| (mail.to, mail.template)).collect()
}

/// What somebody has: the ids of their factors that count.
async fn has(server: &ServerHere, email: &str) -> Vec<String> {
    let home = server.engine.console_home().await.unwrap().tenant;
    let all = server.engine.factors_of(home, email).await.unwrap().1;
    all.into_iter()
        .filter(|one| one.active && one.codes_left.is_none())
        .map(|one| one.id.to_string())
        .collect()
}

/// One more phone of whoever sits there.
async fn phone(server: &ServerHere, seat: &mut Seat) -> Device {
    let page = seat.send("/account/phones", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    Device::enroll(server.address, &link_of(&page.text()).0).await
}

fn removal(id: &str) -> String {
    format!("/account/factors/{id}/remove")
}

#[tokio::test]
async fn another_authenticator_app_counts_with_its_first_code_and_the_old_one_until_then() {
    let server = server().await;
    let (mut seat, old) = owner(&server).await;
    let before = told(&server).await.len();
    let reply = seat.send("/account/app", &[]).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")), "{}", reply.text());
    let new = shown(&reply);
    assert!(reply.text().contains("<svg") && reply.text().contains("goes on working"), "{}", reply.text());
    assert!(signs_in(&server, &old).await && told(&server).await.len() == before, "nothing has changed yet");
    assert!(!signs_in(&server, &new).await);
    let link = attribute(&reply.text(), "name=\"link\"", "value").unwrap();
    for wrong in ["12345", "", "000000"] {
        let reply = seat.send("/account/app/code", &[("link", &link), ("code", wrong)]).await;
        assert_eq!((reply.status, shown(&reply) == new), (400, true), "{wrong}: the seed is still there");
        assert!(reply.text().contains("role=\"alert\""));
    }
    let page = seat.done("/account/app/code", &[("code", &code(&server, &new))]).await;
    assert!(page.text().contains("counts from now on"), "and the browser stays signed in: {}", page.text());
    assert!(signs_in(&server, &new).await);
    assert!(!signs_in(&server, &old).await);
    let by = (seat.operator.id.to_string(), Some(HERE.to_owned()));
    assert!(events(&server, "factor.offered").await.contains(&by));
    assert_eq!(events(&server, "factor.replaced").await, [by]);
    assert_eq!(told(&server).await[before..], [(EMAIL.to_owned(), Template::FactorAdded)]);
    // The same code once more: nothing waits for it.
    let again = seat.send("/account/app/code", &[("code", &code(&server, &new))]).await;
    assert!(location(&again).ends_with("?done=no_seed"));
}

#[tokio::test]
async fn a_page_with_a_seed_that_is_loaded_again_shows_another_one_and_the_newest_counts() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    let first = shown(&seat.send("/account/app", &[]).await);
    let second = shown(&seat.send("/account/app", &[]).await);
    assert!(first != second);
    assert_eq!(seat.send("/account/app/code", &[("code", &code(&server, &first))]).await.status, 400);
    assert_eq!(seat.send("/account/app/code", &[("code", &code(&server, &second))]).await.status, 303);
    assert!(signs_in(&server, &second).await);
    assert!(!seat.open("/account").await.text().contains("otpauth"), "a seed is shown once");
}

#[tokio::test]
async fn s6_wrong_codes_end_the_seed_that_waits_and_lock_nobody_out() {
    let server = server().await;
    let (mut seat, old) = owner(&server).await;
    let home = server.engine.console_home().await.unwrap().tenant;
    let scope = PolicyScope { tenant: home, application: None };
    let limit = [("failure_limit".to_owned(), "2".to_owned())];
    server.engine.set_policy(scope, &limit, &"operator").await.unwrap();
    // What holds is looked up again every three seconds.
    server.clock.advance(3_001);
    let new = shown(&seat.send("/account/app", &[]).await);
    for _ in 0..2 {
        assert_eq!(seat.send("/account/app/code", &[("code", "000000")]).await.status, 400);
    }
    let reply = seat.send("/account/app/code", &[("code", &code(&server, &new))]).await;
    assert!(reply.status == 400 && reply.text().contains("too many wrong codes"), "{}", reply.text());
    assert!(signs_in(&server, &old).await, "the app that counts is not locked");
    let another = shown(&seat.send("/account/app", &[]).await);
    assert_eq!(seat.send("/account/app/code", &[("code", &code(&server, &another))]).await.status, 303);
}

#[tokio::test]
async fn a_seed_waits_ten_minutes_for_its_code_also_for_whoever_signed_in_again() {
    let server = server().await;
    let (mut seat, old) = owner(&server).await;
    let new = shown(&seat.send("/account/app", &[]).await);
    server.clock.advance(10 * 60 * 1000);
    let mut seat = Seat::signed_in(&server, &seat.operator).await;
    let reply = seat.send("/account/app/code", &[("code", &code(&server, &new))]).await;
    assert!(location(&reply).ends_with("?done=no_seed"));
    assert!(signs_in(&server, &old).await);
}

#[tokio::test]
async fn a_phone_is_enrolled_with_the_code_to_compare_and_its_owner_is_told() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    let before = told(&server).await.len();
    server.clock.advance(1);
    let page = seat.send("/account/phones", &[]).await.text();
    let (link, hash) = link_of(&page);
    assert!(page.contains("<svg") && page.contains("<strong>5</strong>"), "{page}");
    let look = format!("/account/phones/{hash}");
    let waits = seat.open(&look).await.text();
    assert!(waits.contains("data-live=") && !waits.contains(&link), "the link is shown once: {waits}");
    assert!(seat.open("/account").await.text().contains(&hash));
    let device = Device::enroll(server.address, &link).await;
    let row = server.data().store.device(device.id).await.unwrap().unwrap();
    let shown = row.confirmation_code.unwrap();
    for path in [look.as_str(), "/account"] {
        let page = seat.open(path).await.text();
        assert!(page.contains(&shown) && page.contains("Robot"), "{path}: {page}");
    }
    assert_eq!(told(&server).await[before..], [(EMAIL.to_owned(), Template::FactorAdded)]);
    let by = (seat.operator.id.to_string(), Some(HERE.to_owned()));
    assert_eq!(events(&server, "enrollment.issued").await, [by]);
    let late = seat.send(&look, &[]).await;
    assert!(location(&late).ends_with("?done=too_late"), "a link that was taken is not ended");
}

#[tokio::test]
async fn s48_a_link_that_was_ended_takes_no_phone() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    let (link, hash) = link_of(&seat.send("/account/phones", &[]).await.text());
    for _ in 0..2 {
        let page = seat.done(&format!("/account/phones/{hash}"), &[]).await.text();
        assert!(page.contains("The link has ended"), "{page}");
    }
    let token = link.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap().to_owned();
    assert!(server.engine.enrollment(&token).await.is_err());
}

#[tokio::test]
async fn s49_an_open_browser_of_ten_minutes_ago_changes_no_factor() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    phone(&server, &mut seat).await;
    let waiting = shown(&seat.send("/account/app", &[]).await);
    let had = has(&server, EMAIL).await;
    server.clock.advance(10 * 60 * 1000);
    for language in ["en", "ar"] {
        seat = seat.speaking(language);
        let page = seat.open("/account").await.text();
        assert!(page.contains("id=\"again\"") && page.contains("/sign-in?to=/console/account"), "{page}");
        for form in ["/account/app\"", "/account/phones\"", "/remove\""] {
            assert!(!page.contains(form), "{form}: {page}");
        }
    }
    let code = code(&server, &waiting);
    let mut paths =
        vec!["/account/app".to_owned(), "/account/app/code".to_owned(), "/account/phones".to_owned()];
    paths.extend(had.iter().map(|id| removal(id)));
    for path in paths {
        let reply = seat.send(&path, &[("code", &code)]).await;
        assert!(reply.status == 400 && reply.text().contains("id=\"again\""), "{path}: {}", reply.text());
        assert!(!reply.text().contains("otpauth") && !reply.text().contains("/enroll/"), "{path}");
    }
    assert_eq!(has(&server, EMAIL).await, had);
}

#[tokio::test]
async fn s49_the_last_way_in_stays_whoever_takes_the_others_away_at_the_same_moment() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    let app = has(&server, EMAIL).await.remove(0);
    assert!(!seat.open("/account").await.text().contains("/remove\""), "there is nothing else");
    let reply = seat.send(&removal(&app), &[]).await;
    assert!(reply.status == 400 && reply.text().contains("last thing"), "{}", reply.text());
    phone(&server, &mut seat).await;
    // The order of messages is that of time.
    server.clock.advance(1);
    let before = told(&server).await.len();
    let mut other = Seat::signed_in(&server, &seat.operator).await;
    let ids = has(&server, EMAIL).await;
    assert_eq!(ids.len(), 2);
    let (one, two) = (removal(&ids[0]), removal(&ids[1]));
    let (one, two) = tokio::join!(seat.send(&one, &[]), other.send(&two, &[]));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 400], "{} {}", one.text(), two.text());
    assert_eq!(has(&server, EMAIL).await.len(), 1);
    assert_eq!(told(&server).await[before..], [(EMAIL.to_owned(), Template::FactorRemoved)]);
    for seat in [&mut seat, &mut other] {
        assert_eq!(seat.open("/account").await.status, 200, "no browser is signed out by it");
    }
}

#[tokio::test]
async fn s40_another_operators_factors_and_links_are_not_there() {
    let server = server().await;
    let (mut seat, _) = owner(&server).await;
    phone(&server, &mut seat).await;
    let (_, hash) = link_of(&seat.send("/account/phones", &[]).await.text());
    let email = Some("admin@example.org".to_owned());
    let new = NewLink { email, role: Role::Owner, scope: Scope::Server };
    let link = path_of(&server.engine.new_operator_link(new, &"operator").await.unwrap());
    let mut browser = Browser::new(server.address);
    let seed = super::owner::seed(&mut browser, &link, "admin@example.org").await;
    assert_eq!(
        send(&mut browser, &format!("{link}/code"), &[("code", &code(&server, &seed))]).await.status,
        200
    );
    let operator = server.engine.operator_named("admin@example.org").await.unwrap();
    let mut other = Seat::signed_in(&server, &operator).await;
    phone(&server, &mut other).await;
    let had = has(&server, EMAIL).await;
    for id in &had {
        assert_eq!(other.send(&removal(id), &[]).await.status, 404, "{id}");
    }
    for id in ["", "fac_x", "dev_", "fac_00000000000000000000000000", "nothing"] {
        assert_eq!(other.send(&removal(id), &[]).await.status, 404, "{id}");
    }
    assert_eq!(other.open(&format!("/account/phones/{hash}")).await.status, 404);
    assert_eq!(other.send(&format!("/account/phones/{hash}"), &[]).await.status, 404);
    assert_eq!(has(&server, EMAIL).await, had);
    let page = other.open("/account").await.text();
    assert!(had.iter().all(|id| !page.contains(id)) && !page.contains(&hash));
}

#[tokio::test]
async fn the_help_desk_looks_after_its_own_factors_in_both_languages() {
    let server = server().await;
    let tenant = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    for (role, language, words) in
        [(Role::HelpDesk, "en", "Your second factor"), (Role::Auditor, "ar", "العامل الثاني")]
    {
        let mut seat = Seat::of(&server, role, Scope::Tenant(tenant)).await.speaking(language);
        let home = server.engine.console_home().await.unwrap().tenant;
        server.engine.set_password(home, &seat.operator.email, PASSWORD, &"operator").await.unwrap();
        assert!(seat.open("/account").await.text().contains(words));
        let seed = shown(&seat.send("/account/app", &[]).await);
        assert_eq!(has(&server, &seat.operator.email).await.len(), 0, "it does not count yet");
        let reply = seat.send("/account/app/code", &[("code", &code(&server, &seed))]).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        phone(&server, &mut seat).await;
        let ids = has(&server, &seat.operator.email).await;
        assert_eq!(ids.len(), 2);
        let page = seat.done(&removal(&ids[1]), &[]).await.text();
        assert!(page.contains("id=\"done\""), "{page}");
        assert_eq!(seat.send(&removal(&ids[1]), &[]).await.status, 404, "and once");
        assert_eq!(has(&server, &seat.operator.email).await, ids[..1]);
    }
}
