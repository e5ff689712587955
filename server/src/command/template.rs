//! `template`: what people are told. The words are read from a file, or from standard input.

use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::words::Which;
use crate::timestamp::rfc3339;

/// Bytes that are read at most; the engine's own bound is lower and explains itself.
const READ: u64 = 64 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum Template {
    /// List all messages, and which of them have words of the tenant's own
    List {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Print the words in force, as a template
    Show(Chosen),
    /// Replace the words
    Set {
        #[command(flatten)]
        chosen: Chosen,
        /// The file that has them, or - for standard input
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Go back to the usual words
    Reset(Chosen),
    /// Print what people would be told
    Preview {
        #[command(flatten)]
        chosen: Chosen,
        /// By this file (- for standard input), and not by the words in force
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// sms, voice or email
    channel: String,
    /// enrollment_code, sign_in_code, contact_code, factor_added or factor_removed
    name: String,
    /// en or ar
    #[arg(long, default_value = "en")]
    lang: String,
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
}

impl Chosen {
    fn read(&self) -> Result<(TenantId, Which), Failure> {
        let which = Which::read(&self.channel, &self.name, &self.lang)?;
        Ok((tenant_id(&self.tenant)?, which))
    }
}

pub(super) async fn run(config: &Config, out: Output, command: Template) -> Result<(), Failure> {
    match command {
        Template::List { tenant } => list(config, out, tenant_id(&tenant)?).await,
        Template::Show(chosen) => {
            let (tenant, which) = chosen.read()?;
            show(config, out, tenant, which).await
        }
        Template::Set { chosen, file } => {
            let (tenant, which) = chosen.read()?;
            let body = read(&file)?;
            with_engine(config, async |engine| {
                Ok(engine.set_template(tenant, which, &body, &"operator").await?)
            })
            .await?;
            let sentence = format!("Set. The next message of {which} is in these words.");
            out.tell(&json!({"set": which.to_string()}), &sentence);
            Ok(())
        }
        Template::Reset(chosen) => {
            let (tenant, which) = chosen.read()?;
            with_engine(config, async |engine| Ok(engine.reset_template(tenant, which, &"operator").await?))
                .await?;
            let sentence = format!("The words of {which} are the usual ones again.");
            out.tell(&json!({"reset": which.to_string()}), &sentence);
            Ok(())
        }
        Template::Preview { chosen, file } => {
            let (tenant, which) = chosen.read()?;
            let body = file.as_ref().map(read).transpose()?;
            let work = async |engine: &crate::engine::Engine| {
                Ok(engine.preview_template(tenant, which, body.as_deref()).await?)
            };
            let said = with_engine(config, work).await?;
            out.tell(&json!({"preview": said}), said.trim_end());
            Ok(())
        }
    }
}

async fn list(config: &Config, out: Output, tenant: TenantId) -> Result<(), Failure> {
    let all = with_engine(config, async |engine| Ok(engine.templates(tenant).await?)).await?;
    let since = |since: &Option<i64>| since.map(rfc3339);
    let facts = all.iter().map(|(which, changed)| {
        json!({
            "channel": which.medium.as_str(), "name": which.template.as_str(),
            "language": which.language.as_str(), "changed_at": since(changed),
        })
    });
    let lines = all.iter().map(|(which, changed)| {
        let whose = since(changed).map_or_else(|| "usual".to_owned(), |at| format!("own, since {at}"));
        format!(
            "  {:<5} {:<16} {:<2}  {whose}",
            which.medium.as_str(),
            which.template.as_str(),
            which.language.as_str()
        )
    });
    let lines: Vec<String> = lines.collect();
    out.tell(&json!({"templates": facts.collect::<Vec<_>>()}), &lines.join("\n"));
    Ok(())
}

async fn show(config: &Config, out: Output, tenant: TenantId, which: Which) -> Result<(), Failure> {
    let shown = with_engine(config, async |engine| Ok(engine.template(tenant, which).await?)).await?;
    let facts = json!({"body": shown.body, "changed_at": shown.changed_at.map(rfc3339)});
    out.tell(&facts, shown.body.trim_end());
    Ok(())
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    let wrong = |error: std::io::Error| Failure::other(format!("{} cannot be read: {error}", path.display()));
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(READ).read_to_string(&mut text).map_err(wrong)?;
    } else {
        let file = std::fs::File::open(path).map_err(wrong)?;
        file.take(READ).read_to_string(&mut text).map_err(wrong)?;
    }
    Ok(text)
}
