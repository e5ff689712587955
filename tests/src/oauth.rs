//! An application that signs people in by OAuth, and what its people have: passwords, seeds, sent codes. It speaks raw
//! HTTP and knows nothing of how the server is built.

use countersign_core::otp::OtpEntry;
use countersign_protocol::id::TenantId;
use countersign_server::engine::NewUser;
use countersign_server::engine::oauth::{Algorithm, Flavour, OauthChanges, OauthTerms, TokenKeyRotation};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::http::{self, Reply, Request, segment};
use crate::mailbox;
use crate::relying_party::RelyingParty;
use crate::server_here::ServerHere;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// How the grants are called that Auth0 has made up.
pub const AUTH0_GRANTS: &str = "http://auth0.com/oauth/grant-type/";
/// Milliseconds after which a running server has noticed what was changed beside it.
pub const NOTICED: i64 = 3_001;

/// An OAuth client, with its tenant's host name.
#[derive(Debug, Clone)]
pub struct OauthParty {
    /// The application; it can call the native API as well.
    pub party: RelyingParty,
    /// `https://HOST/`: `iss` of its tenant's tokens.
    pub issuer: String,
    /// Whether it shows no secret.
    pub public: bool,
}

impl OauthParty {
    /// One whose tenant issues tokens under the address of this server, with Auth0's words.
    pub async fn auth0(server: &ServerHere) -> Self {
        Self::of_new_tenant(server, "auth0", &server.address.to_string()).await
    }

    /// The same with Reltio's.
    pub async fn reltio(server: &ServerHere) -> Self {
        Self::of_new_tenant(server, "reltio", &server.address.to_string()).await
    }

    /// One whose new tenant issues tokens under this host name.
    pub async fn of_new_tenant(server: &ServerHere, flavour: &str, host: &str) -> Self {
        let party = server.relying_party("Online Banking", None).await;
        let tenant = party.tenant.parse().unwrap();
        // An RSA key would take a second to make, and hardly any test is about which kind it is.
        let key = TokenKeyRotation { algorithm: Some(Algorithm::Es256), at_once: true };
        server.engine.rotate_token_key(tenant, key, &"operator").await.unwrap();
        let issuer = server.engine.set_issuer(tenant, host, &"operator").await.unwrap().url;
        make(server, &party, flavour, false).await;
        Self { party, issuer, public: false }
    }

    /// One more client of the same tenant.
    pub async fn beside(&self, server: &ServerHere, flavour: &str, public: bool) -> Self {
        let party = server.application(self.tenant(), "Another One").await;
        make(server, &party, flavour, public).await;
        Self { party, issuer: self.issuer.clone(), public }
    }

