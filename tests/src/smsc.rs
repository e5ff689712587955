//! A short message service centre (SMPP 3.4, as much as is needed): takes messages, reports on them, and behaves as a test
//! tells it to. Its bytes are read and written here, with nothing of the server's.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::NEVER;

const SUBMIT: u32 = 0x04;
const DELIVER: u32 = 0x05;
const UNBIND: u32 = 0x06;
const BIND_TRANSCEIVER: u32 = 0x09;
const ENQUIRE_LINK: u32 = 0x15;
const ANSWER: u32 = 0x8000_0000;

/// What it does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it.
    Take,
    /// Takes it, and reports this state at once.
    Report(&'static str),
    /// The same, with the message's name in decimal where the answer had it in hexadecimal.
    ReportInDecimal(&'static str),
    /// Answers with this status.
    Refuse(u32),
    /// Never answers.
    Stall,
    /// Closes the connection without a word.
    HangUp,
    /// Takes it, asks whether the other side is there, and says something that nobody understands.
    AskBack,
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Type, plan and digits or letters.
    pub from: (u8, u8, String),
    /// The same.
    pub to: (u8, u8, String),
    /// Whether a header begins it.
    pub esm_class: u8,
    /// A period from now.
    pub validity: String,
    /// Whether a receipt is asked for.
    pub registered: u8,
    /// The alphabet.
    pub data_coding: u8,
    /// Header and text.
    pub content: Vec<u8>,
}

/// What was said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Somebody asked to be let in, with this name and password.
    Bind(String, String),
    /// A message.
    Message(Short),
    /// An answer to something that it said: which kind, and the status.
    Answer(u32, u32),
    /// Somebody took leave.
    Unbind,
}

#[derive(Debug)]
struct Script {
    next: VecDeque<Behaviour>,
    bind: u32,
}

/// A message centre.
#[derive(Debug)]
pub struct Smsc {
    /// Where it listens.
    pub address: SocketAddr,
    script: Arc<Mutex<Script>>,
    heard: mpsc::UnboundedReceiver<Heard>,
    serving: JoinHandle<()>,
}

