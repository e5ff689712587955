//! A session with a message centre: one task for each account, which connects when there is something to send, keeps the
//! connection while it is of use, and matches answers and receipts with messages.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::TenantId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::link::{Down, Link};
use super::pdu::{
    ALERT_NOTIFICATION, ANSWER, DELIVER_SM, ENQUIRE_LINK, GENERIC_NACK, Pdu, SUBMIT_SM, SUBMIT_SM_RESP,
    UNBIND, UNBIND_RESP, report,
};
use super::window::Window;
use super::{Told, receipt};
use crate::engine::providers::SmppAccount;
use crate::engine::{Attempt, Targets, Then};

/// Longest wait for the answer to a message.
const ANSWERED: Duration = Duration::from_secs(5);
/// After so long without a word, the centre is asked whether it is there; and how long it then has.
const QUIET: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));
/// The waits between attempts to connect: the first, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// A connection is given back so long after the last message. Receipts of codes come within minutes.
const UNUSED: Duration = Duration::from_secs(3_600);
/// Longest wait for the answer to taking leave.
const LEAVE: Duration = Duration::from_secs(2);
/// Messages whose receipts are recognised at once; those of earlier ones are looked for in the database.
const REMEMBERED: usize = 5_000;
/// `command_status`: this is no command of mine.
const NO_SUCH_COMMAND: u32 = 0x03;

/// A message to be sent.
pub(super) struct Submission {
    /// The bodies of its parts.
    pub(super) parts: VecDeque<Vec<u8>>,
    /// Whose it is.
    pub(super) job: (TenantId, Uuid),
    /// Whoever waits for the outcome.
    pub(super) answer: oneshot::Sender<Attempt>,
}

/// What a session is told to do.
pub(super) enum Order {
    Submit(Submission),
    /// Take leave; the sender is dropped when that is done.
    Leave(oneshot::Sender<()>),
}

/// What a session keeps.
pub(super) struct Session {
    provider: Uuid,
    account: SmppAccount,
    targets: Arc<Targets>,
    orders: mpsc::Receiver<Order>,
    told: mpsc::Sender<Told>,
    link: Option<Link>,
    window: Window,
    waiting: VecDeque<Submission>,
    outstanding: HashMap<u32, (Submission, Instant)>,
    sequence: u32,
    heard_at: Instant,
    asked_at: Option<Instant>,
    used_at: Instant,
    /// The next attempt to connect, not before; the wait after it; why the last one failed.
    rest: Option<(Instant, Down)>,
    wait: Duration,
    names: Names,
}

/// The centre's names for the latest messages.
#[derive(Default)]
struct Names {
    jobs: HashMap<String, (TenantId, Uuid)>,
    order: VecDeque<String>,
}

impl Names {
    fn remember(&mut self, name: String, job: (TenantId, Uuid)) {
        if self.jobs.insert(name.clone(), job).is_none() {
            self.order.push_back(name);
        }
        if self.order.len() > REMEMBERED {
            self.order.pop_front().map(|oldest| self.jobs.remove(&oldest));
        }
    }
}

impl Session {
    /// Runs until nobody can give it orders any more.
    pub(super) fn start(
        provider: Uuid,
        account: SmppAccount,
        targets: Arc<Targets>,
        told: mpsc::Sender<Told>,
    ) -> mpsc::Sender<Order> {
        let (order, orders) = mpsc::channel(256);
        let now = Instant::now();
        let session = Self {
            provider,
            account,
            targets,
            orders,
            told,
            link: None,
            window: Window::new(),
            waiting: VecDeque::new(),
            outstanding: HashMap::new(),
            sequence: 1,
            heard_at: now,
            asked_at: None,
            used_at: now,
            rest: None,
            wait: WAITS.0,
            names: Names::default(),
        };
        tokio::spawn(session.run());
        order
    }

