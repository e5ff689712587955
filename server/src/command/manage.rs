//! Commands that make things. They work on the data directly, beside a running server.

use countersign_protocol::id::TenantId;
use serde_json::json;

use super::{Failure, Output, TenantColor, TenantCreate};
use crate::config::{Config, ConfigError};
use crate::engine::attestation::Trust;
use crate::engine::{Engine, NewTenant};
use crate::host::{Clock as _, System};
use crate::running::{StartError, open_engine};
use crate::timestamp::rfc3339;
use crate::tls::Certificate;

/// An engine that is closed again, with everything written, whatever came of the work.
pub(super) async fn with_engine<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Engine) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let engine = open_engine(config).await?;
    let result = work(&engine).await;
    engine.close().await;
    result
}

pub(super) fn tenant_id(text: &str) -> Result<TenantId, Failure> {
    text.parse().map_err(|e| Failure::other(format!("{e}")))
}

pub(super) fn config_check(config: &Config, out: Output) -> Result<(), Failure> {
    let url = config.server_id(config.listen)?;
    crate::delivery::Couriers::new(config).map_err(StartError::from)?;
    config.places_file.as_deref().map(crate::engine::Places::open).transpose().map_err(StartError::from)?;
    let trust = Trust::open(&config.attestation, config.environment()).map_err(StartError::from)?;
    let (android, apple, revoked) = trust.counts();
    let concerns = match &config.tls {
        Some(files) => {
            let certificate = Certificate::load(files.clone(), &url).map_err(StartError::from)?;
            certificate.concerns(System.unix_ms())
        }
        None => Vec::new(),
    };
    if let Some(fatal) = concerns.iter().find(|concern| concern.is_fatal()) {
        let value = ConfigError::Value { key: "tls", why: fatal.to_string() };
        return Err(value.into());
    }
    let warnings: Vec<String> = concerns.iter().map(ToString::to_string).collect();
    let told: String = warnings.iter().map(|warning| format!("\n  but: {warning}")).collect();
    // Where the database is, without who logs in to it and how.
    let database = config.database()?.map_or_else(|| "SQLite in data_dir".to_owned(), |d| d.to_string());
    out.tell(
        &json!({
            "ok": true, "listen": config.listen, "public_url": url, "data_dir": config.data_dir,
            "database": database, "warnings": warnings,
            "attestation": {"android_roots": android, "apple_roots": apple, "android_revoked": revoked},
        }),
        &format!(
            "The configuration is good.\n  listen      {}\n  public_url  {url}\n  data_dir    {}\n  \
             database    {database}\n  attestation {android} Android roots ({revoked} revoked), {apple} Apple roots{told}",
            config.listen,
            config.data_dir.display(),
        ),
    );
    Ok(())
}

pub(super) async fn tenant_create(config: &Config, out: Output, new: TenantCreate) -> Result<(), Failure> {
    let new = NewTenant { name: new.name, answer_window: new.answer_window, color: new.color };
    let tenant =
        with_engine(config, async |engine| Ok(engine.create_tenant(new, &"operator").await?)).await?;
    out.tell(
        &json!({"tenant_id": tenant.id, "name": tenant.name, "answer_window": tenant.answer_window, "color": tenant.color}),
        &format!(
            "Tenant {}: {}\nNext: countersign-server application create --tenant {} --name NAME",
            tenant.name, tenant.id, tenant.id
        ),
    );
    Ok(())
}

pub(super) async fn tenant_color(config: &Config, out: Output, of: TenantColor) -> Result<(), Failure> {
    let tenant = tenant_id(&of.tenant)?;
    let work =
        async |engine: &Engine| Ok(engine.set_tenant_color(tenant, of.color.as_deref(), &"operator").await?);
    let tenant = with_engine(config, work).await?;
    let told =
        tenant.color.as_deref().map_or("have no colour of their own".to_owned(), |c| format!("are {c}"));
    out.tell(
        &json!({"tenant_id": tenant.id, "color": tenant.color}),
        &format!("The pages of {} {told}.", tenant.name),
    );
    Ok(())
}

pub(super) async fn tenant_list(config: &Config, out: Output) -> Result<(), Failure> {
    let tenants = with_engine(config, async |engine| {
        let mut tenants = Vec::new();
        for tenant in engine.tenants().await? {
            let key = engine.signing_key(tenant.id).await?;
            tenants.push((tenant, key));
        }
        Ok(tenants)
    })
    .await?;
    for (tenant, key) in tenants {
        let (id, name, window) = (tenant.id, tenant.name, tenant.answer_window);
        let created = rfc3339(tenant.created_at);
        let color = tenant.color.as_deref().map(|color| format!(", {color}")).unwrap_or_default();
        out.tell(
            &json!({"tenant_id": id, "name": name, "answer_window": window, "color": tenant.color, "created_at": created, "signing_key": key}),
            &format!("{id}  {name}\n  made {created}, {window} s to answer, signing key {key}{color}"),
        );
    }
    Ok(())
}

pub(super) async fn rotate_key(config: &Config, out: Output, tenant: &str) -> Result<(), Failure> {
    let tenant = tenant_id(tenant)?;
    let key =
        with_engine(config, async |engine| Ok(engine.rotate_signing_key(tenant, &"operator").await?)).await?;
    out.tell(
        &json!({"tenant_id": tenant, "thumbprint": key}),
        &format!("New signing key {key}. A running server uses it within a minute."),
    );
    Ok(())
}
