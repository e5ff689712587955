//! What this crate makes of one vector: the value that comes out, or the error's name.

use std::fmt::Debug;
use std::str::FromStr;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::answer::{self, AnswerError};
use crate::attestation::{android_challenge, apple_challenge};
use crate::challenge::{Challenge, ChallengeError, DeviceKeys, Expected, KeyThumbprints};
use crate::checkpoint::Checkpoint;
use crate::enroll::{EnrollClaims, EnrollProof, EnrolledClaims, Transcript};
use crate::id::{ChallengeId, DeviceId, EnrollmentToken, TenantId};
use crate::jwk::{PublicKey, Thumbprint};
use crate::jws::{self, Purpose};
use crate::link::EnrollmentLink;
use crate::number::{Choice, Digits};
use crate::receipt::{DecidedBy, Receipt};
use crate::request::{Arrived, RequestProof};
use crate::rule::Rule;
use crate::server_key::KeyChain;

pub(super) type Outcome = Result<Value, String>;

/// Judges one case. A kind or an input that nobody knows fails the test: no case goes by unlooked at.
pub(super) fn evaluate(kind: &str, input: Value) -> Outcome {
    match kind {
        "answer" => answer(read(input)),
        "attestation" => attestation(read(input)),
        "challenge" => challenge(read(input)),
        "checkpoint" => checkpoint(read(input)),
        "enroll" => enroll(read(input)),
        "enrolled" => enrolled(read(input)),
        "ids" => ids(read(input)),
        "jwk_thumbprint" => jwk_thumbprint(read(input)),
        "link" => link(read(input)),
        "number" => number(read(input)),
        "offline" => super::offline::evaluate(input),
        "receipt" => receipt(read(input)),
        "request" => request(read(input)),
        "rule" => rule(read(input)),
        "server_key_chain" => server_key_chain(read(input)),
        "transcript" => transcript(read(input)),
        other => panic!("no reader for vectors of kind {other}"),
    }
}

pub(super) fn read<T: DeserializeOwned>(input: Value) -> T {
    serde_json::from_value(input).unwrap()
}

/// The name that the files give an error.
pub(super) fn name(error: impl Debug) -> String {
    format!("{error:?}")
}

fn id<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "IdError".to_owned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JwkIn {
    jwk: String,
}

