//! Access tokens that nobody of ours has signed, or not for this.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::from_base64url;
use countersign_server::engine::oauth::OauthChanges;
use countersign_tests::http::Request;
use countersign_tests::key::{Key, claims, part};
use countersign_tests::oauth::{OauthParty, text};
use ring::hmac;
use serde_json::{Value, json};

use super::Stage;

const LIST: &str = "/mfa/authenticators";

/// Header of a compact JWS.
fn header(token: &str) -> Value {
    serde_json::from_slice(&from_base64url(token.split('.').next().unwrap()).unwrap()).unwrap()
}

fn with(mut value: Value, name: &str, new: Value) -> Value {
    value[name] = new;
    value
}

fn hmac_signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let input = format!("{}.{}", part(header), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), input.as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag))
}

async fn published(stage: &Stage) -> Value {
    stage.bank.send(&Request::new("GET", "/.well-known/jwks.json")).await.expect(200)["keys"][0].clone()
}

/// The bytes that a careless verifier might take as the secret of an HMAC.
fn mistaken_for_secrets(jwk: &Value) -> Vec<Vec<u8>> {
    let coordinate = |name: &str| from_base64url(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let spki = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
    let spki: Vec<u8> =
        (0..spki.len()).step_by(2).map(|i| u8::from_str_radix(&spki[i..i + 2], 16).unwrap()).collect();
    let der = [spki, point.clone()].concat();
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    let kid = jwk["kid"].as_str().unwrap().as_bytes().to_vec();
    vec![
        jwk.to_string().into_bytes(),
        pem.trim_end().as_bytes().to_vec(),
        pem.into_bytes(),
        der,
        point,
        coordinate("x"),
        kid,
        Vec::new(),
    ]
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own_makes_an_access_token() {
    let (stage, seed) = Stage::with_totp().await;
    let good = stage.bank.factors_token(&stage.server, "sam", &seed, 1).await;
    assert_eq!(stage.bank.call("GET", LIST, &good).await.status, 200);
    let (head, body, jwk) = (header(&good), claims(&good), published(&stage).await);
    assert_eq!(head["kid"], jwk["kid"]);
    let mut forged = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let input = format!("{}.{}", part(&with(head.clone(), "alg", json!(none))), part(&body));
        forged.extend([
            format!("{input}."),
            input.clone(),
            format!("{input}.{}", URL_SAFE_NO_PAD.encode("x")),
        ]);
    }
    for secret in mistaken_for_secrets(&jwk) {
        let hs = with(head.clone(), "alg", json!("HS256"));
        forged.push(hmac_signed(&hs, &body, &secret));
        forged.push(hmac_signed(&head, &body, &secret));
    }
    // Signed well, by a key of the thief's, which the header brings along or leads to.
    let own = Key::new();
    let mut brought = head.clone();
    brought["jwk"] = serde_json::to_value(own.public).unwrap();
    forged.push(own.sign_as(&brought, &body));
    forged.push(own.sign_as(&head, &body));
    for (name, value) in [
        ("jku", "https://thief.example/keys"),
        ("x5u", "https://thief.example/cert"),
        ("kid", "../../dev/null"),
    ] {
        forged.push(own.sign_as(&with(head.clone(), name, json!(value)), &body));
    }
    for algorithm in ["RS256", "ES384", "PS256", "EdDSA", "es256"] {
        let signature = good.rsplit('.').next().unwrap();
        forged.push(format!(
            "{}.{}.{signature}",
            part(&with(head.clone(), "alg", json!(algorithm))),
            part(&body)
        ));
    }
    for forged in forged {
        let reply = stage.bank.call("GET", LIST, &forged).await;
        assert!(matches!(reply.status, 401 | 403), "{forged}: {}", reply.text());
    }
}

#[tokio::test]
async fn no_character_of_an_access_token_can_be_changed() {
    let (stage, seed) = Stage::with_totp().await;
    let good = stage.bank.factors_token(&stage.server, "sam", &seed, 1).await;
    let [head, body, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut changed = Vec::new();
    for (name, value) in [
        ("scope", json!("enroll read:authenticators remove:authenticators admin")),
        ("sub", json!("usr_00000000000000000000000007")),
        ("exp", json!(4_000_000_000_u64)),
        ("cs_factor", json!("push")),
    ] {
        changed.push(format!("{head}.{}.{signature}", part(&with(claims(&good), name, value))));
    }
    changed.push(format!("{head}.{body}.{}", "A".repeat(signature.len())));
    changed.push(format!("{head}.{body}.{}", "A".repeat(86)));
    changed.push(format!("{head}.{body}"));
    changed.push(format!("{good}.{signature}"));
    changed.push(format!("{good}=="));
    changed.push(format!("{body}.{head}.{signature}"));
    changed.push("a".repeat(15_000));
    for token in changed {
        let reply = stage.bank.call("GET", LIST, &token).await;
        assert!(matches!(reply.status, 401 | 403), "{token}: {}", reply.text());
    }
    assert_eq!(stage.bank.call("GET", LIST, &good).await.status, 200);
}

#[tokio::test]
async fn s40_another_tenants_tokens_are_none_here() {
    let (stage, _seed) = Stage::with_totp().await;
    let foreign = OauthParty::of_new_tenant(&stage.server, "auth0", "elsewhere.example").await;
    foreign.person(&stage.server, "sam").await;
    let eves = foreign.give_totp(&stage.server, "sam").await;
    let token = foreign.factors_token(&stage.server, "sam", &eves, 1).await;
    let list = stage.bank.call("GET", LIST, &token).await;
    // It holds for its own tenant, whatever host it is brought to, and shows nothing of another one.
    if list.status == 200 {
        let own = stage.factors("sam").await;
        assert!(!list.text().contains(own[0]["id"].as_str().unwrap()), "{}", list.text());
    }
    let sams = text(&stage.factors("sam").await[0]["id"]);
    let gone = stage.bank.call("DELETE", &format!("/mfa/authenticators/totp%7C{sams}"), &token).await;
    assert!(matches!(gone.status, 401 | 404), "{}", gone.text());
    assert_eq!(stage.active("sam").await, ["totp"]);
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let (stage, seed) = Stage::with_totp().await;
    let audience = stage.bank.mfa_audience();
    let login = stage.bank.mfa_token_for("sam", &[("scope", "openid"), ("audience", &audience)]).await;
    let tokens = stage.otp(&login, &stage.code(&seed, 1)).await.expect(200);
    assert_eq!(stage.bank.call("GET", LIST, &text(&tokens["access_token"])).await.status, 200);
    assert_eq!(stage.bank.call("GET", LIST, &text(&tokens["id_token"])).await.status, 401);
}

#[tokio::test]
async fn a_token_without_its_scheme_or_in_the_address_is_none() {
    let (stage, seed) = Stage::with_totp().await;
    let good = stage.bank.factors_token(&stage.server, "sam", &seed, 1).await;
    let plain = |target: &str| Request::new("GET", target);
    for request in [
        plain(LIST),
        plain(LIST).header("Authorization", &good),
        plain(LIST).header("Authorization", &format!("Basic {good}")),
        plain(LIST).header("Authorization", "Bearer "),
        plain(LIST).header("Authorization", &format!("Bearer {good} {good}")),
        plain(&format!("{LIST}?access_token={good}")),
        plain(&format!("{LIST}?mfa_token={good}")),
    ] {
        let reply = stage.bank.send(&request).await;
        assert_eq!(reply.status, 401, "{request:?}: {}", reply.text());
        assert!(reply.header("www-authenticate").is_some(), "{request:?}");
    }
}

#[tokio::test]
async fn an_applications_own_token_is_no_persons() {
    let (stage, _seed) = Stage::with_totp().await;
    let grants = ["password", "mfa-otp", "client_credentials"].map(str::to_owned).to_vec();
    stage.bank.change(&stage.server, OauthChanges { grants: Some(grants), ..OauthChanges::default() }).await;
    let audience = stage.bank.mfa_audience();
    for audience in [audience.as_str(), &stage.bank.issuer] {
        let wish = [
            ("grant_type", "client_credentials"),
            ("audience", audience),
            ("scope", "read:authenticators enroll"),
        ];
        let given = stage.bank.token(&wish).await;
        if given.status == 200 {
            let list = stage.bank.call("GET", LIST, &text(&given.json()["access_token"])).await;
            assert!(matches!(list.status, 401 | 403), "{audience}: {}", list.text());
        }
    }
    let public = stage.bank.beside(&stage.server, "auth0", true).await;
    let wish = [("grant_type", "client_credentials")];
    assert!(matches!(public.token(&wish).await.status, 400 | 401 | 403), "it shows nothing");
}
