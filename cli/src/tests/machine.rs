//! A machine with a vault in a temporary folder, and a person who sits at it.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::host::{Clock, SystemRng};
use ratatui::crossterm::event::Event;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::args::{Global, Program};
use crate::commands;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Output, Style};
use crate::terminal::Terminal;

/// What was written. Clones are the same sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A person who answers in the order of a script and remembers what was asked.
#[derive(Debug, Default)]
pub(crate) struct Person {
    answers: Mutex<VecDeque<String>>,
    asked: Mutex<Vec<String>>,
}

impl Person {
    pub(crate) fn who_types(script: &[&str]) -> Arc<Self> {
        let answers = script.iter().map(|answer| (*answer).to_owned()).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: Mutex::default() })
    }

    fn next(&self, prompt: &str) -> io::Result<String> {
        self.asked.lock().unwrap().push(prompt.to_owned());
        self.answers.lock().unwrap().pop_front().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Terminal for Person {
    fn read_line(&self, prompt: &str) -> io::Result<Option<String>> {
        self.next(prompt).map(Some)
    }
    fn read_secret(&self, prompt: &str) -> io::Result<Zeroizing<String>> {
        self.next(prompt).map(Zeroizing::new)
    }
    fn event(&self, _: Duration) -> io::Result<Option<Event>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn discard_typed(&self) {}
    fn quiet(&self, _: bool) {}
}

/// Second 3 of a time step, so that no code ends while a test looks at it.
#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn unix_ms(&self) -> i64 {
        1_785_587_643_000
    }
}

pub(crate) struct Machine {
    pub(crate) folder: TempDir,
    pub(crate) vault: PathBuf,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) result: Result<(), Failure>,
    pub(crate) out: String,
    pub(crate) remarks: String,
    pub(crate) asked: Vec<String>,
}

impl Done {
    pub(crate) fn ok(self) -> String {
        self.result.unwrap();
        self.out
    }
    pub(crate) fn failure(&self) -> (u8, &str) {
        let failure = self.result.as_ref().unwrap_err();
        (failure.exit(), failure.code())
    }
    pub(crate) fn json(self) -> Vec<serde_json::Value> {
        self.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub(crate) const URI: &str =
    "otpauth://totp/GitHub:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub";
pub(crate) const SECRET: &str = "GEZDGNBVGY3TQOJQ";

impl Machine {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { vault: folder.path().join("deep/vault.db"), folder }
    }

    /// A machine with one entry, in a vault whose password is `pw`.
    pub(crate) async fn with_entry() -> Self {
        let machine = Self::new();
        machine.run(&["add", URI], Some(&["pw", "pw"])).await.ok();
        machine
    }

    /// Runs a command with a person who types `script`, or with nobody.
    pub(crate) async fn run(&self, line: &[&str], script: Option<&[&str]>) -> Done {
        use clap::Parser as _;
        let program = Program::parse_from(std::iter::once("countersign").chain(line.iter().copied()));
        let (paper, remarks) = (Paper::default(), Paper::default());
        let person = script.map(Person::who_types);
        let out = Output::new(
            program.global.json,
            false,
            Style::default(),
            Box::new(paper.clone()),
            Box::new(remarks.clone()),
        );
        let context = self.context(program.global, out, person.clone());
        let result = commands::run(context, program.command).await;
        let asked = person.map(|person| person.asked.lock().unwrap().clone()).unwrap_or_default();
        Done { result, out: paper.text(), remarks: remarks.text(), asked }
    }

    pub(crate) fn context(&self, global: Global, out: Output, person: Option<Arc<Person>>) -> Context {
        Context {
            global: Global { vault: Some(self.vault.clone()), ..global },
            program: "countersign".to_owned(),
            out,
            terminal: person.map(|person| person as Arc<dyn Terminal>),
            clock: Arc::new(Fixed),
            rng: Arc::new(SystemRng),
            state: Some(self.folder.path().join("state")),
            opened: Mutex::default(),
        }
    }
}
