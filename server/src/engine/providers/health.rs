//! Whether providers let us in. An account that is refused is an operator's to mend: it is logged once, shown by
//! `provider show` and counted, until something goes out under it again.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use super::{Channel, PLATFORM, Provider};
use crate::engine::{Engine, Error};
use crate::store::ProviderRow;
use crate::store::providers::{in_trouble, well_again};

/// Providers in trouble that are remembered; the rows know all.
const REMEMBERED: usize = 10_000;

impl Engine {
    fn troubled(&self) -> MutexGuard<'_, HashMap<Uuid, (Channel, String)>> {
        self.lookup.troubled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the row says counts: another server may have seen it.
    pub(super) fn note_health(&self, row: &ProviderRow, channel: Channel) {
        let mut troubled = self.troubled();
        match &row.trouble {
            Some(_) if troubled.len() >= REMEMBERED => {}
            Some(word) => drop(troubled.insert(row.id, (channel, word.clone()))),
            None => drop(troubled.remove(&row.id)),
        }
        self.count_troubled(&troubled);
    }

    fn count_troubled(&self, troubled: &HashMap<Uuid, (Channel, String)>) {
        for channel in Channel::ALL {
            let count = troubled.values().filter(|(of, _)| *of == channel).count();
            self.metrics.providers_in_trouble(channel.as_str(), count);
        }
    }

    /// Writes down, when that is news, that a provider's account was refused with `word`, or (none) that a message went
    /// out under it.
    pub(in crate::engine) async fn provider_answered(
        &self,
        tenant: TenantId,
        provider: &Provider,
        word: Option<&str>,
    ) -> Result<(), Error> {
        let (channel, id) = (provider.channel, provider.id);
        let before = {
            let mut troubled = self.troubled();
            let before = match word {
                Some(word) => troubled.insert(id, (channel, word.to_owned())),
                None => troubled.remove(&id),
            };
            let before = before.map(|(_, word)| word);
            if before.as_deref() != word {
                self.count_troubled(&troubled);
            }
            before
        };
        if before.as_deref() == word {
            return Ok(());
        }
        let (whose, channel) = ((tenant, PLATFORM), channel.as_str());
        let note = match word {
            Some(word) => {
                tracing::error!(channel, provider = %id, error = word,
                    "the provider refuses our account there; see `countersign-server provider show`");
                in_trouble(whose, channel, id, word, self.now())
            }
            None => {
                tracing::info!(channel, provider = %id, "the provider lets us in again");
                well_again(whose, channel, id)
            }
        };
        Ok(self.store.write(vec![note]).await?)
    }
}
