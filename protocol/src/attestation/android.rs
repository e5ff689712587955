//! What Android's Keystore says of a key, in an extension of the key's certificate: `KeyDescription`, as published with
//! Android's key attestation (source.android.com, "Key and ID attestation"). Only taken apart here; what is demanded of it
//! is the server's to say.

use crate::der::{Reader, Tag, Value};

/// The content of the extension's object identifier, 1.3.6.1.4.1.11129.2.1.17.
pub const EXTENSION: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x01, 0x11];

/// The same, number by number.
pub const EXTENSION_ARCS: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// `KeyPurpose`: it signs.
pub const PURPOSE_SIGN: u64 = 2;
/// `KeyOrigin`: it was made where it is kept.
pub const ORIGIN_GENERATED: u64 = 0;
/// `VerifiedBootState`: the maker's system, as it was signed.
pub const BOOT_VERIFIED: u64 = 0;

/// Values in one list at most.
const VALUES: usize = 32;

/// Where a key is kept, or an attestation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecurityLevel {
    /// In the Android system itself.
    Software,
    /// In the processor's protected part.
    TrustedEnvironment,
    /// In a chip of its own.
    StrongBox,
}

/// What is said of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescription<'a> {
    /// Where this was said.
    pub attestation_level: SecurityLevel,
    /// Where the key is.
    pub key_level: SecurityLevel,
    /// What the app had it said over.
    pub challenge: &'a [u8],
    /// What the Android system enforces.
    pub by_software: Authorizations<'a>,
    /// What the hardware enforces.
    pub by_hardware: Authorizations<'a>,
}

/// What a key may be used for, and what else is said of it. What is not needed here is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorizations<'a> {
    /// `[1]`
    pub purposes: Option<Vec<u64>>,
    /// `[503]`: it works without the person.
    pub no_auth_required: bool,
    /// `[504]`: how the person is recognised, as bits.
    pub user_auth_type: Option<u64>,
    /// `[505]`: seconds that the key works for after the person was recognised; none: they are asked for each use.
    pub auth_timeout: Option<u64>,
    /// `[702]`
    pub origin: Option<u64>,
    /// `[704]`
    pub root_of_trust: Option<RootOfTrust>,
    /// `[709]`: the app that asked.
    pub application: Option<Application<'a>>,
}

/// What the phone was started with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootOfTrust {
    /// Whether no other system can be put on it.
    pub locked: bool,
    /// See [`BOOT_VERIFIED`].
    pub boot_state: u64,
}

/// An app, by the system's word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application<'a> {
    /// Its package's names: apps can share one identity.
    pub packages: Vec<&'a [u8]>,
    /// SHA-256 of the certificates that it is signed with.
    pub signatures: Vec<&'a [u8]>,
}

impl<'a> KeyDescription<'a> {
    /// Takes the extension's content apart. None when it is not of this form.
    #[must_use]
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::only(der, Tag::SEQUENCE)?;
        reader.number(Tag::INTEGER)?; // the attestation's version
        let attestation_level = level(&mut reader)?;
        reader.number(Tag::INTEGER)?; // the key store's version
        let key_level = level(&mut reader)?;
        let challenge = reader.expect(Tag::OCTET_STRING)?.content;
        reader.expect(Tag::OCTET_STRING)?; // an id that only apps of the system get
        let by_software = Authorizations::read(reader.enter(Tag::SEQUENCE)?)?;
        let by_hardware = Authorizations::read(reader.enter(Tag::SEQUENCE)?)?;
        reader.is_empty().then_some(Self {
            attestation_level,
            key_level,
            challenge,
            by_software,
            by_hardware,
        })
    }
}

fn level(reader: &mut Reader<'_>) -> Option<SecurityLevel> {
    match reader.number(Tag::ENUMERATED)? {
        0 => Some(SecurityLevel::Software),
        1 => Some(SecurityLevel::TrustedEnvironment),
        2 => Some(SecurityLevel::StrongBox),
        _ => None,
    }
}

impl<'a> Authorizations<'a> {
    fn read(mut list: Reader<'a>) -> Option<Self> {
        let mut read = Self::default();
        while !list.is_empty() {
            let value = list.value()?;
            let mut inner = Reader::new(value.content);
            match value.tag.as_explicit()? {
                1 => put(&mut read.purposes, numbers(&mut inner)?)?,
                503 if read.no_auth_required => return None,
                503 => read.no_auth_required = true,
                504 => put(&mut read.user_auth_type, inner.number(Tag::INTEGER)?)?,
                505 => put(&mut read.auth_timeout, inner.number(Tag::INTEGER)?)?,
                702 => put(&mut read.origin, inner.number(Tag::INTEGER)?)?,
                704 => put(&mut read.root_of_trust, RootOfTrust::read(&mut inner)?)?,
                709 => put(&mut read.application, Application::read(inner.expect(Tag::OCTET_STRING)?)?)?,
                _ => {}
            }
        }
        Some(read)
    }
}

