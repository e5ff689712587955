//! `bench console`: how long the server takes for each page of the console, with many people and questions in the database.
//! Pages are those of the server's own table of routes; what is named in an address is filled with something that is there.

mod fill;

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use countersign_protocol::id::{DeviceId, to_base32};
use countersign_server::config::Config;
use countersign_server::console_table;
use countersign_server::engine::WebhookId;
use countersign_server::engine::console::{NewOperator, NewSession, Role, Scope};
use countersign_server::running::Running;
use countersign_server::store::postgres::DatabaseUrl;
use serde_json::json;
use tokio::time::Instant;

use crate::Result;
use crate::report::Durations;
use crate::server::relying_party;
use fill::Size;

/// How much.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// People, each with a device
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// Questions, spread over thirty days, with the events of the audit log that belong to them
    #[arg(long, default_value_t = 1_000_000)]
    challenges: u32,
    /// Times that each page is asked for
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// An empty PostgreSQL database; otherwise SQLite
    #[arg(long)]
    database_url: Option<String>,
    /// Print JSON, an object a line, instead of the table
    #[arg(long)]
    json: bool,
}

/// Runs the benchmark.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let database_url = options.database_url.clone().map(DatabaseUrl::from);
    let data_dir = folder.path().to_owned();
    let config = Config { listen: ([127, 0, 0, 1], 0).into(), data_dir, database_url, ..Config::default() };
    let running = Running::start(&config).await?;
    let engine = &running.engine;
    let (application, _) = relying_party(engine).await?;
    let tenant = application.tenant;
    let size = Size { people: options.people, challenges: options.challenges };
    let begun = Instant::now();
    let there = fill::fill(&config, application, size).await?;
    eprintln!("filled in {} s; sealing the audit log", begun.elapsed().as_secs());
    while engine.write_words_down().await? {}
    engine.seal_audit().await?;
    while engine.tally_sent().await? {}
    eprintln!("ready after {} s", begun.elapsed().as_secs());
    let new = NewOperator {
        email: "owner@example.org".into(),
        name: None,
        role: Role::Owner,
        scope: Scope::Server,
    };
    let operator = engine.put_operator(new, &"operator").await?;
    let new = NewSession { factor: "totp".into(), address: None, user_agent: None };
    let cookie = format!("cs-console={}", *engine.begin_console_session(&operator, new).await?);
    let (user, device) = (there.user, DeviceId { tenant, local: there.device });
    let names = [
        ("{tenant}", tenant.to_string()),
        ("{application}", application.to_string()),
        ("{app}", application.to_string()),
        ("{user}", to_base32(user)),
        ("{person}", to_base32(user)),
        ("{device}", device.to_string()),
        ("{challenge}", there.challenge.to_string()),
        ("{webhook}", WebhookId { tenant, local: there.webhook }.to_string()),
        ("{operator}", operator.id.to_string()),
    ];
    measure(options, running.address, &cookie, &names).await?;
    running.stop().await;
    Ok(())
}

/// Each page that can be asked for with nothing but its address, and some with more.
fn pages(names: &[(&str, String)]) -> Vec<String> {
    let mut pages = Vec::new();
    for (method, path, _) in console_table() {
        // A copy of the whole log is as long as the log.
        if method != "GET" || path.ends_with("/export") {
            continue;
        }
        let mut filled = path.to_owned();
        for (name, value) in names {
            filled = filled.replace(name, value);
        }
        if filled.contains('{') {
            eprintln!("left out, for nothing of the kind is there: {path}");
            continue;
        }
        let more: &[&str] = match path {
            "/{tenant}/" => &["", "?span=7d", "?span=30d"],
            "/{tenant}/audit" => &["", "?event=challenge", "?event=challenge.denied", "?actor=operator"],
            // One of them; all of them; nobody; a number that nobody has.
            "/{tenant}/users" => &["", "?q=person-99999", "?q=person", "?q=nobody", "?q=%2B447700900000"],
            "/{tenant}/messages" => &["", "?channel=sms", "?state=done&channel=email", "?state=dead"],
            _ => &[""],
        };
        pages.extend(more.iter().map(|query| format!("{filled}{query}")));
    }
    pages
}

async fn measure(options: &Options, at: SocketAddr, cookie: &str, names: &[(&str, String)]) -> Result<()> {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    if !options.json {
        println!("| page | status | KiB | p50 ms | p99 ms |\n|---|---|---|---|---|");
    }
    for page in pages(names) {
        let address = format!("http://{at}/console{page}");
        let (mut times, mut last) = (Durations::default(), (0, String::new()));
        for _ in 0..options.rounds {
            last = ask(&http, &address, cookie, &mut times).await?;
        }
        let shown = shown(&page, names);
        tell(options, &shown, (last.0, last.1.len()), &mut times);
        // The pages behind it, each once.
        let (mut times, mut bytes) = (Durations::default(), 0);
        for _ in 0..options.rounds {
            let Some(next) = next_page(at, &last.1) else { break };
            last = ask(&http, &next, cookie, &mut times).await?;
            bytes = last.1.len();
        }
        if times.len() > 0 {
            tell(options, &format!("{shown}, {} pages further", times.len()), (last.0, bytes), &mut times);
        }
    }
    Ok(())
}

/// Asks for a page; how long that took is added to `times`.
async fn ask(
    http: &reqwest::Client,
    address: &str,
    cookie: &str,
    times: &mut Durations,
) -> Result<(u16, String)> {
    let begun = Instant::now();
    let reply = http.get(address).header("Cookie", cookie).send().await?;
    let status = reply.status();
    let text = reply.text().await?;
    times.push(begun.elapsed());
    if status.is_server_error() {
        Err(format!("{address}: {status}").into())
    } else {
        Ok((status.as_u16(), text))
    }
}

/// Where a list goes on.
fn next_page(at: SocketAddr, page: &str) -> Option<String> {
    let (_, rest) = page.split_once(r#"rel="next" href=""#)?;
    let (link, _) = rest.split_once('"')?;
    let (_, path) = link.split_once("/console/").or_else(|| link.split_once("console/"))?;
    Some(format!("http://{at}/console/{}", path.replace("&#38;", "&").replace("&amp;", "&")))
}

/// The address as the table of routes has it, which says more than ids do.
fn shown(page: &str, names: &[(&str, String)]) -> String {
    let mut shown = page.to_owned();
    for (name, value) in names {
        shown = shown.replace(value, name);
    }
    shown
}

fn tell(options: &Options, page: &str, (status, bytes): (u16, usize), times: &mut Durations) {
    let [p50, p99] = [500, 990].map(|permille| times.permille_ms(permille));
    let late = if p99 > LONGEST.as_secs_f64() * 1000.0 { " **too long**" } else { "" };
    if options.json {
        println!("{}", json!({"page": page, "status": status, "bytes": bytes, "p50_ms": p50, "p99_ms": p99}));
    } else {
        println!("| `{page}` | {status} | {} | {p50:.1} | {p99:.1}{late} |", bytes.div_ceil(1024));
    }
}

/// What no page may take.
const LONGEST: Duration = Duration::from_millis(200);
