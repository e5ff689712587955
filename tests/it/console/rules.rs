//! With what operators sign in besides the app that shows codes: a phone, which must be answered by a person, and a recovery
//! code. The phone is the product's own core.

use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::policy::Scope;
use countersign_tests::browser::{Browser, location, text_of};
use countersign_tests::http::Reply;
use countersign_tests::operator::after;
use countersign_tests::phone::Phone;
use countersign_tests::server_here::ServerHere;

use super::account::seated;
use super::factors::link_of;
use super::owner::{EMAIL, PASSWORD, first_link, join, path_of, send, up_to_the_callback};

async fn server() -> ServerHere {
    ServerHere::start_seen_from("192.0.2.7".parse().unwrap()).await
}

/// Signs in with the password and takes this way. Returns where that leads, and the reply there.
async fn taken(server: &ServerHere, browser: &mut Browser, way: &str) -> (String, Reply) {
    server.clock.advance(31_000);
    browser.open("/console/sign-in").await;
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let reply = send(browser, "/console/sign-in", &fields).await;
    let page = after("/console/sign-in", &location(&reply));
    let choose = browser.open(&page).await;
    let reply = browser.press(&choose, &format!("value=\"{way}\""), &[("way", way)]).await;
    let next = after(&page, &location(&reply));
    let reply = browser.open(&next).await;
    (next, reply)
}

/// How often operators have signed in.
async fn signed_in(server: &ServerHere) -> usize {
    let home = server.engine.console_home().await.unwrap().tenant;
    let filter = EventFilter { name: Some("operator.signed_in".to_owned()), ..EventFilter::default() };
    server.engine.latest_events(home, &filter, 100).await.unwrap().len()
}

#[tokio::test]
async fn s52_a_rule_of_a_phone_that_answers_by_itself_lets_nobody_in() {
    let server = server().await;
    let home = server.engine.console_home().await.unwrap().tenant;
    let settings = [("auto_accept", "on"), ("pending_limit", "0"), ("pushes_per_minute", "0")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let scope = Scope { tenant: home, application: None };
    server.engine.set_policy(scope, &settings, &"operator").await.unwrap();
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    let seed = joined.seed.clone();
    let mut seat = seated(&server, joined).await;
    let phone = Phone::new();
    let page = seat.send("/account/phones", &[]).await.text();
    phone.enroll(&link_of(&page).0).await;

    // The person answers themselves, and is in.
    let mut browser = Browser::new(server.address);
    let (waiting, page) = taken(&server, &mut browser, "push").await;
    let number = text_of(&page.text(), "id=\"number\"");
    let request = phone.the_request().await;
    let offer = phone.core.rule_offer(request.id).await.unwrap();
    phone.core.approve(request.id, number.as_deref()).await.unwrap();
    let callback = path_of(&location(&browser.open(&waiting).await));
    assert_eq!(after("/console/signed-in", &location(&browser.open(&callback).await)), "/console/");
    let page = browser.open("/console/account").await.text();
    assert!(page.contains("<td>Device</td>"), "the list of browsers says with what: {page}");

    // From now on a rule answers in their place, for a thief with the password too.
    phone.core.make_rule(&offer, 7).await.unwrap();
    let before = signed_in(&server).await;
    for (language, sentence) in [("en", "A rule of your phone answered"), ("ar", "أجابت قاعدة في هاتفك")]
    {
        let mut thief = Browser::new(server.address).speaking(language);
        let (_, reply) = taken(&server, &mut thief, "push").await;
        let reply = match reply.status {
            // The pages of the sign-in sent the browser on.
            302 | 303 => thief.open(&path_of(&location(&reply))).await,
            _ => reply,
        };
        assert!(reply.status == 400 && reply.text().contains(sentence), "{}: {}", reply.status, reply.text());
        assert!(phone.inbox().await.pending.is_empty(), "nobody was asked");
        assert!(!thief.cookies.iter().any(|line| line.starts_with("cs-console=")));
        assert_eq!(thief.open("/console/account").await.status, 303);
    }
    assert_eq!(signed_in(&server).await, before);

    // What the page says helps: another factor lets them in.
    let mut browser = Browser::new(server.address);
    let callback = up_to_the_callback(&server, &mut browser, &seed, "").await;
    assert_eq!(browser.open(&callback).await.status, 303);
    assert_eq!(browser.open("/console/account").await.status, 200);
}

#[tokio::test]
async fn s23_a_recovery_code_lets_its_owner_in_once_and_the_session_says_so() {
    let server = server().await;
    let joined = join(&server, &first_link(&server).await, EMAIL).await;
    let page = joined.page.text();
    let codes = page.split_once("<code>").unwrap().1.split("</code>").next().unwrap();
    let own = codes.split_whitespace().next().unwrap().to_owned();
    let mut browser = Browser::new(server.address);
    let (_, page) = taken(&server, &mut browser, "recovery").await;
    let reply = browser.press(&page, "name=\"code\"", &[("code", &own)]).await;
    let callback = path_of(&location(&reply));
    assert_eq!(browser.open(&callback).await.status, 303);
    let page = browser.open("/console/account").await.text();
    assert!(page.contains("<td>Recovery codes</td>"), "{page}");
    assert!(page.contains("<strong id=\"codes-left\">9</strong>"), "{page}");
    let mut again = Browser::new(server.address);
    let (_, page) = taken(&server, &mut again, "recovery").await;
    let reply = again.press(&page, "name=\"code\"", &[("code", &own)]).await;
    assert!(!reply.headers.iter().any(|(_, value)| value.contains("/console/signed-in")), "it is used up");
}