    async fn run(mut self) {
        loop {
            self.fill().await;
            let timer = self.next_timer();
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Submit(submission)) => self.take(submission).await,
                    Some(Order::Leave(_done)) => return self.leave().await,
                    None => return self.leave().await,
                },
                heard = hear(&mut self.link) => match heard {
                    Some(pdu) => self.heard(pdu).await,
                    None => self.down(Down::new("disconnected")),
                },
                () = sleep_until(timer) => self.tick().await,
            }
        }
    }

    /// A message to send: connects when there is no connection, unless that failed a moment ago.
    async fn take(&mut self, submission: Submission) {
        self.used_at = Instant::now();
        if self.link.is_none() {
            match self.rest {
                Some((until, why)) if until > Instant::now() => {
                    let _gone = submission.answer.send(refused(why, until));
                    return;
                }
                _ => self.connect().await,
            }
        }
        match (&self.link, self.rest) {
            (Some(_), _) | (None, None) => self.waiting.push_back(submission),
            (None, Some((until, why))) => drop(submission.answer.send(refused(why, until))),
        }
    }

    async fn connect(&mut self) {
        match Link::open(&self.targets, &self.account).await {
            Ok(link) => {
                let now = Instant::now();
                (self.link, self.window, self.sequence) = (Some(link), Window::new(), 1);
                (self.heard_at, self.asked_at, self.rest, self.wait) = (now, None, None, WAITS.0);
            }
            Err(down) => self.down(down),
        }
    }

    /// There is no connection any more: what was on its way may have arrived or not, and is tried again.
    fn down(&mut self, why: Down) {
        tracing::warn!(provider = %self.provider, error = why.word, status = why.status, "no session with the message centre");
        self.link = None;
        let until = Instant::now() + self.wait;
        self.wait = (self.wait * 2).min(WAITS.1);
        self.rest = Some((until, why));
        let outstanding =
            std::mem::take(&mut self.outstanding).into_values().map(|(submission, _)| submission);
        for submission in outstanding.chain(std::mem::take(&mut self.waiting)) {
            let _gone = submission.answer.send(refused(why, until));
        }
    }

    /// Sends as much as may be on its way at once.
    async fn fill(&mut self) {
        while self.link.is_some() && self.window.has_room(self.outstanding.len(), Instant::now()) {
            let Some(mut submission) = self.waiting.pop_front() else { return };
            // Nobody waits any more: it will be tried again, and need not go out twice.
            if submission.answer.is_closed() {
                continue;
            }
            let Some(body) = submission.parts.pop_front() else { continue };
            self.sequence = self.sequence % 0x7fff_ffff + 1;
            let pdu = Pdu::new(SUBMIT_SM, 0, self.sequence, body);
            self.outstanding.insert(self.sequence, (submission, Instant::now() + ANSWERED));
            self.say(pdu).await;
        }
    }

    async fn say(&mut self, pdu: Pdu) {
        if let Some(link) = &mut self.link
            && let Err(down) = link.say(&pdu).await
        {
            self.down(down);
        }
    }

    async fn heard(&mut self, pdu: Pdu) {
        (self.heard_at, self.asked_at) = (Instant::now(), None);
        match pdu.id {
            SUBMIT_SM_RESP | GENERIC_NACK => self.answered(&pdu),
            DELIVER_SM => {
                self.say(Pdu::new(DELIVER_SM | ANSWER, 0, pdu.sequence, vec![0])).await;
                self.delivered(&pdu);
            }
            ENQUIRE_LINK => self.say(Pdu::new(ENQUIRE_LINK | ANSWER, 0, pdu.sequence, Vec::new())).await,
            UNBIND => {
                self.say(Pdu::new(UNBIND_RESP, 0, pdu.sequence, Vec::new())).await;
                self.down(Down::new("disconnected"));
            }
            ALERT_NOTIFICATION => {}
            id if id & ANSWER == 0 => {
                self.say(Pdu::new(GENERIC_NACK, NO_SUCH_COMMAND, pdu.sequence, Vec::new())).await;
            }
            _ => {}
        }
    }

    /// The centre took a message or did not.
    fn answered(&mut self, pdu: &Pdu) {
        let Some((mut submission, _)) = self.outstanding.remove(&pdu.sequence) else { return };
        let status = u16::try_from(pdu.status).ok();
        if (pdu.id, pdu.status) != (SUBMIT_SM_RESP, 0) {
            let mut came = meaning(pdu.status);
            if came.error == Some("throttled") {
                came.then = Then::Again(Some(self.window.throttled(Instant::now())));
            }
            let _gone = submission.answer.send(Attempt { status, ..came });
            return;
        }
        self.window.taken();
        if !submission.parts.is_empty() {
            // The rest of a message goes before others, so that few phones wait for a part.
            submission.parts.make_contiguous();
            self.waiting.push_front(submission);
            return;
        }
        // The receipt is asked for the last part.
        let name = pdu.message_id();
        if let Some(name) = &name {
            self.names.remember(name.clone(), submission.job);
        }
        let _gone = submission.answer.send(Attempt::done(status, name));
    }

    /// A receipt, or a message from a person, which is nobody's here.
    fn delivered(&mut self, pdu: &Pdu) {
        let Some(report) = report(&pdu.body) else { return };
        let Some(said) = receipt::said(&report.state) else { return };
        let names = receipt::names(&report.message);
        let job = names.iter().find_map(|name| self.names.jobs.get(name)).copied();
        let told = Told { provider: self.provider, job, names, said };
        if self.told.try_send(told).is_err() {
            tracing::warn!(provider = %self.provider, "a receipt is left out: too many at once");
        }
    }

    fn next_timer(&self) -> Instant {
        let now = Instant::now();
        let idle = now + UNUSED;
        let Some(_) = &self.link else {
            return self.rest.map_or(idle, |(until, _)| until.max(now));
        };
        let quiet = self.asked_at.map_or(self.heard_at + QUIET.0, |asked| asked + QUIET.1);
        let answers = self.outstanding.values().map(|(_, until)| *until).min();
        let pause = self.window.pause_ends(now).filter(|_| !self.waiting.is_empty());
        [Some(quiet), answers, pause, Some(self.used_at + UNUSED)].into_iter().flatten().min().unwrap_or(idle)
    }

    /// Something that was to happen by now has not.
    async fn tick(&mut self) {
        let now = Instant::now();
        let in_use = self.used_at + UNUSED > now;
        if self.link.is_none() {
            match self.rest {
                // Receipts may still come.
                Some((until, _)) if until <= now && in_use => self.connect().await,
                Some((until, _)) if until <= now => self.rest = None,
                _ => {}
            }
            return;
        }
        let late: Vec<u32> =
            self.outstanding.iter().filter(|(_, (_, until))| *until <= now).map(|(seq, _)| *seq).collect();
        for sequence in late {
            if let Some((submission, _)) = self.outstanding.remove(&sequence) {
                let _gone = submission.answer.send(Attempt::failed("timeout"));
            }
        }
        if !in_use {
            self.part().await;
        } else if self.asked_at.is_some_and(|asked| asked + QUIET.1 <= now) {
            self.down(Down::new("silent"));
        } else if self.asked_at.is_none() && self.heard_at + QUIET.0 <= now {
            self.asked_at = Some(now);
            self.sequence = self.sequence % 0x7fff_ffff + 1;
            self.say(Pdu::new(ENQUIRE_LINK, 0, self.sequence, Vec::new())).await;
        }
    }

    /// Ends the session: what still waits is tried again later, by whoever runs then.
    async fn leave(mut self) {
        self.orders.close();
        self.part().await;
    }

    /// Unbinds, and closes the connection.
    async fn part(&mut self) {
        let Some(mut link) = self.link.take() else { return };
        self.sequence = self.sequence % 0x7fff_ffff + 1;
        let unbind = Pdu::new(UNBIND, 0, self.sequence, Vec::new());
        let leave = async {
            link.say(&unbind).await?;
            while let Some(pdu) = link.heard.recv().await {
                match pdu.id {
                    UNBIND_RESP => break,
                    // What crosses with our leave was delivered all the same.
                    DELIVER_SM => {
                        link.say(&Pdu::new(DELIVER_SM | ANSWER, 0, pdu.sequence, vec![0])).await?;
                        self.delivered(&pdu);
                    }
                    _ => {}
                }
            }
            Ok::<(), Down>(())
        };
        let _without_a_word_at_worst = tokio::time::timeout(LEAVE, leave).await;
    }
}

