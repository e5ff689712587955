//! The server under load: a process of its own, so that its time and memory are its own too.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use countersign_server::config::Config;
use countersign_server::engine::{NewApplication, NewTenant};
use countersign_server::running::Running;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::Result;

/// Serves on a free port, prints one line of facts, and stops when its standard input closes: no load generator, no
/// server.
pub(crate) async fn serve(data_dir: PathBuf) -> Result<()> {
    let config = Config { listen: ([127, 0, 0, 1], 0).into(), data_dir, ..Config::default() };
    let running = Running::start(&config).await?;
    let tenant =
        running.engine.create_tenant(NewTenant { name: "Bench".into(), answer_window: None }).await?;
    let new = NewApplication { name: "Bench".into(), color: None };
    let (id, secret) = running.engine.create_application(tenant.id, new).await?;
    println!("{}", json!({"url": running.engine.server_id(), "id": id.to_string(), "secret": secret}));
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    while input.next_line().await?.is_some() {}
    running.stop().await;
    Ok(())
}

/// A running server process.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
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
}

impl Server {
    /// Starts one on the data directory.
    pub(crate) async fn start(data_dir: &Path) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the server did not start")?;
        let facts: Value = serde_json::from_str(&line)?;
        let text = |field: &str| facts.get(field).and_then(Value::as_str).map(str::to_owned).ok_or("facts");
        Ok(Self { process, url: text("url")?, client_id: text("id")?, client_secret: text("secret")? })
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
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("VmRSS")?;
        let resident_kib = resident.trim().trim_end_matches(" kB").parse()?;
        // USER_HZ is 100 on every Linux that Rust's standard library supports.
        #[expect(clippy::cast_precision_loss, reason = "ticks of a bounded run")]
        Ok(Usage { cpu: ticks as f64 / 100.0, resident_kib })
    }

    /// Closes its input and waits for its end.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.process.stdin.take());
        self.process.wait().await?;
        Ok(())
    }
}
