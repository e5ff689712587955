//! What changes by itself, told to the host as it happens.

use std::sync::Arc;

use tokio::task::AbortHandle;

use super::error::sentence;
use super::{CountersignCore, Inbox, first_line};
use crate::authenticator::{Authenticator, InboxView};

/// What a host is told. Each call comes on a thread of the core's own, one after the other; what it throws is dropped.
#[uniffi::export(foreign)]
pub trait Observer: Send + Sync + std::fmt::Debug {
    /// The inbox is another: what to show now.
    fn on_inbox_changed(&self, inbox: Inbox) -> Result<(), ObserverError>;

    /// Entries, settings or accounts are others: ask for what is on the screen again.
    fn on_content_changed(&self) -> Result<(), ObserverError>;

    /// Nothing more will be told: `vault_locked` when the vault was locked.
    fn on_stopped(&self, code: String, sentence: String) -> Result<(), ObserverError>;
}

/// What a host's observer threw. It goes nowhere: the core cannot do anything about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ObserverError {
    /// Anything.
    #[error("{reason}")]
    Failed {
        /// One line.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ObserverError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { reason: first_line(&error.reason) }
    }
}

/// An observer at work. Releasing it ends that, and closes its connections.
#[derive(Debug, uniffi::Object)]
pub struct Observation {
    task: AbortHandle,
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl CountersignCore {
    /// Tells `observer` of every change from now on, beginning with the inbox.
    pub async fn observe(&self, observer: Arc<dyn Observer>) -> Arc<Observation> {
        let task = tokio::spawn(tell(self.authenticator.clone(), observer)).abort_handle();
        Arc::new(Observation { task })
    }
}

enum News {
    Inbox(Box<InboxView>),
    Content,
    Stopped { code: String, sentence: String },
}

async fn tell(authenticator: Authenticator, observer: Arc<dyn Observer>) {
    let (mut watch, mut content) = (authenticator.watch(), authenticator.content_changes());
    loop {
        let news = tokio::select! {
            inbox = watch.next() => match inbox {
                Ok(inbox) => News::Inbox(Box::new(inbox)),
                Err(error) => News::Stopped { code: error.code().to_owned(), sentence: sentence(&error.to_string()) },
            },
            () = content.next() => News::Content,
        };
        let last = matches!(news, News::Stopped { .. });
        let observer = Arc::clone(&observer);
        // A host may take its time, and may throw: both on a thread where it holds nobody up.
        let told = tokio::task::spawn_blocking(move || match news {
            News::Inbox(inbox) => observer.on_inbox_changed((*inbox).into()),
            News::Content => observer.on_content_changed(),
            News::Stopped { code, sentence } => observer.on_stopped(code, sentence),
        });
        let _ = told.await;
        if last {
            return;
        }
    }
}
