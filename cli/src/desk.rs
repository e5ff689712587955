//! Watching the inbox: what changes is told as it happens and, when a person sits at the terminal, each request is put
//! to them in turn.
//!
//! An answer must never reach another request than the one it was typed for: what was typed when the prompt changes is
//! thrown away, and so is a line that comes too soon after the change to have been meant for it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::approve::AnswerResult;
use countersign_core::authenticator::{Authenticator, AuthenticatorError, PendingView};
use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::answering::{self, Typed};
use crate::context::Context;
use crate::exit::Failure;
use crate::follow::Follower;
use crate::progress::during;
use crate::requests::{self, Event};
use crate::terminal::Terminal;

/// Nobody reads a request and answers it in less; a line that is there sooner was not meant for it.
const TOO_SOON: Duration = Duration::from_millis(300);

/// A line being read.
type Reading = Option<JoinHandle<io::Result<Option<String>>>>;

/// See the head of this file.
pub(crate) struct Desk<'a> {
    context: &'a Context,
    authenticator: &'a Authenticator,
    person: Option<Arc<dyn Terminal>>,
    follower: Follower,
    asked: Option<Asked>,
    reading: Reading,
}

/// The request at the prompt.
struct Asked {
    request: PendingView,
    since: Instant,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(context: &'a Context, authenticator: &'a Authenticator) -> Self {
        let person = context.person().filter(|_| context.out.live);
        Self { context, authenticator, person, follower: Follower::default(), asked: None, reading: None }
    }

    /// Watches until the person ends it.
    pub(crate) async fn watch(mut self) -> Result<(), Failure> {
        let mut watch = self.authenticator.watch();
        loop {
            let expiry = self.follower.next_expiry();
            tokio::select! {
                inbox = watch.next() => {
                    let events = self.follower.take(inbox?, Instant::now());
                    self.tell(events)?;
                }
                line = next_line(&mut self.reading), if self.reading.is_some() => {
                    if !self.take_line(line?).await? {
                        return Ok(());
                    }
                }
                () = at(expiry), if expiry.is_some() => {
                    let events = self.follower.expire(Instant::now());
                    self.tell(events)?;
                }
            }
            self.ask()?;
        }
    }

    fn tell(&mut self, events: Vec<Event>) -> Result<(), Failure> {
        let (out, style) = (&self.context.out, self.context.out.style);
        if out.json {
            return events.iter().try_for_each(|event| out.fact(event));
        }
        // With nobody at the prompt, or one that is free, `ask` shows the request in full.
        let busy = self.asked.as_ref().is_some_and(|asked| self.follower.waits(asked.request.id));
        let lines: Vec<String> = events
            .iter()
            .flat_map(|event| match event {
                Event::Request(request) if self.person.is_none() => {
                    let mut lines = requests::words(request, style);
                    lines.push(requests::how_to_answer(request, &request.id.to_string()));
                    lines
                }
                Event::Request(_) if !busy => Vec::new(),
                event => vec![event.sentence()],
            })
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        if self.asked.is_none() {
            return out.line(&lines.join("\n"));
        }
        // The cursor stands behind the prompt.
        out.line(&format!("\n{}", lines.join("\n")))?;
        if let (Some(asked), Some(person), true) = (&self.asked, &self.person, busy) {
            // A new prompt begins empty, as it looks.
            person.discard_typed();
            out.write(&answering::prompt(&asked.request))?;
        }
        Ok(())
    }

    /// Puts the next request to the person, if one waits and none is at the prompt.
    fn ask(&mut self) -> Result<(), Failure> {
        let Some(person) = &self.person else { return Ok(()) };
        if self.asked.as_ref().is_some_and(|asked| !self.follower.waits(asked.request.id)) {
            self.asked = None;
        }
        if self.asked.is_none()
            && let Some(request) = self.follower.first(Instant::now())
        {
            // Whatever was typed until now cannot have been meant for it.
            person.discard_typed();
            let words = requests::words(&request, self.context.out.style).join("\n");
            self.context.out.line(&format!("\n{words}"))?;
            self.context.out.write(&answering::prompt(&request))?;
            self.asked = Some(Asked { request, since: Instant::now() });
        }
        if self.reading.is_none() {
            let person = person.clone();
            self.reading = Some(tokio::task::spawn_blocking(move || person.read_line("")));
        }
        Ok(())
    }

    /// Whether to go on.
    async fn take_line(&mut self, line: Option<String>) -> Result<bool, Failure> {
        let out = &self.context.out;
        let Some(line) = line else { return Ok(false) };
        let Some(asked) = &self.asked else {
            if matches!(line.trim(), "q" | "quit") {
                return Ok(false);
            }
            out.line("Nothing waits for an answer now. q ends.")?;
            return Ok(true);
        };
        let request = asked.request.clone();
        if asked.since.elapsed() < TOO_SOON {
            out.line("That was typed before this request was shown, so it was not taken as its answer.")?;
            out.write(&answering::prompt(&request))?;
            return Ok(true);
        }
        match answering::typed(&request, &line) {
            Typed::Quit => {
                self.asked = None;
                return Ok(false);
            }
            Typed::Nothing => {}
            Typed::Unclear(hint) => out.line(&hint)?,
            Typed::Approve(number) => self.decide(&request, Decision::Approve, number.as_deref()).await?,
            Typed::Deny => self.decide(&request, Decision::Deny, None).await?,
            Typed::Report => self.decide(&request, Decision::Report, None).await?,
        }
        if self.follower.waits(request.id) {
            out.write(&answering::prompt(&request))?;
        } else {
            self.asked = None;
        }
        Ok(true)
    }

