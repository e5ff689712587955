//! `man`: the manual page, made from the same description as `--help`, so that the two never differ.

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::args::Program;
use crate::context::Context;
use crate::exit::Failure;

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let page = page().map_err(|e| Failure::failed("internal", format!("no page could be made ({e})")))?;
    context.out.write(&page)
}

/// One page over everything: the program's, then a section for each command with its own options.
fn page() -> std::io::Result<String> {
    let mut program = Program::command().disable_help_subcommand(true);
    program.build();
    let whole = Man::new(program.clone());
    let mut page = Vec::new();
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    page.extend_from_slice(b".SH COMMANDS\n");
    for command in program.get_subcommands() {
        render(command, "countersign", &mut page)?;
    }
    page.extend_from_slice(b".SH \"EXIT STATUS AND JSON\"\nSee docs/cli.md.\n");
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// A command as a subsection, and its own commands after it.
fn render(command: &clap::Command, parent: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    let name = format!("{parent} {}", command.get_name());
    // What every command takes stands once, at the beginning.
    let own = command.clone().mut_args(|arg| {
        let global = arg.is_global_set();
        arg.hide(global)
    });
    let man = Man::new(own.disable_help_flag(true));
    let mut body = Vec::new();
    man.render_description_section(&mut body)?;
    man.render_options_section(&mut body)?;
    let body = String::from_utf8_lossy(&body).replace(".SH DESCRIPTION\n", "").replace(".SH OPTIONS\n", "");
    page.extend_from_slice(format!(".SS \"{name}\"\n{body}").as_bytes());
    command.get_subcommands().try_for_each(|under| render(under, &name, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_command_and_its_options() {
        let page = page().unwrap();
        for command in Program::command().get_subcommands() {
            assert!(page.contains(&format!(".SS \"countersign {}\"", command.get_name())), "{page}");
        }
        assert!(page.contains("password\\-fd") && page.contains("\\-\\-report"), "{page}");
        assert!(page.contains(".SS \"countersign receipt verify\""));
        assert_eq!(
            page.matches("\\fB\\-\\-password\\-fd\\fR \\fI<N>").count(),
            1,
            "global options stand once: {page}"
        );
    }
}
