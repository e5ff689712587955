//! Tokens that somebody has tampered with, made up, or taken elsewhere than where they are good.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

use super::super::jwt;
use super::super::testing::{Party, World};
use super::*;
use crate::engine::oauth::{Algorithm, Flavour, TokenKeyRotation};

const HOST: &str = "login.example.org";

async fn world() -> (World, Party) {
    let world = World::new();
    let party = world.party(HOST, Flavour::Auth0).await;
    (world, party)
}

async fn result(world: &World, token: &str) -> Result<Bearer, SignInError> {
    world.engine.bearer(token, Audience::Own, None).await
}

#[track_caller]
fn refused(result: Result<Bearer, SignInError>) {
    assert_eq!(result.map(|bearer| bearer.scopes).unwrap_err(), SignInError::BearerInvalid);
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Signs anything with the tenant's own key, as only the server itself could.
async fn signed(world: &World, party: &Party, header: &str, payload: &str) -> String {
    let keys = world.engine.token_keys_of(party.tenant()).await.unwrap();
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = keys.signer(world.now()).unwrap().pair.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn an_access_token_says_whose_it_is_and_how_they_signed_in() {
    let (world, party) = world().await;
    let tokens = world.tokens(&party, "openid email read:orders", None).await;
    let bearer = result(&world, &tokens.access_token).await.unwrap();
    assert_eq!(
        (bearer.user.id, bearer.caller.id(), bearer.by),
        (party.user.id, party.id, Some(Factor::Totp))
    );
    assert_eq!(bearer.authenticated_at, world.now() / 1000 * 1000);
    assert_eq!(bearer.allows("read:orders"), Ok(()));
    assert_eq!(bearer.allows("enroll"), Err(SignInError::InsufficientScope("enroll")));
    let (header, claims) = (read(&tokens.access_token, 0), read(&tokens.access_token, 1));
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("at+jwt"), Some("ES256")));
    assert_eq!(
        (claims["iss"].as_str(), claims["aud"].as_str()),
        (claims["aud"].as_str(), Some("https://login.example.org/"))
    );
    assert_eq!((&claims["amr"], &claims["cs_factor"]), (&json!(["pwd", "mfa"]), &json!("totp")));
    assert_eq!(
        (tokens.expires_in, claims["exp"].as_i64()),
        (86_400, claims["iat"].as_i64().map(|at| at + 86_400))
    );
    let id = read(&tokens.id_token.unwrap(), 1);
    assert_eq!(
        (&id["aud"], &id["email"], id.get("name")),
        (&json!(party.id.to_string()), &json!("sam@example.org"), None)
    );
    assert!(tokens.refresh_token.is_none());
}

#[tokio::test]
async fn property_3_a_token_without_a_signature_is_refused() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "", None).await.access_token;
    let (header, claims) = (read(&token, 0), part(&read(&token, 1)));
    for alg in ["none", "None", "NONE", ""] {
        let header = part(&json!({"alg": alg, "typ": "at+jwt", "kid": header["kid"]}));
        for signature in ["", "AA"] {
            refused(result(&world, &format!("{header}.{claims}.{signature}")).await);
        }
        refused(result(&world, &format!("{header}.{claims}")).await);
    }
    let (input, _) = token.rsplit_once('.').unwrap();
    refused(result(&world, &format!("{input}.")).await);
    // All zeros: what a careless verifier takes for a signature of anything.
    refused(result(&world, &format!("{input}.{}", URL_SAFE_NO_PAD.encode([0; 64]))).await);
}

#[tokio::test]
async fn property_3_a_token_signed_with_the_published_key_as_a_password_is_refused() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "", None).await.access_token;
    let published = world.engine.published_keys(party.tenant()).await.unwrap();
    let kid = read(&token, 0)["kid"].clone();
    let input =
        format!("{}.{}", part(&json!({"alg": "HS256", "typ": "at+jwt", "kid": kid})), part(&read(&token, 1)));
    let x = URL_SAFE_NO_PAD.decode(published[0]["x"].as_str().unwrap()).unwrap();
    for secret in [published[0].to_string().into_bytes(), x, Vec::new()] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, input.as_bytes()));
        refused(result(&world, &format!("{input}.{signature}")).await);
    }
}

