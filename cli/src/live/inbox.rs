//! `inbox --watch` on a terminal: requests as they come, one of them at the prompt, answered right there.
//!
//! An answer must never reach another request than the one it was typed for: when another request comes to the prompt,
//! what was typed is thrown away, and a key that was pressed before it was shown, or too soon after to have been meant
//! for it, is not taken.

use std::time::Duration;

use countersign_core::approve::AnswerResult;
use countersign_core::authenticator::{Authenticator, PendingView};
use countersign_protocol::answer::Decision;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::keys::{Key, Keys, Pressed};
use super::line::Line;
use super::stage::Stage;
use super::{Theme, to_next_second};
use crate::answering::{self, Typed};
use crate::context::Context;
use crate::desk;
use crate::exit::Failure;
use crate::follow::Follower;
use crate::requests::Event;

/// Nobody reads a request and answers it in less; a key that comes sooner was not meant for it.
const TOO_SOON: Duration = Duration::from_millis(300);
/// What was told last, in lines.
const TOLD: usize = 50;

/// What is being sent, and what came of it.
type Sending = Option<(PendingView, Decision, JoinHandle<Result<AnswerResult, Failure>>)>;

/// What the view shows. It is painted by `inbox_painted`.
pub(super) struct Inbox<'a> {
    context: &'a Context,
    authenticator: &'a Authenticator,
    pub(super) theme: Theme,
    pub(super) accounts: usize,
    follower: Follower,
    pub(super) asked: Option<Asked>,
    pub(super) typed: Line,
    pub(super) sending: Sending,
    /// What happened, the newest last.
    pub(super) told: Vec<String>,
    /// A code that the person has to type elsewhere.
    pub(super) code: Option<Zeroizing<String>>,
    /// Decisions that took effect, to be told when the view has ended.
    decided: Vec<String>,
}

/// The request at the prompt.
pub(super) struct Asked {
    pub(super) request: PendingView,
    /// Since when it can be seen; none before it was painted.
    shown: Option<Instant>,
    /// The number, once the person has said yes and only the password is missing.
    pub(super) proving: Option<Option<String>>,
}

/// Shows requests until the person ends it.
pub(crate) async fn watch(context: &Context, authenticator: &Authenticator) -> Result<(), Failure> {
    let Some(person) = context.person() else { return Err(Failure::usage("no_terminal", "nobody is there")) };
    let mut stage = Stage::enter(&context.out, Some(person.clone()))?;
    let mut keys = Keys::of(person.clone());
    let mut inbox = Inbox::new(context, authenticator)?;
    let mut watch = authenticator.watch();
    let result = loop {
        if inbox.choose(Instant::now()) {
            person.discard_typed();
        }
        stage.show(|frame| inbox.paint(frame))?;
        inbox.was_shown(Instant::now());
        tokio::select! {
            news = watch.next() => match news {
                Ok(news) => {
                    let events = inbox.follower.take(news, Instant::now());
                    inbox.tell(&events);
                }
                Err(error) => break Err(error.into()),
            },
            pressed = keys.next() => {
                if !inbox.press(pressed?) {
                    break Ok(());
                }
            }
            sent = sent(&mut inbox.sending), if inbox.sending.is_some() => inbox.conclude(sent),
            () = tokio::time::sleep(to_next_second(context)) => {
                let events = inbox.follower.expire(Instant::now());
                inbox.tell(&events);
            }
        }
    };
    drop(stage);
    inbox.decided.iter().try_for_each(|words| context.out.line(words))?;
    result
}

async fn sent(sending: &mut Sending) -> Result<AnswerResult, Failure> {
    let Some((_, _, task)) = sending else { return std::future::pending().await };
    task.await.unwrap_or_else(|e| Err(Failure::failed("internal", e.to_string())))
}

impl<'a> Inbox<'a> {
    fn new(context: &'a Context, authenticator: &'a Authenticator) -> Result<Self, Failure> {
        Ok(Self {
            context,
            authenticator,
            theme: Theme::of(context),
            accounts: authenticator.accounts()?.len(),
            follower: Follower::default(),
            asked: None,
            typed: Line::empty(),
            sending: None,
            told: Vec::new(),
            code: None,
            decided: Vec::new(),
        })
    }

    /// The requests that wait behind the one at the prompt.
    pub(super) fn others(&self) -> Vec<PendingView> {
        let at_prompt = self.asked.as_ref().map(|asked| asked.request.id);
        let mut waiting = self.follower.waiting(Instant::now());
        waiting.retain(|request| Some(request.id) != at_prompt);
        waiting
    }

    /// Puts the request that has waited longest to the person, if none is at the prompt or that one waits no more, and
    /// brings its time up to date. Whether it is another one.
    fn choose(&mut self, now: Instant) -> bool {
        let waiting = self.follower.waiting(now);
        if let Some(asked) = &mut self.asked
            && let Some(request) = waiting.iter().find(|request| request.id == asked.request.id)
        {
            asked.request.seconds_left = request.seconds_left;
            return false;
        }
        let busy = self.sending.is_some();
        let next = waiting.into_iter().next().filter(|_| !busy);
        let changed = self.asked.is_some() || next.is_some();
        self.asked = next.map(|request| Asked { request, shown: None, proving: None });
        if changed {
            // Whatever was typed until now cannot have been meant for it.
            drop(self.typed.finish());
        }
        changed
    }

