//! Enrolments with keys, proofs and tokens that do not belong together.

use countersign_protocol::id::EnrollmentToken;
use countersign_protocol::jws::Purpose;
use countersign_protocol::link::EnrollmentLink;
use countersign_tests::device::{Keys, complete_enrollment};
use countersign_tests::key::{Key, part};
use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::ServerProcess;
use serde_json::{Value, json};

use crate::server;

async fn ready() -> (ServerProcess, RelyingParty, EnrollmentLink) {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let link = EnrollmentLink::parse(&cms.link("sam").await).unwrap();
    (server, cms, link)
}

#[tokio::test]
async fn proofs_for_another_token_server_name_or_keys_are_refused() {
    let (server, cms, link) = ready().await;
    let keys = Keys::default();
    let good = keys.enrollment(&link.server, &link.token);
    let others = EnrollmentLink::parse(&cms.link("alex").await).unwrap().token;
    let signed = |change: &dyn Fn(&mut countersign_protocol::enroll::EnrollClaims)| {
        let mut claims = keys.enroll_claims(&link.server, &link.token);
        change(&mut claims);
        let mut body = good.clone();
        body["proof"] = json!({
            "possession": keys.possession.sign(Purpose::Enroll, &claims),
            "verification": keys.verification.sign(Purpose::Enroll, &claims),
        });
        body
    };
    let stranger = Keys::default();
    let mut bodies = vec![
        signed(&|c| c.token_hash = others.hash()),
        signed(&|c| c.aud = "https://evil.example".to_owned()),
        signed(&|c| c.device_name = "Other".to_owned()),
        signed(&|c| c.keys = stranger.public().thumbprints()),
    ];
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    bodies.push(with("keys", json!(stranger.public())));
    let proof = &good["proof"];
    for (one, other) in [
        (&proof["verification"], &proof["possession"]),
        (&proof["possession"], &proof["possession"]),
        (&proof["verification"], &proof["verification"]),
    ] {
        bodies.push(with("proof", json!({"possession": one, "verification": other})));
    }
    for body in &bodies {
        let refused = complete_enrollment(server.address, body).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{body}");
    }
    assert!(cms.devices("sam").await.is_empty());
    complete_enrollment(server.address, &good).await.expect(201);
}

#[tokio::test]
async fn property_4_one_key_in_both_places_is_refused() {
    let (server, _cms, link) = ready().await;
    let keys = Keys::default();
    let mut body = keys.enrollment(&link.server, &link.token);
    let twice = countersign_protocol::challenge::DeviceKeys {
        possession: keys.possession.public,
        verification: keys.possession.public,
    };
    let mut claims = keys.enroll_claims(&link.server, &link.token);
    claims.keys = twice.thumbprints();
    let proof = keys.possession.sign(Purpose::Enroll, &claims);
    body["keys"] = json!(twice);
    body["proof"] = json!({"possession": proof, "verification": proof});
    let refused = complete_enrollment(server.address, &body).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()));
    assert!(refused.json()["message"].as_str().unwrap().contains("two different keys"), "{}", refused.text());
}

#[tokio::test]
async fn property_3_proofs_of_another_algorithm_or_purpose_are_refused() {
    let (server, _cms, link) = ready().await;
    let keys = Keys::default();
    let claims = json!(keys.enroll_claims(&link.server, &link.token));
    let good = keys.enrollment(&link.server, &link.token);
    let kid = keys.possession.public.thumbprint();
    let header = json!({"alg": "ES256", "typ": "cs-enroll+jwt", "kid": kid});
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        keys.possession.sign_as(&header, &claims)
    };
    let none = json!({"alg": "none", "typ": "cs-enroll+jwt", "kid": kid});
    for proof in [
        with("alg", json!("none")),
        with("alg", json!("HS256")),
        with("typ", json!("cs-answer+jwt")),
        with("jwk", json!(keys.possession.public)),
        format!("{}.{}.", part(&none), part(&claims)),
        Key::new().sign_as(&header, &claims),
    ] {
        let mut body = good.clone();
        body["proof"]["possession"] = json!(proof);
        let refused = complete_enrollment(server.address, &body).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{proof}");
    }
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let (server, _cms, link) = ready().await;
    let good = Keys::default().enrollment(&link.server, &link.token);
    let jwk = good["keys"]["possession"].clone();
    let with = |name: &str, value: &str| {
        let mut jwk = jwk.clone();
        jwk[name] = json!(value);
        jwk
    };
    let off_the_curve = with("x", &"A".repeat(43));
    for bad in [
        with("crv", "P-384"),
        with("kty", "RSA"),
        with("x", "AA"),
        with("d", "AA"),
        off_the_curve,
        json!("key"),
        json!({}),
    ] {
        let mut body = good.clone();
        body["keys"]["possession"] = bad.clone();
        let refused = complete_enrollment(server.address, &body).await;
        assert_eq!(refused.refusal(), (400, "invalid_request".to_owned()), "{bad}");
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_is_not_found_there() {
    let (server, _cms, link) = ready().await;
    let bank = server.relying_party("Bank").await;
    let bytes = countersign_protocol::from_base64url(link.token.reveal()).unwrap();
    let random: [u8; 16] = bytes[16..].try_into().unwrap();
    let moved = EnrollmentToken::new(bank.tenant.parse().unwrap(), &random);
    let body = Keys::default().enrollment(&link.server, &moved);
    let refused = complete_enrollment(server.address, &body).await;
    assert_eq!(refused.refusal(), (404, "invalid_token".to_owned()));
}

#[tokio::test]
async fn property_2_a_phone_does_not_follow_a_link_to_another_key() {
    let (_server, _cms, link) = ready().await;
    let phone = Phone::new();
    let forged = EnrollmentLink { server_key: Key::new().public.thumbprint(), ..link };
    let refused = phone.core.look_at(&forged.to_string()).await.unwrap_err();
    assert_eq!(refused.code(), "server_key_differs", "{refused}");
    assert!(phone.core.accounts().unwrap().is_empty());
}
