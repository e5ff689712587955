//! `vault`: ways to unlock it, its earlier states, new keys, and what is left of a damaged one. Damage is
//! `recovering`'s subject.

use std::time::UNIX_EPOCH;

use clap::{Args, Subcommand};
use countersign_core::vault::{NewPhrase, SlotKind, Vault as Store, VaultError};
use serde_json::json;

use super::recovering::{self, Recover};
use crate::context::Context;
use crate::exit::Failure;
use crate::moment;
use crate::progress::during;
use crate::screen::Screen;
use crate::session::blocking;

/// How often a person may mistype the words of a phrase.
const TRIES: u32 = 3;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a recovery phrase of twelve words, which opens the vault when the password is forgotten
    Phrase {
        /// Let the phrase that there is open the vault no longer
        #[arg(long)]
        remove: bool,
    },
    /// List the earlier states that are kept
    Generations,
    /// Make the vault what it was; the state of now is kept too
    Restore {
        /// A number of `vault generations`
        generation: u64,
    },
    /// Remove the earlier states, which open with the passwords that they had
    Forget,
    /// Save what is whole of a damaged vault as a new one
    Recover(Recover),
    /// Seal everything with new keys, for when someone may have copied the old ones
    Rekey,
}

pub(crate) async fn run(context: &Context, arguments: Vault) -> Result<(), Failure> {
    match arguments.what {
        What::Phrase { remove: false } => phrase(context).await,
        What::Phrase { remove: true } => remove_phrase(context).await,
        What::Generations => generations(context),
        What::Restore { generation } => restore(context, generation).await,
        What::Forget => forget(context).await,
        What::Recover(recover) => recovering::run(context, recover).await,
        What::Rekey => rekey(context).await,
    }
}

async fn phrase(context: &Context) -> Result<(), Failure> {
    if context.person().is_none() {
        return Err(Failure::usage(
            "no_terminal",
            "a recovery phrase is shown once and words of it are typed back, so it needs a person at a terminal",
        ));
    }
    let vault = context.open().await?.vault().clone();
    let new = NewPhrase::draw(&*context.rng)?;
    show(context, &new).await?;
    for tries in 1..=TRIES {
        let mut typed = Vec::new();
        for position in new.asked() {
            typed.push(context.ask_secret(&format!("Word {position} (not shown): ")).await?);
        }
        let words: Vec<&str> = typed.iter().map(|word| word.trim()).collect();
        match vault.add_phrase_slot(&new, &words) {
            Err(VaultError::Phrase(error)) if tries < TRIES => context.out.remark(&error.to_string()),
            result => {
                result?;
                break;
            }
        }
    }
    context.out.line(
        "The phrase opens the vault now: give --phrase to any command. Whoever has the words has everything.",
    )
}

/// Shows the words until Enter, on a screen of its own where that is possible.
async fn show(context: &Context, new: &NewPhrase) -> Result<(), Failure> {
    let mut lines =
        vec!["Write these words down in this order, on paper, and keep it where nobody looks:".to_owned()];
    let text = new.phrase().text();
    lines.extend(text.split(' ').enumerate().map(|(at, word)| format!("  {:>2}  {word}", at + 1)));
    if !context.out.live {
        lines.iter().try_for_each(|line| context.out.line(line))?;
        context.ask_line("Enter goes on; the words are not shown again. ").await?;
        return Ok(());
    }
    let screen = Screen::enter(&context.out, context.terminal.clone())?;
    lines.push("Enter goes on; the words are not shown again.".to_owned());
    screen.draw(&lines)?;
    context.ask_line("").await.map(drop)
}

async fn remove_phrase(context: &Context) -> Result<(), Failure> {
    let vault = context.open().await?.vault().clone();
    context.confirm("Let the recovery phrase open this vault no longer?").await?;
    let removing = blocking(move || vault.remove_slot(SlotKind::Phrase));
    during(&context.out, "Removing the phrase", removing).await?;
    context.out.tell(
        &json!({"removed": true}),
        "The phrase opens this vault no longer. Earlier states still open with it: countersign vault forget.",
    )
}

fn generations(context: &Context) -> Result<(), Failure> {
    let states = Store::earlier_states(&context.vault_path()?)?;
    if states.is_empty() {
        context.out.remark("No earlier states are kept yet.");
    }
    for state in states {
        let at = state.kept_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|at| at.as_secs());
        let words = at.map_or("at an unknown time".to_owned(), moment::words);
        context.out.tell(
            &json!({"generation": state.generation, "kept_at": at, "file": state.path}),
            &format!("{:>6}  put aside {words}", state.generation),
        )?;
    }
    Ok(())
}

async fn restore(context: &Context, generation: u64) -> Result<(), Failure> {
    let vault = context.open().await?.vault().clone();
    if Store::earlier_states(vault.path())?.iter().all(|state| state.generation != generation) {
        return Err(Failure::gone(
            "unknown_generation",
            format!("no state {generation} is kept; look at `countersign vault generations`"),
        ));
    }
    context
        .confirm(&format!("Make the vault what it was in state {generation}? The state of now is kept too."))
        .await?;
    let restoring = blocking(move || vault.restore(generation));
    during(&context.out, "Restoring", restoring).await?;
    let words = format!("The vault is what it was in state {generation}.");
    context.out.tell(&json!({"restored": generation}), &words)
}

async fn forget(context: &Context) -> Result<(), Failure> {
    let vault = context.open().await?.vault().clone();
    context
        .confirm("Remove every earlier state? What was deleted or changed cannot be brought back then.")
        .await?;
    blocking(move || vault.forget_earlier_states()).await?;
    context.out.tell(&json!({"forgotten": true}), "The earlier states are removed.")
}

async fn rekey(context: &Context) -> Result<(), Failure> {
    let (authenticator, password) = context.open_with_password().await?;
    let vault = authenticator.vault().clone();
    let lost = vault.slot_kinds()?.into_iter().filter(|kind| *kind != SlotKind::Password);
    let lost: Vec<String> =
        lost.map(|kind| format!(" The {kind} opens it no longer; make another.")).collect();
    context.confirm(&format!("Seal everything with new keys?{}", lost.concat())).await?;
    let renewing = blocking(move || vault.renew_keys(&password));
    during(&context.out, "Sealing everything with new keys", renewing).await?;
    context.out.tell(
        &json!({"rekeyed": true}),
        "Everything is sealed with new keys. Earlier states still open with the old ones: countersign vault forget.",
    )
}
