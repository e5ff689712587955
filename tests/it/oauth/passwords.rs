//! Guessing passwords: nobody learns whose a name is (S27), and names and addresses rest (S26).

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_server::engine::Caller;
use countersign_server::engine::oauth::{Flavour, OauthTerms, SignInError};
use countersign_tests::http::Reply;
use countersign_tests::oauth::{NOTICED, OauthParty, PASSWORD};
use countersign_tests::server_here::ServerHere;
use futures_util::future::join_all;

const MINUTE: i64 = 60_000;
const ANN: &str = "ann@x.example";
const WRONG: &str = "a wrong password";

async fn here() -> (ServerHere, OauthParty) {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    bank.person(&server, ANN).await;
    (server, bank)
}

/// The application as the rules see it, calling from this address.
async fn caller(server: &ServerHere, party: &OauthParty, address: &str) -> Arc<Caller> {
    let secret = Some(party.party.client_secret.as_str()).filter(|_| !party.public);
    let address = Some(address.parse().unwrap());
    server.engine.identify(&party.party.client_id, secret, address).await.unwrap()
}

async fn guess(party: &OauthParty, name: &str, password: &str) -> Reply {
    party.token(&[("grant_type", "password"), ("username", name), ("password", password)]).await
}

/// Everything of a reply but when it was made and its number.
fn seen(reply: &Reply) -> (u16, String, BTreeSet<String>) {
    let headers = reply.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let same = |line: &String| !line.starts_with("date:") && !line.starts_with("x-request-id:");
    (reply.status, reply.text(), headers.filter(same).collect())
}

/// Tries one name until it rests. Returns what the tries were told.
async fn until_it_rests(
    server: &ServerHere,
    party: &OauthParty,
    name: &str,
) -> Vec<(u16, String, BTreeSet<String>)> {
    let mut told = Vec::new();
    for _ in 0..12 {
        let before = server.engine.secrets_hashed();
        let reply = seen(&guess(party, name, WRONG).await);
        let judged = reply.0 == 403;
        assert_eq!(
            server.engine.secrets_hashed() - before,
            u64::from(judged),
            "one hash for each that is judged"
        );
        told.push(reply);
    }
    told
}

#[tokio::test]
async fn s27_whose_a_name_is_shows_in_no_status_no_body_and_no_work() {
    let (server, bank) = here().await;
    bank.person(&server, "ben").await;
    let new = countersign_server::engine::NewUser {
        user_ref: "without".to_owned(),
        email: None,
        display_name: None,
        language: None,
    };
    server.engine.ensure_user(bank.tenant(), new, &"operator").await.unwrap();
    let known = until_it_rests(&server, &bank, ANN).await;
    assert_eq!(
        known.iter().map(|(status, ..)| *status).collect::<Vec<_>>(),
        [[403; 10].as_slice(), &[429; 2]].concat()
    );
    for name in ["ben", "without", "nobody", "nobody@x.example", " ", "n\u{e9}\u{7f}", &"x".repeat(300)] {
        assert_eq!(until_it_rests(&server, &bank, name).await, known, "{name:?}");
    }
}

#[tokio::test]
async fn s26_while_a_name_rests_not_even_the_right_password_is_judged() {
    let (server, bank) = here().await;
    until_it_rests(&server, &bank, ANN).await;
    let resting = bank.login(ANN, &[]).await;
    assert_eq!((resting.status, resting.header("retry-after")), (429, Some("30")));
    server.clock.advance(30_000 - 1);
    assert_eq!(bank.login(ANN, &[]).await.status, 429);
    server.clock.advance(1);
    bank.mfa_token(ANN).await;
    // All is forgotten by that: the next ten are judged.
    assert_eq!(
        until_it_rests(&server, &bank, ANN).await.iter().filter(|(status, ..)| *status == 403).count(),
        10
    );
}

#[tokio::test]
async fn s26_rests_grow_to_a_quarter_of_an_hour_and_no_longer() {
    let (server, bank) = here().await;
    let mut waits = Vec::new();
    for name in [ANN, "nobody"] {
        until_it_rests(&server, &bank, name).await;
        for _ in 0..8 {
            let wait: i64 = guess(&bank, name, WRONG).await.header("retry-after").unwrap().parse().unwrap();
            waits.push(wait);
            server.clock.advance(wait * 1000);
            assert_eq!(guess(&bank, name, WRONG).await.status, 403, "judged, and the next rest begins");
        }
    }
    assert_eq!(waits, [[30, 120, 270, 480, 750, 900, 900, 900]; 2].concat());
    server.clock.advance(15 * MINUTE);
    bank.mfa_token(ANN).await;
}

#[tokio::test]
async fn s26_of_many_guesses_at_once_ten_are_judged() {
    let (server, bank) = here().await;
    let caller = caller(&server, &bank, "192.0.2.7").await;
    for name in [ANN, "nobody"] {
        let tries = join_all((0..40).map(|_| server.engine.check_password(&caller, name, WRONG))).await;
        let judged = tries.iter().filter(|tried| matches!(tried, Err(SignInError::WrongPassword))).count();
        let others =
            tries.iter().filter(|tried| matches!(tried, Err(SignInError::TooManyPasswords { .. }))).count();
        assert_eq!((judged, others), (10, 30), "{name}");
    }
    let right = server.engine.check_password(&caller, ANN, PASSWORD).await;
    assert!(matches!(right, Err(SignInError::TooManyPasswords { .. })), "{right:?}");
}

