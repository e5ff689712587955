//! One sign-in in one of the ways that the bank knows: where it stands, and what it has to remember.

use std::collections::BTreeMap;

use countersign_server::host::Clock;

use super::calls::{Answer, Calls, Request};
use super::{Place, acceptto, auth0, mpass, mypass, reltio};
use crate::operator::{Client, Operator};

/// The ways to sign in, one for each dialect, and a second one for Auth0's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Mypass,
    Auth0,
    Auth0Otp,
    Reltio,
    Acceptto,
    Mpass,
}

impl Way {
    pub(super) const ALL: [Self; 6] =
        [Self::Mypass, Self::Auth0, Self::Auth0Otp, Self::Reltio, Self::Acceptto, Self::Mpass];

    /// As it stands in addresses.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Mypass => "mypass",
            Self::Auth0 => "auth0",
            Self::Auth0Otp => "auth0-otp",
            Self::Reltio => "reltio",
            Self::Acceptto => "acceptto",
            Self::Mpass => "mpass",
        }
    }

    /// Its page.
    pub(super) fn here(self) -> String {
        format!("/demo/{}", self.word())
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// Whether it asks the phone that was enrolled.
    pub(super) fn needs_phone(self) -> bool {
        matches!(self, Self::Mypass | Self::Auth0 | Self::Acceptto)
    }

    /// What the person is called in it. Whoever has a phone would be asked for it where an app with codes is set up, so
    /// those ways have a person each.
    pub(super) fn person(self, visitor: &str) -> String {
        match self {
            Self::Mypass | Self::Auth0 | Self::Acceptto | Self::Mpass => visitor.to_owned(),
            Self::Auth0Otp | Self::Reltio => format!("{visitor}-{}", self.word()),
        }
    }
}

/// How a sign-in stands.
#[derive(Debug)]
pub(super) enum Stage {
    /// The phone is asked. Where there is a number, the page shows it.
    Wait { number: Option<String> },
    /// A code is typed here.
    Type { code: Code, wrong: bool },
    /// The person goes on to the server's own pages, and comes back.
    Leave { url: String },
    /// It is over, and the person is in.
    In,
    /// It is over, and nobody is in.
    Over(Over),
}

/// Which code is typed.
#[derive(Debug, Clone)]
pub(super) enum Code {
    /// Of an app that is set up with this link; its first code makes it count.
    First { uri: String },
    /// Of the app that is set up. `again`: its last code was used up a moment ago.
    App { again: bool },
    /// That was sent to a number.
    Sent { to: String },
}

/// Why nobody is in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    Denied,
    Expired,
    Cancelled,
    /// Nothing can be asked: no phone is enrolled.
    NoPhone,
    /// Nobody used the link for a phone in time.
    LinkEnded,
    /// The number that was typed is none.
    NoNumber,
    /// Too much was asked or guessed; seconds to wait, where the server says so.
    Busy(Option<i64>),
    /// The server does not answer.
    Away,
    /// Somebody came back with another sign-in than the one that was begun here.
    Astray,
    /// Any other answer, in the server's own words.
    Refused {
        status: u16,
        said: String,
    },
}

impl Over {
    /// For an answer that no rule of a dialect explains.
    pub(super) fn of(answer: &Answer) -> Self {
        let words = ["error_description", "message", "description", "error", "detail"]
            .map(|field| answer.text(field));
        let said = words.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        match answer.status {
            429 => Self::Busy(answer.retry_after),
            status => Self::Refused { status, said: said.to_owned() },
        }
    }
}

/// One sign-in.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) way: Way,
    pub(super) stage: Stage,
    pub(super) calls: Calls,
    /// Tokens and ids that the next call needs.
    kept: BTreeMap<&'static str, String>,
    /// Milliseconds since 1970 before which nothing is asked again.
    next_look: i64,
}

impl Run {
    pub(super) fn new(way: Way) -> Self {
        Self {
            way,
            stage: Stage::Wait { number: None },
            calls: Calls::default(),
            kept: BTreeMap::new(),
            next_look: 0,
        }
    }

    /// A word that changes whenever the page has something else to show.
    pub(super) fn mark(&self) -> &'static str {
        match &self.stage {
            Stage::Wait { .. } => "waiting",
            Stage::Type { .. } => "typing",
            Stage::Leave { .. } => "leaving",
            Stage::In => "in",
            Stage::Over(_) => "over",
        }
    }
}

