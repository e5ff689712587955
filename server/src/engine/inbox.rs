//! What waits for a device, and what it has been asked before.

use std::time::Duration;

use countersign_protocol::id::DeviceId;

use super::{Engine, Error};
use crate::store::EndedRow;
use crate::wake::{Look, Topic};

/// Entries of a device's history.
const HISTORY: i64 = 50;

impl Engine {
    /// The signed challenges that wait for the device. With a `wait` above zero, returns when there is one or the
    /// wait is over.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn inbox(&self, device: DeviceId, wait: Duration) -> Result<Vec<String>, Error> {
        self.inbox_when(device, wait, |waiting| !waiting.is_empty()).await
    }

    /// The same, returned as soon as it differs from `known`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn inbox_change(
        &self,
        device: DeviceId,
        known: &[String],
        wait: Duration,
    ) -> Result<Vec<String>, Error> {
        self.inbox_when(device, wait, |waiting| waiting != known).await
    }

    async fn inbox_when(
        &self,
        device: DeviceId,
        wait: Duration,
        enough: impl Fn(&[String]) -> bool,
    ) -> Result<Vec<String>, Error> {
        let look = async || {
            let now = self.now();
            let waiting = self.store.pending_prompts(device, Self::oldest_pending(now), now).await?;
            let done = enough(&waiting);
            Ok(if done { Look::Final(waiting) } else { Look::Unchanged(waiting, Duration::MAX) })
        };
        self.wake.subscribe(Topic::Device(device)).watch(wait, look).await
    }

    /// The latest challenges that the device was asked and that have ended, newest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn history(&self, device: DeviceId) -> Result<Vec<EndedRow>, Error> {
        Ok(self.store.ended_prompts(device, self.now(), HISTORY).await?)
    }
}
