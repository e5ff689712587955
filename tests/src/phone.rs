//! A phone: the real core over a vault in a directory of its own.

use std::sync::Arc;

use countersign_core::authenticator::{Authenticator, Enrolled, InboxView, Options, PendingView};
use countersign_core::host::{Clock, SystemClock, SystemRng};
use countersign_core::keys::{KeyStore, VaultKeyStore};
use countersign_core::vault::{PasswordCost, Vault};
use countersign_protocol::wire::Platform;
use tempfile::TempDir;

use crate::attesting::{self, AttestingKeys};
use crate::clock::WrongBy;
use crate::forge::Maker;

/// The least that Argon2id takes: these tests are not about guessing passwords.
const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };

/// A phone, unlocked.
#[derive(Debug)]
pub struct Phone {
    /// The core.
    pub core: Authenticator,
    _home: TempDir,
}

impl Default for Phone {
    fn default() -> Self {
        Self::new()
    }
}

impl Phone {
    /// A new phone with the right time.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// A new phone whose clock is ahead (or, below zero, behind) by some seconds.
    #[must_use]
    pub fn wrong_by(seconds: i64) -> Self {
        Self::with_clock(Arc::new(WrongBy(seconds)))
    }

    /// A new phone that believes an authority beside the public ones.
    #[must_use]
    pub fn believing(ca_pem: &str) -> Self {
        Self::with_options(Options { ca_pem: Some(ca_pem.as_bytes().to_vec()) }, Arc::new(SystemClock))
    }

    /// A new phone with any clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self::with_options(Options::default(), clock)
    }

    /// A new phone whose platform says where its keys are.
    #[must_use]
    pub fn attesting(maker: Arc<Maker>, platform: attesting::Platform) -> Self {
        let keys = |keys| Arc::new(AttestingKeys::new(keys, maker, platform)) as Arc<dyn KeyStore>;
        Self::with_keys(keys, Options::default(), Arc::new(SystemClock))
    }

    fn with_options(options: Options, clock: Arc<dyn Clock>) -> Self {
        Self::with_keys(|keys| Arc::new(keys), options, clock)
    }

    fn with_keys(
        keys: impl FnOnce(VaultKeyStore) -> Arc<dyn KeyStore>,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("vault");
        let vault = Arc::new(Vault::create(&path, "correct horse", CHEAP, Arc::new(SystemRng)).unwrap());
        let keys = keys(VaultKeyStore::new(Arc::clone(&vault)));
        let core = Authenticator::new(vault, keys, options, clock, Arc::new(SystemRng)).unwrap();
        Self { core, _home: home }
    }

    /// Follows an enrolment link as a terminal.
    pub async fn enroll(&self, link: &str) -> Enrolled {
        let offer = self.core.look_at(link).await.unwrap();
        self.core.enroll(&offer, "Sam's phone", Platform::Terminal, None).await.unwrap()
    }

    /// What waits, with nothing refused and no account in trouble.
    pub async fn inbox(&self) -> InboxView {
        let inbox = self.core.inbox(0).await.unwrap();
        assert!(inbox.refused.is_empty() && inbox.troubles.is_empty(), "{inbox:?}");
        inbox
    }

    /// The one request that waits.
    pub async fn the_request(&self) -> PendingView {
        let mut pending = self.inbox().await.pending;
        assert_eq!(pending.len(), 1, "{pending:?}");
        pending.remove(0)
    }
}
