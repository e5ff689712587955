//! Becoming an operator with a passkey in place of a second factor.

use countersign_server::engine::Word;
use countersign_server::engine::console::{OperatorChange, Role, Scope};
use countersign_server::engine::policy::Factor;
use countersign_tests::browser::{Browser, location};
use countersign_tests::http::Reply;
use countersign_tests::operator::{Seat, after};
use countersign_tests::passkey::{Device, Lie};
use countersign_tests::server_here::ServerHere;

use super::super::owner::{EMAIL, PASSWORD, first_link, send, who};
use super::{answer, asked, device, sign_in};

/// A browser in which somebody has said who they are.
async fn taken_up(server: &ServerHere) -> (Browser, String) {
    let link = first_link(server).await;
    let mut browser = Browser::new(server.address);
    browser.open(&link).await;
    assert_eq!(send(&mut browser, &link, &who(EMAIL, PASSWORD)).await.status, 303);
    (browser, link)
}

async fn join(browser: &mut Browser, link: &str, device: &mut Device) -> Reply {
    let told = asked(&send(browser, &format!("{link}/passkey/options"), &[]).await);
    let made = device.make(&told["publicKey"], &Lie::default());
    browser.post(&format!("{link}/passkey"), &answer(&told, made)).await
}

#[tokio::test]
async fn s51_somebody_joins_with_a_passkey_and_signs_in_with_it() {
    let server = ServerHere::start_on_localhost().await;
    let (mut browser, link) = taken_up(&server).await;
    assert!(browser.open(&link).await.text().contains("A passkey"));
    let mut device = device(&server);
    let page = join(&mut browser, &link, &mut device).await;
    assert!(page.status == 200 && page.text().contains("id=\"codes\""), "{}", page.text());
    assert_eq!(browser.open("/console/tenants").await.status, 200);
    let operator = server.engine.operator_named(EMAIL).await.unwrap();
    let sessions = server.engine.console_sessions(&operator).await.unwrap();
    assert_eq!(sessions[0].factor, "passkey");
    let mut other = Browser::new(server.address);
    other.open("/console/sign-in").await;
    device.counter += 1;
    assert_eq!(sign_in(&mut other, &device).await.status, 303);
    // The password goes on to the recovery codes, and to nothing when there are none: it is never enough.
    let mut other = Browser::new(server.address);
    other.open("/console/sign-in").await;
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let reply = send(&mut other, "/console/sign-in", &fields).await;
    let choose = other.open(&after("/console/sign-in", &location(&reply))).await.text();
    assert!(choose.contains("value=\"recovery\"") && !choose.contains("value=\"totp\""), "{choose}");
    let word = Word::Operator(server.engine.console_home().await.unwrap().tenant, &"operator");
    server.engine.reset_factors(word, EMAIL, Some(Factor::Recovery)).await.unwrap();
    let reply = send(&mut other, "/console/sign-in", &fields).await;
    assert!(reply.status == 400 && reply.text().contains("Use your passkey."), "{}", reply.text());
    let wrong =
        send(&mut other, "/console/sign-in", &[("email", EMAIL), ("password", "wrong password")]).await;
    assert!(!wrong.text().contains("Use your passkey."), "whoever has no password learns nothing");
}

#[tokio::test]
async fn s49_with_a_link_alone_no_second_passkey_is_made() {
    let server = ServerHere::start_on_localhost().await;
    let (mut browser, link) = taken_up(&server).await;
    let told = asked(&send(&mut browser, &format!("{link}/passkey/options"), &[]).await);
    // Asked twice before the first one counts.
    let more = asked(&send(&mut browser, &format!("{link}/passkey/options"), &[]).await);
    // Somebody else has the link, and not the browser.
    let mut thief = Browser::new(server.address);
    thief.open(&link).await;
    assert_eq!(send(&mut thief, &format!("{link}/passkey/options"), &[]).await.status, 403);
    let mut first = device(&server);
    let fields = answer(&told, first.make(&told["publicKey"], &Lie::default()));
    assert_eq!(thief.post(&format!("{link}/passkey"), &fields).await.status, 403);
    assert_eq!(browser.post(&format!("{link}/passkey"), &fields).await.status, 200);
    let fields = answer(&more, device(&server).make(&more["publicKey"], &Lie::default()));
    assert_eq!(browser.post(&format!("{link}/passkey"), &fields).await.status, 410, "the link is used up");
    let reply = send(&mut browser, &format!("{link}/passkey/options"), &[]).await;
    assert_eq!(reply.status, 410);
}

#[tokio::test]
async fn s51_a_passkey_that_does_not_hold_makes_nobody_an_operator() {
    let server = ServerHere::start_on_localhost().await;
    let (mut browser, link) = taken_up(&server).await;
    let told = asked(&send(&mut browser, &format!("{link}/passkey/options"), &[]).await);
    let lie = Lie { origin: Some("http://evil.example".to_owned()), ..Lie::default() };
    let fields = answer(&told, device(&server).make(&told["publicKey"], &lie));
    let reply = browser.post(&format!("{link}/passkey"), &fields).await;
    assert!(reply.status == 400 && reply.text().contains("was not taken"), "{}", reply.text());
    assert!(reply.text().contains("id=\"totp\""), "the other ways are still there");
    assert!(server.engine.operators(Scope::Server).await.unwrap().is_empty());
    assert_eq!(join(&mut browser, &link, &mut device(&server)).await.status, 200);
}

#[tokio::test]
async fn s52_whoever_is_removed_and_invited_again_comes_without_their_passkeys() {
    let server = ServerHere::start_on_localhost().await;
    let (mut browser, link) = taken_up(&server).await;
    let mut device = device(&server);
    join(&mut browser, &link, &mut device).await;
    let other = Seat::of(&server, Role::Owner, Scope::Server).await;
    let operator = server.engine.operator_named(EMAIL).await.unwrap();
    let change = OperatorChange::Remove;
    server.engine.change_operator(Scope::Server, operator.id, change, &other.operator, None).await.unwrap();
    Seat::operator(&server, Role::Auditor, Scope::Server).await;
    let new = countersign_server::engine::console::NewOperator {
        email: EMAIL.to_owned(),
        name: None,
        role: Role::Owner,
        scope: Scope::Server,
    };
    server.engine.put_operator(new, &"operator").await.unwrap();
    let mut browser = Browser::new(server.address);
    browser.open("/console/sign-in").await;
    device.counter += 1;
    assert_eq!(sign_in(&mut browser, &device).await.status, 400);
}
