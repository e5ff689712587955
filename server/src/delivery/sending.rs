//! The one who sends. One worker on each node takes what is due, as much at once as is good, and waits for the next: it
//! is woken when this node puts something in, and looks by itself when something becomes due.
//!
//! Each kind of message has room of its own, so many pushes keep no webhook waiting; and within a kind each lane (a
//! webhook, a provider) has a bound, so the slowest receiver leaves room for the others.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use super::Couriers;
use super::sms::note;
use crate::engine::{Engine, Error, KINDS};
use crate::store::outbox::LEFT_OUT;
use crate::store::{JobRow, Room};

/// Longest time without a look: a command or another node may have put something in.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// The same after the database did not answer.
const AFTER_AN_ERROR: Duration = Duration::from_secs(5);
/// Between two counts of what waits.
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// How much of a kind is on its way at once.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// In all lanes together.
    all: usize,
    /// In one lane.
    lane: usize,
    /// A look is worth it when so much is free: taking one for each that ends would make each wait for the disk alone.
    worth: usize,
}

/// A push is one small request on a connection that carries hundreds; the others are calls to machines that may be small.
const PUSHES: Bounds = Bounds { all: 1024, lane: 512, worth: 64 };
const MESSAGES: Bounds = Bounds { all: 64, lane: 8, worth: 1 };
const WEBHOOKS: Bounds = Bounds { all: 32, lane: 4, worth: 1 };
const _: () = assert!(PUSHES.all / PUSHES.lane <= LEFT_OUT);
const _: () = assert!(MESSAGES.all / MESSAGES.lane <= LEFT_OUT);
const _: () = assert!(WEBHOOKS.all / WEBHOOKS.lane <= LEFT_OUT);

fn bounds(kind: &str) -> Bounds {
    match kind {
        "push" => PUSHES,
        "webhook" => WEBHOOKS,
        _ => MESSAGES,
    }
}

/// What has a bound of its own.
type Lane = (&'static str, Option<Uuid>);

fn lane_of(job: &JobRow) -> Lane {
    (KINDS.into_iter().find(|kind| *kind == job.kind).unwrap_or("other"), job.lane)
}

/// What is on its way.
#[derive(Debug, Default)]
struct Sending {
    tasks: JoinSet<()>,
    lanes: HashMap<Id, Lane>,
    used: HashMap<Lane, usize>,
}

impl Sending {
    fn used_by(&self, kind: &str) -> usize {
        self.used.iter().filter(|((of, _), _)| *of == kind).map(|(_, used)| used).sum()
    }

    fn left(&self, lane: Lane) -> usize {
        bounds(lane.0).lane.saturating_sub(self.used.get(&lane).copied().unwrap_or(0))
    }

    /// What a look may bring.
    fn rooms(&self) -> Vec<Room> {
        let room = |kind: &'static str| {
            let bounds = bounds(kind);
            let free = bounds.all.saturating_sub(self.used_by(kind));
            let lanes = self.used.keys().filter(|lane| lane.0 == kind && self.left(**lane) < bounds.worth);
            let full = lanes.filter_map(|lane| lane.1).collect();
            let room = Room { kind, free: i64::try_from(free.min(bounds.lane)).unwrap_or(0), full };
            (free >= bounds.worth).then_some(room)
        };
        KINDS.into_iter().filter_map(room).collect()
    }

    /// Starts all that is due and has room. Returns how long nothing more will be due.
    async fn take_due(&mut self, engine: &Arc<Engine>, couriers: &Arc<Couriers>) -> Result<Duration, Error> {
        loop {
            let rooms = self.rooms();
            if rooms.is_empty() {
                return Ok(LOOK_AGAIN);
            }
            let due = engine.due(&rooms).await?;
            if due.is_empty() {
                let wait = engine.until_due(&rooms).await?.and_then(|ms| u64::try_from(ms).ok());
                return Ok(wait.map_or(LOOK_AGAIN, Duration::from_millis).min(LOOK_AGAIN));
            }
            for job in self.lease(engine, due).await? {
                let lane = lane_of(&job);
                let task = self.tasks.spawn(Arc::clone(couriers).attempt(Arc::clone(engine), job));
                self.lanes.insert(task.id(), lane);
                *self.used.entry(lane).or_default() += 1;
            }
        }
    }

    /// Leases those that have room, all in one commit of the database.
    async fn lease(&self, engine: &Engine, due: Vec<JobRow>) -> Result<Vec<JobRow>, Error> {
        let mut room: HashMap<Lane, usize> = HashMap::new();
        let mut chosen = Vec::new();
        for job in due {
            let lane = lane_of(&job);
            let left = room.entry(lane).or_insert_with(|| self.left(lane));
            if *left > 0 {
                *left -= 1;
                chosen.push(job);
            }
        }
        let leases = chosen.into_iter().map(async |mut job| Ok(engine.lease(&mut job).await?.then_some(job)));
        let leased: Vec<Result<Option<JobRow>, Error>> = futures_util::future::join_all(leases).await;
        // One that failed does not keep those that are leased already from being sent.
        if leased.iter().all(Result::is_err) {
            return leased.into_iter().filter_map(Result::transpose).collect();
        }
        Ok(leased.into_iter().filter_map(|job| job.ok().flatten()).collect())
    }

    /// Waits for one to end, and counts out all others that have ended too. False when there is none.
    async fn one_ends(&mut self) -> bool {
        let Some(ended) = self.tasks.join_next_with_id().await else { return false };
        self.ended(ended.map(|(id, ())| id));
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.ended(ended.map(|(id, ())| id));
        }
        true
    }

    fn ended(&mut self, how: Result<Id, tokio::task::JoinError>) {
        let id = how.unwrap_or_else(|error| {
            tracing::error!(%error, "an attempt to send ended badly; it is made again");
            error.id()
        });
        let Some(lane) = self.lanes.remove(&id) else { return };
        match self.used.get_mut(&lane) {
            Some(used) if *used > 1 => *used -= 1,
            _ => drop(self.used.remove(&lane)),
        }
    }
}

