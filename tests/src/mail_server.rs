//! A mail server that keeps what it is given, and answers as a test tells it to (RFC 5321, as much as is needed).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::NEVER;

/// What it answers to the commands that a test names, in place of the usual.
type Answers = Arc<Mutex<HashMap<&'static str, &'static str>>>;

/// A mail server.
#[derive(Debug)]
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    answers: Answers,
    mails: mpsc::UnboundedReceiver<Letter>,
    serving: JoinHandle<()>,
}

/// A mail that was taken.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// `MAIL FROM`, as it was said.
    pub from: String,
    /// `RCPT TO`, as it was said.
    pub to: String,
    /// Head and body.
    pub text: String,
}

impl MailServer {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Answers::default();
        let (taken, mails) = mpsc::unbounded_channel();
        let served = Arc::clone(&answers);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up in the middle has said enough.
                tokio::spawn(talk(BufReader::new(stream), Arc::clone(&served), taken.clone()));
            }
        });
        Self { address, answers, mails, serving }
    }

    /// Answers `line` to a command from now on, e.g. to `RCPT`.
    pub fn answer(&self, command: &'static str, line: &'static str) {
        self.answers.lock().unwrap().insert(command, line);
    }

    /// Answers as usual again.
    pub fn be_good(&self) {
        self.answers.lock().unwrap().clear();
    }

    /// The next mail, which must come.
    pub async fn next(&mut self) -> Letter {
        let next = tokio::time::timeout(NEVER, self.mails.recv());
        next.await.expect("a mail is sent").expect("the mail server runs")
    }

    /// The mails that have come and were not looked at.
    pub fn rest(&mut self) -> Vec<Letter> {
        std::iter::from_fn(|| self.mails.try_recv().ok()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn talk(
    mut stream: BufReader<TcpStream>,
    answers: Answers,
    taken: mpsc::UnboundedSender<Letter>,
) -> Option<()> {
    let mut letter = Letter::default();
    say(&mut stream, "220 mail.example.org ESMTP").await?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
        let command = line.trim_end();
        let verb = command.split([' ', ':']).next()?.to_ascii_uppercase();
        let told = answers.lock().unwrap().get(verb.as_str()).copied();
        let usual = match verb.as_str() {
            "EHLO" => "250-mail.example.org\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH" => "235 welcome",
            "MAIL" => {
                command.clone_into(&mut letter.from);
                "250 ok"
            }
            "RCPT" => {
                command.clone_into(&mut letter.to);
                "250 ok"
            }
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "502 not here",
        };
        say(&mut stream, told.unwrap_or(usual)).await?;
        if verb == "DATA" && told.is_none() {
            letter.text = data(&mut stream).await?;
            let verdict = answers.lock().unwrap().get(".").copied();
            if verdict.is_none() {
                // The test may have ended.
                let _nobody = taken.send(letter.clone());
            }
            say(&mut stream, verdict.unwrap_or("250 taken")).await?;
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
}

async fn data(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
        if line == ".\r\n" {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
