//! Wake-ups for those who wait. The row is the truth and a wake-up only a hint: whoever waits reads again on a wake,
//! or after [`REREAD`] without one.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use countersign_protocol::id::ChallengeId;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

/// Longest time without a look at the row.
pub const REREAD: Duration = Duration::from_secs(3);

/// Topics that may wait to be told to other servers. Above that they are told to look at everything.
const UNTOLD: usize = 16_384;

/// What can be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A challenge is decided.
    Challenge(ChallengeId),
    /// What a user is asked changes: all their devices look.
    Inbox(Uuid),
    /// A transaction has another question, or ended without an answer.
    Transaction(Uuid),
    /// An attempt to send a message has ended.
    Message(Uuid),
}

#[derive(Debug, Default)]
struct Waiters {
    notify: Arc<Notify>,
    count: usize,
}

/// Wake-ups within one process, and, when there are [others](Self::tell_others), what they are to be told.
#[derive(Debug)]
pub struct Wake {
    topics: Arc<Mutex<HashMap<Topic, Waiters>>>,
    closing: watch::Sender<bool>,
    reread: Duration,
    others: OnceLock<mpsc::Sender<Topic>>,
    too_much: AtomicBool,
}

impl Default for Wake {
    fn default() -> Self {
        Self::new(REREAD)
    }
}

fn lock(topics: &Mutex<HashMap<Topic, Waiters>>) -> MutexGuard<'_, HashMap<Topic, Waiters>> {
    topics.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wake {
    /// Wake-ups for those who look again after `reread` without one.
    #[must_use]
    pub fn new(reread: Duration) -> Self {
        Self {
            topics: Arc::default(),
            closing: watch::Sender::new(false),
            reread,
            others: OnceLock::new(),
            too_much: AtomicBool::new(false),
        }
    }

    /// Starts listening, for `patience` at most.
    #[must_use]
    pub fn subscribe(&self, topic: Topic, patience: Duration) -> Subscription {
        let mut topics = lock(&self.topics);
        let waiters = topics.entry(topic).or_default();
        waiters.count += 1;
        Subscription {
            topic,
            notify: Arc::clone(&waiters.notify),
            topics: Arc::clone(&self.topics),
            closing: self.closing.subscribe(),
            pause: first_pause(topic, self.reread),
            reread: self.reread,
            end: Instant::now() + patience,
        }
    }

    /// Wakes everyone who listens to the topic: here at once, and elsewhere as soon as they are told.
    pub fn wake(&self, topic: Topic) {
        self.wake_here(topic);
        if let Some(others) = self.others.get()
            && others.try_send(topic).is_err()
        {
            self.too_much.store(true, Ordering::Release);
        }
    }

    /// Wakes those who listen to the topic in this process.
    pub fn wake_here(&self, topic: Topic) {
        if let Some(waiters) = lock(&self.topics).get(&topic) {
            waiters.notify.notify_waiters();
        }
    }

    /// Wakes everyone in this process.
    pub fn wake_all_here(&self) {
        for waiters in lock(&self.topics).values() {
            waiters.notify.notify_waiters();
        }
    }

    /// From now on every topic that is woken comes out here too, for the other servers. Called once; a second caller
    /// hears nothing.
    pub fn tell_others(&self) -> mpsc::Receiver<Topic> {
        let (sender, receiver) = mpsc::channel(UNTOLD);
        let _second = self.others.set(sender);
        receiver
    }

    /// Whether topics were left out since the last call, because too many were waiting to be told.
    pub fn told_too_much(&self) -> bool {
        self.too_much.swap(false, Ordering::AcqRel)
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

/// Between half of `reread` and all of it, by the random end of the topic's id: those who began to wait at the same
/// moment do not all look again at the same moment.
fn first_pause(topic: Topic, reread: Duration) -> Duration {
    let (Topic::Challenge(ChallengeId(id)) | Topic::Inbox(id) | Topic::Transaction(id) | Topic::Message(id)) =
        topic;
    let [.., high, low] = *id.as_bytes();
    (reread / 2).saturating_add(reread / 2 * u32::from(u16::from_be_bytes([high, low])) / u32::from(u16::MAX))
}

/// Someone who listens. Dropping it forgets the topic when nobody else listens.
///
/// To use it: [`arm`](Self::arm), look at the row, and if that was not what was hoped for, [`again`](Self::again).
#[derive(Debug)]
pub struct Subscription {
    topic: Topic,
    notify: Arc<Notify>,
    topics: Arc<Mutex<HashMap<Topic, Waiters>>>,
    closing: watch::Receiver<bool>,
    /// How long the next sleep without a wake is.
    pause: Duration,
    reread: Duration,
    end: Instant,
}

/// A wake-up that may have come already. Made **before** a look at the row: a wake during the look is not lost.
#[derive(Debug)]
pub struct Armed(OwnedNotified);

impl Subscription {
    /// From now on a wake counts.
    #[must_use]
    pub fn arm(&self) -> Armed {
        Armed(Arc::clone(&self.notify).notified_owned())
    }

    /// Sleeps until there is reason to look again: a wake, [`REREAD`], or `good_for`, the time for which the last
    /// look stays true by itself. False when patience is over or the server closes: then the last look stands.
    pub async fn again(&mut self, armed: Armed, good_for: Duration) -> bool {
        let now = Instant::now();
        if now >= self.end || *self.closing.borrow() {
            return false;
        }
        let pause = mem::replace(&mut self.pause, self.reread);
        tokio::select! {
            () = armed.0 => {}
            () = tokio::time::sleep(pause.min(good_for).min(self.end - now)) => {}
            _ = self.closing.changed() => {}
        }
        true
    }
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
        let mut waiting = wake.subscribe(TOPIC, Duration::from_secs(60));
        loop {
            let armed = waiting.arm();
            looks.fetch_add(1, Ordering::SeqCst);
            let seen = flag.load(Ordering::SeqCst);
            if seen > 0 || !waiting.again(armed, Duration::MAX).await {
                return seen;
            }
        }
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
    async fn without_a_wake_the_row_is_read_again_within_three_seconds() {
        for (flagged, seen_after) in [(10, 1_500), (1_600, 4_500)] {
            let wake = Wake::default();
            let (flag, looks) = (AtomicU32::new(0), AtomicU32::new(0));
            let begun = tokio::time::Instant::now();
            let (seen, ()) = tokio::join!(until_flag(&wake, &flag, &looks), async {
                tokio::time::sleep(Duration::from_millis(flagged)).await;
                flag.store(7, Ordering::SeqCst);
            });
            assert_eq!((seen, begun.elapsed().as_millis() / 100), (7, seen_after / 100));
        }
    }

    #[test]
    fn those_who_begin_together_do_not_look_again_together() {
        let pause = |end| first_pause(Topic::Inbox(Uuid::from_u128(end)), REREAD).as_millis();
        assert_eq!((pause(0), pause(0x7fff), pause(0xffff)), (1_500, 2_249, 3_000));
    }

    #[tokio::test(start_paused = true)]
    async fn others_are_told_and_what_they_say_is_not_told_again() {
        let wake = Wake::default();
        wake.wake(TOPIC);
        let mut told = wake.tell_others();
        wake.wake_here(TOPIC);
        wake.wake_all_here();
        wake.wake(Topic::Inbox(Uuid::nil()));
        assert_eq!(told.recv().await, Some(Topic::Inbox(Uuid::nil())));
        assert!(told.try_recv().is_err() && !wake.told_too_much());
        (0..=UNTOLD).for_each(|_| wake.wake(TOPIC));
        assert!(wake.told_too_much() && !wake.told_too_much(), "said once");
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