#[tokio::test]
async fn s26_a_name_typed_in_many_ways_is_counted_as_one() {
    let (server, bank) = here().await;
    for name in ["Ann@x.example", "ANN@X.EXAMPLE", "aNN@x.example", "ann@X.example", ANN] {
        for _ in 0..2 {
            assert_eq!(guess(&bank, name, WRONG).await.status, 403);
        }
    }
    assert_eq!(guess(&bank, "AnN@x.example", WRONG).await.status, 429);
    server.clock.advance(30_000);
    let caller = caller(&server, &bank, "192.0.2.7").await;
    assert_eq!(server.engine.check_password(&caller, "Ann@X.Example", PASSWORD).await.unwrap().user_ref, ANN);
}

#[tokio::test]
async fn s26_s30_passwords_are_counted_apart_from_codes_and_an_operator_clears_both() {
    let (server, bank) = here().await;
    bank.give_totp(&server, ANN).await;
    until_it_rests(&server, &bank, ANN).await;
    let locks = server.engine.locks_of(bank.tenant(), ANN).await.unwrap();
    let counted: Vec<_> = locks.counters.iter().filter(|(_, counter)| counter.failures > 0).collect();
    assert_eq!(counted.len(), 1, "{counted:?}");
    let (factor, counter) = counted[0];
    assert_eq!((factor.as_str(), counter.failures), ("password", 10));
    assert_eq!(counter.cool_until, Some(server.clock.now() + 30_000));
    server.engine.unlock_user(bank.tenant(), ANN, &"operator").await.unwrap();
    bank.mfa_token(ANN).await;
    let locks = server.engine.locks_of(bank.tenant(), ANN).await.unwrap();
    assert!(locks.counters.iter().all(|(_, counter)| counter.failures == 0), "{locks:?}");
}

#[tokio::test]
async fn s26_wrong_passwords_of_a_public_client_are_counted_by_address() {
    let (server, bank) = here().await;
    let app = bank.beside(&server, "auth0", true).await;
    let (home, other) =
        (caller(&server, &app, "2001:db8:1:2::3").await, caller(&server, &app, "2001:db8:1:3::3").await);
    for n in 0..60 {
        let tried = server.engine.check_password(&home, &format!("name {n}"), WRONG).await;
        assert_eq!(tried, Err(SignInError::WrongPassword), "{n}");
    }
    let neighbour = caller(&server, &app, "2001:db8:1:2:ffff::1").await;
    for caller in [&home, &neighbour] {
        let tried = server.engine.check_password(caller, ANN, PASSWORD).await;
        assert_eq!(tried, Err(SignInError::TooManyPasswords { retry_after: 1 }));
    }
    assert!(server.engine.check_password(&other, ANN, PASSWORD).await.is_ok(), "others are not held up");
    let bank = caller(&server, &bank, "2001:db8:1:2::3").await;
    assert!(
        server.engine.check_password(&bank, ANN, PASSWORD).await.is_ok(),
        "a server speaks for many people"
    );
    server.clock.advance(1_000);
    assert!(server.engine.check_password(&home, ANN, PASSWORD).await.is_ok(), "one a second from then on");
}

#[tokio::test]
async fn s26_counts_that_say_nothing_any_more_are_removed() {
    let (server, bank) = here().await;
    for name in [ANN, "nobody"] {
        guess(&bank, name, WRONG).await;
    }
    bank.mfa_token(ANN).await;
    server.clock.advance(24 * 60 * MINUTE);
    assert!(!server.engine.forget_password_tries().await.unwrap(), "there were few");
    let rows = server.rows();
    assert_eq!(rows.forget_password_tries(i64::MAX, 10).await, Ok(0), "and none is left");
    rows.close().await;
}

#[tokio::test]
async fn a_new_password_ends_what_was_begun_with_the_old_one() {
    let (server, bank) = here().await;
    let caller = caller(&server, &bank, "192.0.2.7").await;
    let begun = bank.mfa_token(ANN).await;
    assert!(server.engine.login(&caller, &begun).await.is_ok());
    server.engine.set_password(bank.tenant(), ANN, "another good password", &"operator").await.unwrap();
    assert_eq!(server.engine.login(&caller, &begun).await.unwrap_err(), SignInError::LoginUsed);
    assert_eq!(server.engine.check_password(&caller, ANN, PASSWORD).await, Err(SignInError::WrongPassword));
    assert!(server.engine.check_password(&caller, ANN, "another good password").await.is_ok());
}

#[tokio::test]
async fn s40_a_password_is_good_in_its_own_tenant_only() {
    let (server, _) = here().await;
    let other = OauthParty::of_new_tenant(&server, "auth0", "other.example").await;
    assert_eq!(guess(&other, ANN, PASSWORD).await.status, 403);
}

#[tokio::test]
async fn a_client_that_cannot_keep_a_secret_shows_none_but_never_a_wrong_one() {
    let (server, bank) = here().await;
    let new = server.application(bank.tenant(), "An App").await;
    let id = new.client_id.parse().unwrap();
    let terms = OauthTerms { public: true, ..OauthTerms::new(Flavour::Auth0) };
    let identify = async |secret: Option<&str>| {
        server.clock.advance(NOTICED);
        server.engine.identify(&new.client_id, secret, None).await.is_ok()
    };
    assert!(!identify(None).await, "it is no OAuth client yet");
    server.engine.set_oauth_client(id, terms, &"operator").await.unwrap();
    assert!(identify(None).await && identify(Some(&new.client_secret)).await);
    assert!(!identify(Some("cs_secret_wrong")).await && !identify(Some("")).await);
    server.engine.set_oauth_client(id, OauthTerms::new(Flavour::Auth0), &"operator").await.unwrap();
    assert!(!identify(None).await, "it keeps a secret from now on");
    server.engine.remove_oauth_client(id, &"operator").await.unwrap();
    assert!(identify(Some(&new.client_secret)).await && !identify(None).await);
}
