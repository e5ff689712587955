//! What a courier keeps for an account: connections, tokens. Accounts change and tenants leave, so what was not used
//! lately is dropped, and there is never more than so much.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// Accounts that are kept at most.
const AT_MOST: usize = 256;
/// Milliseconds for which one is kept unused: one hour.
const UNUSED: i64 = 3_600_000;

/// What is kept, by the provider's id (which is another one after each change).
pub(in crate::delivery) struct Kept<T>(Mutex<HashMap<Uuid, Entry<T>>>);

struct Entry<T> {
    used_at: i64,
    what: Arc<T>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(…)")
    }
}

impl<T> Kept<T> {
    /// What is kept for an account, or what `make` makes for it. `now` is in milliseconds since 1970.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub(in crate::delivery) fn get<E>(
        &self,
        id: Uuid,
        now: i64,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = all.get_mut(&id) {
            entry.used_at = now;
            return Ok(Arc::clone(&entry.what));
        }
        let what = Arc::new(make()?);
        all.retain(|_, entry| now - entry.used_at < UNUSED);
        while all.len() >= AT_MOST {
            let oldest = all.iter().min_by_key(|(_, entry)| entry.used_at).map(|(id, _)| *id);
            oldest.and_then(|id| all.remove(&id));
        }
        all.insert(id, Entry { used_at: now, what: Arc::clone(&what) });
        Ok(what)
    }

    /// Takes everything out, for the end.
    pub(in crate::delivery) fn take_all(&self) -> Vec<Arc<T>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.drain().map(|(_, entry)| entry.what).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let kept = Kept::default();
        let get = |id: u128, now, new| kept.get(Uuid::from_u128(id), now, || Ok::<i64, ()>(new)).unwrap();
        assert_eq!(*get(1, 0, 10), 10);
        assert_eq!(*get(1, UNUSED - 1, 11), 10, "what is there is used");
        get(2, UNUSED, 20);
        get(3, 2 * UNUSED - 1, 30);
        assert_eq!((*get(1, 2 * UNUSED, 12), *get(2, 2 * UNUSED, 21)), (12, 21), "unused for an hour");
        for id in 10..1_000 {
            get(id, 2 * UNUSED + i64::try_from(id).unwrap(), 0);
        }
        assert_eq!(kept.0.lock().unwrap().len(), AT_MOST);
        assert_eq!(*get(999, 2 * UNUSED + 1_000, 1), 0, "the newest are there");
        assert!(kept.get(Uuid::nil(), 0, || Err::<i64, _>("no")).is_err());
        assert_eq!(kept.take_all().len(), AT_MOST);
    }
}
