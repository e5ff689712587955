//! The proof's forms in JSON, and what it is said over: another enrolment's proof never fits.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::base64url;
use crate::fixture::{SERVER, spoiled, world};
use crate::id::TenantId;

fn android() -> Value {
    json!({"format": "android-key", "possession": ["AQ", "Ag"], "verification": ["Aw"]})
}

fn apple() -> Value {
    json!({"format": "apple-app-attest", "key_id": "BwcH", "object": "oA"})
}

fn read(value: &Value) -> Result<Attestation, String> {
    serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())
}

#[test]
fn both_forms_are_read_and_written_alike() {
    for (value, format) in [(android(), "android-key"), (apple(), "apple-app-attest")] {
        let attestation = read(&value).unwrap();
        assert_eq!(attestation.format(), format);
        assert_eq!(serde_json::to_value(&attestation).unwrap(), value);
    }
    let Attestation::AndroidKey { possession, .. } = read(&android()).unwrap() else { panic!() };
    assert_eq!(possession.certificates().collect::<Vec<_>>(), [&[1][..], &[2]]);
}

#[test]
fn one_meaning_has_one_text() {
    for value in [android(), apple()] {
        // This body is not signed: an array in the place of a whole object means the same to serde, and members that nobody
        // knows are left alone, here as in the rest of it.
        let harmless = |what: &str| what.starts_with("an array") || what == "a member nobody knows";
        for (what, text) in spoiled(&value).into_iter().filter(|(what, _)| !harmless(what)) {
            assert!(serde_json::from_str::<Attestation>(&text).is_err(), "{what}");
        }
    }
    for bad in ["AQ==", "A", "AR", "A+", "", " AQ"] {
        let value = json!({"format": "apple-app-attest", "key_id": bad, "object": "oA"});
        assert!(read(&value).unwrap_err().contains("key_id must be 1 to 64 bytes"), "{bad}");
    }
}

#[test]
fn sizes_have_limits_and_the_refusal_names_them() {
    let with = |chain: Value| json!({"format": "android-key", "possession": chain, "verification": ["AQ"]});
    let largest = base64url(&[7; CERTIFICATE_BYTES]);
    assert!(read(&with(json!(vec![&largest; CERTIFICATES]))).is_ok());
    let too_large = base64url(&[7; CERTIFICATE_BYTES + 1]);
    assert!(read(&with(json!([too_large]))).unwrap_err().contains("1 to 4096 bytes"));
    for count in [0, CERTIFICATES + 1] {
        assert!(read(&with(json!(vec!["AQ"; count]))).unwrap_err().contains("1 to 8 certificates"));
    }
    let object = |bytes: usize| json!({"format": "apple-app-attest", "key_id": "AQ", "object": base64url(&vec![1; bytes])});
    assert!(read(&object(OBJECT_BYTES)).is_ok());
    assert!(read(&object(OBJECT_BYTES + 1)).unwrap_err().contains("1 to 16384 bytes"));
    assert_eq!(
        Chain::new(vec![Vec::new()]).unwrap_err(),
        FormError::Bytes("a certificate", CERTIFICATE_BYTES)
    );
}

#[test]
fn property_10_each_part_of_an_enrolment_is_in_what_is_attested() {
    let world = world();
    let keys = &world.thumbprints;
    let swapped =
        KeyThumbprints { possession: keys.verification.clone(), verification: keys.possession.clone() };
    let foreign = KeyThumbprints { verification: world.stranger.key.thumbprint(), ..keys.clone() };
    let other = EnrollmentToken::new(TenantId(uuid::Uuid::from_u128(3)), &[1; 16]);
    let all = [
        android_challenge(SERVER, &world.token),
        android_challenge(SERVER, &other),
        android_challenge("https://mfa.example.or", &world.token),
        apple_challenge(SERVER, &world.token, keys),
        apple_challenge(SERVER, &other, keys),
        apple_challenge("https://mfa.example.or", &world.token, keys),
        apple_challenge(SERVER, &world.token, &swapped),
        apple_challenge(SERVER, &world.token, &foreign),
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|another| another != one), "{i}");
    }
}

proptest! {
    #[test]
    fn whatever_bytes_arrive_are_taken_apart_or_refused(bytes: Vec<u8>) {
        let _ = certificate::Certificate::read(&bytes);
        let _ = android::KeyDescription::read(&bytes);
        let _ = (apple::Object::read(&bytes), apple::nonce(&bytes));
        let _ = crate::cbor::Value::read(&bytes);
    }

    #[test]
    fn server_names_cannot_flow_into_the_token(a: String, b: String) {
        let world = world();
        prop_assume!(a != b);
        prop_assert_ne!(android_challenge(&a, &world.token), android_challenge(&b, &world.token));
    }
}
