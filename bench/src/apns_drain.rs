//! `bench apns-drain`: how fast pushes that wait reach Apple, over one connection. First the courier alone, then out of the
//! outbox: found, leased, looked up, sent, written down. The push service is the fake of the tests, in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use countersign_protocol::id::{ChallengeId, DeviceId, TenantId, uuid_v7};
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::delivery::apns::Apns;
use countersign_server::engine::providers::{Account, ApnsAccount, Channel, Choice, Provider, Secret};
use countersign_server::engine::{Content, Language, Moment, NewTenant, Parcel, Push, Then};
use countersign_server::host::{Clock as _, System};
use countersign_server::running::open_engine;
use futures_util::StreamExt as _;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::Instant;
use uuid::Uuid;

use crate::Result;

/// Pushes on their way at once when the courier is alone: as many as the outbox lets out.
const AT_ONCE: usize = 512;

/// How many, and who takes them.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Pushes that wait, 1 to 100000
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pushes: u32,
    /// The fake push service; otherwise `fake_apns` beside this program
    #[arg(long, value_name = "PROGRAM")]
    fake: Option<PathBuf>,
}

/// The push service, and what it says of itself.
struct Fake {
    _process: Child,
    orders: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
    account: ApnsAccount,
}

/// What it had seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    taken: u64,
    connections: u64,
    most_open: u64,
}

impl Fake {
    async fn start(program: Option<&Path>) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("fake_apns");
        let program = program.unwrap_or(&beside);
        let started =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut process = started.map_err(|error| {
            format!(
                "{}: {error}; build it with cargo build --release -p countersign-tests --bin fake_apns",
                program.display()
            )
        })?;
        let (orders, says) = (process.stdin.take(), process.stdout.take());
        let (orders, says) = (orders.ok_or("stdin")?, BufReader::new(says.ok_or("stdout")?).lines());
        let mut says = says;
        let facts: Value = serde_json::from_str(&says.next_line().await?.ok_or("the fake did not start")?)?;
        let text = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned).ok_or("facts");
        let port = facts.get("port").and_then(Value::as_u64).ok_or("port")?;
        let account = ApnsAccount {
            team_id: text("team_id")?,
            key_id: text("key_id")?,
            private_key: Secret::new(text("key")?),
            topic: text("topic")?,
            sandbox: false,
            endpoint: Some(format!("https://127.0.0.1:{port}")),
            ca: Some(text("ca")?),
        };
        Ok(Self { _process: process, orders, says, account })
    }

    async fn seen(&mut self) -> Result<Seen> {
        self.orders.write_all(b"{}\n").await?;
        let said: Value = serde_json::from_str(&self.says.next_line().await?.ok_or("the fake has ended")?)?;
        let number = |name: &str| said.get(name).and_then(Value::as_u64).ok_or("seen");
        Ok(Seen {
            taken: number("taken")?,
            connections: number("connections")?,
            most_open: number("most_open")?,
        })
    }
}

/// Runs the benchmark.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.webhook_allow_networks = vec!["127.0.0.0/8".to_owned()].try_into().map_err(|_| "networks")?;
    println!("| {} pushes | pushes/s | seconds | connections | on their way at once |", options.pushes);
    println!("|---|---|---|---|---|");
    let mut fake = Fake::start(options.fake.as_deref()).await?;
    let took = alone(&config, &fake.account, options.pushes).await?;
    print("the courier alone", options.pushes, took, fake.seen().await?)?;
    let mut fake = Fake::start(options.fake.as_deref()).await?;
    let took = out_of_the_outbox(&config, &fake.account, options.pushes).await?;
    print("out of the outbox, SQLite", options.pushes, took, fake.seen().await?)
}

fn print(what: &str, pushes: u32, took: Duration, seen: Seen) -> Result<()> {
    if seen.taken != u64::from(pushes) {
        return Err(format!("{what}: {} of {pushes} pushes were taken", seen.taken).into());
    }
    let (seconds, Seen { connections, most_open, .. }) = (took.as_secs_f64(), seen);
    println!("| {what} | {:.0} | {seconds:.2} | {connections} | {most_open} |", f64::from(pushes) / seconds);
    Ok(())
}

fn token(number: u32) -> String {
    format!("{number:064x}")
}

