//! The authenticator for the terminal: a shell over `countersign-core`, as the phones' apps are.
//!
//! One file per command under `commands/`; they share a `Context` (`context`, `session`, `ask`, `password`), speak
//! through `output`, and end as `exit` says. What a person sees is made in `table`, `codes`, `requests`, `qr`;
//! `screen` and `terminal` are the only files that touch the terminal itself. No rule is decided here that a phone
//! would need too: that is the core's work.

mod answering;
mod args;
mod ask;
mod codes;
mod commands;
mod context;
mod desk;
mod enrollment_code;
mod exit;
mod fates;
mod follow;
mod grab;
mod incoming;
mod input;
mod live;
mod moment;
mod new_file;
mod output;
mod password;
mod pick;
mod pins;
mod place;
mod progress;
mod qr;
mod requests;
mod screen;
mod seen;
mod session;
mod table;
mod terminal;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use self::args::Program;
use self::context::Context;
use self::exit::Failure;

/// How long a command that is told to stop may take to put the terminal in order.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Runs the program with the process's own arguments, streams and terminal.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let program = match Program::try_parse_from(&arguments) {
        Ok(program) => program,
        Err(error) => return not_understood(&error, &arguments),
    };
    let json = program.global.json;
    match run(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

/// Help and version are results; everything else is wrong usage.
fn not_understood(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        let text = error.to_string();
        let sentence = text.lines().next().unwrap_or_default();
        return Failure::usage("usage", sentence.trim_start_matches("error: ")).report(true);
    }
    let _closed = error.print();
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn run(program: Program) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| Failure::failed("runtime", e.to_string()))?;
    let result = runtime.block_on(until_told_to_stop(program));
    // A read from the terminal may still be waiting for a person who has pressed Ctrl-C instead.
    runtime.shutdown_background();
    result
}

/// Runs the command in a task of its own, so that it can be stopped at any await and its guards put things back.
async fn until_told_to_stop(program: Program) -> Result<(), Failure> {
    let no_signals = |e: std::io::Error| Failure::failed("signals", e.to_string());
    let mut interrupt = signal(SignalKind::interrupt()).map_err(no_signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(no_signals)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(no_signals)?;
    let modes = terminal::Modes::remember();
    let watches = program.command.watches();
    let context = Context::of_this_process(&program.global);
    let mut command = tokio::spawn(commands::run(context, program.command));
    tokio::select! {
        result = &mut command => {
            return result.unwrap_or_else(|e| Err(Failure::failed("internal", format!("the command broke off: {e}"))));
        }
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    command.abort();
    let _given_up = tokio::time::timeout(LAST_WORDS, command).await;
    modes.restore();
    if watches { Ok(()) } else { Err(Failure::interrupted()) }
}