impl Smsc {
    /// One that lets everybody in and takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script { next: VecDeque::new(), bind: 0 }));
        let (hear, heard) = mpsc::unbounded_channel();
        let served = Arc::clone(&script);
        let serving = tokio::spawn(async move {
            let mut named = 0x0a00;
            while let Ok((stream, _)) = listener.accept().await {
                named += 0x10;
                let talk = Talk { stream, script: Arc::clone(&served), hear: hear.clone(), named, said: 0 };
                tokio::spawn(talk.run());
            }
        });
        Self { address, script, heard, serving }
    }

    /// Does so with the next messages, and takes those after them.
    pub fn next_are(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.script.lock().unwrap().next.extend(behaviours);
    }

    /// Answers so whoever asks to be let in from now on.
    pub fn answer_binds(&self, status: u32) {
        self.script.lock().unwrap().bind = status;
    }

    /// What is said next, which must come.
    pub async fn next(&mut self) -> Heard {
        let next = tokio::time::timeout(NEVER, self.heard.recv());
        next.await.expect("something is said").expect("the centre runs")
    }

    /// The next message, past whatever else is said.
    pub async fn message(&mut self) -> Short {
        loop {
            if let Heard::Message(message) = self.next().await {
                return message;
            }
        }
    }

    /// What was said and not looked at.
    pub fn rest(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

impl Drop for Smsc {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct Talk {
    stream: TcpStream,
    script: Arc<Mutex<Script>>,
    hear: mpsc::UnboundedSender<Heard>,
    named: u64,
    said: u32,
}

impl Talk {
    /// Until the other side goes or is to be left.
    async fn run(mut self) {
        while let Some((id, status, sequence, body)) = self.read().await {
            let mut fields = Fields(&body);
            match id {
                BIND_TRANSCEIVER => {
                    self.tell(Heard::Bind(fields.text(), fields.text()));
                    let status = self.script.lock().unwrap().bind;
                    // An error is answered without a body, as many centres do.
                    let body: &[u8] = if status == 0 { b"fake\0" } else { b"" };
                    self.write(id | ANSWER, status, sequence, body).await;
                }
                SUBMIT => {
                    self.tell(Heard::Message(fields.short()));
                    if !self.take(sequence).await {
                        return;
                    }
                }
                ENQUIRE_LINK => self.write(id | ANSWER, 0, sequence, b"").await,
                UNBIND => {
                    self.tell(Heard::Unbind);
                    self.write(id | ANSWER, 0, sequence, b"").await;
                    return;
                }
                _ => self.tell(Heard::Answer(id, status)),
            }
        }
    }

    /// False when the connection is to end.
    async fn take(&mut self, sequence: u32) -> bool {
        let behaviour = self.script.lock().unwrap().next.pop_front().unwrap_or(Behaviour::Take);
        self.named += 1;
        let (hex, decimal) = (format!("{:x}", self.named), self.named.to_string());
        match behaviour {
            Behaviour::Refuse(status) => {
                self.write(SUBMIT | ANSWER, status, sequence, b"").await;
                return true;
            }
            Behaviour::Stall => return true,
            Behaviour::HangUp => return false,
            _ => {}
        }
        self.write(SUBMIT | ANSWER, 0, sequence, format!("{hex}\0").as_bytes()).await;
        match behaviour {
            Behaviour::Report(state) => self.report(&hex, state).await,
            Behaviour::ReportInDecimal(state) => self.report(&decimal, state).await,
            Behaviour::AskBack => {
                self.say(ENQUIRE_LINK, b"").await;
                self.say(0x0999, b"what?").await;
            }
            _ => {}
        }
        true
    }

    async fn report(&mut self, name: &str, state: &str) {
        let said = format!(
            "id:{name} sub:001 dlvrd:001 submit date:2701150800 done date:2701150801 stat:{state} err:000 text:"
        );
        let mut body = b"\0\x01\x0112025550123\0\x05\0Example\0\x04\0\0\0\0\0\0\0\0".to_vec();
        body.push(u8::try_from(said.len()).unwrap());
        body.extend(said.as_bytes());
        self.say(DELIVER, &body).await;
    }

    fn tell(&self, heard: Heard) {
        // The test may have ended.
        let _nobody = self.hear.send(heard);
    }

    async fn say(&mut self, id: u32, body: &[u8]) {
        self.said += 1;
        self.write(id, 0, self.said, body).await;
    }

    /// Whoever has gone has heard enough.
    async fn write(&mut self, id: u32, status: u32, sequence: u32, body: &[u8]) {
        let length = u32::try_from(16 + body.len()).unwrap();
        let head = [length, id, status, sequence].map(u32::to_be_bytes).concat();
        let _gone = self.stream.write_all(&[&head, body].concat()).await;
    }

    async fn read(&mut self) -> Option<(u32, u32, u32, Vec<u8>)> {
        let mut head = [0; 16];
        self.stream.read_exact(&mut head).await.ok()?;
        let [length, id, status, sequence] =
            [0, 4, 8, 12].map(|at| u32::from_be_bytes(head[at..at + 4].try_into().unwrap()));
        let mut body = vec![0; usize::try_from(length).unwrap() - 16];
        self.stream.read_exact(&mut body).await.ok()?;
        Some((id, status, sequence, body))
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().expect("a byte");
        self.0 = rest;
        *first
    }

    fn text(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).expect("a zero");
        let text = String::from_utf8(self.0[..end].to_vec()).expect("ASCII");
        self.0 = &self.0[end + 1..];
        text
    }

    fn short(&mut self) -> Short {
        assert_eq!(self.text(), "", "service_type");
        let from = (self.byte(), self.byte(), self.text());
        let to = (self.byte(), self.byte(), self.text());
        let (esm_class, _protocol, _priority) = (self.byte(), self.byte(), self.byte());
        let (_schedule, validity) = (self.text(), self.text());
        let (registered, _replace, data_coding, _default) =
            (self.byte(), self.byte(), self.byte(), self.byte());
        let length = usize::from(self.byte());
        assert_eq!(length, self.0.len(), "sm_length");
        Short { from, to, esm_class, validity, registered, data_coding, content: self.0.to_vec() }
    }
}
