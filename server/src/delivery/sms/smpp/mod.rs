//! Short messages by SMPP 3.4 to a message centre: one session for each account, shared by all who send under it.

mod link;
mod pdu;
mod receipt;
mod session;
mod window;

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

use super::ShortMessage;
use crate::delivery::outgoing::Kept;
use crate::engine::providers::SmppAccount;
use crate::engine::words::parts::split;
use crate::engine::{Attempt, Moment, Parcel, Receipt, Targets};
use pdu::{Submit, submit_sm};
use session::{Order, Session, Submission};

/// Receipts that wait to be written down; more are left out.
const RECEIPTS: usize = 1_000;
/// Seconds for which a centre may try to deliver a message that does not expire by itself.
const VALID: i64 = 86_399;

/// What a receipt said over a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Under which account.
    pub provider: Uuid,
    /// Of which message, where that is known at once.
    pub job: Option<(TenantId, Uuid)>,
    /// What the centre may have called the message when it took it.
    pub names: Vec<String>,
    /// What became of it.
    pub said: Receipt,
}

/// Sends by SMPP.
#[derive(Debug)]
pub struct Smpp {
    targets: Arc<Targets>,
    sessions: Kept<mpsc::Sender<Order>>,
    tell: mpsc::Sender<Told>,
    told: Mutex<mpsc::Receiver<Told>>,
}

impl Smpp {
    /// To centres at what `targets` allows; without TLS only to those that the operator lists.
    pub(super) fn new(targets: Arc<Targets>) -> Self {
        let (tell, told) = mpsc::channel(RECEIPTS);
        Self { targets, sessions: Kept::default(), tell, told: Mutex::new(told) }
    }

    /// Makes one attempt. It ends when the centre has answered for all parts, or for the first that it does not take.
    pub async fn send(
        &self,
        parcel: &Parcel,
        account: &SmppAccount,
        message: &ShortMessage<'_>,
        at: Moment<'_>,
    ) -> Attempt {
        let Some(parts) = bodies(parcel, account, message, at.now) else { return Attempt::dead("too_long") };
        let id = parcel.provider.id;
        let start = || {
            let (targets, tell) = (Arc::clone(&self.targets), self.tell.clone());
            Ok::<_, std::convert::Infallible>(Session::start(id, account.clone(), targets, tell))
        };
        let Ok(session) = self.sessions.or_make(id, at.now, start);
        let (answer, answered) = oneshot::channel();
        let submission = Submission { parts: parts.into(), job: (parcel.tenant, parcel.id), answer };
        if session.send(Order::Submit(submission)).await.is_err() {
            return Attempt::failed("closing");
        }
        answered.await.unwrap_or_else(|_| Attempt::failed("closing"))
    }

    /// Waits for the next receipt.
    pub(super) async fn told(&self) -> Told {
        match self.told.lock().await.recv().await {
            Some(told) => told,
            // `tell` is ours: this does not end.
            None => std::future::pending().await,
        }
    }

    /// Takes leave of all centres.
    pub(super) async fn close(&self) {
        futures_util::future::join_all(self.sessions.take_all().into_iter().map(leave)).await;
    }
}

async fn leave(session: mpsc::Sender<Order>) {
    let (done, left) = oneshot::channel();
    if session.send(Order::Leave(done)).await.is_ok() {
        let _dropped_when_it_has_left = left.await;
    }
}

/// The bodies of a message's parts. None when it is too long.
fn bodies(
    parcel: &Parcel,
    account: &SmppAccount,
    message: &ShortMessage<'_>,
    now: i64,
) -> Option<Vec<Vec<u8>>> {
    let parts = split(message.text)?;
    let of = u8::try_from(parts.parts.len()).ok()?;
    // The same in each attempt, so that a phone can complete one attempt's parts by another's. The end of an id is dice.
    let [.., common] = parcel.id.into_bytes();
    let seconds = parcel.expires_at.map_or(VALID, |end| (end - now) / 1_000);
    let body = |(this, content): (u8, &Vec<u8>)| {
        submit_sm(&Submit {
            from: &account.from,
            to: message.to,
            coding: parts.coding,
            part: (of > 1).then_some((common, of, this)),
            content,
            seconds,
            receipt: this == of,
        })
    };
    Some((1..=of).zip(&parts.parts).map(body).collect())
}
