//! People in the console: finding and helping them, what the help desk never sees, and resets that two operators decide.

mod enrol;
mod find;
mod forget;
mod help;
mod resets;
mod secrets;

use countersign_protocol::id::{TenantId, to_base32};
use countersign_server::engine::NewUser;
use countersign_server::engine::console::{NewOperator, Role, Scope};
use countersign_server::engine::policy::Scope as PolicyScope;
use countersign_tests::operator::Seat;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;

/// A server with one tenant and its application.
struct Place {
    server: ServerHere,
    cms: RelyingParty,
    tenant: TenantId,
}

impl Place {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Bank", None).await;
        let tenant = cms.tenant.parse().unwrap();
        Self { server, cms, tenant }
    }

    /// An operator of the tenant's, signed in.
    async fn seat(&self, role: Role) -> Seat {
        Seat::of(&self.server, role, Scope::Tenant(self.tenant)).await
    }

    /// One of the help desk by this name.
    async fn helper(&self, name: &str) -> Seat {
        let (email, scope) = (format!("{name}@desk.example.org"), Scope::Tenant(self.tenant));
        let new = NewOperator { email, name: Some(name.to_owned()), role: Role::HelpDesk, scope };
        let operator = self.server.engine.put_operator(new, &"operator").await.unwrap();
        Seat::signed_in(&self.server, &operator).await
    }

    /// Makes somebody known. Returns their id as addresses have it.
    async fn person(&self, user_ref: &str, email: Option<&str>, name: Option<&str>) -> String {
        let new = NewUser {
            user_ref: user_ref.to_owned(),
            email: email.map(str::to_owned),
            display_name: name.map(str::to_owned),
            language: None,
        };
        // Ids grow with time, and the clock stands still.
        self.server.clock.advance(1);
        to_base32(self.server.engine.ensure_user(self.tenant, new, &"operator").await.unwrap().id)
    }

    /// The address of a page about people, behind `/console`.
    fn at(&self, rest: &str) -> String {
        format!("/{}/users{rest}", self.tenant)
    }

    async fn policy(&self, name: &str, value: &str) {
        let scope = PolicyScope { tenant: self.tenant, application: None };
        let pairs = [(name.to_owned(), value.to_owned())];
        self.server.engine.set_policy(scope, &pairs, &"operator").await.unwrap();
    }

    /// The names of the tenant's events so far, with who did it.
    async fn events(&self, name: &str) -> Vec<(String, String)> {
        let filter = countersign_server::engine::audit::list::EventFilter {
            name: Some(name.to_owned()),
            ..Default::default()
        };
        let rows = self.server.engine.latest_events(self.tenant, &filter, 100).await.unwrap();
        rows.into_iter().map(|row| (row.name, row.actor)).collect()
    }
}

/// The names in the first column of a page's table, in their order.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\">").skip(1);
    rows.filter_map(|row| {
        let name = row.split_once("<bdi>")?.1.split_once("</bdi>")?.0;
        Some(name.to_owned())
    })
    .collect()
}
