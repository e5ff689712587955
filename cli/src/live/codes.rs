//! `codes --watch` on a terminal: the codes as they run, to search in, to copy, to show and to count on.

use std::time::Duration;

use countersign_core::authenticator::{
    Authenticator, AuthenticatorError, CodeView, CodesQuery, CodesView, EntryId, EntryKind,
};
use countersign_core::vault::VaultError;
use tokio::time::Instant;

use super::clipboard::Clipboard;
use super::keys::{Key, Keys};
use super::stage::Stage;
use super::{Theme, to_next_second};
use crate::codes::{name, why_none};
use crate::context::Context;
use crate::exit::Failure;
use crate::moment;

/// How long a message stays.
const MESSAGE: Duration = Duration::from_secs(6);
/// Rows that a page key goes.
const PAGE: usize = 10;

/// What the view shows. It is painted by `codes_painted`.
pub(super) struct Codes<'a> {
    authenticator: &'a Authenticator,
    pub(super) theme: Theme,
    query: CodesQuery,
    pub(super) view: CodesView,
    pub(super) selected: Option<EntryId>,
    /// Letters go into the search.
    pub(super) searching: bool,
    /// Shown although codes are hidden.
    revealed: Option<EntryId>,
    message: Option<(String, Instant)>,
    clipboard: Clipboard,
    last_key: Instant,
}

/// How the view ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    ByThePerson,
    /// Nobody has pressed a key for so many seconds.
    Idle(u32),
}

/// Shows the codes until the person ends it.
pub(crate) async fn watch(
    context: &Context,
    authenticator: &Authenticator,
    search: &str,
) -> Result<(), Failure> {
    let Some(person) = context.person() else { return Err(Failure::usage("no_terminal", "nobody is there")) };
    let mut stage = Stage::enter(&context.out, Some(person.clone()))?;
    let mut keys = Keys::of(person);
    let mut codes = Codes::new(context, authenticator, search)?;
    let end = loop {
        codes.refresh(Instant::now())?;
        stage.show(|frame| codes.paint(frame))?;
        let pressed = tokio::select! {
            pressed = keys.next() => pressed?.0,
            () = tokio::time::sleep(to_next_second(context)) => None,
        };
        let now = Instant::now();
        let end = match pressed {
            Some(key) => codes.press(key, now)?,
            None => codes.idle(now)?,
        };
        if let Some(end) = end {
            break end;
        }
    };
    drop(codes);
    drop(stage);
    if let End::Idle(seconds) = end {
        authenticator.lock();
        let time = moment::length(seconds.into());
        context
            .out
            .remark(&format!("Locked after {time} without a key. `countersign settings lock 0` ends that."));
    }
    Ok(())
}

impl<'a> Codes<'a> {
    fn new(context: &Context, authenticator: &'a Authenticator, search: &str) -> Result<Self, Failure> {
        let query = CodesQuery { search: search.to_owned(), tag: None };
        let view = authenticator.codes(&query)?;
        Ok(Self {
            authenticator,
            theme: Theme::of(context),
            query,
            selected: view.rows.first().map(|row| row.id.clone()),
            view,
            searching: false,
            revealed: None,
            message: None,
            clipboard: Clipboard::new(&context.out),
            last_key: Instant::now(),
        })
    }

    /// Takes in what the vault and the clock say now.
    fn refresh(&mut self, now: Instant) -> Result<(), Failure> {
        // Another process may add or remove entries meanwhile. One that is writing just now is no reason to stop.
        match self.authenticator.vault().refresh() {
            Ok(_) | Err(VaultError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
        self.view = self.authenticator.codes(&self.query)?;
        if let Some(revealed) = &self.revealed {
            match self.view.rows.iter_mut().find(|row| row.id == *revealed) {
                Some(row) => *row = self.authenticator.code(revealed)?,
                None => self.revealed = None,
            }
        }
        if self.place().is_none() {
            self.selected = self.view.rows.first().map(|row| row.id.clone());
        }
        if self.clipboard.wipe_if_due(now)? {
            self.say("The clipboard was wiped.", now);
        }
        if self.message.as_ref().is_some_and(|(_, since)| now.duration_since(*since) > MESSAGE) {
            self.message = None;
        }
        Ok(())
    }

    /// The selected row's place.
    pub(super) fn place(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.view.rows.iter().position(|row| row.id == *selected)
    }

    pub(super) fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|(text, _)| text.as_str())
    }

