//! Auth0's MFA API over raw HTTP: authenticators, and tokens for second factors. Phones are real cores.

mod changing;
mod choosing;
mod listing;
mod otp;
mod push;
mod recovery;
mod sent;

use countersign_protocol::id::TenantId;
use countersign_server::engine::policy::Scope;
use countersign_tests::http::{Reply, Request};
use countersign_tests::mailbox;
use countersign_tests::oauth::{AUTH0_GRANTS, NOTICED, OauthParty, authorized, text};
use countersign_tests::server_here::ServerHere;
use serde_json::{Value, json};

const SAM: &str = "sam@example.org";
const ALEX: &str = "alex@example.org";
/// A number that could be somebody's.
const NUMBER: &str = "+966501234567";

/// Status, code and text of a refusal, as Auth0 has it.
type Row = (u16, &'static str, &'static str);

const WRONG_OTP: Row = (403, "invalid_grant", "Invalid otp_code.");
const WRONG_CODE: Row = (403, "invalid_grant", "Invalid binding_code.");
const NO_CODE: Row = (400, "invalid_request", "Missing required parameter: binding_code");
const PENDING: Row =
    (400, "authorization_pending", "Authorization pending: please repeat the request in a few seconds.");
const SLOW_DOWN: Row = (429, "slow_down", "You are polling faster than the specified interval of 5 seconds.");
const REJECTED: Row = (403, "invalid_grant", "MFA Authorization rejected.");
const LOGIN_OVER: Row = (401, "expired_token", "mfa_token is expired");
const NO_LOGIN: Row = (403, "invalid_grant", "Malformed mfa_token");
const OOB_OVER: Row = (401, "expired_token", "oob_code is expired");
const NO_OOB: Row = (403, "invalid_grant", "Malformed oob_code");
const OOB_OF_ANOTHER: Row = (400, "invalid_request", "The oob_code doesn't match the mfa_token");
const OF_ANOTHER: Row = (400, "invalid_request", "mfa_token not issued to this client");
const NOT_FOUND: Row = (400, "invalid_request", "Authenticator not found");
const ENROLLED: Row = (403, "access_denied", "User is already enrolled.");

/// A server with one client of Auth0's flavour, which knows sam and alex.
struct Bank {
    server: ServerHere,
    client: OauthParty,
}

impl Bank {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let client = OauthParty::auth0(&server).await;
        for user in [SAM, ALEX] {
            client.person(&server, user).await;
        }
        Self { server, client }
    }

    async fn policy(&self, settings: &[(&str, &str)]) {
        let tenant: TenantId = self.client.tenant();
        let pairs: Vec<_> = settings.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.server
            .engine
            .set_policy(Scope { tenant, application: None }, &pairs, &"operator")
            .await
            .unwrap();
        self.server.clock.advance(NOTICED);
    }

    /// The token of a login that sam has begun.
    async fn login(&self) -> String {
        self.client.mfa_token(SAM).await
    }

    /// One of Auth0's grants for a login, with these parameters as a form.
    async fn grant(&self, grant: &str, login: &str, parameters: &[(&str, &str)]) -> Reply {
        self.client.mfa_grant(grant, &[&[("mfa_token", login)], parameters].concat()).await
    }

    /// The same with the parameters as JSON, and no content type, as many programs send it.
    async fn grant_json(&self, grant: &str, login: &str, parameters: &[(&str, &str)]) -> Reply {
        let mut body = json!({"mfa_token": login, "grant_type": format!("{AUTH0_GRANTS}{grant}"),
            "client_id": self.client.party.client_id, "client_secret": self.client.party.client_secret,
            "scope": null});
        for (name, value) in parameters {
            body[*name] = (*value).into();
        }
        self.client.send(&Request::new("POST", "/oauth/token").body(body.to_string())).await
    }

    /// That a grant is refused so, in whichever form it is asked for.
    #[track_caller]
    fn refused(&self, reply: &Reply, row: Row) {
        let body: Value = reply.json();
        let said =
            (reply.status, body["error"].as_str().unwrap(), body["error_description"].as_str().unwrap());
        assert_eq!(said, row);
    }

    /// That the grant is refused so, as a form and as JSON.
    async fn refuses(&self, grant: &str, login: &str, parameters: &[(&str, &str)], row: Row) {
        self.refused(&self.grant(grant, login, parameters).await, row);
        self.refused(&self.grant_json(grant, login, parameters).await, row);
    }

    /// `POST /mfa/associate`.
    async fn associate(&self, token: &str, body: Value) -> Reply {
        self.client.call_with("POST", "/mfa/associate", token, &body).await
    }

    /// The same as a form.
    async fn associate_form(&self, token: &str, body: &str) -> Reply {
        let request = authorized("POST", "/mfa/associate", token);
        self.client
            .send(&request.header("Content-Type", "application/x-www-form-urlencoded").body(body))
            .await
    }

    /// What sam has, as Auth0 lists it.
    async fn list(&self) -> Vec<Value> {
        let login = self.login().await;
        let listed = self.client.call("GET", "/mfa/authenticators", &login).await.expect(200);
        listed.as_array().unwrap().clone()
    }

    /// The id of the one authenticator of sam's whose id begins so.
    async fn id(&self, word: &str) -> String {
        let all = self.list().await;
        let mut found = all.iter().filter(|one| text(&one["id"]).starts_with(word));
        text(&found.next().expect("it is there")["id"])
    }

    /// The code in the newest short message to sam's number.
    async fn sent(&self) -> String {
        mailbox::code_by(&self.server, "sms", NUMBER).await
    }

    /// Long enough for the next message to the same place, or look at the same question.
    fn wait(&self) {
        self.server.clock.advance(30_000);
    }
}

/// The names of an object's members, in order.
#[track_caller]
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
