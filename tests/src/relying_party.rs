//! A relying party's server: calls the MyPass-shaped API the way its documentation prints it.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::http::{self, Reply, Request, segment};

/// One application with its credentials.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    /// Where the server is.
    pub address: SocketAddr,
    /// Its tenant.
    pub tenant: String,
    /// Its client id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// A question that was put.
#[derive(Debug, Clone)]
pub struct Session {
    /// `session_id`.
    pub id: String,
    /// The number on the login screen.
    pub number: Option<String>,
}

impl Session {
    /// Its id as the phone has it.
    #[must_use]
    pub fn challenge(&self) -> countersign_protocol::id::ChallengeId {
        self.id.parse().unwrap()
    }

    /// A number that is not the one on the login screen.
    #[must_use]
    pub fn wrong_number(&self) -> String {
        let right: u8 = self.number.as_ref().expect("asked with a number").parse().unwrap();
        format!("{:02}", (right + 1) % 100)
    }
}

impl RelyingParty {
    /// A request with its credentials.
    #[must_use]
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(method, target)
            .header("X-Client-ID", &self.client_id)
            .header("X-Client-Secret", &self.client_secret)
    }

    /// Calls without a body.
    pub async fn call(&self, method: &str, target: &str) -> Reply {
        http::send(self.address, &self.request(method, target)).await
    }

    /// Posts JSON.
    pub async fn post(&self, target: &str, body: &Value) -> Reply {
        http::send(self.address, &self.request("POST", target).json(body)).await
    }

    /// `POST /mfa/send`, without a number.
    pub async fn ask(&self, user_ref: &str) -> Session {
        self.asked(&json!({"user_ref": user_ref, "message": "Approve login from Chrome?"})).await
    }

    /// The same for a login screen that shows a number.
    pub async fn ask_with_number(&self, user_ref: &str) -> Session {
        self.asked(&json!({"user_ref": user_ref, "number_match": true})).await
    }

    async fn asked(&self, body: &Value) -> Session {
        let sent = self.post("/api/v1/mfa/send", body).await.expect(200);
        Session {
            id: sent["session_id"].as_str().unwrap().to_owned(),
            number: sent["number"].as_str().map(str::to_owned),
        }
    }

    /// `GET /mfa/status/:sessionId`, the whole reply.
    pub async fn look(&self, session_id: &str) -> Reply {
        self.call("GET", &format!("/api/v1/mfa/status/{session_id}")).await
    }

    /// The status word.
    pub async fn status(&self, session: &Session) -> String {
        self.look(&session.id).await.expect(200)["status"].as_str().unwrap().to_owned()
    }

    /// The status as a long poll.
    pub async fn wait(&self, session: &Session, seconds: u32) -> Value {
        self.look(&format!("{}?wait={seconds}", session.id)).await.expect(200)
    }

    /// `DELETE /mfa/cancel/:sessionId`.
    pub async fn cancel(&self, session_id: &str) -> Reply {
        self.call("DELETE", &format!("/api/v1/mfa/cancel/{session_id}")).await
    }

    /// `POST /users/enroll`.
    pub async fn enroll(&self, user_ref: &str) -> Value {
        self.post("/api/v1/users/enroll", &json!({"user_ref": user_ref})).await.expect(201)
    }

    /// The link out of it.
    pub async fn link(&self, user_ref: &str) -> String {
        self.enroll(user_ref).await["enrollment_url"].as_str().unwrap().to_owned()
    }

    /// `GET /devices/user/:userRef`.
    pub async fn devices(&self, user_ref: &str) -> Vec<Value> {
        let reply = self.call("GET", &format!("/api/v1/devices/user/{}", segment(user_ref))).await;
        reply.expect(200)["devices"].as_array().unwrap().clone()
    }

    /// `DELETE /devices/:deviceToken`.
    pub async fn remove_device(&self, device_token: &str) -> Reply {
        self.call("DELETE", &format!("/api/v1/devices/{}", segment(device_token))).await
    }
}
