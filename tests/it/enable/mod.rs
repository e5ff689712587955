//! A person lets an application ask them, on a page; and what pages have of their tenant.

mod attacks;
mod bayeux;
mod color;
mod journey;

use countersign_server::engine::{NewUser, WebChanges};
use countersign_tests::browser::Browser;
use countersign_tests::http::{Reply, segment};
use countersign_tests::mailbox;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;

/// Where the application waits for its people.
const CALLBACK: &str = "https://app.example.org/mfa/back?site=1";
/// An address that one person has.
const KIM: &str = "kim@example.org";

/// A server with one relying party, which sends browsers to its pages, and kim, who can read mail.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
}

impl Place {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        let place = Self { server, cms };
        place.person("kim", KIM).await;
        let redirect_uris = Some(vec![CALLBACK.to_owned(), "https://other.example.org/".to_owned()]);
        let changes = WebChanges { redirect_uris, ..WebChanges::default() };
        let id = place.cms.client_id.parse().unwrap();
        place.server.engine.change_web_client(id, changes, &"operator").await.unwrap();
        place
    }

    async fn person(&self, user_ref: &str, email: &str) {
        let new = NewUser {
            user_ref: user_ref.to_owned(),
            email: Some(email.to_owned()),
            display_name: None,
            language: None,
        };
        self.server.engine.ensure_user(self.cms.tenant.parse().unwrap(), new, &"operator").await.unwrap();
    }

    fn browser(&self) -> Browser {
        Browser::new(self.server.address)
    }

    /// The page's address.
    fn page(&self) -> String {
        format!("/mfa/email?uid={}&callback_url={}", self.cms.client_id, segment(CALLBACK))
    }

    /// A new browser that has typed an address there, and what it sees then.
    async fn typed(&self, address: &str) -> (Browser, Reply) {
        let mut browser = self.browser();
        let page = browser.open(&self.page()).await;
        let next = browser.press(&page, "Send a code", &[("email", address)]).await;
        (browser, next)
    }

    /// The code in the newest mail to kim.
    async fn code(&self) -> String {
        mailbox::code_to(&self.server, KIM).await
    }

    /// Mails that wait.
    async fn mails(&self) -> usize {
        mailbox::waiting(&self.server).await.len()
    }
}

/// A code that is not this one.
fn another(code: &str) -> String {
    let last = if code.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &code[..5])
}
