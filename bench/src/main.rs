//! The load generator and the benchmarks. For the server it starts the real one as a process of its own, drives it over
//! loopback for a bounded time, checks every reply, and prints a table; the scanner is measured on frames made here.

mod apns_drain;
mod console;
mod core_speed;
mod login_flow;
mod phone;
mod qr;
mod report;
mod server;
mod sign_in;
mod wake;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What goes wrong ends a benchmark with a sentence: a table with failures in it measures nothing.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the server over loopback, and the authenticator's scanner.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Program {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// Complete approvals: send, signed fetch, signed answer, status
    LoginFlow(login_flow::Options),
    /// Two servers on one PostgreSQL: how long until who waits on one of them hears of a decision on the other
    Wake(wake::Options),
    /// Queued pushes to a fake of Apple's push service, over one connection: by the courier alone, and out of the outbox
    ApnsDrain(apns_drain::Options),
    /// People sign in with name, password and one-time password, by OAuth
    SignIn(sign_in::Options),
    /// QR codes in camera frames of our own making, beside other readers
    Scan(qr::Options),
    /// A vault of a thousand entries: unlocking, list, search, import; and codes a second
    #[command(name = "vault-1000")]
    CoreSpeed(core_speed::Options),
    /// Each page of the console, with many people and questions in the database
    Console(console::Options),
    /// The server that the others start as a process of their own
    #[command(hide = true)]
    Serve {
        /// Its data directory
        data_dir: std::path::PathBuf,
        /// Its PostgreSQL database; otherwise SQLite
        #[arg(long)]
        database_url: Option<String>,
        /// Its public address, when it is not the one that it listens on
        #[arg(long)]
        public_url: Option<String>,
        /// People with passwords and one-time passwords
        #[arg(long, default_value_t = 0)]
        people: u32,
    },
}

fn main() -> ExitCode {
    let program = Program::parse();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    let ran = runtime.block_on(async {
        match program.benchmark {
            Benchmark::LoginFlow(options) => login_flow::run(&options).await,
            Benchmark::Wake(options) => wake::run(&options).await,
            Benchmark::ApnsDrain(options) => apns_drain::run(&options).await,
            Benchmark::SignIn(options) => sign_in::run(&options).await,
            Benchmark::Scan(options) => qr::run(&options),
            Benchmark::CoreSpeed(options) => core_speed::run(&options),
            Benchmark::Console(options) => console::run(&options).await,
            Benchmark::Serve { data_dir, database_url, public_url, people } => {
                server::serve(data_dir, database_url, public_url, people).await
            }
        }
    });
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
