//! mPass's number verification, asked as its documentation prints it: each request is written by hand.

mod attacks;
mod commands;
mod keys;
mod limits;
mod outside;
mod sending;
mod verifying;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Extension;
use countersign_protocol::id::TenantId;
use countersign_server::api::{self, Client};
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::providers::Channel;
use countersign_server::engine::{Attempt, Content, Engine, Message, NewChannel, NewKey, NewTenant, Task};
use countersign_server::store::Room;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::server_here::ServerHere;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where the caller's machine is.
const HERE: &str = "192.0.2.7";
/// A number of nobody's.
const NUMBER: &str = "+966501234567";
/// Milliseconds after which a code can be sent again.
const COOL_DOWN: i64 = 30_001;

const ACCEPT: &str = r#"{"description":"Accept","status":"0"}"#;
const INVALID: &str = r#"{"description":"Invalid Data","status":"1"}"#;
const DENIED: &str = r#"{"description":"Access Denied","status":"2"}"#;
const REJECT: &str = r#"{"description":"Reject","status":"3"}"#;
const EXPIRED: &str = r#"{"description":"Expired","status":"4"}"#;
const INTERNAL: &str = r#"{"description":"Internal Error Occurred","status":"100"}"#;

/// What a gateway does with the messages that it is given.
#[derive(Debug, Clone)]
enum Gateway {
    Ends(Attempt),
    /// It never says how it went.
    Stalls,
}

/// A server with a channel, and a gateway that takes its messages.
struct Place {
    server: ServerHere,
    tenant: TenantId,
    key: NewKey,
    /// Where the caller reaches the server.
    door: SocketAddr,
    gateway: Arc<Mutex<Gateway>>,
    sent: Arc<Mutex<Vec<Message>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Place {
    async fn new() -> Self {
        Self::of(None).await
    }

    /// Of a caller that may leave the code of a country out.
    async fn of(country: Option<&str>) -> Self {
        let server = ServerHere::start().await;
        let new = NewTenant { name: "Example Clinic".to_owned(), answer_window: None, color: None };
        let tenant = server.engine.create_tenant(new, &"operator").await.unwrap().id;
        let key = channel(&server.engine, tenant, country).await;
        let (gateway, sent) = (Arc::new(Mutex::new(taken())), Arc::default());
        let carrying = carry(Arc::clone(&server.engine), Arc::clone(&gateway), Arc::clone(&sent));
        let mut place = Self {
            door: server.address,
            tasks: vec![tokio::spawn(carrying)],
            server,
            tenant,
            key,
            gateway,
            sent,
        };
        place.door = place.door_for(HERE).await;
        place
    }

    /// Where a machine with this address reaches the server.
    async fn door_for(&mut self, address: &str) -> SocketAddr {
        let client = Client { address: Some(address.parse::<IpAddr>().unwrap()) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        let app = api::app(Arc::clone(&self.server.engine)).layer(Extension(client));
        self.tasks.push(tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }));
        door
    }

    async fn get(&self, target: &str) -> Reply {
        http::send(self.door, &Request::new("GET", target)).await
    }

    /// `msg` with the key and what else is given, exactly as it is written.
    async fn msg(&self, rest: &str) -> Reply {
        self.get(&format!("/mpass-web/rest/mv/msg?apikey={}&{rest}", self.key.text)).await
    }

    /// The same for `verify`.
    async fn verify(&self, rest: &str) -> Reply {
        self.get(&format!("/mpass-web/rest/mv/verify?apikey={}&{rest}", self.key.text)).await
    }

    /// Sends a code to a number, which works.
    async fn code_to(&self, number: &str) -> String {
        says(&self.msg(&format!("dest={}", http::segment(number))).await, ACCEPT);
        self.code()
    }

    /// The code in the newest message.
    fn code(&self) -> String {
        self.sent.lock().unwrap().last().expect("a message").code.clone().expect("a code")
    }

    fn sent(&self) -> Vec<Message> {
        self.sent.lock().unwrap().clone()
    }

    fn gateway_is(&self, gateway: Gateway) {
        *self.gateway.lock().unwrap() = gateway;
    }

    /// What waits to be sent.
    async fn waiting(&self) -> usize {
        let rows = self.server.rows();
        let jobs = rows.due_jobs(i64::MAX, &[Room::wide("sms", 1000)]).await.unwrap().len();
        rows.close().await;
        jobs
    }

    /// The tenant's log about all this, in the order of the alphabet: what, by whom, to whom, from where.
    async fn log(&self) -> Vec<(String, String, String, Option<String>)> {
        let all = EventFilter::default();
        let mut events = self.server.engine.latest_events(self.tenant, &all, 100).await.unwrap();
        events.retain(|event| event.name.starts_with("verification.") || event.name.starts_with("channel."));
        let mut told: Vec<_> =
            events.into_iter().map(|event| (event.name, event.actor, event.subject, event.address)).collect();
        told.sort();
        told
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The gateway has the message.
fn taken() -> Gateway {
    Gateway::Ends(Attempt::done(Some(202), None))
}

async fn channel(engine: &Engine, tenant: TenantId, country: Option<&str>) -> NewKey {
    let networks = vec![HERE.to_owned(), "127.0.0.1".to_owned()].try_into().unwrap();
    let new = NewChannel { name: "Clinic".to_owned(), networks, country: country.map(str::to_owned) };
    engine.create_channel(tenant, new, &"operator").await.unwrap()
}

/// Carries messages as the server's own couriers do, but for the wire.
async fn carry(engine: Arc<Engine>, gateway: Arc<Mutex<Gateway>>, sent: Arc<Mutex<Vec<Message>>>) {
    loop {
        engine.outbox_woken().await;
        for mut job in engine.due(&[Room::wide(Channel::Sms.job_kind(), 100)]).await.unwrap() {
            let Gateway::Ends(attempt) = gateway.lock().unwrap().clone() else { continue };
            if !engine.lease(&mut job).await.unwrap() {
                continue;
            }
            let Task::Carry(parcel) = engine.task(&job).await.unwrap() else { continue };
            let Content::Message(message) = &parcel.content else { continue };
            sent.lock().unwrap().push(message.clone());
            engine.settle(&job, Some(&parcel), (engine.unix_ms(), 5), attempt).await.unwrap();
        }
    }
}

/// The whole reply, to the byte.
#[track_caller]
fn says(reply: &Reply, body: &str) {
    assert_eq!((reply.status, reply.text().as_str()), (200, body));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

/// That the caller has to wait, and for how many seconds.
#[track_caller]
fn must_wait(reply: &Reply) -> i64 {
    assert_eq!((reply.status, reply.text().as_str()), (429, DENIED));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.header("retry-after").expect("when to come again").parse().unwrap()
}
