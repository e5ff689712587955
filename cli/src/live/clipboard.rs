//! Copying through the terminal itself (OSC 52), which works over a network too. The terminal says neither whether it
//! allows it nor what the clipboard holds later, so the wipe after some seconds is as blind as the copy (P9).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::output::Output;

/// An empty selection.
const NOTHING: &str = "\x1b]52;c;\x07";

/// The clipboard while a code of ours is in it.
pub(super) struct Clipboard {
    out: Output,
    until: Option<Instant>,
}

impl Clipboard {
    pub(super) fn new(out: &Output) -> Self {
        Self { out: out.clone(), until: None }
    }

    /// Puts `text` there for some time.
    pub(super) fn copy(&mut self, text: &str, time: Duration, now: Instant) -> Result<(), Failure> {
        let coded = Zeroizing::new(STANDARD.encode(text));
        self.out.write(&Zeroizing::new(format!("\x1b]52;c;{}\x07", coded.as_str())))?;
        self.until = now.checked_add(time);
        Ok(())
    }

    /// Wipes it when its time is over; whether it was just now.
    pub(super) fn wipe_if_due(&mut self, now: Instant) -> Result<bool, Failure> {
        if self.until.is_none_or(|until| now < until) {
            return Ok(false);
        }
        self.until = None;
        self.out.write(NOTHING)?;
        Ok(true)
    }
}

impl Drop for Clipboard {
    /// Nobody is there to wipe it later.
    fn drop(&mut self) {
        if self.until.is_some() {
            let _gone = self.out.write(NOTHING);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::tests::Paper;

    #[test]
    fn p9_what_was_copied_is_wiped_in_time_and_when_the_view_ends() {
        let paper = Paper::default();
        let out =
            Output::new(false, true, Style::default(), Box::new(paper.clone()), Box::new(std::io::sink()));
        let (mut clipboard, now) = (Clipboard::new(&out), Instant::now());
        let time = Duration::from_secs(30);
        clipboard.copy("042815", time, now).unwrap();
        assert_eq!(paper.text(), "\x1b]52;c;MDQyODE1\x07");
        assert!(!clipboard.wipe_if_due(now + Duration::from_secs(29)).unwrap());
        assert!(clipboard.wipe_if_due(now + time).unwrap());
        assert!(!clipboard.wipe_if_due(now + time).unwrap(), "once");
        clipboard.copy("111222", time, now).unwrap();
        drop(clipboard);
        assert_eq!(paper.text().matches(NOTHING).count(), 2);
        drop(Clipboard::new(&out));
        assert_eq!(paper.text().matches(NOTHING).count(), 2, "nothing of ours was in it");
    }
}
