//! The main job in one command: a server, a relying party and a phone on this machine, over real HTTP.
//!
//! The server is the real one on embedded SQLite, the phone is the real core with a vault of its own; only the hand
//! that types the number is played. `story` tells it, `relying_party` and `phone` play it, `telling` prints it.

mod phone;
mod relying_party;
mod stay;
mod story;
mod telling;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use countersign_server::config::Config;
use countersign_server::running::{Running, StartError};
use telling::Teller;

/// What goes wrong ends the demo with a sentence.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Shows what Countersign does: a phone enrols by QR code and approves a sign-in.
#[derive(Debug, Parser)]
#[command(name = "countersign-demo", version)]
struct Options {
    /// End after the story instead of staying up
    #[arg(long)]
    once: bool,
    /// Print one JSON object a step instead of sentences
    #[arg(long)]
    json: bool,
    /// Where the server listens; when that port is taken, a free one is used
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Also write the enrolment QR code to this file (PNG)
    #[arg(long, value_name = "FILE")]
    qr: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let teller = Teller::new(options.json);
    match run(&options, &teller).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            teller.failed(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options, teller: &Teller) -> Result<()> {
    // Two programs of the demo share one process, and each brings its own TLS settings; only the first installation
    // counts, and it is the same for both.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::Builder::new().prefix("countersign-demo-").tempdir()?;
    let running = start(options.listen, &folder).await?;
    let played = async {
        let cast = story::play(&running, folder.path(), options.qr.as_deref(), teller).await?;
        if options.once { Ok(()) } else { stay::until_stopped(&cast, teller).await }
    }
    .await;
    running.stop().await;
    played
}

/// The address that was asked for, or any free one of the same machine when it is taken.
async fn start(listen: SocketAddr, folder: &tempfile::TempDir) -> Result<Running> {
    let config = Config { listen, data_dir: folder.path().join("server"), ..Config::default() };
    match Running::start(&config).await {
        Err(StartError::Listen { .. }) => {
            let listen = SocketAddr::new(listen.ip(), 0);
            Ok(Running::start(&Config { listen, ..config }).await?)
        }
        started => Ok(started?),
    }
}
