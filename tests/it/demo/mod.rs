//! The demo's bank, visited by browsers without a script: enrolling a phone, signing in by each API, and what the pages
//! give away. The phone is a real core; the clock stands where a test puts it.

mod codes;
mod guests;
mod hosted;
mod phones;
mod trouble;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use countersign_core::authenticator::PendingView;
use countersign_demo::authenticator::Authenticator;
use countersign_demo::operator::{Credentials, Operator};
use countersign_demo::shop::{Place, Shop};
use countersign_server::engine::Engine;
use countersign_server::host::{Clock, System};
use countersign_tests::browser::{Browser, attribute, location, text_of};
use countersign_tests::http::Reply;
use countersign_tests::phone::Phone;
use countersign_tests::server_here::ServerHere;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A bank that is open.
struct Open {
    address: SocketAddr,
    credentials: Credentials,
    serving: JoinHandle<()>,
}

impl Open {
    async fn over(engine: &Arc<Engine>, clock: Arc<dyn Clock>, data: &Path) -> Self {
        Self::calling(engine.server_id().to_owned(), engine, clock, data).await
    }

    /// The same, which calls another address than the server's own.
    async fn calling(base: String, engine: &Arc<Engine>, clock: Arc<dyn Clock>, data: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origins = vec![format!("http://{address}")];
        let operator = Operator::new(Arc::clone(engine), "Example Bank").await.unwrap();
        let credentials = operator.credentials(&origins, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.unwrap();
        let place = Place {
            base,
            origins,
            outbox: data.join("outbox"),
            authenticator: Authenticator::with(&data.join("you.vault")),
            credentials: credentials.clone(),
        };
        let app = Shop::new(place, operator, clock, Arc::new(System)).unwrap().app();
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, credentials, serving }
    }

    fn browser(&self) -> Browser {
        Browser::new(self.address)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A server with a standing clock, and a bank beside it.
struct Town {
    server: ServerHere,
    bank: Open,
}

impl Town {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let clock: Arc<dyn Clock> = server.clock.clone();
        let bank = Open::over(&server.engine, clock, server.data_dir()).await;
        Self { server, bank }
    }

    /// Somebody whose phone is enrolled.
    async fn with_phone(&self) -> (Browser, Phone) {
        let mut browser = self.bank.browser();
        let page = go(&mut browser, "/demo/phone", &[]).await;
        let phone = Phone::new();
        phone.enroll(&text_of(&page.text(), "id=\"link\"").unwrap()).await;
        self.server.clock.advance(1_000);
        let page = browser.open("/demo/phone").await;
        assert_eq!(mark(&page), "enrolled", "{}", page.text());
        (browser, phone)
    }

    /// So many seconds later, the same page.
    async fn later(&self, browser: &mut Browser, seconds: i64, page: &str) -> Reply {
        self.server.clock.advance(seconds * 1000);
        browser.open(page).await
    }
}

/// Sends a form and follows where it leads.
async fn go(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> Reply {
    if browser.cookies.is_empty() {
        browser.open("/demo/").await;
    }
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sent = browser.post(form, &fields).await;
    browser.open(&location(&sent)).await
}

/// Types a code where the page asks for one.
async fn type_code(browser: &mut Browser, way: &str, code: &str) -> Reply {
    go(browser, &format!("/demo/{way}/code"), &[("code", code)]).await
}

/// How the page says that it stands.
#[track_caller]
fn mark(page: &Reply) -> String {
    let html = page.text();
    attribute(&html, "main id=\"content\"", "data-mark").unwrap_or_else(|| panic!("{}: {html}", page.status))
}

#[track_caller]
fn is_in(page: &Reply) {
    assert!(mark(page) == "in" && page.text().contains("id=\"in\""), "{}", page.text());
}

/// The sentence about why nobody is in.
#[track_caller]
fn is_over(page: &Reply, begins: &str) {
    let html = page.text();
    assert_eq!(mark(page), "over", "{html}");
    let said = html.split_once("id=\"over\"").unwrap().1;
    assert_eq!(text_of(said, "strong").unwrap(), begins, "{html}");
}

fn number_on(page: &Reply) -> String {
    text_of(&page.text(), "id=\"number\"").unwrap()
}

/// What the phone shows of the bank's question.
async fn question(phone: &Phone) -> PendingView {
    phone.the_request().await
}
