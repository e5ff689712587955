//! S40: what belongs to another tenant does not exist. Every operation is called with another tenant's ids in every place
//! where an id can stand. A new operation, or a new place in one, fails here until it is said what it can hold.

use countersign_protocol::answer::Decision;
use countersign_protocol::jws::Purpose;
use countersign_protocol::rule::Rule;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{NewWebhook, SignatureFormat, Targets};
use countersign_tests::device::{Device, random_token};
use countersign_tests::http::{self, Reply, Request, segment};
use countersign_tests::oauth::OauthParty;
use countersign_tests::relying_party::{RelyingParty, Session};
use countersign_tests::server_here::ServerHere;
use serde_json::{Map, Value, json};

use super::document::{Operation, address, document, operations, resolved};
/// What each operation with a foreign id in it says: an error, or a success that concerns the caller's own tenant only.
const EXPECTED: &[(&str, u16, &str)] = &[
    ("accepttoAuthenticate", 401, ""), // nobody has this address
    ("accepttoAuthenticatePost", 401, ""),
    ("accepttoAuthenticateV8", 401, ""),
    ("accepttoAuthenticateV8Post", 401, ""),
    ("accepttoAuthenticateWithOptions", 401, ""),
    ("accepttoAuthenticateWithOptionsPost", 401, ""),
    ("accepttoCheck", 200, ""), // Transaction not found!
    ("accepttoCheckPost", 200, ""),
    ("accepttoCheckV8", 200, ""),
    ("accepttoCheckV8Post", 200, ""),
    ("accepttoCreateToken", 200, ""), // no success
    ("accepttoCreateTokenPost", 200, ""),
    ("accepttoGetUser", 200, ""), // no success
    ("accepttoGetUserPost", 200, ""),
    ("accepttoIsUserValid", 200, ""), // not valid
    ("accepttoIsUserValidPost", 200, ""),
    ("accepttoOtpVerify", 200, ""), // Transaction not found!
    ("accepttoOtpVerifyPost", 200, ""),
    ("addFactor", 404, "session_not_found"),
    ("addRule", 400, "invalid_rule"),
    ("answer", 404, "challenge_not_found"),
    ("cancel", 404, "session_not_found"),
    ("challenge", 400, "invalid_request"), // Authenticator not found
    ("endRule", 404, "rule_not_found"),
    ("enroll", 201, ""), // a person of the caller's own with the same user_ref
    ("listDevices", 404, "user_not_found"),
    ("listDeliveries", 200, ""),
    ("listFactors", 404, "user_not_found"),
    ("listUsers", 200, ""), // a cursor is a position, and there is nobody behind it
    ("receipt", 404, "session_not_found"),
    ("registerDevice", 201, ""), // the same in the caller's own tenant
    ("removeAuthenticator", 404, "not_found"),
    ("removeFactor", 404, "session_not_found"),
    ("removeDevice", 404, "device_not_found"),
    ("removeUser", 404, "user_not_found"),
    ("replayDelivery", 404, "delivery_not_found"),
    ("resend", 404, "session_not_found"),
    ("send", 404, "user_not_found"),
    ("setPushToken", 204, ""), // the same token in two tenants is two devices
    ("status", 404, "session_not_found"),
    ("verify", 404, "session_not_found"),
    ("verifyFactor", 404, "user_not_found"),
];

/// What can stand in a place of a request.
#[derive(Debug)]
enum Place {
    /// The victim's.
    Foreign(Value),
    /// No id, and this is a good value; null leaves it out.
    Plain(Value),
    /// It proves by itself that its bearer may do it.
    Credential,
}

/// Two tenants, and what belongs to the first one.
struct Stage {
    server: ServerHere,
    victim: RelyingParty,
    spy: RelyingParty,
    victims_device: Device,
    spys_device: Device,
    session: Session,
    challenge: String,
    cursor: Value,
    device_token: Value,
    rule: Rule,
    delivery: Value,
    /// Of a person of the spy's: the token of a login, and an access token for factors.
    tokens: Option<(String, String)>,
    /// The channel of a sign-in that the victim has begun.
    channel: Value,
}