/// See [`Couriers::send_due`].
pub(super) async fn send_due(couriers: &Arc<Couriers>, engine: &Arc<Engine>) -> Result<(), Error> {
    let mut sending = Sending::default();
    loop {
        sending.take_due(engine, couriers).await?;
        if !sending.one_ends().await {
            return Ok(());
        }
    }
}

/// A worker that runs.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Worker {
    /// Begins to send.
    #[must_use]
    pub fn start(engine: Arc<Engine>, couriers: Arc<Couriers>) -> Self {
        let (stop, stopping) = watch::channel(false);
        Self { stop, running: tokio::spawn(run(engine, couriers, stopping)) }
    }

    /// Takes nothing more, and waits for what is on its way: a few seconds.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the one who sends ended badly");
        }
    }
}

async fn run(engine: Arc<Engine>, couriers: Arc<Couriers>, mut stopping: watch::Receiver<bool>) {
    let mut sending = Sending::default();
    let mut counted: Option<Instant> = None;
    loop {
        if counted.is_none_or(|at| at.elapsed() >= COUNT_EVERY) {
            counted = Some(Instant::now());
            if let Err(error) = engine.count_outbox().await {
                tracing::warn!(%error, "what waits in the outbox cannot be counted");
            }
        }
        let wait = sending.take_due(&engine, &couriers).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox cannot be looked at");
            AFTER_AN_ERROR
        });
        tokio::select! {
            () = engine.outbox_woken() => {}
            true = sending.one_ends() => {}
            () = tokio::time::sleep(wait) => {}
            told = couriers.sms.told() => drop(tokio::spawn(note(Arc::clone(&engine), told))),
            _ = stopping.changed() => break,
        }
    }
    while sending.one_ends().await {}
    couriers.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(used: &[(Lane, usize)]) -> Sending {
        Sending { used: used.iter().copied().collect(), ..Sending::default() }
    }

    fn room(sending: &Sending, kind: &str) -> Option<Room> {
        sending.rooms().into_iter().find(|room| room.kind == kind)
    }

    #[test]
    fn a_full_lane_is_left_out_and_the_others_go_on() {
        let [a, b] = [1, 2].map(|n| Some(Uuid::from_u128(n)));
        let busy = sending(&[(("webhook", a), 4), (("webhook", b), 3), (("push", a), 512)]);
        let webhooks = room(&busy, "webhook").unwrap();
        assert_eq!((webhooks.free, webhooks.full), (4, vec![a.unwrap()]));
        let pushes = room(&busy, "push").unwrap();
        assert_eq!((pushes.free, pushes.full), (512, vec![a.unwrap()]));
        assert_eq!(room(&busy, "sms").unwrap(), Room::wide("sms", 8));
    }

    #[test]
    fn a_kind_that_is_full_is_not_looked_for() {
        let lanes: Vec<_> = (0..8).map(|n| (("webhook", Some(Uuid::from_u128(n))), 4)).collect();
        let busy = sending(&lanes);
        assert_eq!(room(&busy, "webhook"), None);
        assert!(room(&busy, "push").is_some());
    }

    #[test]
    fn a_look_for_pushes_waits_until_it_is_worth_it() {
        let lane = ("push", Some(Uuid::from_u128(1)));
        assert_eq!(room(&sending(&[(lane, 500)]), "push").unwrap().full.len(), 1);
        assert_eq!(room(&sending(&[(lane, 448)]), "push").unwrap().full.len(), 0);
    }
}
