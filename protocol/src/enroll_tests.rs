//! Attacks on taking a device in: properties 2, 3 and 4, and the code that two people compare.

use proptest::prelude::*;

use super::*;
use crate::fixture::{PURPOSES, SERVER, World, other_device, world};
use crate::id::TenantId;

type Change<'a> = &'a dyn Fn(&World, &mut EnrollClaims);

fn proved(change: impl FnOnce(&World, &mut EnrollClaims)) -> Result<(), EnrollError> {
    let world = world();
    let mut claims = world.enroll_claims();
    change(&world, &mut claims);
    world.enroll_proof(&claims).verify(&world.enroll_claims(), &world.keys())
}

#[test]
fn a_device_that_holds_both_keys_is_taken() {
    assert_eq!(proved(|_, _| ()), Ok(()));
}

#[test]
fn property_4_one_key_given_twice_is_refused() {
    let world = world();
    let key = world.possession.key;
    let keys = DeviceKeys { possession: key, verification: key };
    let claims = EnrollClaims { keys: keys.thumbprints(), ..world.enroll_claims() };
    let jws = world.possession.jws(Purpose::Enroll, &claims);
    let proof = EnrollProof { possession: jws.clone(), verification: jws };
    assert_eq!(proof.verify(&claims, &keys), Err(EnrollError::SameKey));
}

#[test]
fn property_4_both_keys_must_sign_each_in_its_place() {
    let world = world();
    let (claims, keys) = (world.enroll_claims(), world.keys());
    let EnrollProof { possession, verification } = world.enroll_proof(&claims);
    let verify = |possession: &str, verification: &str| {
        EnrollProof { possession: possession.into(), verification: verification.into() }
            .verify(&claims, &keys)
    };
    let unknown = Err(EnrollError::Jws(JwsError::UnknownKey));
    assert_eq!(verify(&verification, &possession), unknown);
    assert_eq!(verify(&possession, &possession), unknown);
    assert_eq!(verify(&verification, &verification), unknown);
    let foreign = world.stranger.jws(Purpose::Enroll, &claims);
    assert_eq!(verify(&possession, &foreign), unknown);
    assert_eq!(verify(&foreign, &verification), unknown);
    assert_eq!(verify(&possession, ""), Err(EnrollError::Jws(JwsError::Malformed)));
    assert_eq!(verify("", &verification), Err(EnrollError::Jws(JwsError::Malformed)));
}

#[test]
fn property_2_a_proof_for_anything_else_is_refused() {
    let other_token = EnrollmentToken::new(TenantId(uuid::Uuid::from_u128(3)), &[1; 16]);
    let changes: [Change<'_>; 7] = [
        &|_, c| c.token_hash = other_token.hash(),
        &|_, c| c.aud = format!("{SERVER}/"),
        &|_, c| c.device_name.push(' '),
        &|_, c| c.device_name.clear(),
        &|w, c| c.keys.possession = w.stranger.key.thumbprint(),
        &|w, c| c.keys.verification = w.stranger.key.thumbprint(),
        &|_, c| std::mem::swap(&mut c.keys.possession, &mut c.keys.verification),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        assert_eq!(proved(change), Err(EnrollError::Binding), "change {i}");
    }
}

#[test]
fn property_2_claims_that_name_other_keys_than_the_offered_ones_are_refused() {
    // A careless server that takes the thumbprints from the message it is about to check.
    let world = world();
    let mut claims = world.enroll_claims();
    claims.keys.verification = world.stranger.key.thumbprint();
    assert_eq!(world.enroll_proof(&claims).verify(&claims, &world.keys()), Err(EnrollError::Binding));
}

#[test]
fn property_2_one_half_of_another_proof_is_refused() {
    let world = world();
    let claims = world.enroll_claims();
    let renamed = EnrollClaims { device_name: "another".into(), ..claims.clone() };
    let (good, other) = (world.enroll_proof(&claims), world.enroll_proof(&renamed));
    for mixed in [
        EnrollProof { possession: other.possession, verification: good.verification },
        EnrollProof { possession: good.possession, verification: other.verification },
    ] {
        assert_eq!(mixed.verify(&claims, &world.keys()), Err(EnrollError::Binding));
    }
}

#[test]
fn property_3_no_other_message_of_the_device_enrols_it() {
    let world = world();
    let claims = world.enroll_claims();
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Enroll) {
        let proof =
            EnrollProof { possession: world.possession.jws(purpose, &claims), ..world.enroll_proof(&claims) };
        assert_eq!(proof.verify(&claims, &world.keys()), Err(JwsError::Purpose.into()), "{purpose:?}");
    }
}

#[test]
fn every_part_of_the_transcript_is_in_its_hash() {
    let world = world();
    let server_key = world.server.key.thumbprint();
    let swapped = KeyThumbprints {
        possession: world.thumbprints.verification.clone(),
        verification: world.thumbprints.possession.clone(),
    };
    let (stranger, other_token) =
        (world.stranger.key.thumbprint(), EnrollmentToken::new(TenantId(uuid::Uuid::nil()), &[0; 16]));
    let good = Transcript {
        token: &world.token,
        server: SERVER,
        server_key: &server_key,
        keys: &world.thumbprints,
        device_name: "Sam's phone",
        device: world.device,
    };
    let all = [
        good.clone(),
        Transcript { token: &other_token, ..good.clone() },
        Transcript { server: "https://mfa.example.or", ..good.clone() },
        Transcript { server_key: &stranger, ..good.clone() },
        Transcript { keys: &swapped, ..good.clone() },
        Transcript { device_name: "", ..good.clone() },
        Transcript { device: other_device(&world), ..good.clone() },
    ];
    let hashes: std::collections::BTreeSet<_> = all.iter().map(Transcript::hash).collect();
    assert_eq!(hashes.len(), all.len());
    let codes: std::collections::BTreeSet<_> = all.iter().map(Transcript::confirmation_code).collect();
    assert_eq!(codes.len(), all.len());
}

proptest! {
    #[test]
    fn parts_of_the_transcript_cannot_flow_into_each_other(a: String, b: String) {
        let world = world();
        let key = world.server.key.thumbprint();
        let with = |server, device_name| Transcript {
            token: &world.token,
            server,
            server_key: &key,
            keys: &world.thumbprints,
            device_name,
            device: world.device,
        };
        prop_assume!(a != b);
        prop_assert_ne!(with(&a, &b).hash(), with(&b, &a).hash());
        let both = format!("{a}{b}");
        prop_assert_ne!(with(&both, "").hash(), with("", &both).hash());
        let code = with(&a, &b).confirmation_code();
        prop_assert_eq!(code.len(), 6);
        prop_assert!(code.bytes().all(|c| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&c)), "{code}");
    }
}
