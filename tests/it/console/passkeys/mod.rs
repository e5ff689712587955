//! Passkeys of operators, by a device in software that answers as browsers do, and as nobody should.

pub(super) mod adding;
mod garbage;
mod joining;
mod refused;
mod signing_in;

use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::store::PasskeyRow;
use countersign_tests::browser::Browser;
use countersign_tests::http::Reply;
use countersign_tests::operator::Seat;
use countersign_tests::passkey::{Device, Lie};
use countersign_tests::server_here::ServerHere;
use serde_json::Value;

use super::owner::send;

const ADD: &str = "/account/passkeys";
const SIGN_IN: &str = "/console/sign-in/passkey";

/// A server with a domain name, and an auditor who has a passkey.
struct World {
    server: ServerHere,
    seat: Seat,
    device: Device,
}

impl World {
    async fn new() -> Self {
        let server = ServerHere::start_on_localhost().await;
        let mut seat = Seat::of(&server, Role::Auditor, Scope::Server).await;
        let mut device = device(&server);
        assert_eq!(add(&mut seat, &mut device).await.status, 303);
        // Whatever comes next comes later, in the log too.
        server.clock.advance(1);
        Self { server, seat, device }
    }

    /// A browser that was shown the page for signing in, and nothing else.
    async fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.server.address);
        assert_eq!(browser.open("/console/sign-in").await.status, 200);
        browser
    }

    async fn passkeys(&self) -> Vec<PasskeyRow> {
        passkeys(&self.server, &self.seat).await
    }

    /// What the log says of passkeys and of signing in, the newest first.
    async fn log(&self) -> Vec<(String, String)> {
        let home = self.server.engine.console_home().await.unwrap().tenant;
        let all = self.server.engine.latest_events(home, &EventFilter::default(), 50).await.unwrap();
        let told = all.into_iter().map(|event| (event.name, event.detail.unwrap_or_default()));
        told.filter(|(name, _)| name.contains("passkey") || name.contains("signed")).collect()
    }
}

pub(super) fn device(server: &ServerHere) -> Device {
    Device::new(server.engine.server_id())
}

async fn passkeys(server: &ServerHere, seat: &Seat) -> Vec<PasskeyRow> {
    let token = seat.browser.cookies.iter().rev().find_map(|line| line.strip_prefix("cs-console=")).unwrap();
    let session = server.engine.console_session(token).await.unwrap().unwrap();
    server.engine.own_passkeys(&session).await.unwrap()
}

/// What a form's reply asks the device.
fn asked(reply: &Reply) -> Value {
    let told = reply.json();
    assert!(reply.status == 200 && told["ceremony"].as_str().unwrap().len() == 43, "{told}");
    told
}

fn answer(told: &Value, answer: String) -> Vec<(String, String)> {
    let ceremony = told["ceremony"].as_str().unwrap().to_owned();
    vec![("ceremony".to_owned(), ceremony), ("answer".to_owned(), answer)]
}

/// What the account page asks for a new one.
async fn asked_for_one_more(seat: &mut Seat) -> Value {
    asked(&seat.send(&format!("{ADD}/options"), &[("name", "Laptop")]).await)
}

async fn send_new(seat: &mut Seat, fields: &[(String, String)]) -> Reply {
    let own = fields.iter().map(|(name, value)| (&**name, &**value)).chain([("name", "Laptop")]);
    seat.send(ADD, &own.collect::<Vec<_>>()).await
}

/// Adds a passkey of this device, as the account page does.
pub(super) async fn add(seat: &mut Seat, device: &mut Device) -> Reply {
    add_lying(seat, device, &Lie::default()).await
}

async fn add_lying(seat: &mut Seat, device: &mut Device, lie: &Lie) -> Reply {
    let told = asked_for_one_more(seat).await;
    let made = device.make(&told["publicKey"], lie);
    send_new(seat, &answer(&told, made)).await
}

/// What the page for signing in asks.
async fn asked_who(browser: &mut Browser) -> Value {
    asked(&send(browser, &format!("{SIGN_IN}/options"), &[]).await)
}

/// Signs in with this device, as the page does.
async fn sign_in(browser: &mut Browser, device: &Device) -> Reply {
    sign_in_lying(browser, device, &Lie::default()).await
}

async fn sign_in_lying(browser: &mut Browser, device: &Device, lie: &Lie) -> Reply {
    let told = asked_who(browser).await;
    let shown = device.show(&told["publicKey"], lie);
    browser.post(SIGN_IN, &answer(&told, shown)).await
}