impl Stage {
    /// For one operation: not every one needs tokens, and making them takes its time.
    async fn set(operation: &str) -> Self {
        let server = ServerHere::start().await;
        let victim = server.relying_party("Case Management", None).await;
        let (spy, tokens) = if ["challenge", "removeAuthenticator"].contains(&operation) {
            let client = OauthParty::of_new_tenant(&server, "auth0", "spy.example.org").await;
            let tokens = tokens(&server, &client).await;
            (client.party, Some(tokens))
        } else {
            (server.relying_party("Spy", None).await, None)
        };
        let victims_device = Device::enroll(server.address, &victim.link("sam").await).await;
        let spys_device = Device::enroll(server.address, &spy.link("spy").await).await;
        victim.enroll("alex").await;
        let delivery = deliver(&server, &victim).await;
        let session = victim.ask("sam").await;
        let channel = begin(&victim).await;
        let challenge = victims_device.inbox().await.remove(0);
        let page = victim.call("GET", "/api/v1/users?limit=1").await.expect(200);
        let device_token = victim.devices("sam").await[0]["device_token"].clone();
        let cursor = page["next_cursor"].clone();
        let rule = sign_a_rule(&server, &victim, &victims_device).await;
        assert!(cursor.is_string());
        Self {
            server,
            victim,
            spy,
            victims_device,
            spys_device,
            session,
            challenge,
            cursor,
            device_token,
            rule,
            delivery,
            tokens,
            channel,
        }
    }

    /// What can stand there. Names mean the same in every operation, but where it says otherwise.
    fn place(&self, operation: &str, name: &str) -> Place {
        if operation.starts_with("acceptto") {
            let by_channel = ["Check", "OtpVerify"].iter().any(|part| operation.contains(part));
            return match name {
                "uid" => Place::Plain(json!(self.spy.client_id)),
                "secret" => Place::Plain(json!(self.spy.client_secret)),
                "channel" | "websocket_channel" => Place::Foreign(self.channel.clone()),
                "email" if by_channel => Place::Plain(json!("spy")),
                "email" => Place::Foreign(json!("sam")),
                "otp" => Place::Plain(json!("123456")),
                _ => Place::Plain(Value::Null),
            };
        }
        match (operation, name) {
            ("replayDelivery", "id") | ("listDeliveries", "cursor") => Place::Foreign(self.delivery.clone()),
            ("verifyFactor" | "removeFactor", "id") => {
                Place::Foreign(json!(self.victims_device.id.to_string()))
            }
            ("removeAuthenticator", "id") | ("challenge", "authenticator_id") => {
                Place::Foreign(json!(format!("push|{}", self.victims_device.id)))
            }
            ("challenge", "mfa_token") => Place::Plain(json!(self.tokens.as_ref().map(|(login, _)| login))),
            ("challenge", "client_id") => Place::Plain(json!(self.spy.client_id)),
            ("challenge", "client_secret" | "challenge_type") => Place::Plain(Value::Null),
            ("associate", _) => Place::Plain(Value::Null),
            ("token" | "putToken", _) => Place::Credential,
            ("addFactor", "type") => Place::Plain(json!("totp")),
            ("endRule", "id") => Place::Foreign(json!(self.rule.jti)),
            ("addRule", "rule") => {
                // Signed well, by the spy, for an application of the victim's.
                let rule = Rule { iss: self.spys_device.id, ..self.rule.clone() };
                Place::Foreign(json!(self.spys_device.keys.verification.sign(Purpose::Rule, &rule)))
            }
            (_, "session_id") | ("answer", "id") => Place::Foreign(json!(self.session.id)),
            (_, "user_ref") => Place::Foreign(json!("sam")),
            ("completeEnrollment", "device_token") => Place::Plain(json!("t")),
            (_, "device_token") => Place::Foreign(self.device_token.clone()),
            (_, "cursor") => Place::Foreign(self.cursor.clone()),
            ("answer", "answer") => {
                Place::Plain(json!(self.spys_device.answer(&self.challenge, Decision::Deny, None)))
            }
            ("lookAtEnrollment" | "completeEnrollment" | "verifyEnrollment" | "resendCode", "token")
            | ("transfer", "transfer")
            | (
                "reportDelivery"
                | "postDelivery"
                | "reportTwilioDelivery"
                | "getCall"
                | "postCall"
                | "reportCall",
                "token",
            ) => Place::Credential,
            ("mpassSendSms" | "mpassVerifyOtp", "apikey") => Place::Credential,
            ("mpassSendSms" | "mpassVerifyOtp", _) => Place::Plain(Value::Null),
            ("reportDelivery" | "postDelivery", "status") => Place::Plain(json!("delivered")),
            (_, "code") => Place::Plain(json!("123456")),
            ("registerDevice", "platform") => Place::Plain(json!("android")),
            (_, "device_name") => Place::Plain(json!("Robot")),
            (
                _,
                "session_ref" | "message" | "number_match" | "email" | "display_name" | "challenge"
                | "strict" | "limit" | "wait" | "state" | "platform" | "keys" | "proof" | "attestation"
                | "otp" | "risk_profile" | "timeout" | "context" | "factor" | "language" | "via" | "to"
                | "count",
            ) => Place::Plain(Value::Null),
            // `oauth/reltio/administrators` has another tenant's people, and `oauth/reltio/resets` other clients' logins.
            _ if ["mfaDetails", "QRCode", "Email", "EnrollWithStateToken"]
                .iter()
                .any(|part| operation.contains(part)) =>
            {
                Place::Credential
            }
            _ => panic!("{operation}: say here whether {name} can hold another tenant's id"),
        }
    }

