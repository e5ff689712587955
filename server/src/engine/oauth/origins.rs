//! From which web pages a tenant may be called: those whose origin one of its OAuth clients has registered. Browsers keep
//! to it; it is no protection against anybody else, and nothing else depends on it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::id::TenantId;

use super::client::words;
use crate::engine::{Engine, Error, is_fresh};

/// Milliseconds that a tenant's origins are believed without asking the store.
const BELIEVED: i64 = 3_000;
/// Tenants remembered at most.
const REMEMBERED: usize = 4_096;

/// A tenant's origins, and when they were read.
type Known = (Arc<HashSet<String>>, i64);

/// Origins that were read a moment ago.
#[derive(Debug, Default)]
pub(in crate::engine) struct Origins(Mutex<HashMap<TenantId, Known>>);

impl Engine {
    /// Whether pages of this origin may call the tenant whose host name this is. Both are as a browser sends them.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn may_call_from(&self, host: &str, origin: &str) -> Result<bool, Error> {
        let Some(issuer) = self.issuer_at(host).await? else { return Ok(false) };
        Ok(self.origins_of(issuer.tenant).await?.contains(origin))
    }

    async fn origins_of(&self, tenant: TenantId) -> Result<Arc<HashSet<String>>, Error> {
        let now = self.now();
        let known = |origins: &Origins| {
            let all = origins.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(&tenant)
                .filter(|(_, read_at)| is_fresh(*read_at, now, BELIEVED))
                .map(|(set, _)| Arc::clone(set))
        };
        if let Some(set) = known(&self.origins) {
            return Ok(set);
        }
        let lists = self.store.oauth_origins(tenant).await?;
        let set = Arc::new(lists.iter().flat_map(|list| words(list)).collect::<HashSet<_>>());
        let mut all = self.origins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(tenant, (Arc::clone(&set), now));
        Ok(set)
    }
}
