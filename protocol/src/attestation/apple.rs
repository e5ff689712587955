//! What Apple's App Attest says of an app: the object that `attestKey` gives, in the form of a WebAuthn attestation
//! (W3C Web Authentication §6.5). Only taken apart here; what is demanded of it is the server's to say.

use crate::cbor::Value;
use crate::der::{Reader, Tag};

/// The content of the object identifier of the extension that holds the nonce, 1.2.840.113635.100.8.2.
pub const EXTENSION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 0x08, 0x02];

/// The same, number by number.
pub const EXTENSION_ARCS: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

/// Certificates in one object at most.
const CERTIFICATES: usize = 8;

/// An object, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<'a> {
    /// The key's certificate first, then those that lead to Apple's root.
    pub certificates: Vec<&'a [u8]>,
    /// What the nonce is made of, besides the challenge.
    pub authenticator_data: &'a [u8],
    /// SHA-256 of the app's id: team, dot, bundle.
    pub app_id_hash: &'a [u8],
    /// How often the key has signed.
    pub counter: u32,
    /// `appattest` and zeros, or `appattestdevelop`.
    pub environment: &'a [u8],
    /// The key's id.
    pub credential_id: &'a [u8],
}

impl<'a> Object<'a> {
    /// Takes an object apart. None when it is not of this form.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let object = Value::read(bytes)?;
        if object.get("fmt")?.as_text()? != "apple-appattest" {
            return None;
        }
        let certificates = object.get("attStmt")?.get("x5c")?.as_list()?;
        let certificates: Vec<_> = certificates.iter().map(Value::as_bytes).collect::<Option<_>>()?;
        let authenticator_data = object.get("authData")?.as_bytes()?;
        let (app_id_hash, rest) = authenticator_data.split_at_checked(32)?;
        let (_flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let (environment, rest) = rest.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (credential_id, _key) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        (1..=CERTIFICATES).contains(&certificates.len()).then_some(Self {
            certificates,
            authenticator_data,
            app_id_hash,
            counter: u32::from_be_bytes(*counter),
            environment,
            credential_id,
        })
    }
}

/// The nonce in the extension of the key's certificate: a sequence of one `[1]` around 32 bytes.
#[must_use]
pub fn nonce(extension: &[u8]) -> Option<&[u8]> {
    let mut sequence = Reader::only(extension, Tag::SEQUENCE)?;
    let mut marked = sequence.enter(Tag::explicit(1))?;
    let nonce = marked.expect(Tag::OCTET_STRING)?.content;
    (sequence.is_empty() && marked.is_empty() && nonce.len() == 32).then_some(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<u8> {
        let data = [&[1; 32][..], &[0x40, 0, 0, 0, 5], b"appattestdevelop", &[0, 2, 7, 8, 0xa0]].concat();
        [
            &[0xa3, 0x63][..],
            b"fmt",
            &[0x6f],
            b"apple-appattest",
            &[0x67],
            b"attStmt",
            &[0xa2, 0x63],
            b"x5c",
            &[0x82, 0x41, 1, 0x41, 2, 0x67],
            b"receipt",
            &[0x41, 9, 0x68],
            b"authData",
            &[0x58, u8::try_from(data.len()).unwrap()],
            &data,
        ]
        .concat()
    }

    #[test]
    fn an_object_is_taken_apart() {
        let bytes = example();
        let read = Object::read(&bytes).unwrap();
        assert_eq!(read.certificates, [&[1][..], &[2]]);
        assert_eq!((read.app_id_hash, read.counter), (&[1; 32][..], 5));
        assert_eq!((read.environment, read.credential_id), (&b"appattestdevelop"[..], &[7, 8][..]));
        for end in 0..bytes.len() {
            assert_eq!(Object::read(&bytes[..end]), None, "cut at {end}");
        }
        let at = bytes.iter().position(|byte| *byte == b'-').unwrap();
        let mut other = bytes.clone();
        other[at] = b'_';
        assert_eq!(Object::read(&other), None, "another format");
    }

    #[test]
    fn a_nonce_has_one_form() {
        let mut good = vec![0x30, 36, 0xa1, 34, 4, 32];
        good.extend([7; 32]);
        assert_eq!(nonce(&good), Some(&[7; 32][..]));
        good[2] = 0xa2;
        assert_eq!(nonce(&good), None);
        assert_eq!(nonce(&[0x30, 4, 0xa1, 2, 4, 0]), None);
    }
}
