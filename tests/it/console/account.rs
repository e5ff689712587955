//! An operator's own account.

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::browser::Browser;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

use super::owner::{EMAIL, Joined, PASSWORD, first_link, join};

const NEW: &str = "another password entirely";

/// The owner, who has a password, in a browser of theirs.
pub(super) async fn owner(server: &ServerHere) -> Seat {
    let joined = join(server, &first_link(server).await, EMAIL).await;
    seated(server, joined).await
}

/// The owner who has just joined.
pub(super) async fn seated(server: &ServerHere, joined: Joined) -> Seat {
    let operator = server.engine.operator_named(EMAIL).await.unwrap();
    let cookie = joined.browser.cookies.iter().rev().find(|line| line.starts_with("cs-console=")).unwrap();
    let browser = Browser { cookies: vec![cookie.clone()], ..joined.browser };
    Seat { browser, operator }
}

#[tokio::test]
async fn s52_a_new_password_needs_the_old_one_and_ends_all_other_sessions() {
    let server = ServerHere::start().await;
    let mut seat = owner(&server).await;
    let mut other = Seat::signed_in(&server, &seat.operator).await;
    for (old, new) in [("wrong password", NEW), ("", NEW), (PASSWORD, "short"), (PASSWORD, EMAIL)] {
        let reply = seat.send("/account/password", &[("old", old), ("new", new)]).await;
        assert!(reply.status == 400 && reply.text().contains("role=\"alert\""), "{old} {new}");
    }
    assert_eq!(other.open("/account").await.status, 200);
    let before = seat.clone();
    let reply = seat.send("/account/password", &[("old", PASSWORD), ("new", NEW)]).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(other.open("/account").await.status, 303);
    assert_eq!(before.clone().open("/account").await.status, 303, "this browser has a new session");
    let browser = Browser { cookies: vec![cookie], ..before.browser };
    let mut seat = Seat { browser, ..before };
    let page = seat.open("/account?done=password").await;
    assert!(page.status == 200 && page.text().contains("Your password was changed."));
    let reply = seat.send("/account/password", &[("old", PASSWORD), ("new", "yet another one")]).await;
    assert_eq!(reply.status, 400, "the old one is no password any more");
}

#[tokio::test]
async fn s49_new_recovery_codes_need_a_sign_in_of_a_moment_ago() {
    let server = ServerHere::start().await;
    let mut seat = owner(&server).await;
    let reply = seat.send("/account/recovery", &[]).await;
    assert!(reply.status == 200 && reply.text().contains("id=\"codes\""), "{}", reply.text());
    assert!(!seat.open("/account").await.text().contains("id=\"codes\""), "they are shown once");
    server.clock.advance(10 * 60 * 1000);
    let reply = seat.send("/account/recovery", &[]).await;
    assert!(reply.status == 400 && !reply.text().contains("id=\"codes\""), "{}", reply.text());
    // Somebody at an open browser who knows the password has shown no second factor.
    let reply = seat.send("/account/password", &[("old", PASSWORD), ("new", NEW)]).await;
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let browser = Browser { cookies: vec![cookie], ..seat.browser };
    let reply = Seat { browser, ..seat }.send("/account/recovery", &[]).await;
    assert!(reply.status == 400 && !reply.text().contains("id=\"codes\""), "{}", reply.text());
}

#[tokio::test]
async fn signing_out_everywhere_ends_each_browser_of_theirs_and_of_nobody_else() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Auditor, Scope::Server).await;
    let mut second = Seat::signed_in(&server, &seat.operator).await;
    let mut other = Seat::of(&server, Role::Owner, Scope::Server).await;
    let page = seat.open("/account").await.text();
    assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 2, "{page}");
    assert_eq!(page.matches("this one").count(), 1);
    assert_eq!(seat.send("/account/sign-out", &[]).await.status, 303);
    assert_eq!(second.open("/account").await.status, 303);
    assert_eq!(other.open("/account").await.status, 200);
}

#[tokio::test]
async fn a_name_is_changed_and_one_that_is_none_is_not() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Auditor, Scope::Server).await.speaking("ar");
    let page = seat.done("/account/name", &[("name", "مريم <b>")]).await.text();
    assert!(page.contains("مريم &#60;b&#62;") && page.contains("تغيّر اسمك."), "{page}");
    assert_eq!(seat.send("/account/name", &[("name", &"x".repeat(101))]).await.status, 400);
}
