//! A bank for the browser, which signs people in through the server in each of its dialects and shows the HTTP calls that
//! it makes for that. It knows of the server what any integrator knows: an address, ids and secrets. Only the people's
//! passwords are made by the operator beside it.
//!
//! `guest` says who comes, `visitor` remembers them, `phone` enrols their phone, `run` is one sign-in, with a file for
//! each dialect; `calls` makes the calls and keeps them for `pages` to show, without what `secrets` knows to be secret.

mod acceptto;
mod assets;
mod auth0;
mod calls;
mod guest;
mod handlers;
mod mpass;
mod mypass;
mod pages;
mod phone;
mod reltio;
mod run;
mod secrets;
mod visitor;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use countersign_server::host::{Clock, Rng};
use url::{Host, Url};

use self::visitor::Visitors;
use crate::Result;
use crate::authenticator::Authenticator;
use crate::operator::{Credentials, Operator};

/// Longer than the server itself waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a form.
const LONGEST_FORM: usize = 16 * 1024;

/// What the bank was told when it was set up.
#[derive(Debug, Clone)]
pub struct Place {
    /// The server's address, without a slash at its end.
    pub base: String,
    /// The addresses by which browsers reach the bank, such as `http://127.0.0.1:8481`; the first one is told.
    pub origins: Vec<String>,
    /// Where the server writes the messages that no provider carries.
    pub outbox: PathBuf,
    /// How the terminal authenticator is called.
    pub authenticator: Authenticator,
    /// What the bank shows to the server.
    pub credentials: Credentials,
}

impl Place {
    /// Whether phones elsewhere cannot reach the server.
    fn is_only_here(&self) -> bool {
        Url::parse(&self.base).is_ok_and(|url| match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        })
    }
}

/// The bank.
#[derive(Debug, Clone)]
pub struct Shop {
    place: Arc<Place>,
    operator: Arc<Operator>,
    http: reqwest::Client,
    visitors: Arc<Visitors>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Shop {
    /// A bank that nobody has visited yet.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(place: Place, operator: Operator, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self> {
        // Only the first installation in a process counts, and it is the same for all that are made here.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (place, operator) = (Arc::new(place), Arc::new(operator));
        Ok(Self { place, operator, http, visitors: Arc::default(), clock, rng })
    }

    /// What it was told.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its pages.
    pub fn app(self) -> Router {
        Router::new()
            .route("/", get(handlers::home))
            .route("/demo", get(handlers::home))
            .route("/demo/", get(handlers::start))
            .route("/demo/assets/demo.css", get(assets::style))
            .route("/demo/assets/demo.js", get(assets::script))
            .route("/demo/out", post(handlers::sign_out))
            .route("/demo/phone", get(handlers::phone).post(handlers::enroll))
            .route("/demo/phone/look", get(handlers::phone_look))
            .route("/demo/acceptto/back", get(handlers::come_back))
            .route("/demo/{way}", get(handlers::run).post(handlers::begin))
            .route("/demo/{way}/look", get(handlers::look))
            .route("/demo/{way}/code", post(handlers::submit))
            .route("/demo/{way}/cancel", post(handlers::cancel))
            .fallback(handlers::nowhere)
            .layer(DefaultBodyLimit::max(LONGEST_FORM))
            .with_state(self)
    }
}
