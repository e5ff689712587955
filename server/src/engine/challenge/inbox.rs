//! What waits for a device, and what it has been asked before.

use std::time::Duration;

use countersign_protocol::id::DeviceId;

use crate::engine::{Engine, Error};
use crate::store::{DeviceRow, EndedRow};
use crate::telemetry::metrics::Wait;
use crate::wake::Topic;

/// Entries of a device's history.
const HISTORY: i64 = 50;

impl Engine {
    /// The signed challenges that wait for the device. With a `wait` above zero, returns when there is one or the
    /// wait is over.
    ///
    /// # Errors
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn inbox(&self, device: &DeviceRow, wait: Duration) -> Result<Vec<String>, Error> {
        let _counted = (!wait.is_zero()).then(|| self.metrics.waiting(Wait::Inbox));
        self.inbox_change(device, &[], wait).await
    }

    /// The same, returned as soon as it differs from what is `known` already.
    ///
    /// # Errors
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn inbox_change(
        &self,
        device: &DeviceRow,
        known: &[String],
        wait: Duration,
    ) -> Result<Vec<String>, Error> {
        let mut waiting = self.wake.subscribe(Topic::Inbox(device.user_id), wait);
        loop {
            let armed = waiting.arm();
            let now = self.now();
            let inbox = self.store.pending_prompts(device, Self::oldest_pending(now), now).await?;
            if inbox != known || !waiting.again(armed, Duration::MAX).await {
                return Ok(inbox);
            }
        }
    }

    /// The latest challenges that the device was asked and that have ended, newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn history(&self, device: DeviceId) -> Result<Vec<EndedRow>, Error> {
        Ok(self.store.ended_prompts(device, self.now(), HISTORY).await?)
    }
}
