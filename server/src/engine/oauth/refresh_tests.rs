//! Refresh tokens that come again, elsewhere, late, or at once.

use super::super::testing::{Party, World};
use super::*;
use crate::engine::oauth::Flavour;
use crate::store::refresh_tokens::end_refresh_tokens;

async fn world() -> (World, Party, String) {
    let world = World::new();
    let party = world.party("login.example.org", Flavour::Auth0).await;
    let tokens = world.tokens(&party, "openid offline_access read:orders", None).await;
    (world, party, tokens.refresh_token.unwrap().to_string())
}

async fn refresh(world: &World, party: &Party, token: &str) -> Result<String, SignInError> {
    let tokens = world.engine.refresh(&party.caller, token, None).await?;
    Ok(tokens.refresh_token.unwrap().to_string())
}

#[tokio::test]
async fn a_refresh_token_gives_way_to_the_next_and_stands_for_the_same_sign_in() {
    let (world, party, first) = world().await;
    let signed_in = world.now() / 1000 * 1000;
    world.advance(86_400_000);
    let tokens = world.engine.refresh(&party.caller, &first, None).await.unwrap();
    assert_eq!(tokens.scope, "openid offline_access read:orders");
    assert!(tokens.id_token.is_some() && first.starts_with("cs_refresh_"));
    let bearer =
        world.engine.bearer(&tokens.access_token, crate::engine::oauth::Audience::Own, None).await.unwrap();
    assert_eq!((bearer.authenticated_at, bearer.by), (signed_in, Some(Factor::Totp)));
    let second = tokens.refresh_token.unwrap();
    assert_ne!(*second, first);
    assert!(refresh(&world, &party, &second).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_all_of_its_family_and_no_other() {
    let (world, party, first) = world().await;
    let other = world.tokens(&party, "offline_access", None).await.refresh_token.unwrap();
    let second = refresh(&world, &party, &first).await.unwrap();
    let third = refresh(&world, &party, &second).await.unwrap();
    assert_eq!(refresh(&world, &party, &first).await, Err(SignInError::RefreshInvalid));
    for token in [&third, &second, &first] {
        assert_eq!(refresh(&world, &party, token).await, Err(SignInError::RefreshInvalid));
    }
    assert!(refresh(&world, &party, &other).await.is_ok());
}

#[tokio::test]
async fn of_many_who_refresh_at_once_one_is_served_and_the_family_ends() {
    let (world, party, first) = world().await;
    let all = futures_util::future::join_all((0..8).map(|_| refresh(&world, &party, &first))).await;
    let served: Vec<_> = all.into_iter().filter_map(Result::ok).collect();
    assert_eq!(served.len(), 1);
    assert_eq!(refresh(&world, &party, &served[0]).await, Err(SignInError::RefreshInvalid));
}

#[tokio::test]
async fn s40_a_refresh_token_serves_its_own_application_only() {
    let (world, party, first) = world().await;
    let same_tenant = world.client(party.tenant(), Flavour::Auth0).await;
    let elsewhere = world.party("other.example.org", Flavour::Auth0).await;
    for other in [&same_tenant, &elsewhere] {
        assert_eq!(refresh(&world, other, &first).await, Err(SignInError::RefreshInvalid));
    }
    for bad in ["", "cs_refresh_", &first.to_uppercase(), &format!("{first} "), &first[1..]] {
        assert_eq!(refresh(&world, &party, bad).await, Err(SignInError::RefreshInvalid), "{bad}");
    }
    assert!(refresh(&world, &party, &first).await.is_ok(), "nobody else's try has ended it");
}

#[tokio::test]
async fn a_family_ends_four_weeks_after_the_sign_in_however_often_it_was_refreshed() {
    let (world, party, mut token) = world().await;
    for _ in 0..4 {
        world.advance(LIFETIME / 4 - 1);
        token = refresh(&world, &party, &token).await.unwrap();
    }
    world.advance(4);
    assert_eq!(refresh(&world, &party, &token).await, Err(SignInError::RefreshInvalid));
}

#[tokio::test]
async fn all_refresh_tokens_of_a_person_end_together() {
    let (world, party, first) = world().await;
    let second = refresh(&world, &party, &first).await.unwrap();
    let end = end_refresh_tokens(party.tenant(), party.user.id, world.now());
    world.engine.store.write(vec![end]).await.unwrap();
    assert_eq!(refresh(&world, &party, &second).await, Err(SignInError::RefreshInvalid));
    let new = world.tokens(&party, "offline_access", None).await.refresh_token.unwrap();
    assert!(refresh(&world, &party, &new).await.is_ok());
}

#[tokio::test]
async fn a_refresh_asks_for_less_and_never_for_more() {
    let (world, party, first) = world().await;
    let ask = async |token: &str, scope: &str| world.engine.refresh(&party.caller, token, Some(scope)).await;
    for more in ["openid enroll", "read", "read:orders write:orders"] {
        assert!(matches!(ask(&first, more).await, Err(SignInError::Rule(Error::Invalid(_)))), "{more}");
    }
    let less = ask(&first, "read:orders").await.unwrap();
    assert_eq!((less.scope.as_str(), less.id_token.is_none()), ("read:orders", true));
    let again = ask(&less.refresh_token.unwrap(), "openid").await.unwrap();
    assert_eq!(again.scope, "openid", "what was granted at the sign-in may be asked for again");
}
