//! `bench wake`: people wait on two servers that share a PostgreSQL database, and each decision is made on the other
//! server than the one that waits for it. Also what waiting costs the database while nothing happens.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Result;
use crate::login_flow::{Client, INBOX, json as reply};
use crate::report::Durations;
use crate::server::Server;

/// How many wait, for how long nothing happens, and how fast decisions come then.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The PostgreSQL database, empty
    #[arg(long, value_name = "URL")]
    database_url: String,
    /// People who wait on each of the two servers, 1 to 2000
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=2000))]
    polls: u32,
    /// Seconds without any decision, 3 to 20
    #[arg(long, default_value_t = 12, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(3..=20))]
    idle: u64,
    /// Decisions a second, 10 to 1000: all must be made within the 60 s that a poll waits
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u32).range(10..=1000))]
    rate: u32,
}

/// Someone who is asked on one server and decides on the other.
struct Person {
    client: Client,
    waits_at: Arc<Server>,
    session: String,
    answer: String,
    decides_at: Arc<Server>,
}

/// Runs the benchmark.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folders = (tempfile::tempdir()?, tempfile::tempdir()?);
    let first = Arc::new(Server::start(folders.0.path(), Some(&options.database_url), None).await?);
    copy_key(folders.0.path(), folders.1.path())?;
    let second =
        Arc::new(Server::start(folders.1.path(), Some(&options.database_url), Some(&first.url)).await?);
    let people = ask_everybody(options.polls, &first, &second).await?;
    let database = connect(&options.database_url).await?;

    let waiting: Vec<_> = people.iter().map(|person| tokio::spawn(wait(person))).collect();
    // Those who have just begun to wait look once by themselves.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let before = transactions(&database).await?;
    tokio::time::sleep(Duration::from_secs(options.idle)).await;
    let idle = transactions(&database).await? - before;

    let decided = decide(people, options.rate).await?;
    let (mut from_sent, mut from_told) = (Durations::default(), Durations::default());
    for (woken, (sent, told)) in waiting.into_iter().zip(decided) {
        let woken = woken.await??;
        from_sent.push(woken - sent);
        from_told.push(woken.saturating_duration_since(told));
    }
    print(options, idle, &mut from_sent, &mut from_told);
    for server in [first, second] {
        if let Some(server) = Arc::into_inner(server) {
            server.stop().await?;
        }
    }
    Ok(())
}

fn copy_key(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from.join("master.key"), to.join("master.key"))?;
    Ok(())
}

/// Enrols two crowds, asks each on one server and lets their phones sign the answer for the other.
async fn ask_everybody(polls: u32, first: &Arc<Server>, second: &Arc<Server>) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for number in 0..2 * polls {
        let (waits_at, decides_at) = if number % 2 == 0 { (first, second) } else { (second, first) };
        let mut client = Client::enroll(first, number).await?;
        let body = json!({"user_ref": client.user}).to_string();
        let request = client.as_party_at(waits_at, Method::POST, "/api/v1/mfa/send").body(body);
        let sent: Value = reply(request, 200).await?;
        let session = sent.get("session_id").and_then(Value::as_str).ok_or("no session")?.to_owned();
        let inbox = client.fetch(decides_at).await?;
        let challenge = inbox.challenges.first().ok_or("inbox")?;
        let (_, answer) = client.phone.approve(client.device, challenge, None)?;
        let (waits_at, decides_at) = (Arc::clone(waits_at), Arc::clone(decides_at));
        people.push(Person { client, waits_at, session, answer, decides_at });
    }
    Ok(people)
}

/// Polls until there is a decision. Returns when that was.
fn wait(person: &Person) -> impl Future<Output = Result<Instant>> + Send + use<> {
    let path = format!("/api/v1/mfa/status/{}?wait=60", person.session);
    let request = person.client.as_party_at(&person.waits_at, Method::GET, &path);
    async move {
        let status: Value = reply(request, 200).await?;
        let woken = Instant::now();
        match status.get("status").and_then(Value::as_str) {
            Some("approved") => Ok(woken),
            _ => Err(format!("not approved: {status}").into()),
        }
    }
}

/// Everybody's decision, one after the other at this rate: when it was sent and when the phone was told that it counts.
async fn decide(people: Vec<Person>, rate: u32) -> Result<Vec<(Instant, Instant)>> {
    let mut pace = tokio::time::interval(Duration::from_secs(1) / rate);
    let mut deciding = Vec::new();
    for person in people {
        pace.tick().await;
        deciding.push(tokio::spawn(async move {
            let url = format!("{}{INBOX}/{}/answer", person.decides_at.at, person.session);
            let body = json!({"answer": person.answer}).to_string();
            let sent = Instant::now();
            let _answered: Value = reply(person.client.http.post(url).body(body), 200).await?;
            Result::Ok((sent, Instant::now()))
        }));
    }
    let mut decided = Vec::new();
    for one in deciding {
        decided.push(one.await??);
    }
    Ok(decided)
}

async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Transactions of this database so far. A query that stands alone is one.
async fn transactions(database: &tokio_postgres::Client) -> Result<i64> {
    let sql = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    Ok(database.query_one(sql, &[]).await?.get(0))
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bounded run")]
fn print(options: &Options, idle: i64, from_sent: &mut Durations, from_told: &mut Durations) {
    let polls = 2 * options.polls;
    let cost = idle as f64 / f64::from(polls) / options.idle as f64;
    let of = |durations: &mut Durations| [500, 990, 999].map(|permille| durations.permille_ms(permille));
    let (sent, told) = (of(from_sent), of(from_told));
    println!("| polls | queries per poll and second, idle | from | p50 ms | p99 ms | p99.9 ms |");
    println!("|---|---|---|---|---|---|");
    for (from, [p50, p99, p999]) in [("answer sent", sent), ("answer acknowledged", told)] {
        println!("| {polls} | {cost:.3} | {from} | {p50:.1} | {p99:.1} | {p999:.1} |");
    }
}
