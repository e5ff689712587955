//! Wake-ups for those who wait. The row is the truth and a wake-up only a hint: whoever waits reads again on a wake,
//! or after [`REREAD`] without one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_protocol::id::{ChallengeId, DeviceId};
use tokio::sync::{Notify, watch};

/// Longest time without a look at the row.
pub const REREAD: Duration = Duration::from_secs(3);

/// What can be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A challenge is decided.
    Challenge(ChallengeId),
    /// A device's inbox changes.
    Device(DeviceId),
}

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Look at the row.
    Look,
    /// The server is shutting down: answer with what is known.
    Closing,
}

#[derive(Debug, Default)]
struct Waiters {
    notify: Arc<Notify>,
    count: usize,
}

/// Wake-ups within one process.
#[derive(Debug)]
pub struct Wake {
    topics: Arc<Mutex<HashMap<Topic, Waiters>>>,
    closing: watch::Sender<bool>,
}

impl Default for Wake {
    fn default() -> Self {
        Self { topics: Arc::default(), closing: watch::Sender::new(false) }
    }
}

fn lock(topics: &Mutex<HashMap<Topic, Waiters>>) -> MutexGuard<'_, HashMap<Topic, Waiters>> {
    topics.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wake {
    /// Starts listening. Subscribe **before** reading the row, or a wake between the two is lost.
    #[must_use]
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        let mut topics = lock(&self.topics);
        let waiters = topics.entry(topic).or_default();
        waiters.count += 1;
        Subscription {
            topic,
            notify: Arc::clone(&waiters.notify),
            topics: Arc::clone(&self.topics),
            closing: self.closing.subscribe(),
        }
    }

    /// Wakes everyone who listens to the topic.
    pub fn wake(&self, topic: Topic) {
        if let Some(waiters) = lock(&self.topics).get(&topic) {
            waiters.notify.notify_waiters();
        }
    }

    /// Tells all waiters, now and later, that the server is shutting down.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether [`close`](Self::close) was called.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// How many topics are listened to.
    #[must_use]
    pub fn topics(&self) -> usize {
        lock(&self.topics).len()
    }
}

/// Someone who listens. Dropping it forgets the topic when nobody else listens.
#[derive(Debug)]
pub struct Subscription {
    topic: Topic,
    notify: Arc<Notify>,
    topics: Arc<Mutex<HashMap<Topic, Waiters>>>,
    closing: watch::Receiver<bool>,
}

impl Subscription {
    /// Runs `look` now and again after each wake until it returns something, until `patience` is over, or until the
    /// server closes; then returns the last look. `look` says how long its answer can stay true by itself.
    ///
    /// # Errors
    /// Whatever `look` returns.
    pub async fn watch<T, E>(
        &mut self,
        patience: Duration,
        mut look: impl AsyncFnMut() -> Result<Look<T>, E>,
    ) -> Result<T, E> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            // Made before the look: a wake that comes during it is not lost.
            let notify = Arc::clone(&self.notify);
            let woken = notify.notified();
            let (value, good_for) = match look().await? {
                Look::Final(value) => return Ok(value),
                Look::Unchanged(value, good_for) => (value, good_for),
            };
            let now = tokio::time::Instant::now();
            if now >= end || *self.closing.borrow() {
                return Ok(value);
            }
            let nap = REREAD.min(good_for).min(end - now);
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(nap) => {}
                _ = self.closing.changed() => {}
            }
        }
    }
}

/// What a look at the row found.
#[derive(Debug)]
pub enum Look<T> {
    /// What was waited for.
    Final(T),
    /// Not yet; true for this long if nobody wakes.
    Unchanged(T, Duration),
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut topics = lock(&self.topics);
        if let Some(waiters) = topics.get_mut(&self.topic) {
            waiters.count -= 1;
            if waiters.count == 0 {
                topics.remove(&self.topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const TOPIC: Topic = Topic::Challenge(ChallengeId(uuid::Uuid::nil()));

    async fn until_flag(wake: &Wake, flag: &AtomicU32, looks: &AtomicU32) -> u32 {
        let look = async || {
            looks.fetch_add(1, Ordering::SeqCst);
            let v = flag.load(Ordering::SeqCst);
            Ok::<_, ()>(if v > 0 { Look::Final(v) } else { Look::Unchanged(v, Duration::MAX) })
        };
        wake.subscribe(TOPIC).watch(Duration::from_secs(60), look).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_ends_the_wait_at_once_and_nothing_is_left() {
        let wake = Wake::default();
        let (flag, looks) = (AtomicU32::new(0), AtomicU32::new(0));
        let begun = tokio::time::Instant::now();
        let (seen, ()) = tokio::join!(until_flag(&wake, &flag, &looks), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            flag.store(7, Ordering::SeqCst);
            wake.wake(TOPIC);
        });
        assert_eq!((seen, looks.load(Ordering::SeqCst)), (7, 2));
        assert!(begun.elapsed() < Duration::from_millis(50));
        assert_eq!(wake.topics(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_wake_the_row_is_read_again_after_three_seconds() {
        let wake = Wake::default();
        let (flag, looks) = (AtomicU32::new(0), AtomicU32::new(0));
        let begun = tokio::time::Instant::now();
        let (seen, ()) = tokio::join!(until_flag(&wake, &flag, &looks), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            flag.store(7, Ordering::SeqCst);
        });
        assert_eq!(seen, 7);
        assert_eq!(begun.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_and_so_does_the_server() {
        let wake = Wake::default();
        let (flag, looks) = (AtomicU32::new(0), AtomicU32::new(0));
        let begun = tokio::time::Instant::now();
        assert_eq!(until_flag(&wake, &flag, &looks).await, 0);
        assert_eq!(begun.elapsed().as_secs(), 60);
        let (seen, ()) = tokio::join!(until_flag(&wake, &flag, &looks), async { wake.close() });
        assert_eq!(seen, 0);
        assert_eq!(begun.elapsed().as_secs(), 60);
    }
}
