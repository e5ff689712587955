//! How long a browser stays signed in (S52).

use countersign_server::engine::console::{Role, Scope};
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const MINUTE: i64 = 60_000;

async fn is_in(seat: &mut Seat) -> bool {
    seat.open("/tenants").await.status == 200
}

#[tokio::test]
async fn s52_a_session_ends_an_hour_after_it_was_last_used() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    for _ in 0..5 {
        server.clock.advance(58 * MINUTE);
        assert!(is_in(&mut seat).await);
    }
    server.clock.advance(61 * MINUTE);
    assert!(!is_in(&mut seat).await);
}

#[tokio::test]
async fn s52_a_session_ends_twelve_hours_after_it_began_however_much_it_is_used() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    for _ in 0..23 {
        server.clock.advance(31 * MINUTE);
        assert!(is_in(&mut seat).await);
    }
    server.clock.advance(31 * MINUTE);
    assert!(!is_in(&mut seat).await);
}

#[tokio::test]
async fn s52_signing_out_ends_this_browser_and_no_other() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let mut other = Seat::signed_in(&server, &seat.operator).await;
    let kept = seat.clone();
    let reply = seat.send("/sign-out", &[]).await;
    assert_eq!(reply.status, 303);
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with("cs-console=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert!(!is_in(&mut kept.clone()).await, "whoever kept the cookie is out, too");
    assert!(is_in(&mut other).await);
}

#[tokio::test]
async fn s52_another_role_holds_from_the_next_request_on() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    assert!(is_in(&mut seat).await);
    let demoted = Seat::operator(&server, Role::Owner, Scope::Server).await;
    assert_eq!(demoted.id, seat.operator.id);
    assert!(!is_in(&mut seat).await, "a change of the role ends what was begun before");
}