    /// Everything that the victim can see of its own.
    async fn victims_view(&self) -> Value {
        json!({
            "users": self.victim.call("GET", "/api/v1/users").await.expect(200),
            "sam": self.victim.devices("sam").await,
            "alex": self.victim.devices("alex").await,
            "session": self.victim.look(&self.session.id).await.expect(200),
            "deliveries": self.victim.call("GET", "/api/v1/webhooks/deliveries").await.expect(200),
            "inbox": self.victims_device.inbox().await,
            "rules": self.victims_device.call("GET", "/api/v1/device/rules", &Value::Null).await.json()["rules"],
        })
    }

    /// The operation as the spy calls it; none when no foreign id fits into it.
    fn request(&self, operation: &Operation, document: &Value) -> Option<Request> {
        let mut foreign = false;
        let mut value = |name: &str| match self.place(operation.id(), name) {
            Place::Foreign(value) => {
                foreign = true;
                value
            }
            Place::Plain(value) => value,
            Place::Credential => Value::Null,
        };
        let mut body = Map::new();
        let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
        let schema = resolved(document, schema);
        for name in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
            body.insert(name.clone(), value(name));
        }
        body.retain(|_, value| !value.is_null());
        let mut query = Vec::new();
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().unwrap();
            if let Some(value) = value(name).as_str() {
                query.push(format!("{name}={}", segment(value)));
            }
        }
        let path: Map<String, Value> = operation
            .parameters("path")
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .map(|name| (name.clone(), value(&name)))
            .collect();
        let path = address(&operation.path, |name| path[name].as_str().unwrap_or_default().to_owned());
        let target = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        let bytes = if schema.is_object() { json!(body).to_string() } else { String::new() };
        let request = if operation.is_signed() {
            self.spys_device.request(&operation.method, &target, bytes.as_bytes())
        } else {
            self.spy.request(&operation.method, &target).body(bytes)
        };
        let request = match &self.tokens {
            Some((_, bearer)) if operation.id() == "removeAuthenticator" => {
                request.header("Authorization", &format!("Bearer {bearer}"))
            }
            _ => request,
        };
        foreign.then_some(request)
    }

    fn nothing_of_the_victims_is_told(&self, id: &str, reply: &Reply) {
        let text = reply.text();
        for secret in [&self.victims_device.id.to_string(), "alex"] {
            assert!(!text.contains(secret), "{id} tells {secret}: {text}");
        }
    }
}

