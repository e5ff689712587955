//! The program that wants to know whether it is really this person: plain HTTP calls, as an integrator would write
//! them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Result;

/// A relying party with its credentials.
#[derive(Debug)]
pub(crate) struct RelyingParty {
    http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// A session that was opened.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// The number for the login screen.
    pub(crate) number: Option<String>,
}

impl RelyingParty {
    pub(crate) fn new(base: String, client_id: String, client_secret: String) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().build()?, base, client_id, client_secret })
    }

    /// `POST /api/v1/users/enroll`: the link, and its QR code as PNG.
    pub(crate) async fn enroll(&self, user_ref: &str, display_name: &str) -> Result<(String, Vec<u8>)> {
        let body = json!({"user_ref": user_ref, "display_name": display_name});
        let reply = self.call(reqwest::Method::POST, "users/enroll", Some(&body)).await?;
        Ok((text(&reply, "enrollment_url")?, STANDARD.decode(text(&reply, "qr_png")?)?))
    }

    /// The code that the phone shows as well: `GET /api/v1/devices/user/:userRef`.
    pub(crate) async fn confirmation_code(&self, user_ref: &str) -> Result<String> {
        let reply = self.call(reqwest::Method::GET, &format!("devices/user/{user_ref}"), None).await?;
        let device = reply.get("devices").and_then(|d| d.get(0)).ok_or("the server lists no device")?;
        text(device, "confirmation_code")
    }

    /// `POST /api/v1/mfa/send`.
    pub(crate) async fn send(&self, user_ref: &str, message: &str, number_match: bool) -> Result<Session> {
        let body = json!({"user_ref": user_ref, "message": message, "number_match": number_match});
        let reply = self.call(reqwest::Method::POST, "mfa/send", Some(&body)).await?;
        let number = reply.get("number").and_then(Value::as_str).map(str::to_owned);
        Ok(Session { id: text(&reply, "session_id")?, number })
    }

    /// `GET /api/v1/mfa/status/:sessionId?wait=30`: returns when somebody has answered.
    pub(crate) async fn outcome(&self, session: &Session) -> Result<String> {
        let reply =
            self.call(reqwest::Method::GET, &format!("mfa/status/{}?wait=30", session.id), None).await?;
        text(&reply, "status")
    }

    /// `DELETE /api/v1/mfa/cancel/:sessionId`.
    pub(crate) async fn cancel(&self, session: &Session) -> Result<String> {
        let reply = self.call(reqwest::Method::DELETE, &format!("mfa/cancel/{}", session.id), None).await?;
        text(&reply, "status")
    }

    async fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("{}/api/v1/{path}", self.base);
        let mut request = self
            .http
            .request(method, url)
            .header("X-Client-ID", &self.client_id)
            .header("X-Client-Secret", &self.client_secret);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let reply = request.send().await?;
        let status = reply.status();
        let text = reply.text().await?;
        if status.is_success() {
            Ok(serde_json::from_str(&text)?)
        } else {
            Err(format!("{path} answered {status}: {text}").into())
        }
    }
}

fn text(reply: &Value, field: &str) -> Result<String> {
    let found = reply.get(field).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| format!("the server's reply has no {field}").into())
}
