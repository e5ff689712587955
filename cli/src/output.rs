//! Where results go: sentences and tables for a person, one JSON object a line for a program. Remarks that are no
//! results go to standard error.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::exit::Failure;

/// Where results and remarks go, and how to speak there. Clones share the streams.
#[derive(Clone)]
pub(crate) struct Output {
    /// One JSON object a line.
    pub(crate) json: bool,
    /// Whether standard output is a terminal that can be drawn on.
    pub(crate) live: bool,
    pub(crate) style: Style,
    results: Stream,
    remarks: Stream,
}

type Stream = Arc<Mutex<Box<dyn Write + Send>>>;

impl Output {
    pub(crate) fn of_this_process(json: bool) -> Self {
        let on_terminal = io::stdout().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let live = on_terminal && !json && !dumb;
        let colour = live && !set("NO_COLOR");
        Self::new(json, live, Style { colour }, Box::new(io::stdout()), Box::new(io::stderr()))
    }

    pub(crate) fn new(
        json: bool,
        live: bool,
        style: Style,
        results: Box<dyn Write + Send>,
        remarks: Box<dyn Write + Send>,
    ) -> Self {
        Self {
            json,
            live,
            style,
            results: Arc::new(Mutex::new(results)),
            remarks: Arc::new(Mutex::new(remarks)),
        }
    }

    /// Tells the one facts, the other sentences.
    pub(crate) fn tell(&self, facts: &impl Serialize, sentences: &str) -> Result<(), Failure> {
        if self.json { self.fact(facts) } else { self.line(sentences) }
    }

    /// One JSON object, on one line.
    pub(crate) fn fact(&self, facts: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(facts).map_err(|e| Failure::failed("internal", e.to_string()))?;
        self.line(&text)
    }

    /// A line for a person.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.write(&format!("{text}\n"))
    }

    /// Exactly this text, at once.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        self.write_bytes(text.as_bytes())
    }

    /// Exactly these bytes, at once.
    pub(crate) fn write_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut sink = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        sink.write_all(bytes).and_then(|()| sink.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::nobody_listens(),
            _ => Failure::failed("output", format!("the result could not be written ({error})")),
        })
    }

    /// A remark that is no result: for a person only.
    pub(crate) fn remark(&self, text: &str) {
        if !self.json {
            let mut remarks = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
            let _closed = writeln!(remarks, "{text}");
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("json", &self.json).field("live", &self.live).finish_non_exhaustive()
    }
}

/// Colours and weights, or none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) colour: bool,
}

impl Style {
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// A mark in an application's own colour, `#rrggbb`; nothing when there is no colour.
    pub(crate) fn swatch(self, color: &str) -> String {
        let channel = |at: usize| color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (channel(1), channel(3), channel(5)) {
            (Some(r), Some(g), Some(b)) => self.with(&format!("38;2;{r};{g};{b}"), "▌"),
            _ => "▌".to_owned(),
        }
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_no_escape() {
        let plain = Style::default();
        let all =
            [plain.bold("a"), plain.dim("a"), plain.red("a"), plain.green("a"), plain.swatch("#336699")];
        assert!(all.iter().all(|text| !text.contains('\x1b')), "{all:?}");
        let colour = Style { colour: true };
        assert_eq!(colour.swatch("#336699"), "\x1b[38;2;51;102;153m▌\x1b[0m");
        assert_eq!(colour.swatch(""), "▌");
        assert_eq!(colour.swatch("é#ü"), "▌");
    }

    #[test]
    fn a_closed_pipe_ends_quietly() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let out = Output::new(false, false, Style::default(), Box::new(Closed), Box::new(io::sink()));
        assert_eq!(out.line("x").unwrap_err().exit(), 0);
    }
}
