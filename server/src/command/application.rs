//! `application`: relying parties and their secrets.

use clap::{Args, Subcommand};
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::when::{end, length};
use super::{Failure, Output, oauth, web};
use crate::config::Config;
use crate::engine::{
    ApplicationId, NewApplication, NewNetworks, NewSecret, Rotation, SecretInfo, SecretTerms,
};
use crate::host::{Clock as _, System};
use crate::network::Networks;
use crate::timestamp::rfc3339;

#[derive(Debug, Subcommand)]
pub(super) enum Application {
    /// Make an application; its secret is shown once
    Create(Create),
    /// Show a tenant's applications
    List {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Show an application's secrets: how each begins, how long it is good, from where, and when it was last used
    Secrets {
        /// The client id (app_…)
        #[arg(long, value_name = "ID")]
        application: String,
    },
    /// Make another secret; the old one goes on working for a day, so that the program can be given the new one
    RotateSecret(RotateSecret),
    /// End a secret now
    RevokeSecret {
        /// The client id (app_…)
        #[arg(long, value_name = "ID")]
        application: String,
        /// The secret's id (sec_…) or how it begins (cs_secret_…)
        #[arg(long, value_name = "ID")]
        secret: String,
    },
    /// Make it an OAuth client, which signs people in with their passwords; or change or show how it is one
    Oauth(oauth::Oauth),
    /// Where its people's browsers are sent back to, and how Acceptto's API answers it: set or show it
    Web(web::Web),
    /// End the token by which it asks a person without showing its secret
    EndToken(web::EndToken),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// The name people see when they are asked
    #[arg(long)]
    name: String,
    /// The colour of the band beside it, such as #3b5bdb
    #[arg(long)]
    color: Option<String>,
    /// A network or address that the secret may be used from; several times for several
    #[arg(long, value_name = "NETWORK")]
    cidr: Vec<String>,
    /// When the secret ends: a date, a time, or a length such as 90d
    #[arg(long, value_name = "END")]
    expires: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct RotateSecret {
    /// The client id (app_…)
    #[arg(long, value_name = "ID")]
    application: String,
    /// How long the old secret goes on working, such as 30m, 24h or 7d
    #[arg(long, value_name = "LENGTH", default_value = "24h")]
    old_ends_in: String,
    /// The old secret, and any other, ends at once
    #[arg(long, conflicts_with = "old_ends_in")]
    now: bool,
    /// A network or address that the new secret may be used from; otherwise those of the old one
    #[arg(long, value_name = "NETWORK")]
    cidr: Vec<String>,
    /// The new secret may be used from anywhere
    #[arg(long, conflicts_with = "cidr")]
    anywhere: bool,
    /// When the new secret ends: a date, a time, or a length such as 90d
    #[arg(long, value_name = "END")]
    expires: Option<String>,
}

pub(super) async fn run(config: &Config, out: Output, command: Application) -> Result<(), Failure> {
    match command {
        Application::Create(new) => create(config, out, new).await,
        Application::List { tenant } => list(config, out, &tenant).await,
        Application::Secrets { application } => secrets(config, out, &application).await,
        Application::RotateSecret(wanted) => rotate(config, out, wanted).await,
        Application::Oauth(wanted) => oauth::run(config, out, wanted).await,
        Application::Web(wanted) => web::run(config, out, wanted).await,
        Application::EndToken(wanted) => web::end_token(config, out, wanted).await,
        Application::RevokeSecret { application, secret } => revoke(config, out, &application, &secret).await,
    }
}

pub(super) fn application_id(text: &str) -> Result<ApplicationId, Failure> {
    text.parse().map_err(|_| Failure::other(format!("`{text}` is no client id; it looks like app_01hz…")))
}

fn networks(cidr: Vec<String>) -> Result<Option<Networks>, Failure> {
    if cidr.is_empty() {
        return Ok(None);
    }
    let networks = cidr.try_into().map_err(|error| Failure::other(format!("--cidr: {error}")))?;
    Ok(Some(networks))
}

fn expires(text: Option<&str>) -> Result<Option<i64>, Failure> {
    text.map(|text| end(text, System.unix_ms())).transpose()
}

async fn create(config: &Config, out: Output, new: Create) -> Result<(), Failure> {
    let tenant = tenant_id(&new.tenant)?;
    let terms = SecretTerms { expires_at: expires(new.expires.as_deref())?, networks: networks(new.cidr)? };
    let application = NewApplication { name: new.name, color: new.color };
    let (id, NewSecret { id: secret_id, text: secret }) = with_engine(config, async |engine| {
        Ok(engine.create_application_with(tenant, application, terms, &"operator").await?)
    })
    .await?;
    out.tell(
        &json!({"client_id": id.to_string(), "client_secret": secret, "secret_id": secret_id}),
        &format!(
            "Client id      {id}\nClient secret  {secret}\nThe secret is shown this once; only its hash is kept."
        ),
    );
    Ok(())
}

async fn list(config: &Config, out: Output, tenant: &str) -> Result<(), Failure> {
    let tenant = tenant_id(tenant)?;
    for row in with_engine(config, async |engine| Ok(engine.applications(tenant).await?)).await? {
        let id = ApplicationId { tenant, local: row.id };
        let (name, color, created) = (&row.name, &row.color, rfc3339(row.created_at));
        out.tell(
            &json!({"client_id": id.to_string(), "name": name, "color": color, "created_at": created}),
            &format!("{id}  {name}\n  made {created}, colour {color}"),
        );
    }
    Ok(())
}

async fn secrets(config: &Config, out: Output, application: &str) -> Result<(), Failure> {
    let id = application_id(application)?;
    for secret in with_engine(config, async |engine| Ok(engine.secrets(id).await?)).await? {
        tell_secret(out, &secret);
    }
    Ok(())
}

fn tell_secret(out: Output, SecretInfo { id, row, active }: &SecretInfo) {
    let (created, ends) = (rfc3339(row.created_at), row.expires_at.map(rfc3339));
    let used = row.last_used_at.map(rfc3339);
    let state = match (active, &ends) {
        (true, None) => "active".to_owned(),
        (true, Some(ends)) => format!("active until {ends}"),
        (false, ends) => format!("ended {}", ends.as_deref().unwrap_or("")),
    };
    let from = row.networks.as_deref().unwrap_or("anywhere");
    let last = used.as_deref().map_or("never used".to_owned(), |used| format!("last used about {used}"));
    out.tell(
        &json!({"secret_id": id, "prefix": row.prefix, "active": active, "created_at": created, "expires_at": ends,
                "networks": row.networks.as_deref().map(|list| list.split(',').collect::<Vec<_>>()),
                "last_used_at": used}),
        &format!("{id}  {}…\n  {state}, made {created}, from {from}, {last}", row.prefix),
    );
}

async fn rotate(config: &Config, out: Output, wanted: RotateSecret) -> Result<(), Failure> {
    let id = application_id(&wanted.application)?;
    let networks = match networks(wanted.cidr)? {
        Some(networks) => NewNetworks::Only(networks),
        None if wanted.anywhere => NewNetworks::Anywhere,
        None => NewNetworks::Same,
    };
    let old_end_in = if wanted.now { 0 } else { length(&wanted.old_ends_in)? };
    let rotation = Rotation { old_end_in, expires_at: expires(wanted.expires.as_deref())?, networks };
    let (secret, all) = with_engine(config, async |engine| {
        let secret = engine.rotate_secret(id, rotation, &"operator").await?;
        Ok((secret, engine.secrets(id).await?))
    })
    .await?;
    let old = all.iter().rev().find(|old| old.active && old.id != secret.id);
    let ends = old.and_then(|old| old.row.expires_at).map(rfc3339);
    let (old_id, prefix) = (old.map(|old| &old.id), old.map_or("", |old| &old.row.prefix));
    let end = match &ends {
        Some(ends) => {
            format!("The old one ({prefix}…) works until {ends}; give your program the new one before.")
        }
        None => "No other secret works any more; a running server knows within three seconds.".to_owned(),
    };
    out.tell(
        &json!({"client_id": id.to_string(), "client_secret": secret.text, "secret_id": secret.id,
                "old_secret_id": old_id, "old_expires_at": ends}),
        &format!(
            "Client secret  {}\nThe secret is shown this once; only its hash is kept.\n{end}",
            secret.text
        ),
    );
    Ok(())
}

async fn revoke(config: &Config, out: Output, application: &str, secret: &str) -> Result<(), Failure> {
    let id = application_id(application)?;
    let left =
        with_engine(config, async |engine| Ok(engine.revoke_secret(id, secret, &"operator").await?)).await?;
    let then = match left {
        0 => "The application has no secret now: `application rotate-secret` makes one.",
        _ => "The application's other secret goes on working.",
    };
    out.tell(
        &json!({"revoked": true, "active_secrets": left}),
        &format!("The secret has ended; a running server refuses it within three seconds. {then}"),
    );
    Ok(())
}
