//! The screen of a view. Only what differs from the last picture is sent, in one write that the terminal may show as
//! one, so nothing flickers; the terminal is given back however the view ends.

use std::io::{self, Write};
use std::sync::Arc;

use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};

use crate::exit::Failure;
use crate::output::Output;
use crate::screen::Screen;
use crate::terminal;

/// Between these a terminal that knows them waits with showing what it gets.
const TOGETHER: &[u8] = b"\x1b[?2026h";
const NOW: &[u8] = b"\x1b[?2026l";

/// See the head of this file.
pub(super) struct Stage {
    terminal: Terminal<CrosstermBackend<Sheet>>,
    // Dropped last: it gives the terminal back.
    _screen: Screen,
}

impl Stage {
    pub(super) fn enter(out: &Output, person: Option<Arc<dyn terminal::Terminal>>) -> Result<Self, Failure> {
        let screen = Screen::enter(out, person)?;
        let sheet = Sheet { out: out.clone(), waiting: Vec::new() };
        let terminal = Terminal::new(CrosstermBackend::new(sheet)).map_err(unusable)?;
        Ok(Self { terminal, _screen: screen })
    }

    /// Shows what `paint` paints.
    pub(super) fn show(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> Result<(), Failure> {
        self.terminal.draw(paint).map(drop).map_err(unusable)
    }
}

fn unusable(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::nobody_listens(),
        _ => Failure::failed("terminal", format!("the terminal cannot be drawn on ({error})")),
    }
}

/// Collects a picture and sends it as a whole.
struct Sheet {
    out: Output,
    waiting: Vec<u8>,
}

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let picture = [TOGETHER, &self.waiting, NOW].concat();
        self.waiting.clear();
        self.out.write_bytes(&picture).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::tests::Paper;

    #[test]
    fn a_picture_is_one_write() {
        let paper = Paper::default();
        let out = Output::new(false, true, Style::default(), Box::new(paper.clone()), Box::new(io::sink()));
        let mut sheet = Sheet { out, waiting: Vec::new() };
        sheet.flush().unwrap();
        sheet.write_all(b"one").unwrap();
        sheet.write_all(b" two").unwrap();
        assert_eq!(paper.text(), "", "nothing is sent before it is whole");
        sheet.flush().unwrap();
        assert_eq!(paper.text(), "\x1b[?2026hone two\x1b[?2026l");
    }
}