/// Everything that a step of a sign-in needs.
pub(super) struct Desk<'a> {
    pub(super) place: &'a Place,
    pub(super) operator: &'a Operator,
    pub(super) http: &'a reqwest::Client,
    pub(super) clock: &'a dyn Clock,
    pub(super) run: &'a mut Run,
    /// What the visitor is called.
    pub(super) visitor: &'a str,
    /// Where the visitor's browser reaches the bank.
    pub(super) origin: &'a str,
}

/// Where a step leads.
pub(super) type Step = Result<Stage, Over>;

impl Desk<'_> {
    pub(super) async fn call(&mut self, request: Request) -> Result<Answer, Over> {
        self.run.calls.make(self.http, self.clock, request).await.map_err(|_| Over::Away)
    }

    /// An address of the server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.place.base)
    }

    /// What the person is called in this way to sign in.
    pub(super) fn person(&self) -> String {
        self.run.way.person(self.visitor)
    }

    pub(super) fn keep(&mut self, name: &'static str, text: &str) {
        self.run.kept.insert(name, text.to_owned());
    }

    pub(super) fn kept(&self, name: &'static str) -> String {
        self.run.kept.get(name).cloned().unwrap_or_default()
    }

    /// Nothing is asked for so many seconds.
    pub(super) fn rest(&mut self, seconds: i64) {
        self.run.next_look = self.clock.unix_ms().saturating_add(seconds.saturating_mul(1000));
    }

    /// The person has a password at the bank, as the operator gave it.
    pub(super) async fn make_known(&self) -> Result<(), Over> {
        self.operator.make_known(&self.person()).await.map_err(|_| Over::Away)
    }

    /// From here on the secret is masked on the pages.
    pub(super) fn show_as(&mut self, name: &str, client: &Client) -> Client {
        self.run.calls.secrets.learn(name, &client.secret);
        client.clone()
    }

    /// Begins. `typed` is what stood in the form.
    pub(super) async fn begin(&mut self, typed: &str) {
        let step = match self.run.way {
            Way::Mypass => mypass::begin(self).await,
            Way::Auth0 => auth0::begin_push(self).await,
            Way::Auth0Otp => auth0::begin_otp(self).await,
            Way::Reltio => reltio::begin(self).await,
            Way::Acceptto => acceptto::begin(self).await,
            Way::Mpass => mpass::begin(self, typed).await,
        };
        self.stand(step);
    }

    /// Looks whether the phone has answered, if there is anything to look for and it is time to.
    pub(super) async fn look(&mut self) {
        if !matches!(self.run.stage, Stage::Wait { .. }) || self.clock.unix_ms() < self.run.next_look {
            return;
        }
        let found = match self.run.way {
            Way::Mypass => mypass::look(self).await,
            Way::Auth0 => auth0::look(self).await,
            _ => Ok(None),
        };
        match found {
            Ok(None) => {}
            Ok(Some(stage)) => self.run.stage = stage,
            Err(over) => self.run.stage = Stage::Over(over),
        }
    }

    /// A code was typed.
    pub(super) async fn submit(&mut self, typed: &str) {
        let Stage::Type { code, .. } = &self.run.stage else { return };
        let code = code.clone();
        let step = match self.run.way {
            Way::Auth0Otp => auth0::submit(self, code, typed).await,
            Way::Reltio => reltio::submit(self, code, typed).await,
            Way::Mpass => mpass::submit(self, code, typed).await,
            _ => return,
        };
        self.stand(step);
    }

    /// The person has changed their mind.
    pub(super) async fn cancel(&mut self) {
        if matches!(self.run.stage, Stage::In | Stage::Over(_)) {
            return;
        }
        let step = match self.run.way {
            Way::Mypass => mypass::cancel(self).await,
            _ => Err(Over::Cancelled),
        };
        self.stand(step);
    }

    /// The browser came back from the server's pages with this channel.
    pub(super) async fn come_back(&mut self, channel: &str) {
        // What is over stays as it ended, whoever follows the link once more.
        if matches!(self.run.stage, Stage::In | Stage::Over(_)) {
            return;
        }
        let step = acceptto::come_back(self, channel).await;
        self.stand(step);
    }

    fn stand(&mut self, step: Step) {
        self.run.stage = step.unwrap_or_else(Stage::Over);
    }
}
