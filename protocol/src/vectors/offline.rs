//! The vectors of answers without a network: the question's text for a QR code, and the code that approves it.

use serde_json::{Value, json};

use super::evaluate::{Outcome, name, read};
use super::{Case, bad, good};
use crate::challenge::Detail;
use crate::fixture::{World, header, other_device};
use crate::id::DeviceId;
use crate::jwk::Thumbprint;
use crate::jws::Purpose;
use crate::offline::{OfflineKey, OfflineText};

#[derive(serde::Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum In {
    Approve { key: OfflineKey, challenge: String, device: String },
    Read { text: String, server_key: Thumbprint },
    Write { challenge: String },
}

pub(super) fn evaluate(input: Value) -> Outcome {
    match read(input) {
        In::Approve { key, challenge, device } => {
            let device: DeviceId = device.parse().unwrap();
            Ok(json!({ "code": key.approval(&challenge, device).as_str() }))
        }
        In::Read { text, server_key } => {
            let text: OfflineText = text.parse().map_err(name)?;
            Ok(json!({ "challenge": text.jws(&server_key) }))
        }
        In::Write { challenge } => {
            let text = OfflineText::of(&challenge).map_err(name)?;
            Ok(json!({ "text": text.to_string() }))
        }
    }
}

pub(super) fn offline(world: &World) -> Vec<Case> {
    let jws = world.server.jws(Purpose::Challenge, &world.challenge());
    [codes(world, &jws), texts(world, &jws)].concat()
}

fn codes(world: &World, jws: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, key, device) in [
        ("a code", [7; 32], world.device),
        ("with another key", [8; 32], world.device),
        ("with a key of zeros", [0; 32], world.device),
        ("of another device", [7; 32], other_device(world)),
    ] {
        let key = OfflineKey::new(&key);
        let code = key.approval(jws, device);
        let input = json!({ "key": key, "challenge": jws, "device": device.to_string() });
        cases.push(good(name, input, json!({ "code": code.as_str() })));
    }
    cases
}

fn texts(world: &World, jws: &str) -> Vec<Case> {
    let text = OfflineText::of(jws).unwrap().to_string();
    let reading = |text: &str| json!({ "text": text, "server_key": world.pinned });
    let lower = text.to_lowercase();
    let mut cases = vec![
        good("a question's text", json!({ "challenge": jws }), json!({ "text": text })),
        good("read again", reading(&text), json!({ "challenge": jws })),
        good(
            "in small letters, with white space around",
            reading(&format!("\n {lower} ")),
            json!({ "challenge": jws }),
        ),
    ];
    let mut long = world.challenge();
    long.context.details = vec![Detail { label: "Payee".into(), value: "x".repeat(120) }; 8];
    let payload = serde_json::to_string(&world.challenge()).unwrap();
    let spaced = header(Purpose::Challenge, &world.server.key).replace(',', ", ");
    for (name, jws, error) in [
        ("a question that says too much", world.server.jws(Purpose::Challenge, &long), "TooLong"),
        ("a header that is written otherwise", world.server.raw(&spaced, &payload), "Damaged"),
        ("a message of another purpose", world.server.jws(Purpose::Answer, &world.challenge()), "Damaged"),
    ] {
        cases.push(bad(name, json!({ "challenge": jws }), error));
    }
    let start = "COUNTERSIGN://OFFLINE/1";
    for (name, text, error) in [
        ("another action", text.replace("OFFLINE", "ENROLL"), "NotOffline"),
        ("another scheme", text.replace("COUNTERSIGN", "HTTPS"), "NotOffline"),
        ("a later version", text.replace("/1", "/2"), "Version"),
        ("without a version", "COUNTERSIGN://OFFLINE/".to_owned(), "Damaged"),
        ("without anything", start.to_owned(), "Damaged"),
        ("a signature without a question", text[..start.len() + 155].to_owned(), "Damaged"),
        ("a letter among the digits", text.replace(&text[40..41], "A"), "Damaged"),
        ("Arabic-Indic digits", format!("{text}٤٢"), "Damaged"),
        (
            "a digit too many",
            format!("{text}{}", "0".repeat(17 - (text.len() - start.len()) % 17 + 1)),
            "Damaged",
        ),
        (
            "a number that seven bytes cannot hold",
            format!("{start}{}{}", "9".repeat(17), &text[start.len()..]),
            "Damaged",
        ),
        ("too long", format!("{text}{}", "0".repeat(5_000)), "TooLong"),
    ] {
        cases.push(bad(name, reading(&text), error));
    }
    cases
}
