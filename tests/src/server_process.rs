//! The server as a program of its own: started, asked, killed and started again the way its operator would.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::NEVER;
use crate::database::Database;
use crate::dice::Dice;
use crate::prepared;
use crate::relying_party::RelyingParty;

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

/// A program with its environment. Nothing of ours comes in from the test's own environment.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Program {
    /// The program at `path`.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self { path: path.into(), environment: Vec::new() }
    }

    /// One more environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    fn has(&self, name: &str) -> bool {
        self.environment.iter().any(|(known, _)| known == name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        let ours = |name: &OsString| name.to_string_lossy().starts_with("COUNTERSIGN_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command.args(arguments).envs(self.environment.iter().map(|(k, v)| (k, v)));
        command
    }

    /// Runs it to its end, with `input` as its standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(arguments);
        let input = input.to_vec();
        let run = tokio::task::spawn_blocking(move || {
            let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = piped.spawn().expect("the program starts");
            let mut stdin = child.stdin.take().unwrap();
            // A program that needs no input may have ended already.
            let _closed = std::io::Write::write_all(&mut stdin, &input);
            drop(stdin);
            child.wait_with_output().unwrap()
        });
        let output = tokio::time::timeout(NEVER, run).await.expect("the program ends").unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs it to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, b"").await
    }

    /// Runs it to its good end and reads the JSON it printed.
    pub async fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        serde_json::from_str(&ended.stdout).expect("one line of JSON")
    }
}

/// A running server.
#[derive(Debug)]
pub struct ServerProcess {
    program: Program,
    data: Arc<TempDir>,
    child: Child,
    // After the child: a server is ended before its database goes away.
    database: Option<Arc<Database>>,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it said when it was ready.
    facts: Value,
    stdout: mpsc::UnboundedReceiver<String>,
    stderr: Log,
}

/// What a server writes to standard error, and who reads it.
#[derive(Debug)]
struct Log {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Log {
    /// All of it. Waits for the reader, so the server must have ended.
    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text.lock().unwrap().clone()
    }
}

impl ServerProcess {
    /// Starts `program` on new data and a free port.
    pub async fn start(program: Program) -> Self {
        Self::start_on(program, ([127, 0, 0, 1], 0).into()).await
    }

    /// The same on a port that it can come back to.
    pub async fn start_to_restart(program: Program) -> Self {
        Self::start_on(program, address_to_come_back_to()).await
    }

    /// On SQLite whatever the tests run on: for tests that are about its files.
    pub async fn start_on_sqlite(program: Program) -> Self {
        Self::start_with(program, ([127, 0, 0, 1], 0).into(), None).await
    }

