//! Old figures are removed, so that they do not pile up: nobody is shown them any more.

use super::HOUR;
use crate::engine::{Engine, Error};

/// Hours that figures are kept: 400 days, so that a month can be laid beside the same one of the year before.
const KEPT: i64 = 400 * 24;
/// Rows removed at a time.
const AT_ONCE: i64 = 500;

impl Engine {
    /// Removes some of the figures that are older than 400 days. Returns whether there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn forget_tallies(&self) -> Result<bool, Error> {
        let before = self.now().div_euclid(HOUR) - KEPT;
        let found = self.store.forget_tallies(before, AT_ONCE).await?;
        Ok(i64::try_from(found).unwrap_or(i64::MAX) >= AT_ONCE)
    }
}
