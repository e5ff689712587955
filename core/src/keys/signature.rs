//! One form of signature for the protocol, whatever a platform gives.
//!
//! JWS wants the 64 bytes `r‖s` (RFC 7518 §3.4); the Secure Enclave and Android Keystore give ASN.1 DER (RFC 3279
//! §2.2.3). Whether a signature is *valid* is for the verifier; here only its form is checked.

/// A signature that is neither form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not 64 bytes, and not strict DER.
    #[error("the key store gave a signature in an unknown form; update Countersign and try again")]
    Malformed,
    /// A number outside 1 … n − 1, which no signature has.
    #[error("the key store gave an impossible signature; try again, or enrol this device again")]
    OutOfRange,
}

/// Bytes of one number.
const HALF: usize = 32;

/// The order of P-256's base point, n (FIPS 186-5 via SP 800-186 §3.2.1.3).
const ORDER: [u8; HALF] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The 64 bytes `r‖s` of a P-256 signature that is already that, or strict DER.
///
/// Exactly 64 bytes are taken as `r‖s`. A DER signature of that length would need `r` and `s` to be six bytes short
/// together, which happens less than once in 2⁴⁰ signatures; such a one then fails to verify and is made again.
///
/// # Errors
/// [`SignatureError`].
pub fn signature_to_raw(bytes: &[u8]) -> Result<[u8; 64], SignatureError> {
    let raw = match <[u8; 64]>::try_from(bytes) {
        Ok(raw) => raw,
        Err(_) => from_der(bytes).ok_or(SignatureError::Malformed)?,
    };
    let (r, s) = raw.split_at(HALF);
    let possible = |number: &[u8]| number.iter().any(|byte| *byte != 0) && number < ORDER.as_slice();
    if possible(r) && possible(s) { Ok(raw) } else { Err(SignatureError::OutOfRange) }
}

/// `SEQUENCE { INTEGER r, INTEGER s }` and nothing before, between or after.
fn from_der(bytes: &[u8]) -> Option<[u8; 64]> {
    let (body, rest) = element(bytes, 0x30)?;
    let (r, body) = element(body, 0x02)?;
    let (s, body) = element(body, 0x02)?;
    if !rest.is_empty() || !body.is_empty() {
        return None;
    }
    let mut raw = [0; 64];
    let (left, right) = raw.split_at_mut(HALF);
    place(r, left)?;
    place(s, right)?;
    Some(raw)
}

/// Splits one element with the wanted tag off the front. Only the short form of length: two numbers of 32 bytes never
/// need the long one, and DER forbids it where the short one does.
fn element(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (&[tag, length], rest) = bytes.split_first_chunk::<2>()?;
    if tag != wanted || length >= 0x80 {
        return None;
    }
    rest.split_at_checked(usize::from(length))
}