async fn alone(config: &Config, account: &ApnsAccount, pushes: u32) -> Result<Duration> {
    let apns = Apns::new(config.webhook_targets());
    let id = Uuid::from_u128(1);
    let provider = Arc::new(Provider { id, channel: Channel::Apns, account: Account::Apns(account.clone()) });
    let (tenant, now) = (TenantId(id), System.unix_ms());
    let begun = Instant::now();
    let one = async |number: u32| {
        let push = Push {
            device: DeviceId { tenant, local: Uuid::from_u128(number.into()) },
            token: token(number),
            challenge: ChallengeId(Uuid::from_u128(number.into())),
            language: Language::En,
        };
        let parcel = Parcel {
            tenant,
            id: Uuid::from_u128(number.into()),
            expires_at: Some(now + 120_000),
            provider: Arc::clone(&provider),
            content: Content::Push(push.clone()),
        };
        apns.send(&parcel, account, &push, Moment { now, rng: &System }).await
    };
    let mut going = futures_util::stream::iter(0..pushes).map(one).buffer_unordered(AT_ONCE);
    while let Some(came) = going.next().await {
        if came.then != Then::Done {
            return Err(format!("a push was not taken: {came:?}").into());
        }
    }
    Ok(begun.elapsed())
}

async fn out_of_the_outbox(config: &Config, account: &ApnsAccount, pushes: u32) -> Result<Duration> {
    let engine = Arc::new(open_engine(config).await?);
    let tenant = engine
        .create_tenant(NewTenant { name: "Bench".into(), answer_window: Some(600), color: None }, &"operator")
        .await?
        .id;
    let choice = Choice::Account(Box::new(Account::Apns(account.clone())));
    engine.set_provider(tenant, Channel::Apns, choice, None, &"operator").await?;
    let database = config.data_dir.join("countersign.db");
    queue(&mut Connection::open(&database)?, tenant, pushes)?;
    let couriers = Arc::new(Couriers::new(config)?);
    let begun = Instant::now();
    couriers.send_due(&engine).await?;
    let took = begun.elapsed();
    let sql = "SELECT COUNT(*) FROM outbox WHERE kind = 'push' AND state = 'done'";
    let done: u32 = Connection::open(&database)?.query_row(sql, [], |row| row.get(0))?;
    engine.close().await;
    if done == pushes {
        Ok(took)
    } else {
        Err(format!("{done} of {pushes} pushes are done: {}", json!(done)).into())
    }
}

/// Everybody with a phone of their own, asked at the same moment.
fn queue(database: &mut Connection, tenant: TenantId, pushes: u32) -> Result<()> {
    let now = System.unix_ms();
    let lane: Vec<u8> = database.query_row("SELECT id FROM providers", [], |row| row.get(0))?;
    let writing = database.transaction()?;
    let tenant = tenant.0.as_bytes().as_slice();
    for number in 0..pushes {
        let mut random = [0; 10];
        let (head, _) = random.split_at_mut(4);
        head.copy_from_slice(&number.to_be_bytes());
        let id = uuid_v7(now, &random);
        let id = id.as_bytes().as_slice();
        let end = now + 600_000;
        writing
            .prepare_cached(
                "INSERT INTO users (tenant_id, id, user_ref, created_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![tenant, id, number.to_string(), now])?;
        writing
            .prepare_cached(
                "INSERT INTO devices (tenant_id, id, user_id, platform, device_token, possession_key, verification_key,
                   created_at, last_seen_at) VALUES (?1, ?2, ?2, 'ios', ?3, x'04', x'04', ?4, ?4)",
            )?
            .execute(params![tenant, id, token(number), now])?;
        writing
            .prepare_cached(
                "INSERT INTO challenges (tenant_id, id, application_id, user_id, kind, state, message, created_at,
                   expires_at) VALUES (?1, ?2, ?2, ?2, 'push', 'pending', '', ?3, ?4)",
            )?
            .execute(params![tenant, id, now, end])?;
        writing
            .prepare_cached(
                "INSERT INTO outbox (tenant_id, id, kind, target_id, subject_id, lane, payload, state, attempts, failures,
                   due_at, expires_at, created_at) VALUES (?1, ?2, 'push', ?2, ?2, ?3, x'', 'waiting', 0, 0, ?4, ?5, ?4)",
            )?
            .execute(params![tenant, id, lane, now, end])?;
    }
    Ok(writing.commit()?)
}
