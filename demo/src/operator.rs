//! What an operator does for the demo's bank before it opens, and what commands of the server do elsewhere: a tenant, an
//! application for each of the five ways to call, a key, and people with passwords.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::engine::oauth::{Algorithm, Flavour, OauthTerms, TokenKeyRotation};
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{
    ApplicationId, Engine, NewApplication, NewChannel, NewTenant, NewUser, WebChanges,
};

use crate::Result;

/// Who acts, for the audit log.
const OPERATOR: &str = "operator";
/// Everybody's password at the bank. It is no secret: whoever sees the pages may be anybody.
pub const PASSWORD: &str = "correct horse battery staple";

/// An application's id and secret.
#[derive(Debug, Clone)]
pub struct Client {
    /// `app_…`.
    pub id: String,
    /// `cs_secret_…`.
    pub secret: String,
}

/// What the bank shows to the server.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// For the MyPass-shaped API.
    pub mypass: Client,
    /// For Auth0's.
    pub auth0: Client,
    /// For Reltio's.
    pub reltio: Client,
    /// For Acceptto's.
    pub acceptto: Client,
    /// For mPass's.
    pub mpass_key: String,
}

/// The operator of one tenant.
#[derive(Debug)]
pub struct Operator {
    engine: Arc<Engine>,
    tenant: TenantId,
}

impl Operator {
    /// Makes the tenant.
    ///
    /// # Errors
    /// What the server says.
    pub async fn new(engine: Arc<Engine>, name: &str) -> Result<Self> {
        let new = NewTenant { name: name.to_owned(), answer_window: None, color: None };
        let tenant = engine.create_tenant(new, &OPERATOR).await?.id;
        // Whoever tries one way after another is asked more often than somebody who signs in.
        let pushes = [("pushes_per_minute".to_owned(), "20".to_owned())];
        engine.set_policy(Scope { tenant, application: None }, &pushes, &OPERATOR).await?;
        Ok(Self { engine, tenant })
    }

    /// Makes the applications. People come back from the server's pages to one of `origins`; `machine` is where the bank
    /// runs.
    ///
    /// # Errors
    /// What the server says.
    pub async fn credentials(&self, origins: &[String], machine: IpAddr) -> Result<Credentials> {
        // An RSA key would take a second to make, and no token of the demo outlives it.
        let key = TokenKeyRotation { algorithm: Some(Algorithm::Es256), at_once: true };
        self.engine.rotate_token_key(self.tenant, key, &OPERATOR).await?;
        let host = self.engine.server_id().split_once("://").map(|(_, host)| host.to_owned());
        self.engine.set_issuer(self.tenant, &host.unwrap_or_default(), &OPERATOR).await?;
        let (_, mypass) = self.application("Online banking").await?;
        let auth0 = self.oauth("Online banking (Auth0)", Flavour::Auth0).await?;
        let reltio = self.oauth("Online banking (Reltio)", Flavour::Reltio).await?;
        let (id, acceptto) = self.application("Online banking (Acceptto)").await?;
        let redirect_uris =
            Some(origins.iter().map(|origin| format!("{origin}/demo/acceptto/back")).collect());
        let web = WebChanges { redirect_uris, ..WebChanges::default() };
        self.engine.change_web_client(id, web, &OPERATOR).await?;
        let networks = vec!["127.0.0.1".to_owned(), "::1".to_owned(), machine.to_string()];
        let new = NewChannel {
            name: "Bank".to_owned(),
            networks: networks.try_into()?,
            country: Some("SA".to_owned()),
        };
        let mpass_key = self.engine.create_channel(self.tenant, new, &OPERATOR).await?.text;
        Ok(Credentials { mypass, auth0, reltio, acceptto, mpass_key })
    }

    /// Makes somebody known, with [`PASSWORD`].
    ///
    /// # Errors
    /// What the server says.
    pub async fn make_known(&self, user_ref: &str) -> Result<()> {
        let new = NewUser { user_ref: user_ref.to_owned(), email: None, display_name: None, language: None };
        self.engine.ensure_user(self.tenant, new, &OPERATOR).await?;
        Ok(self.engine.set_password(self.tenant, user_ref, PASSWORD, &OPERATOR).await?)
    }

    async fn application(&self, name: &str) -> Result<(ApplicationId, Client)> {
        let new = NewApplication { name: name.to_owned(), color: Some("#0b7285".to_owned()) };
        let (id, secret) = self.engine.create_application(self.tenant, new, &OPERATOR).await?;
        Ok((id, Client { id: id.to_string(), secret }))
    }

    async fn oauth(&self, name: &str, flavour: Flavour) -> Result<Client> {
        let (id, client) = self.application(name).await?;
        self.engine.set_oauth_client(id, OauthTerms::new(flavour), &OPERATOR).await?;
        Ok(client)
    }
}
