//! The server under load: a process of its own, so that its time and memory are its own too.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use countersign_server::config::Config;
use countersign_server::engine::policy::Scope;
use countersign_server::engine::{ApplicationId, Engine, NewApplication, NewTenant};
use countersign_server::running::Running;
use countersign_server::store::postgres::DatabaseUrl;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Result;
use crate::sign_in::{self, Person};

/// Serves on a free port, prints one line of facts, and stops when its standard input closes: no load generator, no
/// server.
pub(crate) async fn serve(
    data_dir: PathBuf,
    database_url: Option<String>,
    public_url: Option<String>,
    people: u32,
) -> Result<()> {
    let database_url = database_url.map(DatabaseUrl::from);
    let listen = ([127, 0, 0, 1], 0).into();
    let config = Config { listen, data_dir, database_url, public_url, ..Config::default() };
    let running = Running::start(&config).await?;
    let (id, secret) = relying_party(&running.engine).await?;
    // People do not sign in again and again without a pause; a load generator does.
    let off = [("pushes_per_minute", "0"), ("pending_limit", "0")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    running.engine.set_policy(Scope { tenant: id.tenant, application: None }, &off, &"operator").await?;
    let host = running.address.to_string();
    let people = sign_in::people(&running.engine, id.tenant, id, &host, people).await?;
    println!(
        "{}",
        json!({"url": running.engine.server_id(), "at": format!("http://{host}"), "id": id.to_string(),
               "secret": secret, "people": people})
    );
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    while input.next_line().await?.is_some() {}
    running.stop().await;
    Ok(())
}

/// A tenant with an application: its id, which names the tenant too, and its secret.
pub(crate) async fn relying_party(engine: &Engine) -> Result<(ApplicationId, String)> {
    let new = NewTenant { name: "Bench".into(), answer_window: Some(600), color: None };
    let tenant = engine.create_tenant(new, &"operator").await?.id;
    let new = NewApplication { name: "Bench".into(), color: None };
    Ok(engine.create_application(tenant, new, &"operator").await?)
}

/// A running server process.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    /// What it calls itself.
    pub(crate) url: String,
    /// Where it listens.
    pub(crate) at: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// What the operating system says of the process so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Seconds of processor time, user and system.
    pub(crate) cpu: f64,
    /// Resident memory in KiB.
    pub(crate) resident_kib: u64,
    /// The most that it ever was.
    pub(crate) peak_kib: u64,
}

impl Server {
    /// Starts one on the data directory.
    pub(crate) async fn start(
        data_dir: &Path,
        database_url: Option<&str>,
        public_url: Option<&str>,
    ) -> Result<Self> {
        let named = [("--database-url", database_url), ("--public-url", public_url)];
        let named = named.into_iter().filter_map(|(name, value)| Some([name, value?])).flatten();
        Ok(Self::start_as(data_dir, named).await?.0)
    }

    /// The same with people who have passwords and one-time passwords.
    pub(crate) async fn start_with_people(data_dir: &Path, people: u32) -> Result<(Self, Vec<Person>)> {
        let (server, mut facts) = Self::start_as(data_dir, ["--people", &people.to_string()]).await?;
        let people = facts.get_mut("people").map(Value::take).ok_or("facts")?;
        Ok((server, serde_json::from_value(people)?))
    }

    async fn start_as<'a>(
        data_dir: &Path,
        named: impl IntoIterator<Item = &'a str>,
    ) -> Result<(Self, Value)> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(data_dir)
            .args(named)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the server did not start")?;
        let facts: Value = serde_json::from_str(&line)?;
        let text = |field: &str| facts.get(field).and_then(Value::as_str).map(str::to_owned).ok_or("facts");
        let (url, at, client_id) = (text("url")?, text("at")?, text("id")?);
        Ok((Self { process, url, at, client_id, client_secret: text("secret")? }, facts))
    }

    /// Processor time and memory so far (`proc(5)`).
    pub(crate) fn usage(&self) -> Result<Usage> {
        let pid = self.process.id().ok_or("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15, the 12th and 13th after it.
        let (_, after) = stat.rsplit_once(')').ok_or("stat")?;
        let ticks: u64 =
            after.split_whitespace().skip(11).take(2).filter_map(|f| f.parse::<u64>().ok()).sum();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let kib = |name: &str| {
            let figure = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            figure.trim().trim_end_matches(" kB").parse()
        };
        let (resident_kib, peak_kib) = (kib("VmRSS:")?, kib("VmHWM:")?);
        // USER_HZ is 100 on every Linux that Rust's standard library supports.
        #[expect(clippy::cast_precision_loss, reason = "ticks of a bounded run")]
        Ok(Usage { cpu: ticks as f64 / 100.0, resident_kib, peak_kib })
    }

    /// Closes its input and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.process.stdin.take());
        self.process.wait().await?;
        Ok(())
    }
}
