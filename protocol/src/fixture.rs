//! Where every attack starts: fixed test keys and one well-formed message of each kind.
//!
//! The keys are those of `protocol/vectors/keys.json`, so that a failing test says the same on every run.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::{Answer, Decision};
use crate::challenge::{
    Application, Challenge, Context, Detail, DeviceKeys, Expected, KeyThumbprints, NumberMatch,
};
use crate::checkpoint::Checkpoint;
use crate::enroll::{EnrollClaims, EnrollProof, EnrolledClaims, Transcript};
use crate::id::{ChallengeId, DeviceId, EnrollmentToken, TenantId};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{Purpose, Unsigned};
use crate::request::{Arrived, RequestProof, TransferRequest};
use crate::risk::Risk;
use crate::rule::Rule;
use crate::server_key::Succession;
use crate::verdict::Verdict;
use crate::wire::Outcome;
use crate::{base64url, from_base64url, sha256_base64url};

/// The server that everything here is for.
pub(crate) const SERVER: &str = "https://mfa.example.org";
/// When the challenge is asked, by the server's clock.
pub(crate) const ASKED: u64 = 1_767_225_600;
/// From when on no answer counts.
pub(crate) const EXPIRES: u64 = ASKED + 300;
/// When the server decides.
pub(crate) const DECIDED: u64 = ASKED + 20;

pub(crate) const PURPOSES: [Purpose; 10] = [
    Purpose::Enroll,
    Purpose::Enrolled,
    Purpose::Request,
    Purpose::Challenge,
    Purpose::Answer,
    Purpose::Verdict,
    Purpose::ServerKey,
    Purpose::Transfer,
    Purpose::Rule,
    Purpose::Checkpoint,
];

#[expect(clippy::disallowed_methods, reason = "ring signs with its own randomness only")]
fn dice() -> SystemRandom {
    SystemRandom::new()
}

/// A test key that can sign.
pub(crate) struct Signer {
    pair: EcdsaKeyPair,
    /// The public half.
    pub(crate) key: PublicKey,
}

impl Signer {
    fn named(name: &str) -> Self {
        let file: Value = serde_json::from_str(include_str!("../vectors/keys.json")).unwrap();
        let entry = &file["keys"][name];
        let pkcs8 = from_base64url(entry["test_only_private"]["pkcs8"].as_str().unwrap()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &dice()).unwrap();
        let key: PublicKey = serde_json::from_value(entry["public"].clone()).unwrap();
        assert_eq!(ring::signature::KeyPair::public_key(&pair).as_ref(), key.point(), "{name}");
        Self { pair, key }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(&dice(), message).unwrap().as_ref().try_into().unwrap()
    }

    /// A message as an honest sender makes it.
    pub(crate) fn jws<T: Serialize>(&self, purpose: Purpose, claims: &T) -> String {
        let unsigned = Unsigned::new(purpose, &self.key.thumbprint(), claims);
        unsigned.with_signature(&self.sign(unsigned.signing_input()))
    }

    /// Any header and payload text under a signature that fits.
    pub(crate) fn raw(&self, header: &str, payload: &str) -> String {
        let input = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
        format!("{input}.{}", base64url(&self.sign(input.as_bytes())))
    }

    /// Any payload text under the right header.
    pub(crate) fn payload(&self, purpose: Purpose, payload: &str) -> String {
        self.raw(&header(purpose, &self.key), payload)
    }
}

