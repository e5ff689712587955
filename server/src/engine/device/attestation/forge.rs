//! Makers of phones for tests: certificates that say of a key whatever a test wants said. The end-to-end tests use this
//! file too.

use countersign_protocol::attestation::{AppObject, Attestation, Chain, KeyId, android, apple};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    PublicKeyData, SignatureAlgorithm,
};
use ring::digest::{SHA256, digest};

/// A maker with a root and one authority below it.
#[derive(Debug)]
pub struct Maker {
    root: CertifiedIssuer<'static, KeyPair>,
    below: CertifiedIssuer<'static, KeyPair>,
}

/// What is said of an Android key. The default is what a good phone says of a verification key.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Over what.
    pub challenge: Vec<u8>,
    /// 0 software, 1 trusted environment, 2 `StrongBox`: of the attestation and of the key.
    pub levels: [u8; 2],
    /// 0 generated, 2 imported; none: not said.
    pub origin: Option<u8>,
    /// 2 is signing.
    pub purposes: Vec<u8>,
    /// Whether it works without the person.
    pub no_auth_required: bool,
    /// How the person is recognised.
    pub user_auth_type: Option<u8>,
    /// Seconds that it works for after the person was recognised.
    pub auth_timeout: Option<u8>,
    /// Whether the phone's system is the maker's.
    pub locked: bool,
    /// The app's package.
    pub package: &'static str,
    /// SHA-256 of its certificate.
    pub signature: [u8; 32],
}

impl Statement {
    /// Of a verification key.
    #[must_use]
    pub fn of_person(challenge: &[u8]) -> Self {
        Self {
            challenge: challenge.to_vec(),
            levels: [1, 1],
            origin: Some(0),
            purposes: vec![2],
            no_auth_required: false,
            user_auth_type: Some(2),
            auth_timeout: None,
            locked: true,
            package: "org.example.app",
            signature: [7; 32],
        }
    }

    /// Of a possession key.
    #[must_use]
    pub fn of_device(challenge: &[u8]) -> Self {
        Self { no_auth_required: true, user_auth_type: None, ..Self::of_person(challenge) }
    }

    /// As Android writes it into the key's certificate.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let number = |kind, value: u8| wrap(&[kind], &[value]);
        let package = wrap(&[0x30], &[wrap(&[4], self.package.as_bytes()), number(2, 1)].concat());
        let application = [wrap(&[0x31], &package), wrap(&[0x31], &wrap(&[4], &self.signature))].concat();
        let software = marked(709, &wrap(&[4], &wrap(&[0x30], &application)));
        let purposes: Vec<u8> = self.purposes.iter().flat_map(|purpose| number(2, *purpose)).collect();
        let mut hardware = vec![marked(1, &wrap(&[0x31], &purposes)), marked(2, &number(2, 3))];
        if self.no_auth_required {
            hardware.push(marked(503, &[5, 0]));
        }
        let numbers = [(504, self.user_auth_type), (505, self.auth_timeout), (702, self.origin)];
        for (tag, value) in numbers {
            hardware.extend(value.map(|value| marked(tag, &number(2, value))));
        }
        let state = u8::from(!self.locked) * 2;
        let boot =
            [wrap(&[4], &[5; 32]), wrap(&[1], &[if self.locked { 0xff } else { 0 }]), number(10, state)];
        hardware.push(marked(704, &wrap(&[0x30], &[&boot.concat()[..], &wrap(&[4], &[6; 32])].concat())));
        let [attestation, key] = self.levels;
        let parts = [
            [number(2, 3), number(10, attestation), number(2, 4), number(10, key)].concat(),
            [wrap(&[4], &self.challenge), wrap(&[4], &[])].concat(),
            [wrap(&[0x30], &software), wrap(&[0x30], &hardware.concat())].concat(),
        ];
        wrap(&[0x30], &parts.concat())
    }
}

/// A statement of App Attest. The default of [`Maker::app`] is what a good app's is.
#[derive(Debug, Clone)]
pub struct AppStatement {
    /// The `clientDataHash`.
    pub challenge: [u8; 32],
    /// Team, dot, bundle.
    pub app: &'static str,
    /// How often the key signed.
    pub counter: u32,
    /// Production or development.
    pub environment: [u8; 16],
    /// Another key's id than its own.
    pub other_id: bool,
    /// The year in which its certificate ends.
    pub until: i32,
}

impl AppStatement {
    /// Of a good app.
    #[must_use]
    pub fn of(challenge: [u8; 32]) -> Self {
        let environment = *b"appattest\0\0\0\0\0\0\0";
        Self {
            challenge,
            app: "A1B2C3D4E5.org.example.app",
            counter: 0,
            environment,
            other_id: false,
            until: 2049,
        }
    }
}