/// The next thing that the centre says; never while there is no connection.
async fn hear(link: &mut Option<Link>) -> Option<Pdu> {
    match link {
        Some(link) => link.heard.recv().await,
        None => std::future::pending().await,
    }
}

/// The attempt of a message that could not be sent for lack of a connection.
fn refused(why: Down, until: Instant) -> Attempt {
    let left = i64::try_from((until - Instant::now()).as_secs()).unwrap_or(0).max(1);
    let attempt = Attempt { status: why.status, then: Then::Again(Some(left)), ..Attempt::failed(why.word) };
    if why.trouble { attempt.in_trouble() } else { attempt }
}

/// What the centre's number means for a message (§5.1.3).
fn meaning(status: u32) -> Attempt {
    match status {
        // Throttled; message queue full.
        0x58 | 0x14 => Attempt::failed("throttled"),
        // Destination address; its type; its plan.
        0x0b | 0x50 | 0x51 => Attempt::dead("bad_number"),
        // The same of the source.
        0x0a | 0x48 | 0x49 => Attempt::failed("wrong_sender").in_trouble(),
        // Length, parameters, classes and formats: it would be the same the next time.
        0x01..=0x03 | 0x06 | 0x07 | 0x15 | 0x43 | 0x61..=0x63 | 0xc0..=0xc4 => Attempt::dead("rejected"),
        _ => Attempt::failed("provider_error"),
    }
}