/// The one header that is right.
pub(crate) fn header(purpose: Purpose, key: &PublicKey) -> String {
    format!(r#"{{"alg":"ES256","typ":"{}","kid":"{}"}}"#, purpose.typ(), key.thumbprint())
}

/// Everyone who signs something, and somebody who should not.
pub(crate) struct World {
    pub(crate) server: Signer,
    pub(crate) server_2: Signer,
    pub(crate) server_3: Signer,
    pub(crate) possession: Signer,
    pub(crate) verification: Signer,
    pub(crate) stranger: Signer,
    pub(crate) device: DeviceId,
    pub(crate) token: EnrollmentToken,
    pub(crate) thumbprints: KeyThumbprints,
    /// The server key's thumbprint, as the enrolment link carries it.
    pub(crate) pinned: Thumbprint,
}

pub(crate) fn world() -> World {
    let tenant = TenantId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
    let (possession, verification) = (Signer::named("possession"), Signer::named("verification"));
    let keys = DeviceKeys { possession: possession.key, verification: verification.key };
    let server = Signer::named("server");
    World {
        pinned: server.key.thumbprint(),
        server,
        server_2: Signer::named("server_2"),
        server_3: Signer::named("server_3"),
        possession,
        verification,
        stranger: Signer::named("stranger"),
        device: DeviceId { tenant, local: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002) },
        token: EnrollmentToken::new(tenant, &[42; 16]),
        thumbprints: keys.thumbprints(),
    }
}

/// A device id that is not the fixture's.
pub(crate) fn other_device(world: &World) -> DeviceId {
    DeviceId { local: Uuid::from_u128(99), ..world.device }
}

impl World {
    pub(crate) fn keys(&self) -> DeviceKeys {
        DeviceKeys { possession: self.possession.key, verification: self.verification.key }
    }

    pub(crate) fn challenge(&self) -> Challenge {
        Challenge {
            iss: SERVER.into(),
            aud: self.device,
            jti: ChallengeId(Uuid::from_u128(0x019b_7580_0000_7000_8000_0000_0000_0003)),
            iat: ASKED,
            exp: EXPIRES,
            nonce: base64url(&[7; 16]),
            app: Application {
                id: Some("app_ledger".into()),
                name: "Ledger".into(),
                color: "#1f6feb".into(),
            },
            user: "sam@example.org".into(),
            kind: "login".into(),
            message: "Sign in to Ledger, Zürich".into(),
            context: Context {
                ip: Some("192.0.2.7".into()),
                place: Some("Zürich, CH".into()),
                browser: Some("Firefox 140".into()),
                os: Some("Linux".into()),
                details: vec![Detail { label: "Amount".into(), value: "250,00 €".into() }],
            },
            number: NumberMatch::Type { digits: 2 },
            verify: true,
            risk: Risk::Ordinary,
            rules_allowed: true,
            keys: self.thumbprints.clone(),
        }
    }

    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected {
            issuer: SERVER,
            server_key: &self.server.key,
            device: self.device,
            keys: &self.thumbprints,
            server_now: ASKED + 5,
        }
    }

    /// A rule that approves the fixture's challenge, made an hour before it.
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            iss: self.device,
            aud: SERVER.into(),
            jti: base64url(&[11; 16]),
            app: "app_ledger".into(),
            app_name: "Ledger".into(),
            network: "192.0.2.0/24".parse().unwrap(),
            iat: ASKED - 3600,
            exp: ASKED + 3600,
        }
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            iss: SERVER.into(),
            tenant: self.device.tenant,
            seq: 1042,
            hash: sha256_base64url(b"the chain"),
            at: DECIDED,
        }
    }

    /// An approval of `challenge` as it stands in `challenge_jws`.
    pub(crate) fn answer(&self, challenge: &Challenge, challenge_jws: &str) -> Answer {
        let number = match challenge.number {
            NumberMatch::Type { .. } => Some("42".to_owned()),
            NumberMatch::Pick { options: [_, second, _] } => Some(second.to_string()),
            NumberMatch::Show { .. } | NumberMatch::None => None,
        };
        Answer {
            iss: self.device,
            aud: SERVER.into(),
            jti: base64url(&[9; 16]),
            cid: challenge.jti,
            cth: sha256_base64url(challenge_jws.as_bytes()),
            decision: Decision::Approve,
            number,
        }
    }

    pub(crate) fn enroll_claims(&self) -> EnrollClaims {
        EnrollClaims {
            aud: SERVER.into(),
            token_hash: self.token.hash(),
            keys: self.thumbprints.clone(),
            device_name: "Sam's phone".into(),
        }
    }

    pub(crate) fn enroll_proof(&self, claims: &EnrollClaims) -> EnrollProof {
        EnrollProof {
            possession: self.possession.jws(Purpose::Enroll, claims),
            verification: self.verification.jws(Purpose::Enroll, claims),
        }
    }

    pub(crate) fn transcript(&self) -> Transcript<'_> {
        Transcript {
            token: &self.token,
            server: SERVER,
            server_key: &self.pinned,
            keys: &self.thumbprints,
            device_name: "Sam's phone",
            device: self.device,
        }
    }

    /// That the answer, an approval with the right number, counted.
    pub(crate) fn verdict(&self, challenge: &Challenge, answer_jws: &str) -> Verdict {
        Verdict::of(challenge, answer_jws, Outcome::Approved, DECIDED)
    }

    pub(crate) fn request_proof(&self, arrived: &Arrived<'_>) -> RequestProof {
        RequestProof {
            iss: self.device,
            aud: arrived.audience.into(),
            htm: arrived.method.into(),
            htu: arrived.url.into(),
            nonce: base64url(&[5; 16]),
            bsh: sha256_base64url(arrived.body),
        }
    }

    pub(crate) fn succession(&self, key: &PublicKey) -> Succession {
        Succession { iss: SERVER.into(), iat: ASKED, key: *key }
    }

    /// Well-formed claims of each purpose.
    pub(crate) fn claims(&self, purpose: Purpose) -> Value {
        let challenge = self.challenge();
        match purpose {
            Purpose::Enroll => json!(self.enroll_claims()),
            Purpose::Enrolled => json!(EnrolledClaims::of(&self.transcript())),
            Purpose::Request => json!(self.request_proof(&arrived())),
            Purpose::Challenge => json!(challenge),
            Purpose::Answer => json!(self.answer(&challenge, "a challenge")),
            Purpose::Verdict => json!(self.verdict(&challenge, "an answer")),
            Purpose::ServerKey => json!(self.succession(&self.server_2.key)),
            Purpose::Transfer => {
                json!(TransferRequest { iss: self.device, aud: SERVER.into(), nonce: base64url(&[5; 16]) })
            }
            Purpose::Rule => json!(self.rule()),
            Purpose::Checkpoint => json!(self.checkpoint()),
        }
    }
}

