//! Google's push service, as far as a server sees it: access tokens for a service account (`grants`), and FCM v1's
//! `messages:send` (`judge`), which takes what is well formed and refuses the rest in Google's words. It answers otherwise
//! for a device when a test says so. That it speaks as Google does is checked with a client that is not ours:
//! `tests/independent/fcm_fake.py`.

mod grants;
mod judge;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::NEVER;
use crate::authority::Authority;
use crate::https_server::{Answer, Asked, HttpsServer};
use grants::Grants;

/// The project.
pub const PROJECT: &str = "example-1234";
/// The service account.
pub const EMAIL: &str = "push@example-1234.iam.gserviceaccount.com";
/// Its key's id.
pub const KEY_ID: &str = "0a1b2c3d4e5f";
/// Its key: RSA, made for tests.
pub const KEY: &str = include_str!("../../keys/fcm_service_account.pem");

/// What time it is, in seconds since 1970.
pub type Seconds = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A push that was taken.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// `message` of the request.
    pub message: Value,
    /// The access token under which it came.
    pub bearer: String,
}

struct Shared {
    clock: Seconds,
    grants: Mutex<Grants>,
    /// What is answered next to whom: devices by their token, and whoever asks for an access token by none.
    answers: Mutex<HashMap<String, VecDeque<Answer>>>,
    /// Requests to send, also those that were refused.
    asked: Mutex<usize>,
    pushed: mpsc::UnboundedSender<Pushed>,
}

/// The fake.
pub struct FakeFcm {
    /// Who vouches for it.
    pub authority: Authority,
    server: HttpsServer,
    shared: Arc<Shared>,
    arrived: mpsc::UnboundedReceiver<Pushed>,
}

impl fmt::Debug for FakeFcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeFcm").field("server", &self.server).finish_non_exhaustive()
    }
}

/// A refusal in Google's form; `code` is FCM's own name for the cause.
#[must_use]
pub fn refusal(status: u16, general: &str, code: Option<&str>, message: &str) -> Answer {
    let detail = |code: &str| json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code });
    let mut error = json!({ "code": status, "message": message, "status": general });
    if let Some(code) = code {
        error["details"] = json!([detail(code)]);
    }
    Answer::Reply(status, None, json!({ "error": error }))
}

impl FakeFcm {
    /// One whose clock is `clock`.
    pub async fn start(clock: Seconds) -> Self {
        let authority = Authority::new();
        let (pushed, arrived) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            clock,
            grants: Mutex::default(),
            answers: Mutex::default(),
            asked: Mutex::default(),
            pushed,
        });
        let served = Arc::clone(&shared);
        let server = HttpsServer::start(&authority, move |asked| served.answer(&asked)).await;
        Self { authority, server, shared, arrived }
    }

    /// Its address: `https://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The service account's key file, as the Firebase console hands it out.
    #[must_use]
    pub fn key_file(&self) -> Value {
        json!({
            "type": "service_account", "project_id": PROJECT, "private_key_id": KEY_ID, "private_key": KEY,
            "client_email": EMAIL, "client_id": "100000000000000000000",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": format!("{}/token", self.url()),
            "universe_domain": "googleapis.com",
        })
    }

    /// Answers the next push to this device so.
    pub fn next_for(&self, device: &str, answer: Answer) {
        self.shared.answers.lock().unwrap().entry(device.to_owned()).or_default().push_back(answer);
    }

    /// Answers whoever asks for an access token next so.
    pub fn next_for_tokens(&self, answer: Answer) {
        self.next_for("", answer);
    }

    /// Takes no access token any more that was given out until now.
    pub fn forget_tokens(&self) {
        self.shared.grants.lock().unwrap().forget();
    }

    /// How many access tokens were asked for.
    #[must_use]
    pub fn grants(&self) -> usize {
        self.shared.grants.lock().unwrap().asked()
    }

    /// How many times it was asked to send.
    #[must_use]
    pub fn asked(&self) -> usize {
        *self.shared.asked.lock().unwrap()
    }

    /// Connections that were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// The next push, which must come.
    pub async fn next(&mut self) -> Pushed {
        let next = tokio::time::timeout(NEVER, self.arrived.recv());
        next.await.expect("a push is sent").expect("the fake runs")
    }

    /// The pushes that came and were not looked at.
    pub fn rest(&mut self) -> Vec<Pushed> {
        std::iter::from_fn(|| self.arrived.try_recv().ok()).collect()
    }
}

impl Shared {
    fn told(&self, whom: &str) -> Option<Answer> {
        self.answers.lock().unwrap().get_mut(whom)?.pop_front()
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let now = (self.clock)();
        if asked.path == "/token" {
            let mut grants = self.grants.lock().unwrap();
            let given = grants.ask(asked, now);
            return self.told("").unwrap_or(given);
        }
        *self.asked.lock().unwrap() += 1;
        let bearer = match self.grants.lock().unwrap().bearer(asked, now) {
            Ok(bearer) => bearer,
            Err(refused) => return refused,
        };
        match judge::judge(asked) {
            Err(refused) => refused,
            Ok(order) => self.told(&order.device).unwrap_or_else(|| {
                // The test may have ended.
                let _nobody = self.pushed.send(Pushed { message: order.message, bearer });
                let name =
                    if order.only_tried { "fake_message_id" } else { "0:1800000000400000%deadbeefdeadbeef" };
                Answer::Reply(200, None, json!({ "name": format!("projects/{PROJECT}/messages/{name}") }))
            }),
        }
    }
}
