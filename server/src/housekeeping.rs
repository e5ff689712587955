//! What is done from time to time without anyone asking. Each round is bounded, and nothing depends on when it comes:
//! rows that are over count as gone before they are removed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::engine::Engine;

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(60);
/// Between two rounds when the first one did not get to the end.
const SHORT_PAUSE: Duration = Duration::from_secs(1);

/// Keeps house until `stop` turns true.
pub(crate) fn begin(engine: Arc<Engine>, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut pause = PAUSE;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let more = [
                ("replies", engine.forget_replies().await),
                ("deliveries", engine.tidy_outbox().await),
                ("logins", engine.forget_sign_ins().await),
                ("sign-ins on pages", engine.forget_transactions().await),
                ("verified numbers", engine.forget_verifications().await),
                ("counts of passwords", engine.forget_password_tries().await),
                ("old figures", engine.forget_tallies().await),
                ("words that people are found by", engine.write_words_down().await),
            ];
            pause = match engine.tally_sent().await {
                Ok(true) => SHORT_PAUSE,
                Ok(false) => PAUSE,
                Err(error) => {
                    tracing::warn!(%error, "messages were not counted for the overview; they will be later");
                    PAUSE
                }
            };
            for (what, more) in more {
                match more {
                    Ok(true) => pause = SHORT_PAUSE,
                    Ok(false) => {}
                    Err(error) => {
                        tracing::warn!(%error, "{what}: what is to be done was not done; it will be later");
                    }
                }
            }
        }
    })
}
