//! Keys that follow each other, and rows that somebody has changed.

use super::super::testing::World;
use super::*;
use crate::engine::oauth::{Flavour, IssuerError};
use crate::store::Statement;

const HOUR: i64 = 3_600_000;

fn kids(keys: &[Value]) -> Vec<String> {
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_until_its_last_token_has_ended() {
    let world = World::new();
    let tenant = world.party("login.example.org", Flavour::Auth0).await.tenant();
    let signer = async || {
        let keys = world.engine.token_keys_of(tenant).await.unwrap();
        keys.signer(world.now()).unwrap().id.to_string()
    };
    let first = signer().await;
    let made = world
        .beside()
        .engine
        .rotate_token_key(tenant, TokenKeyRotation::default(), &"operator")
        .await
        .unwrap();
    assert_eq!((made.algorithm, made.signs_from), (Algorithm::Es256, world.now() + HOUR));
    world.advance(60_000);
    assert_eq!(kids(&world.engine.published_keys(tenant).await.unwrap()), [first.clone(), made.kid.clone()]);
    world.advance(HOUR - 60_001);
    assert_eq!(signer().await, first);
    world.advance(1);
    assert_eq!(signer().await, made.kid);
    world.advance(25 * HOUR - 1);
    assert_eq!(kids(&world.engine.published_keys(tenant).await.unwrap()), [first, made.kid.clone()]);
    world.advance(1);
    assert_eq!(kids(&world.engine.published_keys(tenant).await.unwrap()), std::slice::from_ref(&made.kid));
    // The ended one's private half is forgotten with the next rotation.
    world.engine.rotate_token_key(tenant, TokenKeyRotation::default(), &"operator").await.unwrap();
    assert_eq!(world.engine.store.token_keys(tenant).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_leaked_key_is_published_no_more_and_another_one_signs() {
    let world = World::new();
    let tenant = world.party("login.example.org", Flavour::Auth0).await.tenant();
    // Also the one that only waits for its time.
    world.engine.rotate_token_key(tenant, TokenKeyRotation::default(), &"operator").await.unwrap();
    let at_once = TokenKeyRotation { algorithm: None, at_once: true };
    let made = world.engine.rotate_token_key(tenant, at_once, &"operator").await.unwrap();
    world.advance(60_000);
    assert_eq!(kids(&world.engine.published_keys(tenant).await.unwrap()), [made.kid]);
}

#[tokio::test]
async fn a_token_of_a_key_that_was_just_made_is_known_within_a_second() {
    let world = World::new();
    let party = world.party("login.example.org", Flavour::Auth0).await;
    world.engine.published_keys(party.tenant()).await.unwrap();
    let beside = world.beside();
    let at_once = TokenKeyRotation { algorithm: None, at_once: true };
    let made = beside.engine.rotate_token_key(party.tenant(), at_once, &"operator").await.unwrap();
    let id = KeyId::parse(&made.kid).unwrap();
    world.advance(LOOKED_JUST_NOW);
    assert!(world.engine.token_keys_with(id).await.unwrap().named(id, world.now()).is_some());
}

#[tokio::test]
async fn property_9_a_key_whose_halves_do_not_fit_signs_nothing_and_is_not_published() {
    let world = World::new();
    let ours = world.party("login.example.org", Flavour::Auth0).await.tenant();
    let theirs = world.party("other.example.org", Flavour::Auth0).await.tenant();
    let rows = world.beside().engine.store;
    let other = rows.token_keys(theirs).await.unwrap().remove(0);
    let own = rows.token_keys(ours).await.unwrap().remove(0);
    for (sql, value) in [
        ("UPDATE token_keys SET public_key = ?2 WHERE tenant_id = ?1", other.public_key.as_str().into()),
        ("UPDATE token_keys SET private_key = ?2 WHERE tenant_id = ?1", other.private_key.into()),
        ("UPDATE token_keys SET algorithm = ?2 WHERE tenant_id = ?1", "RS256".into()),
    ] {
        rows.write(vec![Statement::one(sql, vec![ours.into(), value])]).await.unwrap();
        world.advance(60_000);
        assert!(world.engine.published_keys(ours).await.is_err(), "{sql}");
        let put =
            "UPDATE token_keys SET public_key = ?2, private_key = ?3, algorithm = ?4 WHERE tenant_id = ?1";
        let own = own.clone();
        let all = vec![ours.into(), own.public_key.into(), own.private_key.into(), own.algorithm.into()];
        rows.write(vec![Statement::one(put, all)]).await.unwrap();
        assert!(world.engine.published_keys(ours).await.is_ok());
    }
}

#[tokio::test]
async fn a_host_name_is_one_tenants_and_written_in_one_way() {
    let world = World::new();
    let ours = world.party("Login.Example.org:443", Flavour::Auth0).await.tenant();
    let theirs = world.party("localhost:9443", Flavour::Auth0).await.tenant();
    for host in ["login.example.org", "LOGIN.example.ORG", "login.example.org:443"] {
        let issuer = world.engine.issuer_at(host).await.unwrap().unwrap();
        assert_eq!((issuer.tenant, issuer.url.as_str()), (ours, "https://login.example.org/"));
        assert_eq!(
            world.engine.set_issuer(theirs, host, &"operator").await,
            Err(IssuerError::Taken("login.example.org".to_owned()))
        );
    }
    assert_eq!(world.engine.issuer_at("localhost:9443").await.unwrap().unwrap().tenant, theirs);
    for host in
        ["localhost", "localhost:9444", "login.example.org:80", "login.example.org.", "", "elsewhere.example"]
    {
        assert_eq!(world.engine.issuer_at(host).await.unwrap(), None, "{host}");
    }
    for host in [
        "https://login.example.org",
        "login.example.org/",
        "login.example.org/x",
        "user@login.example.org",
        "login.example.org?x",
        "login.example.org#x",
        "login example.org",
        "login.example.org.",
        "login.example.org:99999",
        "login.example.org:",
        "a_b%41.example.org",
        "127.1",
        "[::0:1]",
        "é.example.org",
        "",
    ] {
        let set = world.engine.set_issuer(ours, host, &"operator").await;
        assert_eq!(set, Err(IssuerError::NotAHost(host.to_owned())));
    }
    for host in ["[::1]:9443", "127.0.0.1:8480", "xn--9ca.example.org"] {
        assert!(world.engine.set_issuer(ours, host, &"operator").await.is_ok(), "{host}");
    }
    world.engine.remove_issuer(ours, &"operator").await.unwrap();
    assert_eq!(world.engine.remove_issuer(ours, &"operator").await, Err(IssuerError::None));
}

#[tokio::test]
async fn without_dice_or_a_tenant_there_is_no_key() {
    let world = World::new();
    let nobody = TenantId(Uuid::from_u128(7));
    let made = world.engine.rotate_token_key(nobody, TokenKeyRotation::default(), &"operator").await;
    assert!(matches!(made, Err(Error::TenantNotFound(_))));
    assert!(world.engine.published_keys(nobody).await.unwrap().is_empty());
}
