//! `backup`: sealed copies in a folder, by themselves after changes or when asked for.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_core::authenticator::{Authenticator, AuthenticatorError};
use serde_json::json;

use crate::context::Context;
use crate::exit::Failure;
use crate::moment;
use crate::progress::during;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a backup into FOLDER now and after changes
    On {
        #[command(flatten)]
        target: Target,
    },
    /// Write no more by itself; what was written stays
    Off,
    /// Write one into FOLDER now; without it, where they go by themselves, if anything has changed
    Now {
        #[command(flatten)]
        target: Once,
    },
    /// Say how backups stand (the same as without a word)
    Status,
}

#[derive(Debug, Args)]
struct Target {
    /// Where they go
    folder: PathBuf,
    /// How many are kept there, 1 to 100
    #[arg(long, default_value_t = 10)]
    keep: u16,
    /// Read the backups' password from this descriptor: one line
    #[arg(long, value_name = "N")]
    new_password_fd: Option<u32>,
}

#[derive(Debug, Args)]
struct Once {
    /// Where it goes
    folder: Option<PathBuf>,
    /// How many are kept there, 1 to 100
    #[arg(long, default_value_t = 10, requires = "folder")]
    keep: u16,
    /// Read the backup's password from this descriptor: one line
    #[arg(long, value_name = "N", requires = "folder")]
    new_password_fd: Option<u32>,
}

pub(crate) async fn run(context: &Context, arguments: Backup) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    match arguments.what {
        None | Some(What::Status) => status(context, &authenticator),
        Some(What::On { target }) => on(context, &authenticator, target).await,
        Some(What::Off) => {
            authenticator.switch_off_backups()?;
            context
                .out
                .tell(&json!({"on": false}), "Backups are no longer written. Those that there are stay.")
        }
        Some(What::Now { target: Once { folder: Some(folder), keep, new_password_fd } }) => {
            once(context, &authenticator, Target { folder, keep, new_password_fd }).await
        }
        Some(What::Now { target: Once { folder: None, .. } }) => if_due(context, &authenticator).await,
    }
}

fn status(context: &Context, authenticator: &Authenticator) -> Result<(), Failure> {
    let view = authenticator.settings_view()?;
    let (plan, last) = (&view.settings.backup, view.last_backup_at);
    let mut words = match plan {
        Some(plan) => format!("Backups go to {} after changes; {} are kept.", plan.folder, plan.keep),
        None => "Backups are not written by themselves: countersign backup on FOLDER.".to_owned(),
    };
    words.push_str(&last.map_or(" None was written yet.".to_owned(), |at| {
        format!(" The last one was written {}.", moment::words(at))
    }));
    if let Some(trouble) = &view.backup_trouble {
        let since = moment::words(trouble.since);
        words = format!("{words}\nThey have stopped since {since}: {}", trouble.reason);
    }
    let facts = json!({
        "on": plan.is_some(),
        "folder": plan.as_ref().map(|plan| &plan.folder),
        "keep": plan.as_ref().map(|plan| plan.keep),
        "last_backup_at": last,
        "trouble": view.backup_trouble,
    });
    context.out.tell(&facts, &words)
}

async fn on(context: &Context, authenticator: &Authenticator, target: Target) -> Result<(), Failure> {
    let folder = absolute(&target.folder)?;
    let password = context.new_password(PASSWORD, target.new_password_fd).await?;
    let vault = authenticator.clone();
    let on = tokio::task::spawn_blocking(move || vault.switch_on_backups(&folder, &password, target.keep));
    let written = written(context, on).await?;
    let words =
        format!("Written and opened again: {}. From now on one is written after changes.", written.display());
    context.out.tell(&json!({"on": true, "file": written}), &words)
}

async fn once(context: &Context, authenticator: &Authenticator, target: Target) -> Result<(), Failure> {
    let folder = absolute(&target.folder)?;
    let password = context.new_password(PASSWORD, target.new_password_fd).await?;
    let vault = authenticator.clone();
    let once = tokio::task::spawn_blocking(move || vault.back_up(&folder, &password, target.keep));
    let written = written(context, once).await?;
    let words = format!("Written and opened again: {}.", written.display());
    context.out.tell(&json!({"file": written}), &words)
}

async fn if_due(context: &Context, authenticator: &Authenticator) -> Result<(), Failure> {
    if authenticator.settings()?.backup.is_none() {
        return Err(Failure::usage(
            "backup_not_switched_on",
            "backups are not written by themselves; name a folder for this one, or begin with `countersign backup on FOLDER`",
        ));
    }
    let vault = authenticator.clone();
    let written = written(context, tokio::task::spawn_blocking(move || vault.back_up_if_due())).await?;
    let words = match &written {
        Some(file) => format!("Written and opened again: {}.", file.display()),
        None => "Nothing has changed since the last one, or it is not a minute old.".to_owned(),
    };
    context.out.tell(&json!({"file": written}), &words)
}

/// What the backups' password is asked for with.
const PASSWORD: &str = "Password of the backups: ";

/// A relative folder would be another one tomorrow.
fn absolute(folder: &std::path::Path) -> Result<PathBuf, Failure> {
    std::path::absolute(folder)
        .map_err(|e| Failure::failed("backup_folder_missing", format!("that folder cannot be found ({e})")))
}

async fn written<T>(
    context: &Context,
    writing: tokio::task::JoinHandle<Result<T, AuthenticatorError>>,
) -> Result<T, Failure> {
    let written = during(&context.out, "Writing the backup, and opening it again to be sure", writing).await;
    Ok(written.unwrap_or(Err(AuthenticatorError::Stopped))?)
}
