//! `receipt`: checks the evidence of a decision, or saves one that is kept here.
//!
//! What a receipt says of its own server counts for nothing: the key to believe comes from `--key` or from the accounts
//! of the vault.

use std::path::Path;

use clap::{Args, Subcommand};
use countersign_core::authenticator::ReceiptView;
use countersign_protocol::answer::{Decision, Proof};
use countersign_protocol::jwk::Thumbprint;
use countersign_protocol::receipt::ReceiptError;
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::exit::Failure;
use crate::pick::{Candidate, pick};
use crate::table::Table;
use crate::{input, moment, new_file};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Receipt {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what a receipt proves, or that it proves nothing
    Verify {
        /// The receipt's file; - reads standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// Believe this server key: its thumbprint, from the operator or an enrolment link (k=…). Without it, the keys
        /// of the vault's accounts are believed
        #[arg(long, value_name = "THUMBPRINT", allow_hyphen_values = true)]
        key: Vec<String>,
    },
    /// Write a receipt that is kept in the vault's history to a new file
    Save {
        /// The request's id, or the beginning of it (see `countersign history --json`)
        #[arg(value_name = "ID")]
        id: String,
        /// The new file; - writes standard output
        #[arg(value_name = "FILE")]
        file: String,
    },
}

pub(crate) async fn run(context: &Context, arguments: Receipt) -> Result<(), Failure> {
    match arguments.what {
        What::Verify { file, key } => verify(context, &file, &key).await,
        What::Save { id, file } => save(context, &id, &file).await,
    }
}

/// With `--json`.
#[derive(Serialize)]
struct Verified<'a> {
    verified: bool,
    #[serde(flatten)]
    receipt: &'a ReceiptView,
}

async fn verify(context: &Context, file: &str, keys: &[String]) -> Result<(), Failure> {
    context.keep_stdin_for(file)?;
    let trusted = keys.iter().map(|key| thumbprint(key)).collect::<Result<Vec<_>, _>>()?;
    let text = input::file(file)?;
    let (trusted, whence) = if trusted.is_empty() {
        (pinned(context).await?, "by a server key that an account of this vault has pinned")
    } else {
        (trusted, "by a server key that you named")
    };
    let receipt = ReceiptView::of(text.trim(), &trusted).map_err(|error| failure(&error))?;
    context.out.tell(&Verified { verified: true, receipt: &receipt }, &words(&receipt, whence))
}

fn thumbprint(text: &str) -> Result<Thumbprint, Failure> {
    Thumbprint::parse(text).ok_or_else(|| {
        Failure::usage(
            "key_form",
            format!("“{text}” is no thumbprint: 43 letters, digits, - and _ are needed"),
        )
    })
}

/// The keys of the vault's accounts.
async fn pinned(context: &Context) -> Result<Vec<Thumbprint>, Failure> {
    match context.open().await {
        Ok(authenticator) => Ok(authenticator.pinned_keys()?),
        Err(failure) if failure.code() == "vault_not_found" => Err(Failure::usage(
            "key_needed",
            "there is no vault whose accounts say which server key to believe; give its thumbprint with --key, from the \
             server's operator or an enrolment link",
        )),
        Err(failure) => Err(failure),
    }
}

fn failure(error: &ReceiptError) -> Failure {
    match error {
        ReceiptError::Malformed => Failure::nothing_found("not_a_receipt", error.to_string()),
        ReceiptError::Version(_) => Failure::nothing_found("receipt_version", error.to_string()),
        ReceiptError::ServerKey => Failure::failed(
            "receipt_untrusted",
            "not verified: no server key that you trust has signed this receipt; get the thumbprint of the server's key \
             from its operator and give it with --key",
        ),
        error => Failure::failed("receipt_invalid", format!("not verified: {error}; it proves nothing")),
    }
}

/// The lines for a person: what came of it first.
fn words(receipt: &ReceiptView, whence: &str) -> String {
    let mut table = Table::default();
    let mut row = |name: &str, value: String| table.row([name.into(), value.into()]);
    row("outcome", receipt.outcome.as_str().to_owned());
    row("decided", format!("{}, {}", moment::words(receipt.decided_at), by_whom(receipt)));
    row("asked", format!("{} of {}", moment::words(receipt.asked_at), receipt.user));
    let id = receipt.application_id.as_ref().map_or(String::new(), |id| format!(" ({id})"));
    row("by", format!("{}{id}", receipt.application));
    row("for", format!("{}: {}", receipt.kind, receipt.message));
    if let Some(ip) = &receipt.ip {
        row("from", ip.clone());
    }
    row("device", receipt.device.to_string());
    row("request", receipt.id.to_string());
    row("server", receipt.server.clone());
    row("key", receipt.server_key.to_string());
    format!("Verified: every signature holds, {whence}.\n{}", table.lines().join("\n"))
}

fn by_whom(receipt: &ReceiptView) -> String {
    if let Some(rule) = &receipt.rule {
        return format!(
            "by the person's rule of {} for {}, good until {}; nobody was asked",
            moment::words(rule.made_at),
            rule.network,
            moment::words(rule.ends_at)
        );
    }
    let said = match receipt.decision {
        Some(Decision::Approve) => "approved",
        Some(Decision::Report) => "denied and reported",
        Some(Decision::Deny) | None => "denied",
    };
    let how = match receipt.proof {
        Some(Proof::Verification) => "after biometrics, passcode or password",
        Some(Proof::Possession) | None => "with the device alone",
    };
    let wrong = receipt.decision == Some(Decision::Approve) && receipt.outcome.as_str() == "denied";
    let number = if wrong { ", but with a wrong number" } else { "" };
    format!("by the person, who {said} {how}{number}")
}

async fn save(context: &Context, query: &str, file: &str) -> Result<(), Failure> {
    let answers = context.open().await?.answers()?;
    let candidate = |id: String| Candidate { id, names: Vec::new() };
    let candidates: Vec<Candidate> = answers.iter().map(|answer| candidate(answer.id.to_string())).collect();
    let at = pick("receipt", query, &candidates)?;
    let answer =
        answers.get(at).ok_or_else(|| Failure::gone("unknown_receipt", "there is no such receipt"))?;
    if file == "-" {
        return context.out.fact(&answer.receipt);
    }
    let mut text =
        serde_json::to_vec(&answer.receipt).map_err(|e| Failure::failed("internal", e.to_string()))?;
    text.push(b'\n');
    // Never over a file that is there: it may be another receipt.
    new_file::write(Path::new(file), &text)?;
    let id = answer.id.to_string();
    context.out.tell(
        &json!({ "id": id, "file": file }),
        &format!("Saved. Anyone can check it: countersign receipt verify {file} --key THUMBPRINT"),
    )
}