#[tokio::test]
async fn property_3_the_algorithm_is_the_keys_and_never_the_tokens() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "", None).await.access_token;
    let (header, payload) = (read(&token, 0), read(&token, 1).to_string());
    for alg in ["RS256", "ES384", "PS256", "es256"] {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": header["kid"]});
        refused(result(&world, &signed(&world, &party, &header.to_string(), &payload).await).await);
    }
    // The same with an RSA key: its signature under the other algorithm's name, and under the other key's.
    let rsa = TokenKeyRotation { algorithm: Some(Algorithm::Rs256), at_once: false };
    let rsa = world.engine.rotate_token_key(party.tenant(), rsa, &"operator").await.unwrap();
    world.advance(3_600_000);
    for (alg, kid, holds) in [
        ("RS256", json!(rsa.kid), true),
        ("ES256", json!(rsa.kid), false),
        ("RS256", header["kid"].clone(), false),
    ] {
        let header = json!({"alg": alg, "typ": "at+jwt", "kid": kid}).to_string();
        let result = result(&world, &signed(&world, &party, &header, &payload).await).await;
        assert_eq!(result.is_ok(), holds, "{alg}");
    }
    assert!(result(&world, &token).await.is_ok(), "the older key's tokens hold until they end");
}

#[tokio::test]
async fn property_3_a_token_of_one_purpose_never_serves_another() {
    let (world, party) = world().await;
    let tokens = world.tokens(&party, "openid", None).await;
    refused(result(&world, &tokens.id_token.unwrap()).await);
    let (header, payload) = (read(&tokens.access_token, 0), read(&tokens.access_token, 1).to_string());
    for typ in ["JWT", "jwt", "at+JWT", "application/at+jwt", "cs-challenge+jwt", ""] {
        let header = json!({"alg": "ES256", "typ": typ, "kid": header["kid"]});
        refused(result(&world, &signed(&world, &party, &header.to_string(), &payload).await).await);
    }
    // And the other way round: nobody here reads an access token as an id token.
    let unverified = Unverified::read(&tokens.access_token).unwrap();
    let keys = world.engine.token_keys_of(party.tenant()).await.unwrap();
    let key = keys.named(unverified.key, world.now()).unwrap();
    assert!(unverified.verify::<AccessClaims>(key, Kind::Id).is_none());
}

#[tokio::test]
async fn property_3_what_our_own_writer_would_not_write_is_refused_though_it_is_signed() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "openid", None).await.access_token;
    let header =
        String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    let claims = read(&token, 1);
    let text = claims.to_string();
    assert!(result(&world, &signed(&world, &party, &header, &text).await).await.is_ok());
    let with = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        changed.to_string()
    };
    let without = |name: &str| {
        let mut changed = claims.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed.to_string()
    };
    let open = text.strip_suffix('}').unwrap();
    let payloads = [
        with("admin", json!(true)),
        with("nbf", json!(0)),
        with("aud", json!([claims["aud"]])),
        with("aud", json!([claims["aud"], "https://elsewhere.example/"])),
        with("exp", json!("9999999999")),
        with("exp", json!(9_999_999_999.5)),
        with("cs_factor", Value::Null),
        with("cs_factor", json!("magic")),
        with("azp", json!("app_another")),
        with("sub", json!(party.id.to_string())),
        without("exp"),
        without("auth_time"),
        format!("{open},\"sub\":\"usr_00000000000000000000000000\"}}"),
        format!("{open},\"exp\":9999999999}}"),
        format!("{text} {{}}"),
        format!("{text}\u{0}"),
        format!("[{text}]"),
        String::new(),
    ];
    for payload in payloads {
        refused(result(&world, &signed(&world, &party, &header, &payload).await).await);
    }
    let open = header.strip_suffix('}').unwrap();
    for header in [
        format!("{open},\"crit\":[\"exp\"]}}"),
        format!("{open},\"jwk\":{{}}}}"),
        format!("{open},\"alg\":\"none\"}}"),
        format!("{header}{header}"),
    ] {
        refused(result(&world, &signed(&world, &party, &header, &text).await).await);
    }
}