    fn was_shown(&mut self, now: Instant) {
        if let Some(asked) = &mut self.asked {
            asked.shown.get_or_insert(now);
        }
    }

    fn tell(&mut self, events: &[Event]) {
        // A request is seen at the prompt or among those that wait.
        let news = events.iter().filter(|event| !matches!(event, Event::Request(_)));
        let sentences: Vec<String> = news.map(Event::sentence).collect();
        sentences.into_iter().for_each(|sentence| self.say(sentence));
    }

    fn say(&mut self, sentence: impl Into<String>) {
        self.told.push(sentence.into());
        let old = self.told.len().saturating_sub(TOLD);
        self.told.drain(..old);
    }

    /// Whether to go on.
    fn press(&mut self, (key, at): Pressed) -> bool {
        let Some(key) = key else { return true };
        match (key, &mut self.asked) {
            (Key::End, _) | (Key::Character('q'), None) => return false,
            (Key::Character('q'), Some(Asked { proving: None, .. })) if self.typed.text().is_empty() => {
                return false;
            }
            (Key::Back, _) if self.code.is_some() => self.code = None,
            _ if self.sending.is_some() => {}
            (_, Some(asked)) => {
                let meant = asked.shown.and_then(|shown| at.checked_duration_since(shown));
                if meant.is_none_or(|after| after < TOO_SOON) {
                    drop(self.typed.finish());
                    self.say("What was typed before this request was shown was not taken as its answer.");
                } else if key == Key::Back {
                    asked.proving = None;
                    drop(self.typed.finish());
                } else if key == Key::Enter {
                    self.enter();
                } else {
                    self.typed.take(key);
                }
            }
            _ => {}
        }
        true
    }

    /// A line was typed at the prompt.
    fn enter(&mut self) {
        let Some(asked) = &mut self.asked else { return };
        let line = self.typed.finish();
        let request = asked.request.clone();
        if let Some(number) = asked.proving.take() {
            return self.send(request, Decision::Approve, number, Some(line));
        }
        match answering::typed(&request, &line) {
            Typed::Nothing | Typed::Quit => {}
            Typed::Unclear(hint) => self.say(hint),
            Typed::Approve(number) if request.verify && !self.context.password_is_given() => {
                asked.proving = Some(number);
            }
            Typed::Approve(number) => self.send(request, Decision::Approve, number, None),
            Typed::Deny => self.send(request, Decision::Deny, None, None),
            Typed::Report => self.send(request, Decision::Report, None, None),
        }
    }

    /// Sends a decision beside the view; with a password, only if it is the vault's.
    fn send(
        &mut self,
        request: PendingView,
        decision: Decision,
        number: Option<String>,
        password: Option<Zeroizing<String>>,
    ) {
        self.code = None;
        let (authenticator, id) = (self.authenticator.clone(), request.id);
        let proof = password.map(|password| self.context.presence(authenticator.vault(), password));
        let task = tokio::spawn(async move {
            if let Some(proof) = proof {
                proof.await?;
            }
            Ok(desk::send(&authenticator, id, decision, number.as_deref()).await?)
        });
        self.sending = Some((request, decision, task));
    }

    /// Says what came of what was sent.
    fn conclude(&mut self, sent: Result<AnswerResult, Failure>) {
        let Some((request, decision, _)) = self.sending.take() else { return };
        let result = match sent {
            Ok(result) => result,
            Err(failure) if failure.code() == "wrong_password" => {
                return self.say("The password is wrong. Nothing was sent.");
            }
            Err(failure) => {
                // It waits no longer here, whatever the server still lists.
                if matches!(failure.code(), "unknown_challenge" | "answered_not_recorded") {
                    self.follower.answered(request.id);
                }
                return self.say(capitalised(failure.sentence()));
            }
        };
        if !result.still_open() {
            self.follower.answered(request.id);
        }
        let shows_code = matches!(result, AnswerResult::Code(_));
        if shows_code {
            let (authenticator, id) = (self.authenticator.clone(), request.id);
            // What comes of it is seen where the code is typed; waiting for it gets the receipt into the history.
            tokio::spawn(async move { authenticator.follow_code(id).await });
        }
        match answering::concluded(&request, decision, result) {
            Ok((_, words)) if shows_code => self.code = Some(Zeroizing::new(words)),
            Ok((_, words)) => {
                self.decided.push(words.clone());
                self.say(words);
            }
            Err(failure) => self.say(capitalised(failure.sentence())),
        }
    }
}

/// A failure's sentence as one of its own.
fn capitalised(sentence: &str) -> String {
    let mut rest = sentence.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", rest.as_str().trim_end_matches('.'))
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
