//! The vectors of signed messages that stand alone: enrolment, requests, challenges, server keys.

use serde_json::{Value, json};

use super::{Case, bad, good};
use crate::challenge::{DeviceKeys, NumberMatch};
use crate::enroll::{EnrollClaims, EnrollProof, EnrolledClaims};
use crate::fixture::{ASKED, EXPIRES, SERVER, Signer, World, arrived, header, other_device};
use crate::id::EnrollmentToken;
use crate::jws::Purpose;
use crate::server_key::Succession;

/// `value` with one member, at `pointer`, replaced.
pub(super) fn with(value: &Value, pointer: &str, member: impl serde::Serialize) -> Value {
    let mut changed = value.clone();
    *changed.pointer_mut(pointer).unwrap() = json!(member);
    changed
}

/// Messages that no reader may take, whatever they say: each a name, the text and the error's name.
pub(super) fn unreadable(
    signer: &Signer,
    purpose: Purpose,
    claims: &Value,
) -> Vec<(&'static str, String, &'static str)> {
    let (header, payload) = (header(purpose, &signer.key), claims.to_string());
    let good = signer.jws(purpose, claims);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let raw = |from: &str, to: &str| {
        assert!(header.contains(from), "{from}");
        signer.raw(&header.replace(from, to), &payload)
    };
    let other = if purpose == Purpose::Request { Purpose::Answer } else { Purpose::Request };
    let bytes = crate::from_base64url(signature).unwrap();
    let signed = |bytes: &[u8]| format!("{input}.{}", crate::base64url(bytes));
    vec![
        ("alg none", raw("ES256", "none"), "Header"),
        ("alg none without signature", format!("{input}."), "Malformed"),
        ("alg HS256", raw("ES256", "HS256"), "Header"),
        ("alg RS256", raw("ES256", "RS256"), "Header"),
        ("alg in lower case", raw("ES256", "es256"), "Header"),
        ("a key in the header", raw("}", &format!(r#","jwk":{}}}"#, json!(signer.key))), "Header"),
        ("a key's address in the header", raw("}", r#","jku":"https://evil.example"}"#), "Header"),
        ("an extension that must be understood", raw("}", r#","crit":["b64"],"b64":false}"#), "Header"),
        ("alg twice", raw("}", r#","alg":"ES256"}"#), "Header"),
        ("made for another purpose", signer.jws(other, claims), "Purpose"),
        ("of no special purpose", raw(purpose.typ(), "JWT"), "Purpose"),
        ("an unknown member", signer.payload(purpose, &payload.replacen('{', r#"{"extra":1,"#, 1)), "Claims"),
        ("a member twice", signer.payload(purpose, &twice(claims)), "Claims"),
        ("no object", signer.payload(purpose, "[]"), "Claims"),
        ("not JSON", signer.payload(purpose, "hello"), "Claims"),
        ("a signature of zeros", signed(&[0; 64]), "Signature"),
        ("a flipped bit in the signature", signed(&[&[bytes[0] ^ 1], &bytes[1..]].concat()), "Signature"),
        ("63 bytes of signature", signed(&bytes[..63]), "Malformed"),
        ("65 bytes of signature", signed(&[&bytes[..], &[0]].concat()), "Malformed"),
        ("padding", format!("{good}="), "Malformed"),
        ("white space", format!("{good}\n"), "Malformed"),
        ("a fourth part", format!("{good}.{signature}"), "Malformed"),
        ("nothing", String::new(), "Malformed"),
    ]
}

/// `claims` as text, with its first member twice.
fn twice(claims: &Value) -> String {
    let (name, member) = claims.as_object().unwrap().iter().next().unwrap();
    let text = claims.to_string();
    format!("{},{}:{member}}}", &text[..text.len() - 1], json!(name))
}

pub(super) fn challenge(world: &World) -> Vec<Case> {
    let server = &world.server;
    let claims = json!(world.challenge());
    let input = |jws: String| {
        json!({
            "jws": jws, "issuer": SERVER, "server_key": server.key, "device": world.device,
            "keys": world.thumbprints, "server_now": ASKED + 5,
        })
    };
    let sign = |claims: &Value| server.jws(Purpose::Challenge, claims);
    let as_is = input(sign(&claims));
    let silent = with(&claims, "/match", NumberMatch::None);
    let bare = with(&claims, "/context", json!({}));
    let mut cases = vec![
        good("two digits and verification", as_is.clone(), claims.clone()),
        good("in the last second", with(&as_is, "/server_now", EXPIRES - 1), claims.clone()),
        good("no number, but verification", input(sign(&silent)), silent.clone()),
        good("nothing known of the browser", input(sign(&bare)), bare),
    ];
    let show = with(&claims, "/match", NumberMatch::Show { digits: 6 });
    let pick = with(&claims, "/match", json!({ "kind": "pick", "options": ["42", "07", "88"] }));
    let mut older = claims.clone();
    older.as_object_mut().unwrap().remove("rules_allowed");
    older["app"].as_object_mut().unwrap().remove("id");
    older["context"].as_object_mut().unwrap().remove("details");
    let mut risky = claims.clone();
    risky["risk"] = json!(3);
    let line = json!({ "label": "Amount", "value": "1 €" });
    let details = |details: Value| with(&claims, "/context/details", details);
    for (name, claims) in [
        ("six digits", with(&claims, "/match", NumberMatch::Type { digits: 6 })),
        ("the phone shows six digits", show.clone()),
        (
            "the phone shows two digits, without verification",
            with(&with(&show, "/match/digits", 2), "/verify", false),
        ),
        ("three to pick from", pick.clone()),
        ("no application id, details or rules, as in earlier versions", older.clone()),
        ("a high risk", risky.clone()),
        ("eight details", details(json!(vec![&line; 8]))),
        ("two digits without verification", with(&claims, "/verify", false)),
    ] {
        cases.push(good(name, input(sign(&claims)), claims));
    }
    for (name, claims, error) in [
        ("another server", with(&claims, "/iss", "https://evil.example"), "Issuer"),
        ("the server with a slash", with(&claims, "/iss", format!("{SERVER}/")), "Issuer"),
        ("another device", with(&claims, "/aud", other_device(world)), "Audience"),
        ("other keys", with(&claims, "/keys/verification", world.stranger.key.thumbprint()), "Audience"),
        ("no number and no verification", with(&silent, "/verify", false), "Unprotected"),
        ("no digits", with(&claims, "/match/digits", 0), "Unprotected"),
        ("three digits", with(&claims, "/match/digits", 3), "Unprotected"),
        ("255 digits", with(&claims, "/match/digits", 255), "Unprotected"),
        ("three digits that the phone shows", with(&show, "/match/digits", 3), "Unprotected"),
        ("two of the three are the same", with(&pick, "/match/options/2", "42"), "Unprotected"),
        ("a high risk without verification", with(&risky, "/verify", false), "Unprotected"),
        ("nine details", details(json!(vec![&line; 9])), "Details"),
        ("a detail without label", details(json!([{ "label": "", "value": "1 €" }])), "Details"),
        (
            "a detail of 121 characters",
            details(json!([{ "label": "a", "value": "é".repeat(121) }])),
            "Details",
        ),
        ("a detail with a line break", details(json!([{ "label": "a", "value": "1\n2" }])), "Details"),
        ("details that are none", details(json!([])), "Jws(Claims)"),
        ("risk 4", with(&risky, "/risk", 4), "Jws(Claims)"),
        ("risk 1, which is left out", with(&risky, "/risk", 1), "Jws(Claims)"),
        (
            "rules that are not allowed, which is left out",
            with(&claims, "/rules_allowed", false),
            "Jws(Claims)",
        ),
        ("a kind of number nobody knows", with(&claims, "/match/kind", "guess"), "Jws(Claims)"),
        ("two to pick from", with(&pick, "/match/options", json!(["42", "07"])), "Jws(Claims)"),
        ("one digit to pick", with(&pick, "/match/options/1", "7"), "Jws(Claims)"),
        (
            "the right one named",
            with(&pick, "/match", json!({ "kind": "pick", "options": ["42", "07", "88"], "right": "42" })),
            "Jws(Claims)",
        ),
        (
            "the code itself",
            with(&show, "/match", json!({ "kind": "show", "digits": 6, "code": "004242" })),
            "Jws(Claims)",
        ),
        ("digits beside no number", with(&claims, "/match/kind", "none"), "Jws(Claims)"),
        (
            "the number itself",
            with(&claims, "/match", json!({ "kind": "type", "digits": 2, "number": "42" })),
            "Jws(Claims)",
        ),
        ("a match in array form", with(&claims, "/match", json!(["type", 2])), "Jws(Claims)"),
        (
            "an unknown member of app",
            with(&claims, "/app", json!({ "name": "", "color": "", "x": 1 })),
            "Jws(Claims)",
        ),
        ("an unknown member of context", with(&claims, "/context", json!({ "gps": "" })), "Jws(Claims)"),
        ("null for a member left out", with(&claims, "/context/ip", Value::Null), "Jws(Claims)"),
    ] {
        cases.push(bad(name, input(sign(&claims)), error));
    }
    for late in [EXPIRES, EXPIRES + 1] {
        let name = format!("{} seconds after the end", late - EXPIRES);
        cases.push(bad(&name, with(&as_is, "/server_now", late), "Expired"));
    }
    let stranger = world.stranger.jws(Purpose::Challenge, &claims);
    cases.push(bad("signed by a stranger", input(stranger), "Jws(UnknownKey)"));
    let renamed = world.stranger.raw(&header(Purpose::Challenge, &server.key), &claims.to_string());
    cases.push(bad("signed by a stranger in the server's name", input(renamed), "Jws(Signature)"));
    for (name, jws, error) in unreadable(server, Purpose::Challenge, &claims) {
        cases.push(bad(name, input(jws), &format!("Jws({error})")));
    }
    cases
}

pub(super) fn enroll(world: &World) -> Vec<Case> {
    let (claims, keys) = (world.enroll_claims(), world.keys());
    let proof = world.enroll_proof(&claims);
    let input = |proof: &EnrollProof| json!({ "claims": claims, "keys": keys, "proof": proof });
    let given = |claims: &EnrollClaims| input(&world.enroll_proof(claims));
    let twice = DeviceKeys { verification: keys.possession, ..keys };
    let same = EnrollClaims { keys: twice.thumbprints(), ..claims.clone() };
    let one = world.possession.jws(Purpose::Enroll, &same);
    let swapped =
        EnrollProof { possession: proof.verification.clone(), verification: proof.possession.clone() };
    let foreign = EnrollProof {
        verification: world.stranger.jws(Purpose::Enroll, &claims),
        possession: proof.possession.clone(),
    };
    let mut cases = vec![
        good("both keys sign", input(&proof), json!(claims)),
        bad("proofs swapped", input(&swapped), "Jws(UnknownKey)"),
        bad("one proof by a stranger", input(&foreign), "Jws(UnknownKey)"),
        bad(
            "one key twice",
            json!({ "claims": same, "keys": twice, "proof": { "possession": one, "verification": one } }),
            "SameKey",
        ),
        bad(
            "another token",
            given(&EnrollClaims { token_hash: crate::sha256_base64url(b""), ..claims.clone() }),
            "Binding",
        ),
        bad(
            "another server",
            given(&EnrollClaims { aud: "https://evil.example".into(), ..claims.clone() }),
            "Binding",
        ),
        bad(
            "another name",
            given(&EnrollClaims { device_name: "Pam's phone".into(), ..claims.clone() }),
            "Binding",
        ),
        bad(
            "claims about other keys",
            with(&input(&proof), "/claims/keys/verification", world.stranger.key.thumbprint()),
            "Binding",
        ),
    ];
    for (name, jws, error) in unreadable(&world.possession, Purpose::Enroll, &json!(claims)) {
        let spoiled = EnrollProof { possession: jws, ..proof.clone() };
        cases.push(bad(name, input(&spoiled), &format!("Jws({error})")));
    }
    cases
}

pub(super) fn enrolled(world: &World) -> Vec<Case> {
    let server = &world.server;
    let claims = json!(EnrolledClaims::of(&world.transcript()));
    let input = |jws: String| {
        json!({
            "jws": jws, "server_key": server.key,
            "transcript": {
                "token": world.token.reveal(), "server": SERVER, "server_key": world.pinned,
                "keys": world.thumbprints, "device_name": "Sam's phone", "device": world.device,
            },
        })
    };
    let sign = |claims: &Value| server.jws(Purpose::Enrolled, claims);
    let as_is = input(sign(&claims));
    let stranger = world.stranger.key.thumbprint();
    let mut cases = vec![good("the device's own enrolment", as_is.clone(), claims.clone())];
    for (name, part, value) in [
        ("other keys were enrolled", "keys/verification", json!(stranger)),
        ("another id than the server gave", "device", json!(other_device(world))),
        ("another name", "device_name", json!("Pam's phone")),
        ("another server", "server", json!("https://evil.example")),
        ("another pinned key", "server_key", json!(stranger)),
        ("another token", "token", json!(EnrollmentToken::new(world.device.tenant, &[1; 16]).reveal())),
    ] {
        cases.push(bad(name, with(&as_is, &format!("/transcript/{part}"), value), "Binding"));
    }
    for (name, pointer, value) in [
        ("claims of another server", "/iss", json!("https://evil.example")),
        ("claims about another device", "/device", json!(other_device(world))),
        ("claims with another hash", "/transcript", json!(crate::sha256_base64url(b""))),
    ] {
        cases.push(bad(name, input(sign(&with(&claims, pointer, value))), "Binding"));
    }
    let forged = world.stranger.jws(Purpose::Enrolled, &claims);
    cases.push(bad("signed by a stranger", input(forged.clone()), "Jws(UnknownKey)"));
    cases.push(bad(
        "signed by a stranger who brings the key",
        with(&input(forged), "/server_key", world.stranger.key),
        "Binding",
    ));
    let renamed = world.stranger.raw(&header(Purpose::Enrolled, &server.key), &claims.to_string());
    cases.push(bad("signed by a stranger in the server's name", input(renamed), "Jws(Signature)"));
    for (name, jws, error) in unreadable(server, Purpose::Enrolled, &claims) {
        cases.push(bad(name, input(jws), &format!("Jws({error})")));
    }
    cases
}

pub(super) fn request(world: &World) -> Vec<Case> {
    let at = arrived();
    let proof = world.request_proof(&at);
    let input = |jws: String| {
        json!({
            "jws": jws, "possession": world.possession.key, "audience": at.audience, "method": at.method,
            "url": at.url, "body": std::str::from_utf8(at.body).unwrap(),
        })
    };
    let as_is = input(world.possession.jws(Purpose::Request, &proof));
    let mut cases = vec![
        good("with a body", as_is.clone(), json!(proof)),
        bad(
            "by the verification key",
            input(world.verification.jws(Purpose::Request, &proof)),
            "Jws(UnknownKey)",
        ),
        bad("by a stranger", input(world.stranger.jws(Purpose::Request, &proof)), "Jws(UnknownKey)"),
    ];
    let poll = crate::request::Arrived { method: "GET", body: b"", ..at };
    let poll_proof = world.request_proof(&poll);
    let polled = with(
        &with(&input(world.possession.jws(Purpose::Request, &poll_proof)), "/method", "GET"),
        "/body",
        "",
    );
    cases.push(good("without body", polled, json!(poll_proof)));
    for (name, pointer, value) in [
        ("another method", "/method", "DELETE"),
        ("the method in lower case", "/method", "put"),
        ("another address", "/url", "https://mfa.example.org/api/v1/device"),
        ("another body", "/body", ""),
        ("another server", "/audience", "https://evil.example"),
    ] {
        cases.push(bad(name, with(&as_is, pointer, value), "Binding"));
    }
    for (name, jws, error) in unreadable(&world.possession, Purpose::Request, &json!(proof)) {
        cases.push(bad(name, input(jws), &format!("Jws({error})")));
    }
    cases
}

pub(super) fn server_key_chain(world: &World) -> Vec<Case> {
    let (first, second, third) = (&world.server, &world.server_2, &world.server_3);
    let link = |from: &Signer, to: &Signer| from.jws(Purpose::ServerKey, &world.succession(&to.key));
    let input = |pinned: &Signer, root: &Signer, successions: &[String]| {
        json!({
            "issuer": SERVER, "pinned": pinned.key.thumbprint(),
            "chain": { "root": root.key, "successions": successions },
        })
    };
    let links = [link(first, second), link(second, third)];
    let newest = json!({ "newest": third.key.thumbprint() });
    let foreign = Succession { iss: "https://evil.example".into(), ..world.succession(&second.key) };
    let foreign = first.jws(Purpose::ServerKey, &foreign);
    let grafted = [link(&world.stranger, first), link(&world.stranger, second)];
    let mut cases = vec![
        good("from the first key", input(first, first, &links), newest.clone()),
        good("from the second key", input(second, first, &links), newest.clone()),
        good("from the newest key", input(third, first, &links), newest),
        good("never rotated", input(first, first, &[]), json!({ "newest": first.key.thumbprint() })),
        bad("the pin is not in it", input(&world.stranger, first, &links), "PinNotFound"),
        bad("another root alone", input(first, &world.stranger, &[]), "PinNotFound"),
        bad("a gap", input(first, first, &links[1..]), "Broken(UnknownKey)"),
        bad("reversed", input(first, first, &[links[1].clone(), links[0].clone()]), "Broken(UnknownKey)"),
        bad("grafted onto a stranger", input(first, &world.stranger, &grafted), "Broken(UnknownKey)"),
        bad("a link of another server", input(first, first, &[foreign]), "Issuer"),
        bad(
            "asked of another server",
            with(&input(first, first, &links), "/issuer", "https://evil.example"),
            "Issuer",
        ),
    ];
    for (name, jws, error) in unreadable(first, Purpose::ServerKey, &json!(world.succession(&second.key))) {
        cases.push(bad(name, input(first, first, &[jws]), &format!("Broken({error})")));
    }
    cases
}