    /// A second server on the same database and master key: another node, with the same public address.
    pub async fn start_beside(&self) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::copy(self.data_dir().join("master.key"), data.path().join("master.key")).unwrap();
        let program = self.program.clone().env("COUNTERSIGN_PUBLIC_URL", self.url());
        Self::start_in(program, data, ([127, 0, 0, 1], 0).into(), self.database.clone()).await
    }

    async fn start_on(program: Program, address: SocketAddr) -> Self {
        Self::start_with(program, address, Database::new().await).await
    }

    /// On SQLite in this directory, which goes away with the server.
    pub async fn start_on_sqlite_in(program: Program, data: TempDir) -> Self {
        Self::start_in(program, data, ([127, 0, 0, 1], 0).into(), None).await
    }

    /// Starts `program` on new data and this database, unless it names another way there.
    pub async fn start_with(program: Program, address: SocketAddr, database: Option<Database>) -> Self {
        let (data, named) = (tempfile::tempdir().unwrap(), program.has("COUNTERSIGN_DATABASE_URL"));
        if database.is_none() && !named {
            prepared::lay_into(data.path()).await;
        }
        let program = match &database {
            Some(database) if !named => program.env("COUNTERSIGN_DATABASE_URL", database.url()),
            _ => program,
        };
        Self::start_in(program, data, address, database.map(Arc::new)).await
    }

    async fn start_in(
        program: Program,
        data: TempDir,
        address: SocketAddr,
        database: Option<Arc<Database>>,
    ) -> Self {
        let data = Arc::new(data);
        let program =
            program.env("COUNTERSIGN_DATA_DIR", data.path()).env("COUNTERSIGN_LISTEN", address.to_string());
        let (child, stdout, stderr) = launch(&program);
        let mut server = Self { program, data, child, database, address, facts: Value::Null, stdout, stderr };
        server.address = server.listening().await;
        // So that commands, and a later start, speak of the same server.
        server.program = server.program.clone().env("COUNTERSIGN_LISTEN", server.address.to_string());
        server
    }

    async fn listening(&mut self) -> SocketAddr {
        let line = self.line().await;
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        assert_eq!(line["event"], "listening", "{line}");
        let address = line["address"].as_str().unwrap().parse().unwrap();
        let scheme = if self.program.has("COUNTERSIGN_TLS_CERT") { "https" } else { "http" };
        let named = self.program.environment.iter().rfind(|(name, _)| name == "COUNTERSIGN_PUBLIC_URL");
        let url =
            named.map_or(format!("{scheme}://{address}"), |(_, url)| url.to_string_lossy().into_owned());
        assert_eq!(line["url"], url);
        self.facts = line;
        address
    }

    /// The next line that it prints.
    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(NEVER, self.stdout.recv()).await.expect("a line in time");
        line.unwrap_or_else(|| panic!("the server ended: {}", self.log()))
    }

    /// Some of what it has logged: the rest may still be on its way.
    fn log(&self) -> String {
        self.stderr.text.lock().unwrap().clone()
    }

    /// Where its data is.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// Its PostgreSQL database; none when it runs on SQLite.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        self.database.as_deref()
    }

    /// Its public base URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.facts["url"].as_str().unwrap().to_owned()
    }

    /// Where its numbers are.
    #[must_use]
    pub fn metrics_address(&self) -> SocketAddr {
        self.facts["metrics"].as_str().expect("it was told to serve numbers").parse().unwrap()
    }

    /// The same program on the same data, for commands beside it.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// A new tenant and its first application, both made by command.
    pub async fn relying_party(&self, name: &str) -> RelyingParty {
        let tenant = self.program.json(&["tenant", "create", "--name", name]).await;
        let tenant = tenant["tenant_id"].as_str().unwrap().to_owned();
        self.application(&tenant, name).await
    }

    /// Lets people of this tenant be asked as often as a test likes.
    pub async fn without_limits(&self, party: &RelyingParty) {
        let off = ["pushes_per_minute=0", "pending_limit=0", "denial_limit=100", "failure_limit=100"];
        let set = ["policy", "set", "--tenant", &party.tenant];
        self.program.json(&[&set[..], &off].concat()).await;
    }

    /// One more application of a tenant.
    pub async fn application(&self, tenant: &str, name: &str) -> RelyingParty {
        let made = self.program.json(&["application", "create", "--tenant", tenant, "--name", name]).await;
        RelyingParty {
            address: self.address,
            tenant: tenant.to_owned(),
            client_id: made["client_id"].as_str().unwrap().to_owned(),
            client_secret: made["client_secret"].as_str().unwrap().to_owned(),
        }
    }

    /// Ends it as a power cut would.
    pub fn kill_9(&mut self) {
        self.child.kill().unwrap();
        assert_eq!(
            self.child.wait().unwrap().signal(),
            Some(9),
            "it ended before it was killed: {}",
            self.log()
        );
    }

    /// Starts it again on the same port and data.
    pub async fn restart(&mut self) {
        let (child, stdout, stderr) = launch(&self.program);
        self.child = child;
        self.stdout = stdout;
        self.stderr = stderr;
        assert_eq!(self.listening().await, self.address);
    }

    /// Tells it to stop.
    pub async fn sigterm(&self) {
        self.signal("TERM").await;
    }

    /// Tells it to read again what can change, and returns what it says of that.
    pub async fn sighup(&mut self) -> Value {
        self.signal("HUP").await;
        serde_json::from_str(&self.line().await).unwrap()
    }

    async fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let told = tokio::task::spawn_blocking(move || Command::new("sh").args(["-c", &kill]).status());
        assert!(told.await.unwrap().unwrap().success());
    }

    /// Waits for the good end of a server that was told to stop. Returns everything it has logged since it started.
    pub async fn stopped(&mut self) -> String {
        assert_eq!(self.line().await, r#"{"event":"stopped"}"#);
        assert_eq!(self.stdout.recv().await, None, "it said something after its last word");
        let status = self.child.wait().unwrap();
        let log = self.stderr.whole();
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }

    /// Tells it to stop and waits for its good end. Returns everything it has logged since it started.
    pub async fn terminate(&mut self) -> String {
        self.sigterm().await;
        self.stopped().await
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }
}

/// A free address that nobody else gets meanwhile: its port is not one of those that the system gives to connections.
#[must_use]
pub fn address_to_come_back_to() -> SocketAddr {
    let mut dice = Dice::new();
    let port = || 15_000 + u16::try_from(dice.below(15_000)).unwrap();
    let free = std::iter::repeat_with(port).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let free = free.take(1000).find(|address| TcpListener::bind(address).is_ok());
    free.expect("a free port")
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the server's log\n{}---", self.stderr.whole());
        }
    }
}

fn launch(program: &Program) -> (Child, mpsc::UnboundedReceiver<String>, Log) {
    let mut command = program.command(&["serve", "--json"]);
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the server starts");
    let text = Arc::new(Mutex::new(String::new()));
    let (lines, stdout) = mpsc::unbounded_channel();
    drain(child.stdout.take().unwrap(), move |line| drop(lines.send(line)));
    let writing = Arc::clone(&text);
    let reader = drain(child.stderr.take().unwrap(), move |line| {
        let mut text = writing.lock().unwrap();
        text.push_str(&line);
        text.push('\n');
    });
    (child, stdout, Log { text, reader: Some(reader) })
}

/// Reads a pipe to its end, so that the program never has to wait for a reader.
fn drain(pipe: impl Read + Send + 'static, mut take: impl FnMut(String) + Send + 'static) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            take(line);
        }
    })
}
