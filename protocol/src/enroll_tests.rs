//! Attacks on taking a device in: properties 2, 3 and 4, the server's confirmation, and the code that people compare.

use proptest::prelude::*;

use super::*;
use crate::fixture::{PURPOSES, SERVER, World, header, other_device, spoiled, world};
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

/// Every way to change one part of the fixture's transcript, each with a word on it.
fn with_every_other_transcript(world: &World, mut look: impl FnMut(&str, &Transcript<'_>)) {
    let swapped = KeyThumbprints {
        possession: world.thumbprints.verification.clone(),
        verification: world.thumbprints.possession.clone(),
    };
    let foreign = |change: &dyn Fn(&mut KeyThumbprints, Thumbprint)| -> KeyThumbprints {
        let mut keys = world.thumbprints.clone();
        change(&mut keys, world.stranger.key.thumbprint());
        keys
    };
    let possession = foreign(&|keys, stranger| keys.possession = stranger);
    let verification = foreign(&|keys, stranger| keys.verification = stranger);
    let stranger = world.stranger.key.thumbprint();
    let other_token = EnrollmentToken::new(world.token.tenant(), &[0; 16]);
    let other_tenant = DeviceId { tenant: TenantId(uuid::Uuid::nil()), ..world.device };
    let good = world.transcript();
    look("the token", &Transcript { token: &other_token, ..good.clone() });
    look("the server", &Transcript { server: "https://mfa.example.or", ..good.clone() });
    look("the server's key", &Transcript { server_key: &stranger, ..good.clone() });
    look("both keys in each other's place", &Transcript { keys: &swapped, ..good.clone() });
    look("the possession key", &Transcript { keys: &possession, ..good.clone() });
    look("the verification key", &Transcript { keys: &verification, ..good.clone() });
    look("no name", &Transcript { device_name: "", ..good.clone() });
    look("the name", &Transcript { device_name: "Sam's phone ", ..good.clone() });
    look("the device", &Transcript { device: other_device(world), ..good.clone() });
    look("the device's tenant", &Transcript { device: other_tenant, ..good });
}

#[test]
fn every_part_of_the_transcript_is_in_its_hash() {
    let world = world();
    let mut seen =
        vec![("nothing".to_owned(), world.transcript().hash(), world.transcript().confirmation_code())];
    with_every_other_transcript(&world, |what, other| {
        for (earlier, hash, code) in &seen {
            assert_ne!(other.hash(), *hash, "{what} and {earlier}");
            assert_ne!(other.confirmation_code(), *code, "{what} and {earlier}");
        }
        seen.push((what.to_owned(), other.hash(), other.confirmation_code()));
    });
}

#[test]
fn property_2_the_server_confirms_exactly_this_enrolment() {
    let world = world();
    let mine = world.transcript();
    let server = &world.server;
    let confirmed = server.jws(Purpose::Enrolled, &EnrolledClaims::of(&mine));
    assert_eq!(mine.verify_enrolled(&confirmed, &server.key), Ok(()));
    // Whoever sits inside TLS passes on what the server truly signed, but about another enrolment: with keys of their
    // own, above all. Or they tell the device other things than those it was enrolled with.
    with_every_other_transcript(&world, |what, other| {
        let signed = server.jws(Purpose::Enrolled, &EnrolledClaims::of(other));
        assert_eq!(mine.verify_enrolled(&signed, &server.key), Err(EnrollError::Binding), "{what}");
        assert_eq!(other.verify_enrolled(&confirmed, &server.key), Err(EnrollError::Binding), "{what}");
    });
}

#[test]
fn property_2_a_device_id_searched_until_the_codes_agree_is_refused() {
    // The attacker has enrolled keys of their own and knows the code that the administrator sees. Trying 2^30 ids
    // would make the phone show the same one; the search itself is left out here.
    let world = world();
    let stolen = world.stranger.key.thumbprint();
    let theirs = KeyThumbprints { possession: stolen.clone(), verification: stolen };
    let enrolled = Transcript { keys: &theirs, ..world.transcript() };
    let confirmed = world.server.jws(Purpose::Enrolled, &EnrolledClaims::of(&enrolled));
    for n in 0..64 {
        let device = DeviceId { local: uuid::Uuid::from_u128(n), ..world.device };
        let told = Transcript { device, ..world.transcript() };
        assert_eq!(told.verify_enrolled(&confirmed, &world.server.key), Err(EnrollError::Binding));
        let own = world.stranger.jws(Purpose::Enrolled, &EnrolledClaims::of(&told));
        let unknown = Err(EnrollError::Jws(JwsError::UnknownKey));
        assert_eq!(told.verify_enrolled(&own, &world.server.key), unknown);
    }
}

#[test]
fn property_2_only_the_pinned_key_confirms_an_enrolment() {
    let world = world();
    let (mine, claims) = (world.transcript(), world.claims(Purpose::Enrolled));
    for signer in [&world.stranger, &world.server_2, &world.possession, &world.verification] {
        let signed = signer.jws(Purpose::Enrolled, &claims);
        let unknown = Err(EnrollError::Jws(JwsError::UnknownKey));
        assert_eq!(mine.verify_enrolled(&signed, &world.server.key), unknown);
        // Nor when a careless device takes the key from the reply it is about to check.
        assert_eq!(mine.verify_enrolled(&signed, &signer.key), Err(EnrollError::Binding));
        let renamed = signer.raw(&header(Purpose::Enrolled, &world.server.key), &claims.to_string());
        let forged = Err(EnrollError::Jws(JwsError::Signature));
        assert_eq!(mine.verify_enrolled(&renamed, &world.server.key), forged);
    }
}

#[test]
fn property_2_claims_that_disagree_with_their_own_transcript_are_refused() {
    let world = world();
    let mine = world.transcript();
    let good = EnrolledClaims::of(&mine);
    for claims in [
        EnrolledClaims { iss: format!("{SERVER}/"), ..good.clone() },
        EnrolledClaims { iss: String::new(), ..good.clone() },
        EnrolledClaims { device: other_device(&world), ..good.clone() },
        EnrolledClaims { transcript: crate::base64url(&[0; 32]), ..good.clone() },
        EnrolledClaims { transcript: format!("{}=", good.transcript), ..good.clone() },
        EnrolledClaims { transcript: String::new(), ..good },
    ] {
        let signed = world.server.jws(Purpose::Enrolled, &claims);
        assert_eq!(mine.verify_enrolled(&signed, &world.server.key), Err(EnrollError::Binding), "{claims:?}");
    }
}

#[test]
fn property_3_no_other_message_of_the_server_confirms_an_enrolment() {
    let world = world();
    let (mine, server) = (world.transcript(), &world.server);
    let claims = EnrolledClaims::of(&mine);
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Enrolled) {
        let replayed = mine.verify_enrolled(&server.jws(purpose, &claims), &server.key);
        assert_eq!(replayed, Err(JwsError::Purpose.into()), "{purpose:?}");
        let dressed_up = server.jws(Purpose::Enrolled, &world.claims(purpose));
        let read = mine.verify_enrolled(&dressed_up, &server.key);
        assert_eq!(read, Err(JwsError::Claims.into()), "{purpose:?}");
    }
    for (what, text) in spoiled(&world.claims(Purpose::Enrolled)) {
        let read = mine.verify_enrolled(&server.payload(Purpose::Enrolled, &text), &server.key);
        assert_eq!(read, Err(JwsError::Claims.into()), "{what}");
    }
    for nothing in ["", "..", "null"] {
        assert_eq!(mine.verify_enrolled(nothing, &server.key), Err(JwsError::Malformed.into()), "{nothing}");
    }
}

