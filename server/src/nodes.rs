//! Several servers on one PostgreSQL database: what is woken on one of them is woken on all. One task per server sends
//! and hears; whatever it misses is found by the next look at the row, [`REREAD`](crate::wake::REREAD) later.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::id::{ChallengeId, from_base32, to_base32};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::engine::Engine;
use crate::store::postgres::Settings;
use crate::store::postgres::notices::{self, LONGEST, NoNotices, Receiving, Sending};
use crate::wake::Topic;

/// Topics in one transaction at most.
const AT_ONCE: usize = 4_096;
/// How long nothing is sent before we see whether the database is still there.
const SILENCE: Duration = Duration::from_secs(10);
/// How long to wait before connecting again, from the first to the last attempt.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How long the last words may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// In the place of a topic: more happened than there was room for.
const EVERYTHING: &str = "*";

/// This server among the others.
#[derive(Debug)]
pub struct Nodes {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Nodes {
    /// Begins to tell the others and to hear them. `me` is this server's name among them, new at each start.
    #[must_use]
    pub fn join(engine: Arc<Engine>, database: Settings, me: Uuid) -> Self {
        let topics = engine.tell_others();
        let (stop, stopping) = watch::channel(false);
        let node = Node { engine, database, me: to_base32(me), topics, unsent: Vec::new() };
        Self { task: tokio::spawn(node.run(stopping)), stop }
    }

    /// Sends what is still to be said and ends.
    pub async fn leave(self) {
        self.stop.send_replace(true);
        if self.task.await.is_err() {
            tracing::error!("the task that tells other servers ended badly");
        }
    }
}

struct Node {
    engine: Arc<Engine>,
    database: Settings,
    me: String,
    topics: mpsc::Receiver<Topic>,
    /// What a broken connection may not have delivered.
    unsent: Vec<Topic>,
}

impl Node {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut pause = BACK_OFF.0;
        loop {
            let ended = tokio::select! {
                ended = self.connected(&mut pause) => ended,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            if let Err(error) = ended {
                tracing::warn!(%error, "no news from other servers; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
            pause = (pause * 2).min(BACK_OFF.1);
        }
        // The connection of the loop was dropped with its future; the last words take a new one.
        self.topics.close();
        while let Ok(topic) = self.topics.try_recv() {
            self.unsent.push(topic);
        }
        if !self.unsent.is_empty() && tokio::time::timeout(FAREWELL, self.last_words()).await.is_err() {
            tracing::debug!("the other servers were not told everything; they find it themselves");
        }
    }

    async fn last_words(&mut self) -> Result<(), NoNotices> {
        let (sending, mut receiving) = notices::connect(&self.database).await?;
        tokio::select! {
            sent = self.send(&sending) => sent,
            lost = receiving.next() => lost.map(drop),
        }
    }

    /// One connection from its beginning to its end.
    async fn connected(&mut self, pause: &mut Duration) -> Result<(), NoNotices> {
        let (sending, receiving) = notices::connect(&self.database).await?;
        let (engine, me) = (Arc::clone(&self.engine), self.me.clone());
        tokio::select! {
            ended = hear(&engine, &me, receiving) => ended,
            ended = self.tell(&sending, pause) => ended,
        }
    }

    async fn tell(&mut self, sending: &Sending, pause: &mut Duration) -> Result<(), NoNotices> {
        sending.listen().await?;
        *pause = BACK_OFF.0;
        // Nobody knows what was said while we did not listen.
        self.engine.heard_everything();
        tracing::debug!("hearing other servers");
        loop {
            self.send(sending).await?;
            let room = AT_ONCE - self.unsent.len().min(AT_ONCE - 1);
            tokio::select! {
                _ = self.topics.recv_many(&mut self.unsent, room) => {}
                () = tokio::time::sleep(SILENCE) => {}
            }
        }
    }

    async fn send(&mut self, sending: &Sending) -> Result<(), NoNotices> {
        sending.send(&written(&self.me, &self.unsent, self.engine.told_too_much())).await?;
        self.unsent.clear();
        Ok(())
    }
}

async fn hear(engine: &Engine, me: &str, mut receiving: Receiving) -> Result<(), NoNotices> {
    loop {
        let notice = receiving.next().await?;
        let mut words = notice.split(' ');
        if words.next() == Some(me) {
            continue;
        }
        for word in words {
            match read(word) {
                Some(topic) => engine.heard(topic),
                // Too much, or something that only a later version says.
                None => engine.heard_everything(),
            }
        }
    }
}

/// Notices that begin with the sender and hold each topic once.
fn written(me: &str, topics: &[Topic], too_much: bool) -> Vec<String> {
    if too_much {
        return vec![format!("{me} {EVERYTHING}")];
    }
    let mut notices: Vec<String> = Vec::new();
    for topic in topics.iter().collect::<HashSet<_>>() {
        let word = word(topic);
        match notices.last_mut().filter(|notice| notice.len() + 1 + word.len() <= LONGEST) {
            Some(notice) => {
                notice.push(' ');
                notice.push_str(&word);
            }
            None => notices.push(format!("{me} {word}")),
        }
    }
    notices
}

fn word(topic: &Topic) -> String {
    match topic {
        Topic::Challenge(id) => format!("c{}", to_base32(id.0)),
        Topic::Inbox(user) => format!("i{}", to_base32(*user)),
        Topic::Transaction(id) => format!("t{}", to_base32(*id)),
        Topic::Message(job) => format!("m{}", to_base32(*job)),
    }
}

fn read(word: &str) -> Option<Topic> {
    let (kind, id) = word.split_at_checked(1)?;
    let id = from_base32(id)?;
    match kind {
        "c" => Some(Topic::Challenge(ChallengeId(id))),
        "i" => Some(Topic::Inbox(id)),
        "t" => Some(Topic::Transaction(id)),
        "m" => Some(Topic::Message(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(count: u128) -> Vec<Topic> {
        let all = |n| {
            let id = Uuid::from_u128(n);
            [Topic::Challenge(ChallengeId(id)), Topic::Inbox(id), Topic::Transaction(id), Topic::Message(id)]
        };
        (0..count).flat_map(all).collect()
    }

    #[test]
    fn every_topic_arrives_once_in_notices_that_fit() {
        let all = topics(1_000);
        let twice = [all.clone(), all.clone()].concat();
        let notices = written("me", &twice, false);
        assert!(
            notices.len() > 1 && notices.iter().all(|notice| notice.len() <= LONGEST),
            "{}",
            notices.len()
        );
        let heard: Vec<Topic> =
            notices.iter().flat_map(|n| n.split(' ').skip(1)).map(|word| read(word).unwrap()).collect();
        assert_eq!(heard.len(), all.len());
        assert_eq!(heard.into_iter().collect::<HashSet<_>>(), all.into_iter().collect());
    }

    #[test]
    fn too_much_is_one_short_notice_and_nothing_is_none() {
        assert_eq!(written("me", &topics(5_000), true), ["me *"]);
        assert!(written("me", &[], false).is_empty());
        assert_eq!(read("*"), None);
        assert_eq!(read(""), None);
        assert_eq!(read("x00000000000000000000000000"), None);
    }
}
