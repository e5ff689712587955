//! What a courier keeps for an account: connections, tokens. Accounts change and tenants leave, so what was not used
//! lately is dropped, and there is never more than so much.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// Accounts that are kept at most.
const AT_MOST: usize = 256;
/// Milliseconds for which one is kept unused: one hour.
const UNUSED: i64 = 3_600_000;

/// What is kept open for accounts, each under its provider's id.
pub(in crate::delivery) struct Kept<T> {
    all: Mutex<HashMap<Uuid, (T, i64)>>,
}

impl<T> fmt::Debug for Kept<T> {
    /// Without what is kept: there are tokens among it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(…)")
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { all: Mutex::default() }
    }
}

impl<T: Clone> Kept<T> {
    /// What is kept for a provider, or made now. What was not used for an hour is dropped, and when there is too much,
    /// what was used longest ago. `now` is in milliseconds.
    pub(in crate::delivery) fn or_make<E>(
        &self,
        provider: Uuid,
        now: i64,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, used)) = all.get_mut(&provider) {
            *used = now;
            return Ok(kept.clone());
        }
        all.retain(|_, (_, used)| now - *used < UNUSED);
        if all.len() >= AT_MOST {
            let oldest = all.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| all.remove(&id));
        }
        let made = make()?;
        all.insert(provider, (made.clone(), now));
        Ok(made)
    }

    /// Takes everything out, for the end.
    pub(in crate::delivery) fn take_all(&self) -> Vec<T> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.drain().map(|(_, (kept, _))| kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_ends_an_hour_after_its_last_use() {
        let kept = Kept::default();
        let id = Uuid::from_u128;
        let get = |id, now| kept.or_make(id, now, || Ok::<_, ()>(now)).unwrap();
        assert_eq!((get(id(1), 0), get(id(1), 3_000_000)), (0, 0));
        assert_eq!(get(id(2), 5_000_000), 5_000_000);
        assert_eq!(get(id(1), 5_000_000), 0);
        assert_eq!(get(id(3), 8_700_000), 8_700_000, "the others are dropped now");
        assert_eq!(kept.take_all(), [8_700_000]);
    }
}
