//! The main job in one command: a server, a relying party and a phone on this machine, over real HTTP.
//!
//! The server is the real one on embedded SQLite, the phone is the real core with a vault of its own; only the hand
//! that types the number is played. `story` tells it, `relying_party` and `phone` play it, `telling` prints it. After
//! the story, `shop` is a relying party that one uses by oneself in a browser, and `operator` sets it up.

pub mod authenticator;
pub mod operator;
mod phone;
mod relying_party;
pub mod shop;
mod stay;
mod story;
mod telling;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use countersign_server::config::{Config, Environment, Tls};
use countersign_server::running::{Running, StartError};
use telling::Teller;

/// What goes wrong ends the demo with a sentence.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Shows what Countersign does: a phone enrols by QR code and approves a sign-in; then you do it yourself in a browser.
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
    /// The https address by which phones reach the server, where it is not on this machine only
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The server's certificate (PEM), when it speaks TLS itself
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where the pages of the demo's bank listen; when that port is taken, a free one is used
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8481")]
    demo_listen: SocketAddr,
    /// Also write the enrolment QR code to this file (PNG)
    #[arg(long, value_name = "FILE")]
    qr: Option<PathBuf>,
}

/// Runs the program with the process's own arguments and streams.
#[must_use]
pub fn main() -> ExitCode {
    let options = Options::parse();
    let teller = Teller::new(options.json);
    let played = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(&options, &teller)),
        Err(error) => Err(error.into()),
    };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            teller.failed(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options, teller: &Teller) -> Result<()> {
    if let Some(why) = cannot_work(options) {
        return Err(why.into());
    }
    // Two programs of the demo share one process, and each brings its own TLS settings; only the first installation
    // counts, and it is the same for both.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::Builder::new().prefix("countersign-demo-").tempdir()?;
    let config = config(options, &folder);
    let running = start(&config).await?;
    let played = async {
        let cast = story::play(&running, folder.path(), options.qr.as_deref(), teller).await?;
        if options.once {
            return Ok(());
        }
        let shop = stay::open(&running, options.demo_listen, &cast, &config.data_dir).await?;
        let owner = running.engine.first_owner_link().await?;
        let owner = owner.as_deref().map(String::as_str).unwrap_or_default();
        stay::until_stopped(&cast, &shop, owner, teller).await
    }
    .await;
    running.stop().await;
    played
}

/// Options that do not go together, before anything is started.
fn cannot_work(options: &Options) -> Option<&'static str> {
    if options.demo_listen.ip().is_unspecified() {
        Some("--demo-listen needs the very address that your browser will call, such as 192.168.1.20:8481")
    } else if !options.listen.ip().is_loopback()
        && (options.tls_cert.is_none() || options.public_url.is_none())
    {
        Some(
            "other machines reach the server by TLS only: beside --listen give --tls-cert, --tls-key and --public-url, or \
             leave --listen out and let a proxy or a tunnel lead to it; docs/demo.md says how",
        )
    } else {
        None
    }
}

fn config(options: &Options, folder: &tempfile::TempDir) -> Config {
    let files = options.tls_cert.clone().zip(options.tls_key.clone());
    Config {
        // Without a gateway, short messages go to files, also when phones come from elsewhere.
        environment: Some(Environment::Development),
        listen: options.listen,
        public_url: options.public_url.clone(),
        tls: files.map(|(cert, key)| Tls { cert, key }),
        data_dir: folder.path().join("server"),
        ..Config::default()
    }
}

/// The address that was asked for, or any free one of the same machine when it is taken.
async fn start(config: &Config) -> Result<Running> {
    match Running::start(config).await {
        Err(StartError::Listen { .. }) => {
            let listen = SocketAddr::new(config.listen.ip(), 0);
            Ok(Running::start(&Config { listen, ..config.clone() }).await?)
        }
        started => Ok(started?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> bool {
        let words = std::iter::once("demo").chain(line.split_whitespace());
        cannot_work(&Options::try_parse_from(words).unwrap()).is_some()
    }

    #[test]
    fn what_other_machines_reach_speaks_tls() {
        let tls = "--tls-cert c.pem --tls-key k.pem";
        assert!(
            !refused("") && !refused("--listen [::1]:0") && !refused("--public-url https://demo.example.org")
        );
        assert!(
            refused("--listen 192.0.2.7:1")
                && refused("--listen 0.0.0.0:1 --public-url https://demo.example.org")
        );
        assert!(refused(&format!("--listen 0.0.0.0:1 {tls}")));
        assert!(!refused(&format!("--listen 0.0.0.0:1 --public-url https://demo.example.org {tls}")));
    }

    #[test]
    fn the_bank_has_an_address_that_a_browser_can_call() {
        assert!(refused("--demo-listen 0.0.0.0:8481") && refused("--demo-listen [::]:8481"));
        assert!(!refused("--demo-listen 192.0.2.7:8481"));
        assert!(Options::try_parse_from(["demo", "--tls-cert", "c.pem"]).is_err());
    }
}
