//! `completions`: what a shell needs to complete this program's commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Program;
use crate::context::Context;
use crate::exit::Failure;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(context: &Context, arguments: &Completions) -> Result<(), Failure> {
    context.out.write(&script(arguments.shell))
}

/// The script for one shell.
fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Program::command(), "countersign", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_is_told_every_command() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in Program::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }
}
