//! `vault recover`: what is left of a damaged vault, saved as a new one. The damaged file is only read (P1).

use std::path::PathBuf;

use clap::Args;
use countersign_core::vault::{
    ManifestFinding, PasswordCost, Recovered, Recovery, RecoveryPhrase, RecoveryReport, VaultError,
};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::new_file;
use crate::progress::during;
use crate::session::{NEW_PASSWORD, blocking};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// Where the new vault is put
    #[arg(value_name = "NEW")]
    to: PathBuf,
    /// Another damaged file, or an earlier state; else the vault
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Read the new vault's password from this descriptor: one line
    #[arg(long, value_name = "N")]
    new_password_fd: Option<u32>,
}

pub(crate) async fn run(context: &Context, arguments: Recover) -> Result<(), Failure> {
    let from = match arguments.from {
        Some(from) => from,
        None => context.vault_path()?,
    };
    if arguments.to.exists() {
        return Err(new_file::taken(&arguments.to));
    }
    let rng = context.rng.clone();
    let recovery = blocking(move || Recovery::read(&from, rng)).await?;
    let recovered = unlock(context, recovery).await?;
    let report = &recovered.report;
    if !context.out.json {
        words(report).iter().try_for_each(|line| context.out.line(line))?;
    }
    let to = arguments.to;
    context.confirm(&format!("Save what is whole as a new vault at {}?", to.display())).await?;
    let password = context.new_password(NEW_PASSWORD, arguments.new_password_fd).await?;
    let (facts, at) = (facts(report), to.clone());
    let saving = blocking(move || recovered.save_as(&at, &password, PasswordCost::default()).map(drop));
    during(&context.out, "Saving what is whole", saving).await?;
    let said = format!(
        "Saved. The damaged file stays as it is; look at the new one with --vault {}, and put it in the other's place when \
         it is right.",
        to.display()
    );
    context.out.tell(&facts, &said)
}

async fn unlock(context: &Context, recovery: Recovery) -> Result<Recovered, Failure> {
    let deriving = if context.global.phrase {
        let typed = context.ask_secret("Recovery phrase (not shown): ").await?;
        let phrase = RecoveryPhrase::parse(&typed).map_err(VaultError::from)?;
        tokio::task::spawn_blocking(move || {
            let keys = recovery.locked().keys_by_phrase(&phrase)?;
            Ok(recovery.unlock(keys))
        })
    } else {
        let password = context.password("Password: ").await?;
        tokio::task::spawn_blocking(move || {
            let keys = recovery.locked().keys_by_password(&password)?;
            Ok(recovery.unlock(keys))
        })
    };
    let opened = during(&context.out, "Opening what is whole", deriving).await;
    let opened: Result<Recovered, VaultError> = opened.unwrap_or(Err(VaultError::Locked));
    Ok(opened?)
}

fn words(report: &RecoveryReport) -> Vec<String> {
    let mut lines = vec![format!("Records that are whole: {}.", report.whole)];
    if !report.damaged.is_empty() {
        lines.push(format!("Records that are lost: {}.", report.damaged.len()));
    }
    if !report.all_pages_read {
        lines.push("Not every page could be read: there may be more that is lost.".to_owned());
    }
    lines.push(match &report.manifest {
        ManifestFinding::Complete => "These are all that there were.".to_owned(),
        ManifestFinding::Differs { expected } => {
            format!("There were {expected} at the last write, or some are older than that.")
        }
        ManifestFinding::Unreadable => "How many there were cannot be read any more.".to_owned(),
    });
    lines
}

fn facts(report: &RecoveryReport) -> Value {
    let damaged = report.damaged.iter().map(|(table, id)| json!({"table": table.to_string(), "id": id}));
    let expected = match &report.manifest {
        ManifestFinding::Complete => Some(report.whole),
        ManifestFinding::Differs { expected } => Some(*expected),
        ManifestFinding::Unreadable => None,
    };
    json!({
        "whole": report.whole,
        "damaged": damaged.collect::<Vec<_>>(),
        "all_pages_read": report.all_pages_read,
        "expected": expected,
    })
}