/// The channel of a sign-in of sam's, in Acceptto's words, in which nothing is asked yet.
async fn begin(victim: &RelyingParty) -> Value {
    let own = [("uid", &victim.client_id), ("secret", &victim.client_secret)];
    let own = own.map(|(name, value)| format!("{name}={}", segment(value))).join("&");
    let request = Request::new("POST", "/api/v9/authenticate_with_options").body(format!("{own}&email=sam"));
    http::send(victim.address, &request).await.expect(200)["channel"].clone()
}

/// What a person of this client's has: the token of a login that has begun, and an access token that changes factors.
async fn tokens(server: &ServerHere, client: &OauthParty) -> (String, String) {
    let robin = "robin@example.org";
    client.person(server, robin).await;
    let seed = client.give_totp(server, robin).await;
    let token = client.factors_token(server, robin, &seed, 1).await;
    (client.mfa_token(robin).await, token)
}

/// The id of a delivery that waits: no worker runs here.
async fn deliver(server: &ServerHere, of: &RelyingParty) -> Value {
    let webhook = NewWebhook {
        url: "https://receiver.example.org/hook".to_owned(),
        application: None,
        format: SignatureFormat::Hex,
    };
    server
        .engine
        .add_webhook(of.tenant.parse().unwrap(), webhook, &Targets::default(), &"operator")
        .await
        .unwrap();
    let device = Device::enroll(server.address, &of.link("kim").await).await;
    let session = of.ask("kim").await;
    let denial = device.answer(&device.inbox().await.remove(0), Decision::Deny, None);
    device.submit(session.challenge(), &denial).await.expect(200);
    let deliveries = of.call("GET", "/api/v1/webhooks/deliveries").await.expect(200);
    let id = deliveries["deliveries"][0]["delivery_id"].clone();
    assert!(id.is_string(), "{deliveries}");
    id
}

/// A rule of a device's person, which the tenant allows from now on.
async fn sign_a_rule(server: &ServerHere, of: &RelyingParty, device: &Device) -> Rule {
    let scope = Scope { tenant: of.tenant.parse().unwrap(), application: None };
    let on = [("auto_accept".to_owned(), "on".to_owned())];
    server.engine.set_policy(scope, &on, &"operator").await.unwrap();
    let now = server.engine.server_time();
    let rule = Rule {
        iss: device.id,
        aud: device.server.clone(),
        jti: random_token(),
        app: of.client_id.clone(),
        app_name: "Case Management".to_owned(),
        network: "192.0.2.0/24".parse().unwrap(),
        iat: now,
        exp: now + 3600,
    };
    let signed = device.keys.verification.sign(Purpose::Rule, &rule);
    device.call("POST", "/api/v1/device/rules", &json!({"rule": signed})).await.expect(201);
    rule
}

#[tokio::test]
async fn s40_another_tenants_ids_are_404_on_every_route() {
    let described = ServerHere::start().await;
    let document = document(described.address).await;
    let mut called = Vec::new();
    for operation in operations(&document) {
        let id = operation.id();
        let stage = Stage::set(id).await;
        let Some(request) = stage.request(&operation, &document) else { continue };
        let expected = EXPECTED.iter().find(|(name, ..)| *name == id);
        let (_, status, code) = expected.unwrap_or_else(|| panic!("{id}: say in EXPECTED what it answers"));
        let before = stage.victims_view().await;
        let reply = http::send(stage.server.address, &request).await;
        assert_eq!(reply.refusal(), (*status, (*code).to_owned()), "{id}: {}", reply.text());
        stage.nothing_of_the_victims_is_told(id, &reply);
        assert_eq!(stage.victims_view().await, before, "{id} has changed something");
        called.push(id.to_owned());
    }
    called.sort();
    let mut all: Vec<_> = EXPECTED.iter().map(|(name, ..)| (*name).to_owned()).collect();
    all.sort();
    assert_eq!(called, all, "each line of EXPECTED is about an operation");
}