fn jwk_thumbprint(input: JwkIn) -> Outcome {
    let key: PublicKey = serde_json::from_str(&input.jwk).map_err(|_| "KeyError".to_owned())?;
    Ok(json!({ "thumbprint": key.thumbprint() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkIn {
    text: String,
}

fn link(input: LinkIn) -> Outcome {
    let link = EnrollmentLink::parse(&input.text).map_err(name)?;
    Ok(json!({
        "server": link.server,
        "token": link.token.reveal(),
        "server_key": link.server_key,
        "web_link": link.to_string(),
        "app_link": link.app_link(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TranscriptIn {
    token: String,
    server: String,
    server_key: Thumbprint,
    keys: KeyThumbprints,
    device_name: String,
    device: String,
}

impl TranscriptIn {
    fn look(&self, at: impl FnOnce(&Transcript<'_>) -> Outcome) -> Outcome {
        at(&Transcript {
            token: &id::<EnrollmentToken>(&self.token)?,
            server: &self.server,
            server_key: &self.server_key,
            keys: &self.keys,
            device_name: &self.device_name,
            device: id(&self.device)?,
        })
    }
}

fn transcript(input: TranscriptIn) -> Outcome {
    input.look(|transcript| {
        Ok(json!({
            "token_hash": transcript.token.hash(),
            "hash": crate::base64url(&transcript.hash()),
            "confirmation_code": transcript.confirmation_code(),
        }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttestationIn {
    token: String,
    server: String,
    keys: KeyThumbprints,
}

fn attestation(input: AttestationIn) -> Outcome {
    let token = id(&input.token)?;
    Ok(json!({
        "android": crate::base64url(&android_challenge(&input.server, &token)),
        "apple": crate::base64url(&apple_challenge(&input.server, &token, &input.keys)),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrolledIn {
    jws: String,
    server_key: PublicKey,
    transcript: TranscriptIn,
}

fn enrolled(input: EnrolledIn) -> Outcome {
    input.transcript.look(|transcript| {
        transcript.verify_enrolled(&input.jws, &input.server_key).map_err(name)?;
        Ok(json!(EnrolledClaims::of(transcript)))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnrollIn {
    claims: EnrollClaims,
    keys: DeviceKeys,
    proof: EnrollProof,
}

fn enroll(input: EnrollIn) -> Outcome {
    input.proof.verify(&input.claims, &input.keys).map_err(name)?;
    Ok(json!(input.claims))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestIn {
    jws: String,
    possession: PublicKey,
    audience: String,
    method: String,
    url: String,
    body: String,
}

fn request(input: RequestIn) -> Outcome {
    let arrived = Arrived {
        audience: &input.audience,
        method: &input.method,
        url: &input.url,
        body: input.body.as_bytes(),
    };
    RequestProof::verify(&input.jws, &input.possession, &arrived).map(|p| json!(p)).map_err(name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChallengeIn {
    jws: String,
    issuer: String,
    server_key: PublicKey,
    device: DeviceId,
    keys: KeyThumbprints,
    server_now: u64,
}

fn challenge(input: ChallengeIn) -> Outcome {
    let expected = Expected {
        issuer: &input.issuer,
        server_key: &input.server_key,
        device: input.device,
        keys: &input.keys,
        server_now: input.server_now,
    };
    Challenge::verify(&input.jws, &expected).map(|c| json!(c)).map_err(name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerIn {
    jws: String,
    challenge: String,
    keys: DeviceKeys,
}

fn answer(input: AnswerIn) -> Outcome {
    // The judge of an answer is the server, who knows its own challenge without checking the signature again.
    let challenge = jws::peek::<Challenge>(&input.challenge, Purpose::Challenge).unwrap();
    let (answer, proof) =
        answer::verify(&input.jws, &input.challenge, challenge.peek(), &input.keys).map_err(name)?;
    Ok(json!({ "answer": answer, "proof": proof }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptIn {
    receipt: Value,
    trusted: Thumbprint,
}

fn receipt(input: ReceiptIn) -> Outcome {
    let receipt = Receipt::parse(&input.receipt.to_string()).map_err(name)?;
    let facts = receipt.verify(&input.trusted).map_err(name)?;
    let mut out = json!({
        "challenge": facts.challenge, "outcome": facts.outcome, "decided_at": facts.decided_at,
    });
    match facts.decided_by {
        DecidedBy::Person { answer, proof } => {
            (out["answer"], out["proof"]) = (json!(answer), json!(proof));
        }
        DecidedBy::Rule(rule) => out["rule"] = json!(rule),
    }
    Ok(out)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleIn {
    jws: String,
    verification: PublicKey,
    challenge: Challenge,
    at: u64,
}

fn rule(input: RuleIn) -> Outcome {
    let rule = Rule::verify(&input.jws, &input.verification).map_err(name)?;
    rule.applies(&input.challenge, input.at).map_err(name)?;
    Ok(json!(rule))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointIn {
    jws: String,
    keys: Vec<PublicKey>,
    issuer: String,
    tenant: TenantId,
}

fn checkpoint(input: CheckpointIn) -> Outcome {
    let read = Checkpoint::verify(&input.jws, &input.keys, &input.issuer, input.tenant).map_err(name)?;
    Ok(json!(read))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainIn {
    chain: KeyChain,
    issuer: String,
    pinned: Thumbprint,
}

fn server_key_chain(input: ChainIn) -> Outcome {
    let newest = input.chain.newest(&input.issuer, &input.pinned).map_err(name)?;
    Ok(json!({ "newest": newest.thumbprint() }))
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum IdIn {
    Tenant { text: String },
    Device { text: String },
    Challenge { text: String },
    EnrollmentToken { text: String },
}

fn ids(input: IdIn) -> Outcome {
    Ok(match input {
        IdIn::Tenant { text } => json!({ "uuid": id::<TenantId>(&text)?.0.to_string() }),
        IdIn::Device { text } => {
            let device: DeviceId = id(&text)?;
            json!({ "tenant": device.tenant, "uuid": device.local.to_string() })
        }
        IdIn::Challenge { text } => json!({ "uuid": id::<ChallengeId>(&text)?.0.to_string() }),
        IdIn::EnrollmentToken { text } => {
            let token: EnrollmentToken = id(&text)?;
            json!({ "tenant": token.tenant(), "hash": token.hash() })
        }
    })
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum NumberIn {
    Pick { choose: String },
    Make { digits: u8, random: String },
    Typed { digits: u8, typed: String },
}

fn number(input: NumberIn) -> Outcome {
    let digits = |count| Digits::from_count(count).ok_or_else(|| name(ChallengeError::Unprotected));
    match input {
        NumberIn::Pick { choose } => {
            let choice = Choice::new(crate::from_base64url(&choose).unwrap().try_into().unwrap());
            Ok(json!({ "options": choice.options, "right": choice.right }))
        }
        NumberIn::Make { digits: count, random } => {
            let random = crate::from_base64url(&random).unwrap().try_into().unwrap();
            Ok(json!({ "number": digits(count)?.number(random) }))
        }
        NumberIn::Typed { digits: count, typed } => {
            let fits = digits(count)?.fits(&typed);
            if fits { Ok(json!({ "number": typed })) } else { Err(name(AnswerError::NumberForm)) }
        }
    }
}
