//! `audit`: checking, handing out and reading the logs.

use std::fs::File;
use std::io::{BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use countersign_protocol::jwk::Thumbprint;
use serde_json::{Value, json};

use super::manage::{tenant_id, with_engine};
use super::when::moment;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::audit::chain::{Problem, Walk};
use crate::engine::audit::export::{FileError, check_file};
use crate::engine::audit::list::EventFilter;
use crate::engine::audit::verify::Report;
use crate::timestamp::rfc3339;

/// Events between two words about how far a long check has come.
const PROGRESS: u64 = 100_000;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check that nobody has changed, removed or added events: in the database, or in an exported file
    Verify(Verify),
    /// Write a tenant's log to standard output, one JSON object a line, so that it can be checked elsewhere
    Export(Export),
    /// Show a tenant's latest events
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Only this tenant's log (ten_…); otherwise all
    #[arg(long, conflicts_with = "file")]
    tenant: Option<String>,
    /// A checkpoint that was kept elsewhere; the log must agree with it
    #[arg(long, value_name = "FILE", requires = "tenant")]
    checkpoint: Option<PathBuf>,
    /// Check an exported log; the database is not touched
    #[arg(long, value_name = "FILE", requires = "key")]
    file: Option<PathBuf>,
    /// With --file: the thumbprint of a signing key of the tenant (`tenant list` shows it)
    #[arg(long, value_name = "THUMBPRINT", requires = "file")]
    key: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// First moment, such as 2026-03-13 or 2026-03-13T10:44:12Z
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// First moment that is not wanted any more
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How it is written
    #[arg(long, default_value = "jsonl", value_parser = ["jsonl"])]
    format: String,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// Only events whose name begins so, such as challenge or challenge.approved
    #[arg(long)]
    event: Option<String>,
    /// Only what this one did
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Only what was done to this one
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Events at most, 1 to 10000
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

pub(super) async fn run(config: &Config, out: Output, command: Audit) -> Result<(), Failure> {
    match command {
        Audit::Verify(Verify { file: Some(file), key, .. }) => {
            verify_file(out, &file, &key.unwrap_or_default())
        }
        Audit::Verify(verify) => verify_database(config, out, &verify).await,
        Audit::Export(wanted) => export(config, &wanted).await,
        Audit::List(wanted) => list(config, out, wanted).await,
    }
}

async fn verify_database(config: &Config, out: Output, wanted: &Verify) -> Result<(), Failure> {
    let only = wanted.tenant.as_deref().map(tenant_id).transpose()?;
    let given = wanted.checkpoint.as_deref().map(given).transpose()?;
    let good = with_engine(config, async |engine| {
        let tenants = match only {
            Some(tenant) => [tenant].into(),
            None => engine.audited_tenants().await?,
        };
        let mut good = true;
        for tenant in tenants {
            let report = engine.verify_audit(tenant, given.as_slice(), progress(tenant)).await?;
            good &= report.holds();
            tell(out, &report);
        }
        Ok(good)
    })
    .await?;
    if good { Ok(()) } else { Err(Failure::audit()) }
}

fn given(path: &Path) -> Result<(String, String), Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::other(format!("{} cannot be read: {error}", path.display())))?;
    Ok((path.display().to_string(), text.trim().to_owned()))
}

/// A word on standard error now and then, where a person is looking.
fn progress(tenant: TenantId) -> impl Fn(u64) {
    let looking = std::io::stderr().is_terminal();
    move |events| {
        if looking && events.is_multiple_of(PROGRESS) {
            eprintln!("{tenant}: {events} events so far …");
        }
    }
}

fn tell(out: Output, report: &Report) {
    let walk = &report.walk;
    let facts = facts(walk, &json!({"unsealed": report.unsealed}));
    let newest = walk.signed.map_or("nothing is signed yet".to_owned(), |(seq, at)| {
        format!("signed up to {seq} on {}", rfc3339(i64::try_from(at).unwrap_or(0).saturating_mul(1000)))
    });
    let open = match report.unsealed {
        0 => String::new(),
        some => format!("; {some} more are not sealed yet, a running server does that"),
    };
    let numbers = format!("{} events, {newest}, {} checkpoints{open}", walk.events, walk.fitting);
    out.tell(&facts, &sentences(&report.tenant.to_string(), &numbers, walk));
}