#[tokio::test]
async fn property_3_no_part_of_a_token_can_be_written_in_another_way() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "", None).await.access_token.to_string();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    for bad in [
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.AAAA"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{header}.{payload}.{signature}A"),
        format!("{header}=.{payload}.{signature}"),
        format!("{payload}.{header}.{signature}"),
        "..".to_owned(),
        String::new(),
        "é".repeat(3_000),
        format!("{header}.{}.{signature}", "A".repeat(8 * 1024)),
        "A".repeat(1024 * 1024),
    ] {
        refused(result(&world, &bad).await);
    }
    // Every character counts.
    for at in 0..token.len() {
        let mut changed = token.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        if changed != token.as_bytes() {
            refused(result(&world, std::str::from_utf8(&changed).unwrap()).await);
        }
    }
}

#[tokio::test]
async fn s40_a_token_is_good_for_its_own_tenant_only() {
    let (world, ours) = world().await;
    let theirs = world.party("other.example.org", Flavour::Auth0).await;
    let (token, other) = (
        world.tokens(&ours, "", None).await.access_token,
        world.tokens(&theirs, "", None).await.access_token,
    );
    let (claims, kid) = (read(&token, 1), read(&token, 0)["kid"].clone());
    let their_kid = read(&other, 0)["kid"].clone();
    // Signed by them, with our claims; and with their name for the key, and ours.
    for kid in [&kid, &their_kid] {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}).to_string();
        refused(result(&world, &signed(&world, &theirs, &header, &claims.to_string()).await).await);
    }
    // Signed by them in their own name, for our people, our application, and our API.
    let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": their_kid}).to_string();
    for name in ["iss", "aud", "azp", "client_id", "sub"] {
        let mut mixed = read(&other, 1);
        mixed[name] = claims[name].clone();
        refused(result(&world, &signed(&world, &theirs, &header, &mixed.to_string()).await).await);
    }
    // The halves of both keys' names together name no key.
    let (kid, their_kid) = (kid.as_str().unwrap(), their_kid.as_str().unwrap());
    for kid in [
        format!("{}{}", &kid[..26], &their_kid[26..]),
        kid.to_uppercase(),
        kid[..26].to_owned(),
        String::new(),
    ] {
        let header = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}).to_string();
        refused(result(&world, &signed(&world, &ours, &header, &claims.to_string()).await).await);
    }
    assert_eq!(result(&world, &other).await.unwrap().caller.id(), theirs.id);
}

#[tokio::test]
async fn a_token_is_good_for_its_own_api_only() {
    let (world, party) = world().await;
    let mfa = "https://login.example.org/mfa/";
    let own = world.tokens(&party, "enroll", None).await.access_token;
    let factors = world.tokens(&party, "", Some(mfa)).await;
    let api = world.tokens(&party, "", Some("https://api.example.org/")).await.access_token;
    refused(world.engine.bearer(&own, Audience::Mfa, None).await);
    refused(result(&world, &factors.access_token).await);
    for audience in [Audience::Mfa, Audience::Own] {
        refused(world.engine.bearer(&api, audience, None).await);
    }
    let bearer = world.engine.bearer(&factors.access_token, Audience::Mfa, None).await.unwrap();
    assert_eq!(bearer.scopes, ["enroll", "read:authenticators", "remove:authenticators"]);
    assert_eq!(factors.expires_in, 600);
    let more = world.tokens(&party, "enroll offline_access", Some(mfa)).await;
    assert_eq!((more.scope.as_str(), more.refresh_token), ("enroll", None), "it is asked for anew each time");
    for audience in
        ["https://login.example.org", "https://login.example.org/mfa", "https://other.example/", ""]
    {
        let asked = world.engine.may_ask_for(&party.caller, Some(audience)).await;
        assert_eq!(asked, Err(SignInError::AudienceUnknown(audience.to_owned())));
    }
}