/// A request as it reached the server.
pub(crate) fn arrived() -> Arrived<'static> {
    Arrived {
        audience: SERVER,
        method: "PUT",
        url: "https://mfa.example.org/api/v1/device/push-token",
        body: br#"{"device_token":"abc"}"#,
    }
}

/// All texts that come of spoiling one object of `value`, at any depth, in one of the ways a strict reader refuses;
/// each with a word on what was done.
pub(crate) fn spoiled(value: &Value) -> Vec<(String, String)> {
    let Value::Object(object) = value else { return Vec::new() };
    let mut texts = vec![
        ("a member nobody knows".to_owned(), render(object, &[], Some(r#""extra":1"#))),
        ("an array in the object's place".to_owned(), json!(object.values().collect::<Vec<_>>()).to_string()),
        ("null in the object's place".to_owned(), "null".to_owned()),
    ];
    for (name, member) in object {
        let twice = format!("{}:{member}", json!(name));
        texts.push((format!("{name} twice"), render(object, &[], Some(&twice))));
        texts.push((
            format!("{name} twice, once null"),
            render(object, &[], Some(&format!("{}:null", json!(name)))),
        ));
        texts.push((format!("{name} null"), render(object, &[(name, "null")], None)));
        for (what, text) in spoiled(member) {
            texts.push((format!("{name}: {what}"), render(object, &[(name, &text)], None)));
        }
    }
    texts
}

fn render(object: &Map<String, Value>, instead: &[(&str, &str)], more: Option<&str>) -> String {
    let member = |(name, value): (&String, &Value)| {
        let text = instead
            .iter()
            .find(|(n, _)| n == name)
            .map_or_else(|| value.to_string(), |(_, t)| (*t).to_owned());
        format!("{}:{text}", json!(name))
    };
    let members: Vec<String> = object.iter().map(member).chain(more.map(str::to_owned)).collect();
    format!("{{{}}}", members.join(","))
}