/// Puts a DER INTEGER, big endian, at the end of `out`.
fn place(integer: &[u8], out: &mut [u8]) -> Option<()> {
    let digits = match integer {
        [] | [0x80..=0xff, ..] => return None,        // empty, or negative
        [0, next, ..] if *next < 0x80 => return None, // a zero more than needed
        [0] => integer,
        [0, digits @ ..] => digits,
        digits => digits,
    };
    let start = out.len().checked_sub(digits.len())?;
    out.get_mut(start..)?.copy_from_slice(digits);
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An encoder of our own, independent of the parser.
    fn to_der(raw: &[u8; 64]) -> Vec<u8> {
        let integer = |half: &[u8]| {
            let zeros = half.iter().take_while(|byte| **byte == 0).count();
            let mut digits = half[zeros..].to_vec();
            if digits.first().is_none_or(|first| *first >= 0x80) {
                digits.insert(0, 0);
            }
            [vec![0x02, u8::try_from(digits.len()).unwrap()], digits].concat()
        };
        let body = [integer(&raw[..32]), integer(&raw[32..])].concat();
        [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
    }

    fn one_one() -> [u8; 64] {
        let mut raw = [0; 64];
        (raw[31], raw[63]) = (1, 1);
        raw
    }

    /// Two numbers in range, of any length.
    fn raw_signature() -> impl Strategy<Value = [u8; 64]> {
        let half = (any::<[u8; 32]>(), 0_usize..32).prop_map(|(mut half, zeros)| {
            half[..zeros].fill(0);
            half[31] |= 1;
            half
        });
        (half.clone(), half)
            .prop_map(|(r, s)| <[u8; 64]>::try_from([r, s].concat()).unwrap())
            .prop_filter("in range", |raw| raw[..32] < ORDER[..] && raw[32..] < ORDER[..])
    }

    #[test]
    fn the_smallest_and_largest_numbers_pass() {
        assert_eq!(signature_to_raw(&[0x30, 6, 2, 1, 1, 2, 1, 1]), Ok(one_one()));
        let mut largest = <[u8; 64]>::try_from([ORDER, ORDER].concat()).unwrap();
        largest[31] -= 1;
        largest[63] -= 1;
        assert_eq!(signature_to_raw(&largest), Ok(largest));
        assert_eq!(to_der(&largest).len(), 72);
        assert_eq!(signature_to_raw(&to_der(&largest)), Ok(largest));
    }

    #[test]
    fn impossible_numbers_are_refused_in_both_forms() {
        let mut zero_s = one_one();
        zero_s[63] = 0;
        let mut order_r = one_one();
        order_r[..32].copy_from_slice(&ORDER);
        for raw in [[0; 64], [0xff; 64], zero_s, order_r] {
            assert_eq!(signature_to_raw(&raw), Err(SignatureError::OutOfRange));
            assert_eq!(signature_to_raw(&to_der(&raw)), Err(SignatureError::OutOfRange));
        }
    }

    #[test]
    fn der_that_is_not_strict_is_refused() {
        let cases: [&[u8]; 14] = [
            &[],
            &[0x30],
            &[0x30, 0],
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1], // r with a zero more than needed
            &[0x30, 6, 2, 1, 0x81, 2, 1, 1], // negative r
            &[0x30, 5, 2, 0, 2, 1, 1],       // empty r
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], // long form of length
            &[0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0], // indefinite length
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0], // bytes after
            &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1], // three numbers
            &[0x30, 3, 2, 1, 1],             // one number
            &[0x31, 6, 2, 1, 1, 2, 1, 1],    // a SET
            &[0x30, 6, 3, 1, 1, 2, 1, 1],    // a BIT STRING
            &[0x30, 7, 2, 1, 1, 2, 1, 1],    // longer than it is
        ];
        for case in cases {
            assert_eq!(signature_to_raw(case), Err(SignatureError::Malformed), "{case:02x?}");
        }
        let long = [vec![0x30, 38, 2, 33, 1], vec![0; 32], vec![2, 1, 1]].concat();
        assert_eq!(signature_to_raw(&long), Err(SignatureError::Malformed), "33 bytes are no P-256 number");
    }

    proptest! {
        #[test]
        fn raw_and_der_of_one_signature_give_the_same(raw in raw_signature()) {
            prop_assert_eq!(signature_to_raw(&raw), Ok(raw));
            let der = to_der(&raw);
            prop_assume!(der.len() != 64);
            prop_assert_eq!(signature_to_raw(&der), Ok(raw));
        }

        #[test]
        fn only_one_der_is_accepted_for_a_signature(raw in raw_signature(), at in 0_usize..72, byte in any::<u8>()) {
            let mut der = to_der(&raw);
            prop_assume!(der.len() != 64 && at < der.len() && der[at] != byte);
            der[at] = byte;
            if let Ok(other) = signature_to_raw(&der) {
                prop_assert_ne!(other, raw);
                prop_assert_eq!(to_der(&other), der);
            }
        }

        #[test]
        fn any_bytes_are_taken_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(raw) = signature_to_raw(&bytes) {
                prop_assert!(bytes == raw || bytes == to_der(&raw));
            }
        }
    }
}
