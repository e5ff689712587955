//! Attacks on the chain of server keys: property 2, a pinned server stays the same server.

use super::*;
use crate::fixture::{PURPOSES, SERVER, Signer, World, spoiled, world};

fn link(world: &World, from: &Signer, to: &Signer) -> String {
    from.jws(Purpose::ServerKey, &world.succession(&to.key))
}

/// The root, its successor, and the successor's successor.
fn chain(world: &World) -> KeyChain {
    KeyChain {
        root: world.server.key,
        successions: vec![
            link(world, &world.server, &world.server_2),
            link(world, &world.server_2, &world.server_3),
        ],
    }
}

fn walk(chain: &KeyChain, pinned: &Signer) -> Result<PublicKey, KeyChainError> {
    chain.newest(SERVER, &pinned.key.thumbprint())
}

#[test]
fn every_key_of_a_chain_leads_to_the_newest() {
    let world = world();
    for pinned in [&world.server, &world.server_2, &world.server_3] {
        assert_eq!(walk(&chain(&world), pinned), Ok(world.server_3.key));
    }
    let alone = KeyChain { root: world.server.key, successions: Vec::new() };
    assert_eq!(walk(&alone, &world.server), Ok(world.server.key));
}

#[test]
fn property_2_a_pin_that_is_not_in_the_chain_is_refused() {
    let world = world();
    assert_eq!(walk(&chain(&world), &world.stranger), Err(KeyChainError::PinNotFound));
    // An impostor with a chain of its own, or one that grafts the pinned key onto it.
    let own = KeyChain { root: world.stranger.key, successions: Vec::new() };
    assert_eq!(walk(&own, &world.server), Err(KeyChainError::PinNotFound));
    let grafted = KeyChain {
        root: world.stranger.key,
        successions: vec![
            link(&world, &world.stranger, &world.server),
            link(&world, &world.stranger, &world.server_2),
        ],
    };
    assert_eq!(walk(&grafted, &world.server), Err(KeyChainError::Broken(JwsError::UnknownKey)));
}

#[test]
fn property_2_a_gap_or_another_order_is_refused() {
    let world = world();
    let broken = Err(KeyChainError::Broken(JwsError::UnknownKey));
    let mut gap = chain(&world);
    gap.successions.remove(0);
    assert_eq!(walk(&gap, &world.server), broken);
    let mut reversed = chain(&world);
    reversed.successions.reverse();
    assert_eq!(walk(&reversed, &world.server), broken);
    let mut twice = chain(&world);
    twice.successions.insert(0, twice.successions[0].clone());
    assert_eq!(walk(&twice, &world.server), broken);
    let mut other_root = chain(&world);
    other_root.root = world.stranger.key;
    assert_eq!(walk(&other_root, &world.server_2), broken);
    let mut self_signed = chain(&world);
    self_signed.successions.push(link(&world, &world.stranger, &world.stranger));
    assert_eq!(walk(&self_signed, &world.server), broken);
}

#[test]
fn property_2_a_link_by_a_foreign_issuer_is_refused() {
    let world = world();
    for iss in ["https://evil.example", "https://mfa.example.org/", ""] {
        for place in 0..2 {
            let mut foreign = chain(&world);
            let (from, to) = [(&world.server, &world.server_2), (&world.server_2, &world.server_3)][place];
            let claims = Succession { iss: iss.into(), ..world.succession(&to.key) };
            foreign.successions[place] = from.jws(Purpose::ServerKey, &claims);
            assert_eq!(walk(&foreign, &world.server), Err(KeyChainError::Issuer), "{iss} at {place}");
        }
    }
    assert_eq!(
        chain(&world).newest("https://evil.example", &world.server.key.thumbprint()),
        Err(KeyChainError::Issuer)
    );
}

#[test]
fn a_chain_without_end_is_not_walked() {
    let world = world();
    let again = link(&world, &world.server, &world.server);
    let mut endless = KeyChain { root: world.server.key, successions: vec![again.clone(); MAX_SUCCESSIONS] };
    assert_eq!(walk(&endless, &world.server), Ok(world.server.key));
    endless.successions.push(again);
    assert_eq!(walk(&endless, &world.server), Err(KeyChainError::TooLong));
}

#[test]
fn property_3_only_a_succession_makes_a_successor() {
    let world = world();
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::ServerKey) {
        let mut other = chain(&world);
        other.successions[0] = world.server.jws(purpose, &world.succession(&world.server_2.key));
        assert_eq!(walk(&other, &world.server), Err(KeyChainError::Broken(JwsError::Purpose)), "{purpose:?}");
    }
    for (what, text) in spoiled(&world.claims(Purpose::ServerKey)) {
        let mut other = chain(&world);
        other.successions[0] = world.server.payload(Purpose::ServerKey, &text);
        assert_eq!(walk(&other, &world.server), Err(KeyChainError::Broken(JwsError::Claims)), "{what}");
    }
}
