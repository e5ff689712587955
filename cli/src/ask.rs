//! Questions to the person. Reading happens on a thread that may block, so a command can be stopped while it asks.

use std::io;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::context::Context;
use crate::exit::Failure;
use crate::terminal::Terminal;

impl Context {
    /// The terminal, unless a program is listening or nobody is there.
    pub(crate) fn person(&self) -> Option<Arc<dyn Terminal>> {
        self.terminal.clone().filter(|_| !self.out.json)
    }

    /// Goes on only if the person says yes, here or with `--yes`.
    pub(crate) async fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.agrees(question).await? {
            return Ok(());
        }
        Err(Failure::failed("declined", "you did not say yes, so nothing was done"))
    }

    /// Whether the person says yes, here or with `--yes`.
    pub(crate) async fn agrees(&self, question: &str) -> Result<bool, Failure> {
        if self.global.yes {
            return Ok(true);
        }
        if self.person().is_none() {
            return Err(Failure::usage(
                "confirmation_needed",
                format!(
                    "this asks “{question}”, and there is nobody to ask; give --yes if the answer is yes"
                ),
            ));
        }
        let answer = self.ask_line(&format!("{question} [y/N] ")).await?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// A line that may be shown; empty when the person ended the input.
    pub(crate) async fn ask_line(&self, prompt: &str) -> Result<String, Failure> {
        let Some(terminal) = self.person() else { return Err(nobody("an answer")) };
        let prompt = prompt.to_owned();
        Ok(on_thread(move || terminal.read_line(&prompt)).await?.unwrap_or_default())
    }

    /// A line that is not shown. Also under `--json`: the question goes to the terminal and not into the output.
    pub(crate) async fn ask_secret(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        let Some(terminal) = self.terminal.clone() else { return Err(nobody("a password")) };
        let prompt = prompt.to_owned();
        on_thread(move || terminal.read_secret(&prompt)).await
    }
}

fn nobody(what: &str) -> Failure {
    Failure::usage(
        "no_terminal",
        format!(
            "{what} is needed and there is no terminal to ask on; give it with --password-fd N or another option"
        ),
    )
}

async fn on_thread<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(e)) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof) => {
            Err(Failure::interrupted())
        }
        Ok(Err(e)) => Err(Failure::failed("terminal", format!("the terminal could not be read ({e})"))),
        Err(e) => Err(Failure::failed("terminal", e.to_string())),
    }
}