impl Default for Maker {
    fn default() -> Self {
        Self::new()
    }
}

impl Maker {
    /// Another maker than any before.
    #[must_use]
    pub fn new() -> Self {
        let authority = |name: &str, further| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(further));
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let key = || KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let root = CertifiedIssuer::self_signed(authority("Root of a test", 1), key()).unwrap();
        let below = CertifiedIssuer::signed_by(authority("Batch of a test", 0), key(), &root).unwrap();
        Self { root, below }
    }

    /// Its root in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.root.pem()
    }

    /// The root's certificate, for another chain to end with.
    #[must_use]
    pub fn root(&self) -> Vec<u8> {
        self.root.der().to_vec()
    }

    /// The chain of a key: a P-256 point.
    #[must_use]
    pub fn chain(&self, point: &[u8], statement: &Statement) -> Vec<Vec<u8>> {
        // Phones write such dates: their makers leave them as they are.
        let params = said(1, android::EXTENSION_ARCS, statement.der(), 1971);
        let own = params.signed_by(&Point(point.to_vec()), &self.below).unwrap();
        vec![own.der().to_vec(), self.below.der().to_vec(), self.root()]
    }

    /// The proof of an Android phone, with the chains of both keys.
    #[must_use]
    pub fn phone(&self, keys: [&[u8]; 2], statements: [&Statement; 2]) -> Attestation {
        let [possession, verification] = keys;
        let [of_device, of_person] = statements;
        let chain = |point, statement| Chain::new(self.chain(point, statement)).unwrap();
        Attestation::AndroidKey {
            possession: chain(possession, of_device),
            verification: chain(verification, of_person),
        }
    }

    /// The proof of an app on iOS.
    #[must_use]
    pub fn app(&self, statement: &AppStatement) -> Attestation {
        let key = KeyPair::generate().unwrap();
        let id = digest(&SHA256, key.der_bytes()).as_ref().to_vec();
        let claimed = if statement.other_id { vec![9; 32] } else { id.clone() };
        let data = [
            digest(&SHA256, statement.app.as_bytes()).as_ref(),
            &[0x40],
            &statement.counter.to_be_bytes(),
            &statement.environment,
            &[0, 32],
            &id,
            &[0xa0],
        ]
        .concat();
        let nonce = digest(&SHA256, &[&data[..], &statement.challenge].concat());
        let extension = wrap(&[0x30], &marked(1, &wrap(&[4], nonce.as_ref())));
        let params = said(2, apple::EXTENSION_ARCS, extension, statement.until);
        let own = params.signed_by(&key, &self.below).unwrap();
        let certificates = [own.der().to_vec(), self.below.der().to_vec()].map(|der| cbor(2, &der)).concat();
        let object = [
            &[0xa3][..],
            &cbor(3, b"fmt"),
            &cbor(3, b"apple-appattest"),
            &cbor(3, b"attStmt"),
            &[0xa2],
            &cbor(3, b"x5c"),
            &[0x82],
            &certificates,
            &cbor(3, b"receipt"),
            &cbor(2, b"receipt"),
            &cbor(3, b"authData"),
            &cbor(2, &data),
        ]
        .concat();
        let (key_id, object) = (KeyId::new(claimed).unwrap(), AppObject::new(object).unwrap());
        Attestation::AppleAppAttest { key_id, object }
    }
}

/// A certificate of a key with a statement in it.
fn said(serial: u64, oid: &[u64], statement: Vec<u8>, until: i32) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.not_before = rcgen::date_time_ymd(1970, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    params.serial_number = Some(serial.into());
    params.distinguished_name.push(DnType::CommonName, "A key");
    params.custom_extensions = vec![CustomExtension::from_oid_content(oid, statement)];
    params
}

/// A public key that somebody else holds.
struct Point(Vec<u8>);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

/// A value in DER.
#[must_use]
pub fn wrap(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
    let said = match length {
        0..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [tag, &said, content].concat()
}

fn marked(number: u16, content: &[u8]) -> Vec<u8> {
    let tag = match number {
        0..31 => vec![0xa0 | u8::try_from(number).unwrap()],
        _ => vec![0xbf, u8::try_from(number >> 7).unwrap() | 0x80, u8::try_from(number & 0x7f).unwrap()],
    };
    wrap(&tag, content)
}

fn cbor(kind: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = if content.len() < 24 { vec![kind << 5 | low] } else { vec![kind << 5 | 25, high, low] };
    [&head[..], content].concat()
}
