//! The person's terminal: questions and answers, independent of where standard input and output lead. Behind a trait,
//! so that tests can play the person.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

/// Someone who can be asked.
pub(crate) trait Terminal: Send + Sync + Debug {
    /// Shows `prompt` and reads a line, without its end. None when the person ended the input (Ctrl-D).
    fn read_line(&self, prompt: &str) -> io::Result<Option<String>>;

    /// The same without showing what is typed.
    fn read_secret(&self, prompt: &str) -> io::Result<Zeroizing<String>>;

    /// The next key or other event of a terminal that is [`Terminal::quiet`]; none when there was none within `wait`.
    fn event(&self, wait: Duration) -> io::Result<Option<Event>>;

    /// Forgets what was typed and not read: it was meant for a question that is no longer asked.
    fn discard_typed(&self);

    /// While `quiet`, what is typed is not shown, and Ctrl-Z does not leave a half-drawn screen behind.
    fn quiet(&self, quiet: bool);
}

const TTY: &str = "/dev/tty";

/// The controlling terminal of this process.
#[derive(Debug)]
pub(crate) struct Tty {
    modes: Modes,
}

impl Tty {
    /// None when nobody sits there: standard input and standard error both lead elsewhere.
    pub(crate) fn of_this_process() -> Option<Self> {
        let someone = io::stdin().is_terminal() || io::stderr().is_terminal();
        (someone && File::open(TTY).is_ok()).then(|| Self { modes: Modes::remember() })
    }
}

impl Terminal for Tty {
    fn read_line(&self, prompt: &str) -> io::Result<Option<String>> {
        let mut tty = OpenOptions::new().read(true).write(true).open(TTY)?;
        tty.write_all(prompt.as_bytes())?;
        tty.flush()?;
        let mut line = Vec::new();
        // A terminal hands out one line at a time, so nothing of the next one is lost with this reader.
        let read = BufReader::new(tty).read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line);
        Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn read_secret(&self, prompt: &str) -> io::Result<Zeroizing<String>> {
        let hidden = rpassword::ConfigBuilder::new().password_feedback_hide().build();
        rpassword::prompt_password_with_config(prompt, hidden).map(Zeroizing::new)
    }

    fn event(&self, wait: Duration) -> io::Result<Option<Event>> {
        if event::poll(wait)? { event::read().map(Some) } else { Ok(None) }
    }

    fn discard_typed(&self) {
        if let Ok(tty) = File::open(TTY) {
            let _gone = tcflush(&tty, QueueSelector::IFlush);
        }
    }

    fn quiet(&self, quiet: bool) {
        if !quiet {
            self.discard_typed();
            return self.modes.restore();
        }
        if let (Some(mut modes), Ok(tty)) = (self.modes.0.clone(), File::open(TTY)) {
            modes.local_modes -= LocalModes::ECHO | LocalModes::ICANON;
            modes.special_codes[SpecialCodeIndex::VSUSP] = 0;
            let _gone = tcsetattr(&tty, OptionalActions::Now, &modes);
        }
    }
}

/// How the terminal was set when the program began.
#[derive(Debug, Clone)]
pub(crate) struct Modes(Option<Termios>);

impl Modes {
    pub(crate) fn remember() -> Self {
        Self(File::open(TTY).ok().and_then(|tty| tcgetattr(&tty).ok()))
    }

    /// Sets it so again, whatever was in the middle of using it.
    pub(crate) fn restore(&self) {
        if let (Some(modes), Ok(tty)) = (&self.0, File::open(TTY))
            && tcgetattr(&tty).is_ok_and(|now| now.local_modes != modes.local_modes)
        {
            let _gone = tcsetattr(&tty, OptionalActions::Now, modes);
        }
    }
}
