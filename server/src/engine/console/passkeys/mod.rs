//! Passkeys of operators (WebAuthn): a key that the person's device keeps and uses only after it has checked its owner, for
//! this server's address and no other. So one is enough to sign in: it is something one has, and the device's own lock.
//!
//! Each making and each use is a ceremony: the browser is asked something that was never asked before, and what it answers
//! counts once, in the browser that was asked, for a few minutes. One answer ends the ceremony, whether it was right or not.

mod own;
mod sign_in;
mod site;

use std::fmt;

use countersign_protocol::base64url;
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::session::hash;
use crate::engine::{Engine, Error};
use crate::host::random;
use crate::store::console::passkeys::forget_ceremonies;
use crate::store::{Batch, CeremonyRow};

pub use sign_in::PASSKEY;

/// Milliseconds in which the browser must answer: as long as the person has to unlock a device.
const LIFETIME: i64 = 5 * 60 * 1000;
/// Bytes of an answer at most; those of browsers have one or two thousand.
const LONGEST_ANSWER: usize = 16 * 1024;
/// The kinds of ceremonies.
const ADD: &str = "add";
const SIGN_IN: &str = "sign_in";

/// What a browser is asked.
pub struct Asked {
    /// What it gives back with its answer: 43 characters with 256 random bits.
    pub ceremony: Zeroizing<String>,
    /// The member `publicKey` of what `navigator.credentials` takes.
    pub options: serde_json::Value,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("options", &self.options).finish_non_exhaustive()
    }
}

/// What a browser answers.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// Of what it was asked.
    pub ceremony: &'a str,
    /// The credential as JSON.
    pub answer: &'a str,
}

impl fmt::Debug for Answered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").finish_non_exhaustive()
    }
}

impl Engine {
    /// Asks a browser, whose cookie has this hash. The batch takes effect with it, before it.
    async fn begin_ceremony(
        &self,
        (kind, user): (&str, Option<Uuid>),
        browser: &[u8],
        (options, state): (impl Serialize, impl Serialize),
        mut batch: Batch,
    ) -> Result<Asked, Error> {
        let damaged = |_| Error::Damaged("ceremony of a passkey");
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random(&*self.rng)?);
        let ceremony = Zeroizing::new(base64url(bytes.as_slice()));
        let row = CeremonyRow {
            tenant: self.console_home().await?.tenant,
            id_hash: hash(&ceremony),
            kind: kind.to_owned(),
            browser: browser.to_vec(),
            user,
            state: serde_json::to_string(&state).map_err(damaged)?,
            expires_at: self.now() + LIFETIME,
        };
        let options = serde_json::to_value(&options).map_err(damaged)?;
        batch.extend([forget_ceremonies(self.now()), row.insert()]);
        self.store.write(batch).await?;
        Ok(Asked { ceremony, options })
    }

    /// The ceremony that this browser was asked in, if it can still be answered. Whether it was answered meanwhile is decided
    /// by the batch that uses it up.
    async fn ceremony(
        &self,
        kind: &str,
        answered: Answered<'_>,
        browser: &[u8],
    ) -> Result<CeremonyRow, Error> {
        let tenant = self.console_home().await?.tenant;
        let row = self.store.passkey_ceremony(tenant, &hash(answered.ceremony)).await?;
        let row = row.filter(|row| row.kind == kind && row.expires_at > self.now());
        row.filter(|row| bool::from(row.browser.ct_eq(browser))).ok_or(Error::CeremonyOver)
    }
}
