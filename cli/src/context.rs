//! What every command is given: how to speak, whom to ask, where the vault is, the time and the dice.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use countersign_core::client::{Client, ClientOptions};
use countersign_core::host::{Clock, Rng, SystemClock, SystemRng};

use crate::args::Global;
use crate::exit::Failure;
use crate::output::Output;
use crate::place;
use crate::session::Opened;
use crate::terminal::{Terminal, Tty};

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    /// How this program was called.
    pub(crate) program: String,
    pub(crate) out: Output,
    /// Nobody is there in a pipeline or a timer.
    pub(crate) terminal: Option<Arc<dyn Terminal>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    /// Where it is kept which states of vaults were seen; none where the environment names no place.
    pub(crate) state: Option<PathBuf>,
    /// What the command has opened, for [`Context::finish`].
    pub(crate) opened: Mutex<Option<Opened>>,
}

impl Context {
    pub(crate) fn of_this_process(global: &Global) -> Self {
        Self {
            global: global.clone(),
            program: std::env::args().next().unwrap_or_else(|| "countersign".to_owned()),
            out: Output::of_this_process(global.json),
            terminal: Tty::of_this_process().map(|tty| Arc::new(tty) as Arc<dyn Terminal>),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
            state: place::state(|name| std::env::var_os(name)),
            opened: Mutex::default(),
        }
    }

    /// A command of this program that goes on with the same vault and the same servers, as it can be typed. `words` are what
    /// comes behind the options.
    pub(crate) fn command(&self, words: &str) -> String {
        let mut line = quoted(&self.program);
        for (option, file) in [("--vault", &self.global.vault), ("--ca", &self.global.ca)] {
            if let Some(file) = file {
                line = format!("{line} {option} {}", quoted(&file.display().to_string()));
            }
        }
        format!("{line} {words}")
    }

    /// The vault's file, whether it is there or not.
    pub(crate) fn vault_path(&self) -> Result<PathBuf, Failure> {
        place::vault(self.global.vault.as_deref(), |name| std::env::var_os(name))
    }

    /// The certificates of `--ca`, if they can be used: that is said before a password is asked for.
    pub(crate) fn ca_pem(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(path) = &self.global.ca else { return Ok(None) };
        let pem = std::fs::read(path).map_err(|e| {
            Failure::usage("certificate_authority", format!("{} cannot be read ({e})", path.display()))
        })?;
        Client::new(ClientOptions { ca_pem: Some(pem.clone()), ..ClientOptions::default() })?;
        Ok(Some(pem))
    }

    /// Refuses to read two things from standard input.
    pub(crate) fn keep_stdin_for(&self, argument: &str) -> Result<(), Failure> {
        if argument == "-" && self.global.password_fd == Some(0) {
            return Err(Failure::usage(
                "stdin_twice",
                "standard input cannot be both - and --password-fd 0; give the password on another descriptor",
            ));
        }
        Ok(())
    }
}

/// One word for a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
