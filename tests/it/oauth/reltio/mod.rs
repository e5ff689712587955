//! Reltio's MFA setup, as its documentation writes the requests, and the sign-in that goes with it.

mod administrators;
mod mail;
mod program;
mod resets;
mod setup;
mod signing_in;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::otp::OtpEntry;
use countersign_core::scan;
use countersign_server::engine::policy::Scope;
use countersign_tests::http::{Reply, Request};
use countersign_tests::oauth::{OauthParty, authorized, code, text};
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

/// Where the documentation has the same group of addresses.
const ROOTS: [&str; 2] = ["/oauth/users", "/users"];
const SAM: &str = "sam@example.org";

/// A server with one client that speaks Reltio's words, and sam.
struct Ready {
    server: ServerHere,
    party: OauthParty,
}

impl Ready {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let party = OauthParty::reltio(&server).await;
        party.person(&server, SAM).await;
        Self { server, party }
    }

    /// `POST /oauth/token` with the client's id and secret as Basic, as the documentation has it.
    async fn token(&self, form: &str) -> Reply {
        let request = Request::new("POST", "/oauth/token")
            .header("Authorization", &basic(&self.party))
            .header("Content-Type", "application/x-www-form-urlencoded");
        self.party.send(&request.body(form)).await
    }

    /// Sam's tokens, of a sign-in that needs the password alone.
    async fn password_alone(&self) -> String {
        text(&self.party.login(SAM, &[]).await.expect(200)["access_token"])
    }

    /// The token of a login of sam's that waits.
    async fn waits(&self) -> String {
        text(&self.party.login(SAM, &[]).await.expect(200)["state_token"]["token"])
    }

    /// A login goes on with this code.
    async fn goes_on(&self, state_token: &str, totp: &str) -> Reply {
        let grant = [("grant_type", "state_token"), ("state_token", state_token), ("totp", totp)];
        self.party.token(&grant).await
    }

    /// Sam's access token after password and code.
    async fn both(&self, seed: &OtpEntry) -> String {
        self.server.clock.advance(30_000);
        let tokens = self.goes_on(&self.waits().await, &self.code(seed, 0)).await;
        text(&tokens.expect(200)["access_token"])
    }

    fn code(&self, seed: &OtpEntry, steps: i64) -> String {
        code(&self.server, seed, steps)
    }

    async fn get(&self, target: &str, token: &str) -> Reply {
        self.party.call("GET", target, token).await
    }

    async fn put(&self, target: &str, token: &str) -> Reply {
        self.party.call("PUT", target, token).await
    }

    /// A payload as the documentation writes it, without a word of what it is.
    async fn put_code(&self, target: &str, token: &str, mfatype: &str, totp: &str) -> Reply {
        self.party.send(&authorized("PUT", target, token).body(payload(mfatype, totp))).await
    }

    /// A picture is scanned. It counts after its first code.
    async fn associate(&self, root: &str, token: &str) -> OtpEntry {
        let picture = self.put(&format!("{root}/mfa/associateQRCode?mfatype=AUTHENTICATOR"), token).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
        assert_eq!(picture.header("cache-control"), Some("no-store"));
        scanned(&picture.body)
    }

    /// Sam has an app from now on; its code of this moment is used up.
    async fn enrolled(&self) -> OtpEntry {
        let token = self.password_alone().await;
        let seed = self.associate("/users", &token).await;
        let code = self.code(&seed, 0);
        let verified = self.put_code("/users/mfa/verifyQRCodeEnroll", &token, "AUTHENTICATOR", &code).await;
        assert_eq!(verified.expect(200), json!({}));
        seed
    }

    async fn details(&self, token: &str) -> Value {
        self.get("/oauth/users/mfaDetails", token).await.expect(200)
    }

    async fn policy(&self, name: &str, value: &str) {
        let scope = Scope { tenant: self.party.tenant(), application: None };
        self.server
            .engine
            .set_policy(scope, &[(name.to_owned(), value.to_owned())], &"operator")
            .await
            .unwrap();
        // Callers are remembered for a moment.
        self.server.clock.advance(10_000);
    }
}

fn payload(mfatype: &str, totp: &str) -> String {
    format!("{{\n    \"mfatype\": \"{mfatype}\",\n    \"totp\": \"{totp}\"\n}}")
}

/// `Basic {{clientId:secret}}`.
fn basic(party: &OauthParty) -> String {
    let pair = format!("{}:{}", party.party.client_id, party.party.client_secret);
    format!("Basic {}", STANDARD.encode(pair))
}

/// What our own core reads in a picture.
fn scanned(picture: &[u8]) -> OtpEntry {
    let texts = scan::decode_file(picture).unwrap();
    assert_eq!(texts.len(), 1);
    OtpEntry::parse(texts[0].as_str()).unwrap()
}

fn details(authenticator: bool, email: bool) -> Value {
    json!({
        "availables": ["AUTHENTICATOR", "EMAIL"],
        "details": {"AUTHENTICATOR": {"verified": authenticator}, "EMAIL": {"verified": email}},
    })
}