/// Takes what is said; none when it was said before.
fn put<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn numbers(reader: &mut Reader<'_>) -> Option<Vec<u64>> {
    let mut set = reader.enter(Tag::SET)?;
    let mut numbers = Vec::new();
    while !set.is_empty() && numbers.len() < VALUES {
        numbers.push(set.number(Tag::INTEGER)?);
    }
    set.is_empty().then_some(numbers)
}

impl RootOfTrust {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut inner = reader.enter(Tag::SEQUENCE)?;
        inner.expect(Tag::OCTET_STRING)?; // the key that the system is signed with
        Some(Self { locked: inner.boolean()?, boot_state: inner.number(Tag::ENUMERATED)? })
    }
}

impl<'a> Application<'a> {
    fn read(value: Value<'a>) -> Option<Self> {
        let mut inner = Reader::only(value.content, Tag::SEQUENCE)?;
        let mut packages = inner.enter(Tag::SET)?;
        let mut digests = inner.enter(Tag::SET)?;
        let mut read = Self::default();
        while !packages.is_empty() && read.packages.len() < VALUES {
            read.packages.push(packages.enter(Tag::SEQUENCE)?.expect(Tag::OCTET_STRING)?.content);
        }
        while !digests.is_empty() && read.signatures.len() < VALUES {
            read.signatures.push(digests.expect(Tag::OCTET_STRING)?.content);
        }
        (packages.is_empty() && digests.is_empty()).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 3 in the trusted environment, challenge "abc"; signs, needs a fingerprint, was generated, booted verified;
    /// asked for by "org.example" with a signature of three bytes.
    fn example() -> Vec<u8> {
        let application = [
            &[0x30, 0x1b, 0x31, 0x12, 0x30, 0x10, 4, 11][..],
            b"org.example",
            &[2, 1, 1, 0x31, 5, 4, 3, 7, 8, 9],
        ]
        .concat();
        let software = [&[0xbf, 0x85, 0x45, 31, 4, 29][..], &application].concat();
        let hardware = [
            &[0xa1, 5, 0x31, 3, 2, 1, 2][..],
            &[0xa2, 3, 2, 1, 3],
            &[0xbf, 0x83, 0x78, 3, 2, 1, 2],
            &[0xbf, 0x85, 0x3e, 3, 2, 1, 0],
            &[0xbf, 0x85, 0x40, 14, 0x30, 12, 4, 1, 5, 1, 1, 0xff, 10, 1, 0, 4, 1, 6],
        ]
        .concat();
        let mut body = vec![2, 1, 3, 10, 1, 1, 2, 1, 4, 10, 1, 2, 4, 3, b'a', b'b', b'c', 4, 0];
        for list in [software, hardware] {
            body.extend([0x30, u8::try_from(list.len()).unwrap()]);
            body.extend(list);
        }
        [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
    }

    #[test]
    fn a_description_is_taken_apart() {
        let der = example();
        let read = KeyDescription::read(&der).unwrap();
        assert_eq!(read.attestation_level, SecurityLevel::TrustedEnvironment);
        assert_eq!((read.key_level, read.challenge), (SecurityLevel::StrongBox, &b"abc"[..]));
        let hardware = &read.by_hardware;
        assert_eq!(hardware.purposes.as_deref(), Some(&[PURPOSE_SIGN][..]));
        assert_eq!((hardware.user_auth_type, hardware.origin), (Some(2), Some(ORIGIN_GENERATED)));
        assert_eq!(hardware.root_of_trust, Some(RootOfTrust { locked: true, boot_state: BOOT_VERIFIED }));
        assert!(!hardware.no_auth_required && !read.by_software.no_auth_required);
        let application = read.by_software.application.unwrap();
        assert_eq!(application.packages, [&b"org.example"[..]]);
        assert_eq!(application.signatures, [&[7, 8, 9][..]]);
    }

    #[test]
    fn a_part_of_a_description_is_none_and_a_changed_one_harms_nobody() {
        let der = example();
        for end in 0..der.len() {
            assert_eq!(KeyDescription::read(&der[..end]), None, "cut at {end}");
        }
        for at in 0..der.len() {
            for value in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = der.clone();
                changed[at] = value;
                let _whatever = KeyDescription::read(&changed);
            }
        }
    }
}
