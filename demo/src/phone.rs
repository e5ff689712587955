//! The phone: the real core with a sealed vault of its own. Only the person in front of it is played.

use std::path::Path;
use std::sync::Arc;

use countersign_core::approve::AnswerResult;
use countersign_core::authenticator::{Authenticator, Enrolled, Options, PendingView};
use countersign_core::enroll::Offer;
use countersign_core::host::{SystemClock, SystemRng};
use countersign_core::keys::VaultKeyStore;
use countersign_core::scan::{Scanned, scan_file};
use countersign_core::vault::{PasswordCost, Vault};
use countersign_protocol::wire::Platform;

use crate::Result;

/// A phone.
#[derive(Debug)]
pub(crate) struct Phone {
    authenticator: Authenticator,
}

impl Phone {
    /// A new phone with an empty vault behind a password.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let rng = Arc::new(SystemRng);
        let password = "the demo's person, who has nothing to hide";
        let vault =
            Vault::create(&folder.join("phone.vault"), password, PasswordCost::default(), rng.clone())?;
        let vault = Arc::new(vault);
        let keys = Arc::new(VaultKeyStore::new(Arc::clone(&vault)));
        let authenticator = Authenticator::new(vault, keys, Options::default(), Arc::new(SystemClock), rng)?;
        Ok(Self { authenticator })
    }

    /// Reads a picture of an enrolment QR code and asks the server whose it is.
    pub(crate) async fn scan(&self, picture: &[u8]) -> Result<Offer> {
        for found in scan_file(picture)? {
            if let Scanned::Enrollment(link) = found {
                return Ok(self.authenticator.look_at(&link.to_string()).await?);
            }
        }
        Err("the picture holds no enrolment QR code".into())
    }

    /// The person says yes to the offer.
    pub(crate) async fn enroll(&self, offer: &Offer) -> Result<Enrolled> {
        Ok(self.authenticator.enroll(offer, "Demo phone", Platform::Terminal, None).await?)
    }

    /// The one request that waits.
    pub(crate) async fn request(&self) -> Result<PendingView> {
        let inbox = self.authenticator.inbox(30).await?;
        inbox.pending.into_iter().next().ok_or_else(|| "nothing waits on the phone".into())
    }

    pub(crate) async fn approve(&self, request: &PendingView, number: Option<&str>) -> Result<AnswerResult> {
        Ok(self.authenticator.approve(request.id, number).await?)
    }

    pub(crate) async fn deny(&self, request: &PendingView) -> Result<AnswerResult> {
        Ok(self.authenticator.deny(request.id).await?)
    }
}