#[tokio::test]
async fn a_token_ends_when_it_said_and_was_not_made_in_the_future() {
    let (world, party) = world().await;
    let token = world.tokens(&party, "", None).await.access_token;
    let (header, claims) = (read(&token, 0).to_string(), read(&token, 1));
    let iat = claims["iat"].as_i64().unwrap();
    for (ahead, holds) in [(60, true), (61, false), (1_000_000, false)] {
        let mut early = claims.clone();
        early["iat"] = json!(iat + ahead);
        early["exp"] = json!(iat + ahead + 86_400);
        let early = signed(&world, &party, &header, &early.to_string()).await;
        assert_eq!(result(&world, &early).await.is_ok(), holds, "{ahead}");
    }
    world.advance(86_400_000 - 1_000);
    assert!(result(&world, &token).await.is_ok());
    world.advance(1_000);
    assert_eq!(result(&world, &token).await.unwrap_err(), SignInError::BearerExpired);
    // That it has ended is said of nothing that was not good before.
    let (input, _) = token.rsplit_once('.').unwrap();
    refused(result(&world, &format!("{input}.{}", URL_SAFE_NO_PAD.encode([1; 64]))).await);
}

#[tokio::test]
async fn a_token_ends_with_its_application_its_host_name_or_a_leaked_key() {
    let (world, party) = world().await;
    let another = world.client(party.tenant(), Flavour::Reltio).await;
    let (first, second) = (
        world.tokens(&party, "", None).await.access_token,
        world.tokens(&another, "", None).await.access_token,
    );
    let beside = world.beside();
    beside.engine.remove_oauth_client(another.id, &"operator").await.unwrap();
    world.advance(3_001);
    assert!(result(&world, &first).await.is_ok());
    refused(result(&world, &second).await);
    beside.engine.set_issuer(party.tenant(), "new.example.org", &"operator").await.unwrap();
    world.advance(60_000);
    refused(result(&world, &first).await);
    let renewed = world.tokens(&party, "", None).await.access_token;
    let at_once = TokenKeyRotation { algorithm: None, at_once: true };
    beside.engine.rotate_token_key(party.tenant(), at_once, &"operator").await.unwrap();
    world.advance(60_000);
    refused(result(&world, &renewed).await);
    assert!(result(&world, &world.tokens(&party, "", None).await.access_token).await.is_ok());
    beside.engine.remove_issuer(party.tenant(), &"operator").await.unwrap();
    world.advance(60_000);
    assert_eq!(world.engine.may_ask_for(&party.caller, None).await, Err(SignInError::NoIssuer));
}

#[tokio::test]
async fn an_application_speaks_for_itself_and_for_no_person() {
    let (world, party) = world().await;
    let tokens = world.engine.grant_to_application(&party.caller, "read:orders", None).await.unwrap();
    let claims = read(&tokens.access_token, 1);
    assert_eq!((&claims["sub"], claims.get("amr")), (&json!(party.id.to_string()), None));
    assert!(tokens.id_token.is_none() && tokens.refresh_token.is_none());
    refused(result(&world, &tokens.access_token).await);
    let factors =
        world.engine.grant_to_application(&party.caller, "", Some("https://login.example.org/mfa/"));
    assert!(matches!(factors.await, Err(SignInError::AudienceUnknown(_))));
}

#[tokio::test]
async fn secrets_are_not_in_debug() {
    let (world, party) = world().await;
    let tokens = world.tokens(&party, "openid offline_access", None).await;
    let debug = format!("{tokens:?}");
    for secret in [&tokens.access_token, &tokens.id_token.unwrap(), &tokens.refresh_token.unwrap()] {
        assert!(!debug.contains(secret.as_str()));
    }
    let keys = world.engine.token_keys_of(party.tenant()).await.unwrap();
    let key = keys.signer(world.now()).unwrap();
    let signed = jwt::sign(key, Kind::Access, &json!({})).unwrap();
    assert!(result(&world, &signed).await.is_err());
}
