//! `tenant issuer`, `tenant token-key`: under which name a tenant issues tokens, and what it signs them with.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::Engine;
use crate::engine::oauth::{Algorithm, IssuerError, SignInError, TokenKeyInfo, TokenKeyRotation};
use crate::timestamp::rfc3339;

#[derive(Debug, Args)]
pub(super) struct IssuerOf {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// The host name, with its port unless it is the usual one, such as localhost:9443; tokens under another one end
    #[arg(long)]
    host: Option<String>,
    /// Take the host name away: the tenant issues no tokens, and none of those that it issued holds
    #[arg(long, conflicts_with = "host")]
    remove: bool,
}

#[derive(Debug, Args)]
pub(super) struct KeysOf {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// Make another key; it is published at once and signs in an hour
    #[arg(long)]
    rotate: bool,
    /// What the new key signs with; what the newest one does unless told otherwise
    #[arg(long, requires = "rotate")]
    algorithm: Option<Word>,
    /// The new key signs now, and the others and all that they have signed end: for one that has leaked
    #[arg(long, requires = "rotate")]
    now: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
}

impl From<IssuerError> for Failure {
    fn from(error: IssuerError) -> Self {
        Self::other(error.to_string())
    }
}

pub(super) async fn issuer(config: &Config, out: Output, of: IssuerOf) -> Result<(), Failure> {
    let tenant = tenant_id(&of.tenant)?;
    let work = async |engine: &Engine| match (&of.host, of.remove) {
        (_, true) => Ok(engine.remove_issuer(tenant, &"operator").await.map(|()| None)?),
        (Some(host), false) => Ok(Some(engine.set_issuer(tenant, host, &"operator").await?)),
        (None, false) => match engine.issuer_of(tenant).await {
            Ok(issuer) => Ok(Some(issuer)),
            Err(SignInError::NoIssuer) => Ok(None),
            Err(error) => Err(Failure::other(error.to_string())),
        },
    };
    let url = with_engine(config, work).await?.map(|issuer| issuer.url);
    let sentence = match &url {
        None => "The tenant has no host name and issues no tokens; --host gives it one.".to_owned(),
        Some(url) => format!(
            "Tokens are issued by {url}\nTheir keys: {url}.well-known/jwks.json\nA running server knows within a minute."
        ),
    };
    out.tell(&json!({"tenant_id": tenant, "issuer": url}), &sentence);
    Ok(())
}

pub(super) async fn keys(config: &Config, out: Output, of: KeysOf) -> Result<(), Failure> {
    let tenant = tenant_id(&of.tenant)?;
    let algorithm = of.algorithm.map(|word| match word {
        Word::Rs256 => Algorithm::Rs256,
        Word::Es256 => Algorithm::Es256,
    });
    let rotation = TokenKeyRotation { algorithm, at_once: of.now };
    let keys = with_engine(config, async |engine| {
        if of.rotate {
            engine.rotate_token_key(tenant, rotation, &"operator").await?;
        }
        Ok(engine.token_keys(tenant).await?)
    })
    .await?;
    let lines: Vec<_> = keys.iter().map(line).collect();
    let sentence = if lines.is_empty() {
        "The tenant has no key for tokens; `tenant issuer --host HOST` makes the first one.".to_owned()
    } else {
        format!("{}\nA running server knows within a minute.", lines.join("\n"))
    };
    let facts: Vec<_> = keys.iter().map(facts).collect();
    out.tell(&json!({"tenant_id": tenant, "keys": facts}), &sentence);
    Ok(())
}

fn facts(key: &TokenKeyInfo) -> Value {
    json!({
        "kid": key.kid, "algorithm": key.algorithm.as_str(), "created_at": rfc3339(key.created_at),
        "signs_from": rfc3339(key.signs_from), "ends_at": key.ends_at.map(rfc3339),
    })
}

fn line(key: &TokenKeyInfo) -> String {
    let end = key.ends_at.map_or_else(String::new, |at| format!(", published until {}", rfc3339(at)));
    format!("{}\n  {}, signs from {}{end}", key.kid, key.algorithm.as_str(), rfc3339(key.signs_from))
}