    /// Its tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.party.tenant.parse().unwrap()
    }

    /// The audience of tokens that change factors.
    #[must_use]
    pub fn mfa_audience(&self) -> String {
        format!("{}mfa/", self.issuer)
    }

    /// Makes somebody known who has [`PASSWORD`], and the address `user` when that is one.
    pub async fn person(&self, server: &ServerHere, user: &str) {
        let email = user.contains('@').then(|| user.to_owned());
        let new = NewUser { user_ref: user.to_owned(), email, display_name: None, language: None };
        server.engine.ensure_user(self.tenant(), new, &"operator").await.unwrap();
        server.engine.set_password(self.tenant(), user, PASSWORD, &"operator").await.unwrap();
    }

    /// Changes it as a client.
    pub async fn change(&self, server: &ServerHere, changes: OauthChanges) {
        let id = self.party.client_id.parse().unwrap();
        server.engine.change_oauth_client(id, changes, &"operator").await.unwrap();
        server.clock.advance(NOTICED);
    }

    /// Changes one of its settings, such as `demand`; or `origins`, with spaces between.
    pub async fn set(&self, server: &ServerHere, name: &str, value: &str) {
        let mut changes = OauthChanges::default();
        if name == "origins" {
            changes.origins = Some(value.split_whitespace().map(str::to_owned).collect());
        } else {
            changes.settings = vec![(name.to_owned(), value.to_owned())];
        }
        self.change(server, changes).await;
    }

    /// Gives somebody a seed that counts, at the application's word. Its code of this moment is used up.
    pub async fn give_totp(&self, server: &ServerHere, user: &str) -> OtpEntry {
        let factors = format!("/api/v1/users/{}/factors", segment(user));
        let added = self.party.post(&factors, &json!({"type": "totp"})).await.expect(201);
        let seed = seed(&added["otpauth_uri"]);
        let verify = format!("{factors}/{}/verify", added["factor"]["id"].as_str().unwrap());
        self.party.post(&verify, &json!({"code": code(server, &seed, 0)})).await.expect(200);
        seed
    }

    /// Gives somebody a number or an address (`sms`, `voice`, `email`) that counts, at the application's word.
    pub async fn give_contact(&self, server: &ServerHere, user: &str, kind: &'static str, to: &str) {
        let factors = format!("/api/v1/users/{}/factors", segment(user));
        let added = self.party.post(&factors, &json!({"type": kind, "to": to})).await.expect(201);
        let verify = format!("{factors}/{}/verify", added["factor"]["id"].as_str().unwrap());
        let sent = mailbox::code_by(server, kind, to).await;
        self.party.post(&verify, &json!({"code": sent})).await.expect(200);
        // Long enough for the next message to the same place.
        server.clock.advance(30_000);
    }

    /// `POST /oauth/token` with these parameters as a form, and the client's id, and its secret if it has one.
    pub async fn token(&self, parameters: &[(&str, &str)]) -> Reply {
        self.send(&self.token_request(parameters)).await
    }

    /// The request of [`token`](Self::token).
    #[must_use]
    pub fn token_request(&self, parameters: &[(&str, &str)]) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(parameters).append_pair("client_id", &self.party.client_id);
        if !self.public {
            form.append_pair("client_secret", &self.party.client_secret);
        }
        Request::new("POST", "/oauth/token")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form.finish())
    }

    /// One of the grants that Auth0 has made up: `mfa-otp`, `mfa-oob`, `mfa-recovery-code`.
    pub async fn mfa_grant(&self, grant: &str, parameters: &[(&str, &str)]) -> Reply {
        let grant = format!("{AUTH0_GRANTS}{grant}");
        self.token(&[&[("grant_type", grant.as_str())], parameters].concat()).await
    }

    /// The password grant with [`PASSWORD`].
    pub async fn login(&self, user: &str, extras: &[(&str, &str)]) -> Reply {
        let password = [("grant_type", "password"), ("username", user), ("password", PASSWORD)];
        self.token(&[&password[..], extras].concat()).await
    }

    /// The `mfa_token` of a login with Auth0's words that has begun.
    pub async fn mfa_token(&self, user: &str) -> String {
        self.mfa_token_for(user, &[]).await
    }

    /// The same with a scope or an audience.
    pub async fn mfa_token_for(&self, user: &str, extras: &[(&str, &str)]) -> String {
        text(&self.login(user, extras).await.expect(403)["mfa_token"])
    }

    /// An access token that changes factors, after a password and a code of this seed, some steps from now.
    pub async fn factors_token(
        &self,
        server: &ServerHere,
        user: &str,
        seed: &OtpEntry,
        steps: i64,
    ) -> String {
        let audience = self.mfa_audience();
        let login = self.mfa_token_for(user, &[("audience", &audience)]).await;
        let otp = code(server, seed, steps);
        let tokens = self.mfa_grant("mfa-otp", &[("mfa_token", &login), ("otp", &otp)]).await;
        text(&tokens.expect(200)["access_token"])
    }

    /// Calls with a token and no body.
    pub async fn call(&self, method: &str, target: &str, bearer: &str) -> Reply {
        self.send(&authorized(method, target, bearer)).await
    }

    /// Sends JSON with a token.
    pub async fn call_with(&self, method: &str, target: &str, bearer: &str, body: &Value) -> Reply {
        self.send(&authorized(method, target, bearer).json(body)).await
    }

    /// `POST /mfa/challenge` as the application.
    pub async fn challenge(&self, mfa_token: &str, extras: Value) -> Reply {
        let mut body = json!({"client_id": self.party.client_id, "mfa_token": mfa_token});
        body.as_object_mut().unwrap().extend(extras.as_object().unwrap().clone());
        self.send(&Request::new("POST", "/mfa/challenge").json(&body)).await
    }

    /// Sends any request to the server.
    pub async fn send(&self, request: &Request) -> Reply {
        http::send(self.party.address, request).await
    }
}

async fn make(server: &ServerHere, party: &RelyingParty, flavour: &str, public: bool) {
    let flavour = Flavour::from_word(flavour).expect("auth0 or reltio");
    let terms = OauthTerms { public, ..OauthTerms::new(flavour) };
    server.engine.set_oauth_client(party.client_id.parse().unwrap(), terms, &"operator").await.unwrap();
}

/// A request with a token and no body.
#[must_use]
pub fn authorized(method: &str, target: &str, bearer: &str) -> Request {
    Request::new(method, target).header("Authorization", &format!("Bearer {bearer}"))
}

/// The seed that an `otpauth://` link stands for.
#[must_use]
pub fn seed(uri: &Value) -> OtpEntry {
    OtpEntry::parse(uri.as_str().expect("a link")).unwrap()
}

/// The code that is good some steps before or after this moment of the server's clock.
#[must_use]
pub fn code(server: &ServerHere, seed: &OtpEntry, steps: i64) -> String {
    let seconds = server.clock.now() / 1000 + steps * 30;
    seed.code_at(seconds.try_into().unwrap()).unwrap().value.clone()
}

/// Another code than this one.
#[must_use]
pub fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 5) % 10)
}

/// A text of a reply.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