    /// Waits beside the watching until the code was typed, so that the receipt gets into the history.
    fn record_later(&self, id: ChallengeId) {
        let authenticator = self.authenticator.clone();
        // What comes of it is seen where the code is typed; the watching goes on meanwhile.
        tokio::spawn(async move { authenticator.follow_code(id).await });
    }

    /// Sends the decision and says what came of it. Only what ends the watching is an error.
    async fn decide(
        &mut self,
        request: &PendingView,
        decision: Decision,
        number: Option<&str>,
    ) -> Result<(), Failure> {
        let out = &self.context.out;
        if request.verify && decision == Decision::Approve && !self.context.password_is_given() {
            match self.context.prove_presence(self.authenticator.vault()).await {
                Ok(()) => {}
                Err(failure) if failure.code() == "wrong_password" => {
                    return out.line("The password is wrong. Nothing was sent.");
                }
                Err(failure) => return Err(failure),
            }
        }
        let sent =
            during(out, "Sending the answer", send(self.authenticator, request.id, decision, number)).await;
        let words = match sent {
            Ok(result) => {
                if !result.still_open() {
                    self.follower.answered(request.id);
                }
                if matches!(result, AnswerResult::Code(_)) {
                    self.record_later(request.id);
                }
                answering::concluded(request, decision, result).map(|(_, words)| words)
            }
            Err(error) => {
                if matches!(
                    error,
                    AuthenticatorError::UnknownChallenge | AuthenticatorError::NotRecorded { .. }
                ) {
                    self.follower.answered(request.id);
                }
                Err(error.into())
            }
        };
        out.line(&words.unwrap_or_else(|failure| capitalised(failure.sentence())))
    }
}

impl Drop for Desk<'_> {
    /// The shell's prompt shall not stand behind ours.
    fn drop(&mut self) {
        if self.asked.is_some() {
            let _gone = self.context.out.write("\n");
        }
    }
}

/// Sends one decision.
pub(crate) async fn send(
    authenticator: &Authenticator,
    id: ChallengeId,
    decision: Decision,
    number: Option<&str>,
) -> Result<AnswerResult, AuthenticatorError> {
    match decision {
        Decision::Approve => authenticator.approve(id, number).await,
        Decision::Deny => authenticator.deny(id).await,
        Decision::Report => authenticator.report(id).await,
    }
}

async fn next_line(reading: &mut Reading) -> Result<Option<String>, Failure> {
    let Some(line) = reading else { return std::future::pending().await };
    let line = line.await;
    *reading = None;
    let unreadable = |e: String| Failure::failed("terminal", format!("the terminal could not be read ({e})"));
    line.map_err(|e| unreadable(e.to_string()))?.map_err(|e| unreadable(e.to_string()))
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// A failure's sentence as one of its own.
fn capitalised(sentence: &str) -> String {
    let mut rest = sentence.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", rest.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use countersign_core::authenticator::InboxView;

    use super::*;
    use crate::args::Global;
    use crate::output::{Output, Style};
    use crate::requests::tests::request;
    use crate::tests::{Machine, Paper, Person};

    /// Lines as they come from the terminal, and when they do.
    async fn told(lines: &[(&str, Duration)]) -> (String, bool) {
        let machine = Machine::with_entry().await;
        let paper = Paper::default();
        let sheet = Box::new(paper.clone());
        let out = Output::new(false, true, Style::default(), sheet, Box::new(io::sink()));
        let person = Person::who_types(&["pw"]);
        let context = machine.context(Global::default(), out, Some(person));
        let authenticator = context.open().await.unwrap();
        let mut desk = Desk::new(&context, &authenticator);
        let inbox = InboxView { pending: vec![request(1, None)], ..InboxView::default() };
        let events = desk.follower.take(inbox, Instant::now());
        desk.tell(events).unwrap();
        desk.ask().unwrap();
        let mut goes_on = true;
        for (line, after) in lines {
            tokio::time::sleep(*after).await;
            goes_on = desk.take_line(Some((*line).to_owned())).await.unwrap();
        }
        drop(desk);
        (paper.text(), goes_on)
    }

    #[tokio::test]
    async fn an_answer_that_comes_too_soon_was_meant_for_another_request() {
        let (text, goes_on) = told(&[("n", Duration::ZERO)]).await;
        assert!(goes_on && text.contains("typed before this request was shown"), "{text}");
        assert!(text.trim_end().ends_with("r = it was not me:"), "asked again: {text}");
        let (text, _) = told(&[("n", TOO_SOON)]).await;
        assert!(!text.contains("typed before"), "{text}");
        assert!(text.contains("No such request waits"), "it was sent: {text}");
    }

    #[tokio::test]
    async fn the_prompt_is_left_with_q() {
        let (text, goes_on) = told(&[("maybe", TOO_SOON), ("q", Duration::ZERO)]).await;
        assert!(!goes_on && text.contains("Nothing was sent"), "{text}");
    }
}
