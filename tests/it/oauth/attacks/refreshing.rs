//! Refresh tokens in two hands.

use countersign_tests::oauth::{PASSWORD, text};
use futures_util::future::join_all;

use super::{Stage, said};

async fn signed_in(stage: &Stage) -> String {
    stage.bank.set(&stage.server, "demand", "enrolled").await;
    let tokens = stage.bank.login("sam", &[("scope", "openid offline_access")]).await.expect(200);
    text(&tokens["refresh_token"])
}

async fn refresh(stage: &Stage, token: &str) -> countersign_tests::http::Reply {
    stage.bank.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

async fn is_dead(stage: &Stage, token: &str) {
    let (status, error, _) = said(&refresh(stage, token).await);
    assert_eq!((status, error.as_str()), (403, "invalid_grant"));
}

#[tokio::test]
async fn a_thief_who_comes_second_ends_the_family() {
    let stage = Stage::auth0().await;
    let stolen = signed_in(&stage).await;
    let next = text(&refresh(&stage, &stolen).await.expect(200)["refresh_token"]);
    is_dead(&stage, &stolen).await;
    is_dead(&stage, &next).await;
}

#[tokio::test]
async fn a_thief_who_comes_first_is_ended_by_the_owner() {
    let stage = Stage::auth0().await;
    let stolen = signed_in(&stage).await;
    let one = text(&refresh(&stage, &stolen).await.expect(200)["refresh_token"]);
    let two = text(&refresh(&stage, &one).await.expect(200)["refresh_token"]);
    is_dead(&stage, &stolen).await;
    is_dead(&stage, &two).await;
    is_dead(&stage, &one).await;
    let other = signed_in(&stage).await;
    assert_eq!(refresh(&stage, &other).await.status, 200, "another sign-in is another family");
}

#[tokio::test]
async fn of_many_uses_at_once_at_most_one_passes_and_nothing_goes_on() {
    let stage = Stage::auth0().await;
    let token = signed_in(&stage).await;
    let replies = join_all((0..8).map(|_| refresh(&stage, &token))).await;
    let passed: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(passed.len() <= 1, "{} passed", passed.len());
    for reply in passed {
        is_dead(&stage, &text(&reply.json()["refresh_token"])).await;
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_for_its_own_client() {
    let stage = Stage::auth0().await;
    let token = signed_in(&stage).await;
    let other = stage.bank.beside(&stage.server, "auth0", true).await;
    let stolen = other.token(&[("grant_type", "refresh_token"), ("refresh_token", &token)]).await;
    assert_eq!(said(&stolen).1, "invalid_grant", "{}", stolen.text());
    let nobody = stage.bank.token_request(&[("grant_type", "refresh_token"), ("refresh_token", &token)]);
    let unsigned = String::from_utf8(nobody.bytes(stage.server.address, false)).unwrap();
    assert!(unsigned.contains("client_secret="), "the client shows its secret in all tests");
    assert_eq!(refresh(&stage, &token).await.status, 200);
}

#[tokio::test]
async fn a_refresh_token_widens_nothing_and_ends() {
    let stage = Stage::auth0().await;
    let token = signed_in(&stage).await;
    let wish = [("grant_type", "refresh_token"), ("refresh_token", &token), ("scope", "openid admin enroll")];
    let wider = stage.bank.token(&wish).await;
    if wider.status == 200 {
        let scope = wider.json()["scope"].as_str().unwrap_or_default().to_owned();
        assert!(!scope.contains("admin") && !scope.contains("enroll"), "{scope}");
    }
    let token = signed_in(&stage).await;
    stage.server.clock.advance(28 * 24 * 3_600_000 + 1);
    is_dead(&stage, &token).await;
}

#[tokio::test]
async fn a_new_password_ends_all_of_them() {
    let stage = Stage::auth0().await;
    let (one, two) = (signed_in(&stage).await, signed_in(&stage).await);
    let next = text(&refresh(&stage, &two).await.expect(200)["refresh_token"]);
    let tenant = stage.bank.tenant();
    let new = format!("{PASSWORD} 2");
    stage.server.engine.set_password(tenant, "sam", &new, &"operator").await.unwrap();
    is_dead(&stage, &one).await;
    is_dead(&stage, &next).await;
}