    fn press(&mut self, key: Key, now: Instant) -> Result<Option<End>, Failure> {
        self.last_key = now;
        match key {
            Key::End => return Ok(Some(End::ByThePerson)),
            Key::Up => self.go(|at| at.saturating_sub(1)),
            Key::Down => self.go(|at| at + 1),
            Key::PageUp => self.go(|at| at.saturating_sub(PAGE)),
            Key::PageDown => self.go(|at| at + PAGE),
            Key::First => self.go(|_| 0),
            Key::Last => self.go(|_| usize::MAX),
            Key::Back => {
                self.searching = false;
                self.query.search.clear();
            }
            Key::Enter if self.searching => self.searching = false,
            Key::Character(letter) if self.searching => self.query.search.push(letter),
            Key::Erase if self.searching => drop(self.query.search.pop()),
            Key::Enter | Key::Character('c') => self.copy(now)?,
            Key::Character('/') => self.searching = true,
            Key::Character(' ' | 'v') => self.reveal(now),
            Key::Character('n') => self.next_code(now)?,
            Key::Character('t') => self.next_tag(),
            Key::Character('j') => self.go(|at| at + 1),
            Key::Character('k') => self.go(|at| at.saturating_sub(1)),
            Key::Character('q') => return Ok(Some(End::ByThePerson)),
            Key::Character(_) | Key::Erase => {}
        }
        Ok(None)
    }

    /// The person's own wish for how long the vault stays open without them.
    fn idle(&self, now: Instant) -> Result<Option<End>, Failure> {
        let seconds = self.authenticator.settings()?.lock.idle_seconds;
        let over = now.duration_since(self.last_key) >= Duration::from_secs(seconds.into());
        Ok((seconds > 0 && over).then_some(End::Idle(seconds)))
    }

    fn say(&mut self, text: impl Into<String>, now: Instant) {
        self.message = Some((text.into(), now));
    }

    fn go(&mut self, to: impl FnOnce(usize) -> usize) {
        let last = self.view.rows.len().saturating_sub(1);
        let place = to(self.place().unwrap_or_default()).min(last);
        self.selected = self.view.rows.get(place).map(|row| row.id.clone());
    }

    fn row(&self) -> Option<&CodeView> {
        self.view.rows.get(self.place()?)
    }

    fn copy(&mut self, now: Instant) -> Result<(), Failure> {
        let Some(row) = self.row() else { return Ok(()) };
        let (id, name) = (row.id.clone(), name(row.issuer.as_deref(), &row.account));
        let row = self.authenticator.code(&id)?;
        let Some(code) = &row.code else {
            self.say(why_none(&row), now);
            return Ok(());
        };
        let seconds = self.authenticator.settings()?.clipboard_seconds;
        self.clipboard.copy(code, Duration::from_secs(seconds.into()), now)?;
        let noted = self.authenticator.used(&id);
        self.say(
            format!(
                "Copied the code of {name}, if this terminal lets programs copy. It is wiped in {seconds} s, or when you quit."
            ),
            now,
        );
        // It was copied all the same; a vault that is busy just now only loses a count.
        match noted {
            Err(AuthenticatorError::Vault(VaultError::Busy)) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Shows the selected code although codes are hidden, or hides it again.
    fn reveal(&mut self, now: Instant) {
        let Some((id, hidden)) = self.row().map(|row| (row.id.clone(), row.hidden)) else { return };
        if self.revealed.as_ref() == Some(&id) {
            self.revealed = None;
        } else if hidden {
            self.revealed = Some(id);
        } else {
            self.say("This code is not hidden. `countersign settings hide_codes on` hides them all.", now);
        }
    }

    fn next_code(&mut self, now: Instant) -> Result<(), Failure> {
        let Some((id, kind)) = self.row().map(|row| (row.id.clone(), row.kind)) else { return Ok(()) };
        if kind != EntryKind::Hotp {
            self.say("The codes of this entry follow the time; there is no next one to ask for.", now);
            return Ok(());
        }
        match self.authenticator.next_code(&id) {
            Ok(_) => {
                self.revealed = Some(id);
                self.say("This is the next code; the one before is no longer good.", now);
                Ok(())
            }
            Err(error @ AuthenticatorError::Vault(VaultError::Busy)) => {
                self.say(error.to_string(), now);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// All entries, then those of each tag in turn.
    fn next_tag(&mut self) {
        let tags = &self.view.tags;
        let next = match &self.query.tag {
            None => tags.first(),
            Some(tag) => tags.iter().skip_while(|other| other.tag != *tag).nth(1),
        };
        self.query.tag = next.map(|tag| tag.tag.clone());
    }
}

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
