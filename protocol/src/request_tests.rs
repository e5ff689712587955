//! Attacks on a device's own requests: property 3, a poll is not an approval, and no request serves twice elsewhere.

use super::*;
use crate::fixture::{PURPOSES, arrived, spoiled, world};

/// How a proof made for the fixture's request fares at another one.
fn at(other: &Arrived<'_>) -> Result<RequestProof, RequestError> {
    let world = world();
    let compact = world.possession.jws(Purpose::Request, &world.request_proof(&arrived()));
    RequestProof::verify(&compact, &world.possession.key, other)
}

#[test]
fn a_request_that_arrives_as_it_was_signed_is_taken() {
    assert_eq!(at(&arrived()), Ok(world().request_proof(&arrived())));
    let nothing = Arrived { method: "GET", body: b"", ..arrived() };
    let world = world();
    let compact = world.possession.jws(Purpose::Request, &world.request_proof(&nothing));
    assert!(RequestProof::verify(&compact, &world.possession.key, &nothing).is_ok());
}

#[test]
fn property_3_a_request_replayed_elsewhere_is_refused() {
    let good = arrived();
    for method in ["GET", "DELETE", "put", "Put", "PUT ", ""] {
        assert_eq!(at(&Arrived { method, ..good }), Err(RequestError::Binding), "{method}");
    }
    for url in [
        "https://mfa.example.org/api/v1/device",
        "https://mfa.example.org/api/v1/device/push-token/",
        "https://mfa.example.org/api/v1/device/push-token?x",
        "https://mfa.example.org/api/v1/device/Push-Token",
        "https://evil.example/api/v1/device/push-token",
        "http://mfa.example.org/api/v1/device/push-token",
        "",
    ] {
        assert_eq!(at(&Arrived { url, ..good }), Err(RequestError::Binding), "{url}");
    }
    for body in [&b""[..], br#"{"device_token":"abd"}"#, br#"{"device_token":"abc"} "#] {
        assert_eq!(at(&Arrived { body, ..good }), Err(RequestError::Binding));
    }
    for audience in ["https://mfa.example.org/", "https://evil.example", ""] {
        assert_eq!(at(&Arrived { audience, ..good }), Err(RequestError::Binding), "{audience}");
    }
}

#[test]
fn property_4_only_the_possession_key_asks() {
    let world = world();
    let proof = world.request_proof(&arrived());
    for signer in [&world.verification, &world.stranger, &world.server] {
        let compact = signer.jws(Purpose::Request, &proof);
        let read = RequestProof::verify(&compact, &world.possession.key, &arrived());
        assert_eq!(read, Err(JwsError::UnknownKey.into()));
    }
}

#[test]
fn property_3_no_other_message_of_the_device_passes_for_a_request() {
    let world = world();
    for purpose in PURPOSES.into_iter().filter(|p| *p != Purpose::Request) {
        let compact = world.possession.jws(purpose, &world.request_proof(&arrived()));
        let read = RequestProof::verify(&compact, &world.possession.key, &arrived());
        assert_eq!(read, Err(JwsError::Purpose.into()), "{purpose:?}");
    }
}

#[test]
fn property_3_a_spoiled_request_is_refused() {
    let world = world();
    for (what, text) in spoiled(&world.claims(Purpose::Request)) {
        let compact = world.possession.payload(Purpose::Request, &text);
        let read = RequestProof::verify(&compact, &world.possession.key, &arrived());
        assert_eq!(read, Err(JwsError::Claims.into()), "{what}");
    }
}
