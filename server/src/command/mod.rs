//! The program's commands. Each does one thing through the engine, tells a person or (`--json`) a program what came
//! of it, and works while a server is running on the same data.

mod application;
mod audit;
mod channel;
mod deliveries;
mod exit;
mod factor;
mod manage;
mod oauth;
mod operator;
mod password;
mod policy;
mod provider;
mod role;
mod serve;
mod template;
mod token;
mod user;
mod web;
mod webhook;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use exit::Failure;

#[derive(Debug, Parser)]
#[command(
    name = "countersign-server",
    version,
    about = "Asks people whether it is really them, and keeps what they said"
)]
struct Program {
    /// Configuration file (TOML); without one, defaults and COUNTERSIGN_… variables hold
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer with one JSON object a line, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop (SIGTERM or Ctrl-C)
    Serve,
    /// Customers of the server
    #[command(subcommand)]
    Tenant(Tenant),
    /// Relying parties: the programs that ask
    #[command(subcommand)]
    Application(application::Application),
    /// Programs that verify numbers with mPass's API: their keys, and from where those may be used
    #[command(subcommand)]
    Channel(channel::Channel),
    /// People
    #[command(subcommand)]
    User(user::User),
    /// People who may use the console
    #[command(subcommand)]
    Operator(operator::Operator),
    /// What happened, and whether the record of it still holds
    #[command(subcommand)]
    Audit(audit::Audit),
    /// What sign-ins must come with, and from where they may come
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Endpoints that are told of decisions
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Who carries messages out, under which accounts
    #[command(subcommand)]
    Provider(provider::Provider),
    /// What was sent to whom and how that went, newest first
    Deliveries(deliveries::Deliveries),
    /// What people are told by short message, by call and by mail
    #[command(subcommand)]
    Template(template::Template),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum Tenant {
    /// Make a tenant
    Create(TenantCreate),
    /// Show all tenants, with the key that signs for each
    List,
    /// Make a new signing key, vouched for by the one before; phones follow by themselves
    RotateKey {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Give the tenant's pages a colour, or take it away
    Color(TenantColor),
    /// Under which host name the tenant issues tokens: show it, set it, or take it away
    Issuer(token::IssuerOf),
    /// The keys that the tenant's tokens are signed with: show them, or make another one
    TokenKey(token::KeysOf),
}

#[derive(Debug, Args)]
struct TenantCreate {
    /// The name people see when they enrol
    #[arg(long)]
    name: String,
    /// Seconds a person has to answer, 30 to 600
    #[arg(long, value_name = "SECONDS")]
    answer_window: Option<i64>,
    /// The colour of its pages, such as #00695c
    #[arg(long, value_name = "COLOR")]
    color: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("wish").required(true))]
struct TenantColor {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// The colour, such as #00695c
    #[arg(long, value_name = "COLOR", group = "wish")]
    color: Option<String>,
    /// Take it away: the pages have our own
    #[arg(long, group = "wish")]
    remove: bool,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether the configuration can be used, and what holds
    Check,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let program = Program::parse();
    let json = program.json;
    match run(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

fn run(program: Program) -> Result<(), Failure> {
    // Variables of others may be no text at all; one of ours that is none is refused with its value.
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    let config = Config::load(program.config.as_deref(), environment)?;
    let out = Output { json: program.json };
    let runtime = tokio::runtime::Runtime::new().map_err(|e| Failure::other(format!("no runtime: {e}")))?;
    runtime.block_on(async {
        match program.command {
            Command::Serve => serve::serve(&config, out).await,
            Command::Config(ConfigCommand::Check) => manage::config_check(&config, out),
            Command::Audit(command) => audit::run(&config, out, command).await,
            Command::Tenant(Tenant::Create(new)) => manage::tenant_create(&config, out, new).await,
            Command::Tenant(Tenant::List) => manage::tenant_list(&config, out).await,
            Command::Tenant(Tenant::RotateKey { tenant }) => manage::rotate_key(&config, out, &tenant).await,
            Command::Tenant(Tenant::Color(of)) => manage::tenant_color(&config, out, of).await,
            Command::Tenant(Tenant::Issuer(of)) => token::issuer(&config, out, of).await,
            Command::Tenant(Tenant::TokenKey(of)) => token::keys(&config, out, of).await,
            Command::Application(command) => application::run(&config, out, command).await,
            Command::Channel(command) => channel::run(&config, out, command).await,
            Command::User(command) => user::run(&config, out, command).await,
            Command::Operator(command) => operator::run(&config, out, command).await,
            Command::Policy(command) => policy::run(&config, out, command).await,
            Command::Provider(command) => provider::run(&config, out, command).await,
            Command::Deliveries(command) => deliveries::run(&config, out, command).await,
            Command::Webhook(command) => webhook::run(&config, out, command).await,
            Command::Template(command) => template::run(&config, out, command).await,
        }
    })
}

/// Where results go.
#[derive(Debug, Clone, Copy)]
struct Output {
    json: bool,
}

impl Output {
    /// Tells the one facts, the other sentences. A closed pipe is no error of ours.
    fn tell(self, facts: &serde_json::Value, sentences: &str) {
        use std::io::Write as _;
        let mut stdout = std::io::stdout().lock();
        let _closed = if self.json { writeln!(stdout, "{facts}") } else { writeln!(stdout, "{sentences}") };
        let _closed = stdout.flush();
    }
}
