//! The whole terminal for a while: drawn in place without flicker, and given back as it was, also when the command is
//! stopped. What was shown leaves no trace in the scroll-back.

use std::sync::Arc;

use rustix::termios::tcgetwinsize;

use crate::exit::Failure;
use crate::output::Output;
use crate::terminal::Terminal;

/// The alternate screen without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// Columns and lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) lines: usize,
}

impl Size {
    /// Of the terminal on standard output; 80 × 24 when it does not say.
    pub(crate) fn of_stdout() -> Self {
        match tcgetwinsize(std::io::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => {
                Self { columns: size.ws_col.into(), lines: size.ws_row.into() }
            }
            _ => Self { columns: 80, lines: 24 },
        }
    }
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Screen {
    out: Output,
    terminal: Option<Arc<dyn Terminal>>,
}

impl Screen {
    pub(crate) fn enter(out: &Output, terminal: Option<Arc<dyn Terminal>>) -> Result<Self, Failure> {
        if let Some(terminal) = &terminal {
            terminal.quiet(true);
        }
        let screen = Self { out: out.clone(), terminal };
        out.write(ENTER)?;
        Ok(screen)
    }

    /// Shows `lines` instead of what was there, in one write that the terminal may show as one.
    pub(crate) fn draw(&self, lines: &[String]) -> Result<(), Failure> {
        self.out.write(&frame(lines))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _gone = self.out.write(LEAVE);
        if let Some(terminal) = &self.terminal {
            terminal.quiet(false);
        }
    }
}

/// Each line overwrites its predecessor, then the rest is cleared: nothing is ever blank in between.
fn frame(lines: &[String]) -> String {
    let body: Vec<String> = lines.iter().map(|line| format!("{line}\x1b[K")).collect();
    format!("\x1b[?2026h\x1b[H{}\x1b[J\x1b[?2026l", body.join("\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::tests::Paper;

    #[test]
    fn the_screen_is_given_back() {
        let paper = Paper::default();
        let out =
            Output::new(false, true, Style::default(), Box::new(paper.clone()), Box::new(std::io::sink()));
        let screen = Screen::enter(&out, None).unwrap();
        screen.draw(&["one".to_owned(), "two".to_owned()]).unwrap();
        drop(screen);
        assert_eq!(
            paper.text(),
            "\x1b[?1049h\x1b[?25l\x1b[2J\
             \x1b[?2026h\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J\x1b[?2026l\
             \x1b[?25h\x1b[?1049l"
        );
    }
}
