//! The other readers: a Python program of ours (`bench/peers/qr.py`) that takes frames and answers with what they read.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use super::kinds::Frame;
use super::tally::Reading;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/qr.py");

#[derive(Debug)]
pub(super) struct Peers {
    process: Child,
    frames: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What one of them read, and in how many milliseconds of CPU time.
#[derive(Debug, Deserialize)]
struct Answer {
    texts: Vec<String>,
    ms: f64,
}

impl Peers {
    pub(super) fn start(python: &Path) -> crate::Result<Self> {
        let mut process =
            Command::new(python).arg(PROGRAM).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let frames = process.stdin.take().ok_or("no pipe to the peers")?;
        let answers = process.stdout.take().ok_or("no pipe from the peers")?;
        Ok(Self { process, frames, answers: BufReader::new(answers) })
    }

    pub(super) fn read(&mut self, frame: &Frame) -> crate::Result<Vec<Reading>> {
        writeln!(self.frames, "{} {}", frame.width, frame.height)?;
        self.frames.write_all(&frame.pixels)?;
        self.frames.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err("the peers' program ended; what it said stands above".into());
        }
        let answers: BTreeMap<String, Answer> = serde_json::from_str(&line)?;
        let reading = |(reader, Answer { texts, ms })| Reading { reader, texts, hint: None, ms };
        Ok(answers.into_iter().map(reading).collect())
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
