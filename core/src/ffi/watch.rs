//! The inbox as it changes, for a host that asks for one state after the other.

use super::{CoreError, Inbox};
use crate::authenticator::Watch;

/// An open watch. Releasing it closes its connections.
#[derive(Debug, uniffi::Object)]
pub struct InboxWatch {
    watch: tokio::sync::Mutex<Watch>,
}

impl InboxWatch {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch: tokio::sync::Mutex::new(watch) }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl InboxWatch {
    /// The inbox once it is another than the last one given. Cancelling the call loses nothing.
    pub async fn next(&self) -> Result<Inbox, CoreError> {
        Ok(self.watch.lock().await.next().await?.into())
    }
}