/// What there is to say of every log, and what this one has besides.
fn facts(walk: &Walk, more: &Value) -> Value {
    let problem = |p: &Problem| json!({"code": p.code(), "message": p.to_string()});
    let mut facts = json!({
        "tenant": walk.tenant(),
        "ok": walk.problems.is_empty(),
        "events": walk.events,
        "last": walk.last,
        "checkpoints": walk.fitting,
        "signed_to": walk.signed.map(|(seq, _)| seq),
        "problems": walk.problems.iter().map(problem).collect::<Vec<_>>(),
        "more_problems": walk.untold,
    });
    if let (Some(facts), Some(more)) = (facts.as_object_mut(), more.as_object()) {
        facts.extend(more.clone());
    }
    facts
}

fn sentences(what: &str, numbers: &str, walk: &Walk) -> String {
    if walk.problems.is_empty() {
        return format!("{what}: OK: {numbers}");
    }
    let mut text = format!("{what}: THIS LOG DOES NOT HOLD: {numbers}");
    for problem in &walk.problems {
        text.push_str(&format!("\n  - {problem}"));
    }
    if walk.untold > 0 {
        text.push_str(&format!("\n  - and {} more", walk.untold));
    }
    text
}

fn verify_file(out: Output, path: &Path, key: &str) -> Result<(), Failure> {
    let unreadable = |error: FileError| Failure::other(format!("{}: {error}", path.display()));
    let no_key = || Failure::other("--key: a thumbprint is 43 base64url characters; `tenant list` shows it");
    let trusted = Thumbprint::parse(key).ok_or_else(no_key)?;
    let file = File::open(path).map_err(|error| unreadable(error.into()))?;
    let report = check_file(BufReader::new(file), &trusted).map_err(unreadable)?;
    let walk = &report.walk;
    let older = match report.older {
        0 => String::new(),
        some => format!("; {some} checkpoints by older keys were not judged"),
    };
    let numbers = format!(
        "events {} to {} of {} at {}, {} checkpoints fit{older}",
        report.first, walk.last, report.tenant, report.server, walk.fitting
    );
    let more = json!({"first": report.first, "server": report.server, "older_checkpoints": report.older});
    let facts = facts(walk, &more);
    out.tell(&facts, &sentences(&path.display().to_string(), &numbers, walk));
    if walk.problems.is_empty() { Ok(()) } else { Err(Failure::audit()) }
}

async fn export(config: &Config, wanted: &Export) -> Result<(), Failure> {
    let tenant = tenant_id(&wanted.tenant)?;
    let from = wanted.from.as_deref().map(moment).transpose()?;
    let to = wanted.to.as_deref().map(moment).transpose()?;
    with_engine(config, async |engine| {
        let mut stdout = std::io::stdout().lock();
        let mut trouble = None;
        let work = engine.export_audit(tenant, from, to, |line| {
            let written = serde_json::to_string(line)
                .map_err(std::io::Error::from)
                .and_then(|line| writeln!(stdout, "{line}"));
            trouble = written.err();
            trouble.is_none()
        });
        work.await?;
        let trouble = trouble.or_else(|| stdout.flush().err());
        match trouble {
            // A reader that has had enough is no error of ours.
            Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::other(format!("the export cannot be written: {error}; it is not complete")))
            }
            _ => Ok(()),
        }
    })
    .await
}

async fn list(config: &Config, out: Output, wanted: List) -> Result<(), Failure> {
    let tenant = tenant_id(&wanted.tenant)?;
    let filter = EventFilter { name: wanted.event, actor: wanted.actor, subject: wanted.subject };
    let limit = usize::from(wanted.limit);
    let events =
        with_engine(config, async |engine| Ok(engine.latest_events(tenant, &filter, limit).await?)).await?;
    for event in events {
        let (at, address) = (rfc3339(event.at), event.address.as_deref().unwrap_or("-"));
        let detail = event.detail.as_deref().unwrap_or("");
        out.tell(
            &json!({"at": at, "event": event.name, "actor": event.actor, "subject": event.subject,
                    "address": event.address, "detail": event.detail, "id": event.id.as_hyphenated().to_string()}),
            format!("{at}  {}  {}  {}  {address}  {detail}", event.name, event.actor, event.subject).trim_end(),
        );
    }
    Ok(())
}
