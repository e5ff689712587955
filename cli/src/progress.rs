//! What is going on, when it takes longer than a person expects.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use crate::output::Output;

/// Work that is done sooner needs no words.
const SOON: Duration = Duration::from_millis(400);

/// Does `work` and, should it take a while, says meanwhile on the terminal what it is.
pub(crate) async fn during<T>(out: &Output, words: &str, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(SOON) => {}
    }
    let _shown = (!out.json && io::stderr().is_terminal()).then(|| Shown::new(words));
    work.await
}

/// A line that goes away again, also when the work is stopped.
struct Shown;

impl Shown {
    fn new(words: &str) -> Self {
        let _closed = write!(io::stderr(), "{words}…");
        Self
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _closed = write!(io::stderr(), "\r\x1b[K");
    }
}
