//! The whole authenticator over a real vault, against test servers on this machine.

mod codes;
mod contact;
mod editing;
mod ends;
mod killed;
mod kinds;
mod late;
mod listing;
mod locking;
#[cfg(target_os = "linux")]
mod memory;
mod moving;
mod offline;
mod receipts;
mod requests;
mod servers;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::DeviceId;
use countersign_protocol::wire::Platform;
use tempfile::TempDir;

use super::*;
use crate::approve::AccountId;
use crate::host::SystemRng;
use crate::keys::MemoryKeyStore;
use crate::settings::Settings;
use crate::testing::{FakeServer, FixedClock, phone_clock};
use crate::vault::{PasswordCost, Table};

/// An authenticator on a phone of its own.
struct Phone {
    authenticator: Authenticator,
    keys: MemoryKeyStore,
    clock: Arc<FixedClock>,
    _folder: TempDir,
}

fn phone() -> Phone {
    phone_ahead(0)
}

/// A phone whose clock is `ahead` seconds before the servers'.
fn phone_ahead(ahead: i64) -> Phone {
    phone_of(ahead, (Duration::from_millis(20), Duration::from_millis(40)))
}

/// A phone that waits so long before it opens a broken stream again.
fn phone_that_waits(wait: Duration) -> Phone {
    phone_of(0, (wait, wait))
}

fn phone_of(ahead: i64, reconnect_after: (Duration, Duration)) -> Phone {
    let folder = tempfile::tempdir().unwrap();
    let rng = Arc::new(SystemRng);
    let cost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    let vault = Vault::create(&folder.path().join("vault"), "password", cost, rng.clone()).unwrap();
    let keys = MemoryKeyStore::new(rng.clone()).with_der_signatures();
    let clock = phone_clock(ahead);
    let client = Client::new(ClientOptions {
        reply_timeout: Duration::from_secs(30),
        reconnect_after,
        retry_after: vec![Duration::from_millis(1)],
        ..ClientOptions::default()
    })
    .unwrap();
    let (vault, store) = (Arc::new(vault), Arc::new(keys.clone()));
    let authenticator = Authenticator::with_client(vault, store, client, clock.clone(), rng);
    Phone { authenticator, keys, clock, _folder: folder }
}

impl Phone {
    async fn enroll(&self, server: &FakeServer) -> (AccountId, DeviceId) {
        let offer = self.authenticator.look_at(&server.link().to_string()).await.unwrap();
        let enrolled =
            self.authenticator.enroll(&offer, "Phone", Platform::Android, Some("fcm")).await.unwrap();
        assert_eq!(enrolled.confirmation_code.len(), 6);
        (enrolled.account.id, enrolled.account.device)
    }

    /// Lets the phone's clock go on.
    fn later(&self, seconds: i64) {
        self.clock.set(i64::try_from(self.clock.unix_seconds()).unwrap() + seconds);
    }

    /// Rows of a table.
    fn rows(&self, table: Table) -> usize {
        self.authenticator.vault().list(table).unwrap().len()
    }

    /// How many signing keys the key store holds.
    fn key_count(&self) -> String {
        format!("{:?}", self.keys)
    }
}
