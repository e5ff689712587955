//! A device with a passkey, in software: it makes a key for a server's domain and shows it, as browsers and devices do
//! together (WebAuthn), without attestation. It does what no honest one does, too.

use countersign_protocol::base64url;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A flag of what a device says about itself: somebody is there.
pub const PRESENT: u8 = 0x01;
/// They have unlocked it.
pub const VERIFIED: u8 = 0x04;
/// A new key comes along.
const KEY: u8 = 0x40;

/// A device with one key.
#[derive(Debug)]
pub struct Device {
    pair: EcdsaKeyPair,
    pkcs8: Vec<u8>,
    /// What the browser names the key by.
    pub id: Vec<u8>,
    /// Whose it is, as the server said.
    pub user: Vec<u8>,
    /// How often it was used; many devices always say 0.
    pub counter: u32,
    /// Where the browser is.
    pub origin: String,
}

/// What is not as it should be; what is none is as it should be.
#[derive(Debug, Clone, Default)]
pub struct Lie {
    /// Where the browser says that it is.
    pub origin: Option<String>,
    /// For which domain the device says that its key is.
    pub domain: Option<&'static str>,
    /// What was asked.
    pub challenge: Option<Vec<u8>>,
    /// What is being done.
    pub kind: Option<&'static str>,
    /// What the device says about itself.
    pub flags: Option<u8>,
    /// Whose key it is.
    pub user: Option<Value>,
    /// Which key it is.
    pub id: Option<Vec<u8>>,
}

#[expect(clippy::disallowed_methods, reason = "ring signs with its own random source only")]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

impl Device {
    /// A new one, in a browser that is at this origin.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &dice()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &dice()).unwrap();
        let id = digest(&SHA256, pair.public_key().as_ref()).as_ref().to_vec();
        let pkcs8 = pkcs8.as_ref().to_vec();
        Self { pair, pkcs8, id, user: Vec::new(), counter: 0, origin: origin.to_owned() }
    }

    /// The same device, which says that it was used so often.
    #[must_use]
    pub fn used(&self, counter: u32) -> Self {
        let (algorithm, pkcs8) = (&ECDSA_P256_SHA256_ASN1_SIGNING, self.pkcs8.clone());
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8, &dice()).unwrap();
        let (id, user, origin) = (self.id.clone(), self.user.clone(), self.origin.clone());
        Self { pair, pkcs8, id, user, counter, origin }
    }

    /// Answers `navigator.credentials.create`.
    pub fn make(&mut self, options: &Value, lie: &Lie) -> String {
        self.user = bytes(&options["user"]["id"]);
        let client = self.client("webauthn.create", options, lie);
        let id = lie.id.as_ref().unwrap_or(&self.id);
        let mut about = self.about(options["rp"]["id"].as_str().unwrap(), KEY, lie);
        about.extend([0; 16]);
        about.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        about.extend_from_slice(id);
        about.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(about.len()).unwrap().to_be_bytes());
        object.extend(about);
        let response = json!({"clientDataJSON": base64url(&client), "attestationObject": base64url(&object)});
        credential(id, &response)
    }

    /// Answers `navigator.credentials.get`.
    #[must_use]
    pub fn show(&self, options: &Value, lie: &Lie) -> String {
        let client = self.client("webauthn.get", options, lie);
        let about = self.about(options["rpId"].as_str().unwrap(), 0, lie);
        let signed = [about.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&dice(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": base64url(&client),
            "authenticatorData": base64url(&about),
            "signature": base64url(signature.as_ref()),
            "userHandle": lie.user.clone().unwrap_or_else(|| base64url(&self.user).into()),
        });
        credential(lie.id.as_ref().unwrap_or(&self.id), &response)
    }

    fn client(&self, kind: &str, options: &Value, lie: &Lie) -> Vec<u8> {
        let challenge = lie.challenge.clone().unwrap_or_else(|| bytes(&options["challenge"]));
        let told = json!({
            "type": lie.kind.unwrap_or(kind),
            "challenge": base64url(&challenge),
            "origin": lie.origin.as_ref().unwrap_or(&self.origin),
            "crossOrigin": false,
        });
        told.to_string().into_bytes()
    }

    /// The domain, what it says about itself, and how often it was used.
    fn about(&self, domain: &str, more: u8, lie: &Lie) -> Vec<u8> {
        let mut about = digest(&SHA256, lie.domain.unwrap_or(domain).as_bytes()).as_ref().to_vec();
        about.push(lie.flags.unwrap_or(PRESENT | VERIFIED) | more);
        about.extend(self.counter.to_be_bytes());
        about
    }

    /// The key as COSE has it: an elliptic curve, ES256, P-256, and both coordinates.
    fn public_key(&self) -> Vec<u8> {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}

fn credential(id: &[u8], response: &Value) -> String {
    let id = base64url(id);
    json!({"id": id, "rawId": id, "type": "public-key", "response": response}).to_string()
}

/// The bytes of base64url.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn bytes(text: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
