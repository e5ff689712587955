//! An engine over a new data directory, with a clock that a test sets, and OAuth clients with people.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_protocol::id::TenantId;
use tempfile::TempDir;

use crate::data_dir::DataDir;
use crate::engine::oauth::{Algorithm, Flavour, Granting, OauthTerms, TokenKeyRotation, Tokens};
use crate::engine::policy::Factor;
use crate::engine::{ApplicationId, Caller, Engine, NewApplication, NewTenant, NewUser};
use crate::host::{Clock, System};
use crate::store::UserRow;

/// A clock that moves only when it is told to.
#[derive(Debug)]
pub(super) struct Stopped(AtomicI64);

impl Clock for Stopped {
    fn unix_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A server without HTTP.
pub(super) struct World {
    pub(super) engine: Engine,
    clock: Arc<Stopped>,
    dir: Arc<TempDir>,
}

/// A client and somebody who signs in to it.
pub(super) struct Party {
    pub(super) id: ApplicationId,
    pub(super) caller: Arc<Caller>,
    pub(super) user: UserRow,
}

impl Party {
    pub(super) fn tenant(&self) -> TenantId {
        self.id.tenant
    }
}

impl World {
    pub(super) fn new() -> Self {
        let clock = Arc::new(Stopped(AtomicI64::new(1_800_000_000_400)));
        Self::over(Arc::new(tempfile::tempdir().unwrap()), clock)
    }

    fn over(dir: Arc<TempDir>, clock: Arc<Stopped>) -> Self {
        let data = DataDir::open(dir.path(), &System).unwrap();
        let (time, url) = (Arc::clone(&clock), "https://server.example".to_owned());
        let engine = Engine::new(data.store, time, Arc::new(System), data.master, url);
        let engine = engine.hashing_for_tests();
        Self { engine, clock, dir }
    }

    /// Another engine over the same data: a command, or another node.
    pub(super) fn beside(&self) -> Self {
        Self::over(Arc::clone(&self.dir), Arc::clone(&self.clock))
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.unix_ms()
    }

    pub(super) fn advance(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// A new tenant that issues tokens under this host name, with a client.
    pub(super) async fn party(&self, host: &str, flavour: Flavour) -> Party {
        let tenant = NewTenant { name: "Bank".to_owned(), answer_window: None, color: None };
        let tenant = self.engine.create_tenant(tenant, &"operator").await.unwrap().id;
        // An RSA key takes a second to make.
        let quick = TokenKeyRotation { algorithm: Some(Algorithm::Es256), at_once: true };
        self.engine.rotate_token_key(tenant, quick, &"operator").await.unwrap();
        self.engine.set_issuer(tenant, host, &"operator").await.unwrap();
        self.client(tenant, flavour).await
    }

    /// One more client of a tenant.
    pub(super) async fn client(&self, tenant: TenantId, flavour: Flavour) -> Party {
        let new = NewApplication { name: "Online Banking".to_owned(), color: None };
        let (id, secret) = self.engine.create_application(tenant, new, &"operator").await.unwrap();
        let mut terms = OauthTerms::new(flavour);
        terms.audiences.push("https://api.example.org/".to_owned());
        self.engine.set_oauth_client(id, terms, &"operator").await.unwrap();
        let caller = self.engine.authenticate(&id.to_string(), &secret, None).await.unwrap();
        let new = NewUser {
            user_ref: "sam".to_owned(),
            email: Some("sam@example.org".to_owned()),
            display_name: Some("Sam".to_owned()),
            language: None,
        };
        let user = self.engine.ensure_user(tenant, new, &"operator").await.unwrap();
        Party { id, caller, user }
    }

    /// Tokens after a password and a one-time password.
    pub(super) async fn tokens(&self, party: &Party, scope: &str, audience: Option<&str>) -> Tokens {
        let by = Some(Factor::Totp);
        let granting = Granting { user: &party.user, scope, audience, by, login: None, with: Vec::new() };
        self.engine.grant(&party.caller, granting).await.unwrap()
    }
}
