//! Operators at the console, in a browser without a script.

use countersign_server::engine::console::{NewOperator, NewSession, Operator, Role, Scope};
use ring::digest::{SHA256, digest};

use crate::browser::{Browser, location};
use crate::http::Reply;
use crate::server_here::ServerHere;

/// An operator who is signed in.
#[derive(Debug, Clone)]
pub struct Seat {
    /// With what.
    pub browser: Browser,
    /// Who.
    pub operator: Operator,
}

impl Seat {
    /// A new operator, signed in as if by a one-time password. How they sign in is tested where they do.
    pub async fn of(server: &ServerHere, role: Role, scope: Scope) -> Self {
        let operator = Self::operator(server, role, scope).await;
        Self::signed_in(server, &operator).await
    }

    /// A new operator, not signed in.
    pub async fn operator(server: &ServerHere, role: Role, scope: Scope) -> Operator {
        let place = match scope {
            Scope::Server => "server".to_owned(),
            Scope::Tenant(tenant) => tenant.to_string(),
        };
        let email = format!("{}@{place}.example.org", role.as_str());
        let new = NewOperator { email, name: None, role, scope };
        server.engine.put_operator(new, &"operator").await.unwrap()
    }

    /// One more browser of the same operator.
    pub async fn signed_in(server: &ServerHere, operator: &Operator) -> Self {
        let new = NewSession { factor: "totp".to_owned(), address: None, user_agent: None };
        let token = server.engine.begin_console_session(operator, new).await.unwrap();
        let mut browser = Browser::new(server.address);
        browser.cookies.push(format!("cs-console={}", *token));
        Self { browser, operator: operator.clone() }
    }

    /// The same, reading another language.
    #[must_use]
    pub fn speaking(self, language: &'static str) -> Self {
        Self { browser: self.browser.speaking(language), ..self }
    }

    /// Opens a page; its address begins behind `/console`.
    pub async fn open(&mut self, path: &str) -> Reply {
        self.browser.open(&format!("/console{path}")).await
    }

    /// What the forms of our pages carry in this browser.
    #[must_use]
    pub fn form_token(&self) -> String {
        let cookie = self.browser.cookies.iter().rev().find_map(|line| line.strip_prefix("cs-console="));
        let text = format!("countersign console form\0{}", cookie.unwrap_or_default());
        countersign_protocol::base64url(digest(&SHA256, text.as_bytes()).as_ref())
    }

    /// Sends a form as a page of ours does; its address begins behind `/console`.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.form_token();
        let own = std::iter::once(("form", &*token));
        let all = own.chain(fields.iter().copied()).map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.browser.post(&format!("/console{path}"), &all.collect::<Vec<_>>()).await
    }

    /// The same for a form that is done, and the page that follows.
    ///
    /// # Panics
    /// When no page follows.
    pub async fn done(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.send(path, fields).await;
        let next = after(&format!("/console{path}"), &location(&reply));
        let page = self.browser.open(&next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.text());
        page
    }
}

/// Where an address on a page leads, as a browser sees it.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn after(page: &str, address: &str) -> String {
    let base = url::Url::parse("http://console.invalid").unwrap().join(page).unwrap();
    let url = base.join(address).unwrap();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}
