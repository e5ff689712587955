//! Access tokens: what Google's token endpoint checks in an assertion (RFC 7523), in which words it refuses, and whose
//! tokens are good.

use std::collections::HashMap;

use countersign_protocol::from_base64url;
use ring::rsa;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{EMAIL, KEY, KEY_ID, refusal};
use crate::https_server::{Answer, Asked};

/// Whom assertions are for, wherever they are handed in.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
/// What a token must be good for, so that messages can be sent with it.
const SCOPES: [&str; 2] =
    ["https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"];
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds for which a token is good.
const LASTS: i64 = 3_599;
/// Seconds by which clocks may differ.
const SKEW: i64 = 300;

/// Tokens that were given out.
#[derive(Debug, Default)]
pub(super) struct Grants {
    good_until: HashMap<String, i64>,
    asked: usize,
}

impl Grants {
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    pub(super) fn forget(&mut self) {
        self.good_until.clear();
    }

    /// A token, or why there is none.
    pub(super) fn ask(&mut self, asked: &Asked, now: i64) -> Answer {
        self.asked += 1;
        let refused = |error: &str, why: &str| {
            Answer::Reply(400, None, json!({ "error": error, "error_description": why }))
        };
        if asked.method != "POST" || asked.header("content-type") != "application/x-www-form-urlencoded" {
            return refused("invalid_request", "Bad Request");
        }
        let form: HashMap<_, _> = form_urlencoded::parse(&asked.body).into_owned().collect();
        if form.get("grant_type").map(String::as_str) != Some(GRANT) {
            return refused("unsupported_grant_type", "Invalid grant_type");
        }
        match checked(form.get("assertion").map_or("", String::as_str), now) {
            Err((error, why)) => refused(error, why),
            Ok(()) => {
                let token = format!("ya29.c.{:04}{}", self.asked, "x".repeat(200));
                self.good_until.insert(token.clone(), now + LASTS);
                let given = json!({ "access_token": token, "expires_in": LASTS, "token_type": "Bearer" });
                Answer::Reply(200, None, given)
            }
        }
    }

    /// The good token under which something is asked.
    pub(super) fn bearer(&self, asked: &Asked, now: i64) -> Result<String, Answer> {
        let token = asked.header("authorization").strip_prefix("Bearer ");
        match token.filter(|token| self.good_until.get(*token).is_some_and(|end| now < *end)) {
            Some(token) => Ok(token.to_owned()),
            None => {
                let why = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie \
                           or other valid authentication credential.";
                Err(refusal(401, "UNAUTHENTICATED", None, why))
            }
        }
    }
}

fn checked(assertion: &str, now: i64) -> Result<(), (&'static str, &'static str)> {
    let refused = |why| Err(("invalid_grant", why));
    let Some((header, claims)) = signed(assertion) else { return refused("Invalid JWT Signature.") };
    if header["kid"] != KEY_ID || header["typ"] != "JWT" {
        return refused("Invalid JWT Signature.");
    }
    if claims["iss"] != EMAIL {
        return refused("Invalid grant: account not found");
    }
    if claims["aud"] != AUDIENCE {
        return refused("Invalid JWT: Failed audience check.");
    }
    let (Some(iat), Some(exp)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
        return refused("Invalid JWT: Missing iat or exp.");
    };
    if exp - iat > 3_600 || iat > now + SKEW || exp < now - SKEW {
        return refused(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat \
             and exp values in the JWT claim.",
        );
    }
    let mut scopes = claims["scope"].as_str().unwrap_or_default().split(' ');
    match scopes.any(|scope| SCOPES.contains(&scope)) {
        true => Ok(()),
        false => Err(("invalid_scope", "Invalid OAuth scope or ID token audience provided.")),
    }
}

/// Header and claims of what the account's key has signed.
fn signed(assertion: &str) -> Option<(Value, Value)> {
    let (input, signature) = assertion.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let json = |part: &str| serde_json::from_slice::<Value>(&from_base64url(part)?).ok();
    let (header, claims) = (json(header)?, json(claims)?);
    let pair = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let pair = rsa::KeyPair::from_pkcs8(pair.secret_pkcs8_der()).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
    let good = header["alg"] == "RS256" && key.verify(input.as_bytes(), &from_base64url(signature)?).is_ok();
    good.then_some((header, claims))
}