proptest! {
    #[test]
    fn parts_of_the_transcript_cannot_flow_into_each_other(a: String, b: String) {
        let world = world();
        let with = |server, device_name| Transcript { server, device_name, ..world.transcript() };
        prop_assume!(a != b);
        prop_assert_ne!(with(&a, &b).hash(), with(&b, &a).hash());
        let both = format!("{a}{b}");
        prop_assert_ne!(with(&both, "").hash(), with("", &both).hash());
        let code = with(&a, &b).confirmation_code();
        prop_assert_eq!(code.len(), 6);
        prop_assert!(code.bytes().all(|c| b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&c)), "{code}");
    }
    #[test]
    fn property_2_no_character_of_the_confirmation_can_be_changed(
        at: prop::sample::Index,
        other in "[A-Za-z0-9_.-]",
    ) {
        let world = world();
        let confirmed = world.server.jws(Purpose::Enrolled, &EnrolledClaims::of(&world.transcript()));
        let mut text: Vec<char> = confirmed.chars().collect();
        let (at, other) = (at.index(text.len()), other.chars().next().unwrap());
        prop_assume!(text[at] != other);
        text[at] = other;
        let changed: String = text.into_iter().collect();
        prop_assert!(world.transcript().verify_enrolled(&changed, &world.server.key).is_err());
    }

    #[test]
    fn property_2_a_name_the_device_did_not_choose_is_refused(name: String) {
        let world = world();
        let theirs = Transcript { device_name: &name, ..world.transcript() };
        let confirmed = world.server.jws(Purpose::Enrolled, &EnrolledClaims::of(&theirs));
        let read = world.transcript().verify_enrolled(&confirmed, &world.server.key);
        prop_assert_eq!(read.is_ok(), name == world.transcript().device_name);
    }
}
