//! A mail server that keeps what it is given, and answers as a test tells it to (RFC 5321, as much as is needed).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::NEVER;
use crate::server_process::Program;

/// What it answers to the commands that a test names, in place of the usual.
type Answers = Arc<Mutex<HashMap<&'static str, &'static str>>>;

/// What keeps its conversations secret.
#[derive(Clone, Default)]
enum Secrecy {
    #[default]
    None,
    /// Once it is asked for.
    StartTls(TlsAcceptor),
    /// From the first byte.
    Implicit(TlsAcceptor),
}

/// A mail server.
#[derive(Debug)]
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    answers: Answers,
    mails: mpsc::UnboundedReceiver<Letter>,
    greeted: Arc<AtomicUsize>,
    hanging_up: watch::Sender<()>,
    serving: JoinHandle<()>,
}

/// A mail that was taken.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// `MAIL FROM`, as it was said.
    pub from: String,
    /// `RCPT TO`, as it was said.
    pub to: String,
    /// `AUTH`, as it was said; empty without.
    pub login: String,
    /// Whether it came over TLS.
    pub secret: bool,
    /// Head and body.
    pub text: String,
}

impl MailServer {
    /// Starts it, without TLS.
    pub async fn start() -> Self {
        Self::serve(Secrecy::None).await
    }

    /// Starts one that speaks TLS once it is asked to.
    pub async fn starting_tls(config: Arc<rustls::ServerConfig>) -> Self {
        Self::serve(Secrecy::StartTls(config.into())).await
    }

    /// Starts one that speaks TLS from the first byte.
    pub async fn implicit_tls(config: Arc<rustls::ServerConfig>) -> Self {
        Self::serve(Secrecy::Implicit(config.into())).await
    }

    async fn serve(secrecy: Secrecy) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Answers::default();
        let (taken, mails) = mpsc::unbounded_channel();
        let greeted = Arc::new(AtomicUsize::new(0));
        let (served, count) = (Arc::clone(&answers), Arc::clone(&greeted));
        let hanging_up = watch::Sender::new(());
        let hung_up = hanging_up.clone();
        let serving = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut over = hung_up.subscribe();
                let (answers, taken, secrecy) = (Arc::clone(&served), taken.clone(), secrecy.clone());
                // Whoever hangs up in the middle has said enough.
                let plain = Stage { greeting: true, offers_tls: false, secret: false };
                let conversation = async move {
                    match secrecy {
                        Secrecy::Implicit(tls) => {
                            let stream = BufReader::new(tls.accept(stream).await.ok()?);
                            talk(stream, answers, taken, Stage { secret: true, ..plain }).await.map(drop)
                        }
                        Secrecy::StartTls(tls) => {
                            let first = Stage { offers_tls: true, ..plain };
                            let stream = BufReader::new(stream);
                            let again = talk(stream, Arc::clone(&answers), taken.clone(), first).await?;
                            let stream = BufReader::new(tls.accept(again.into_inner()).await.ok()?);
                            let then = Stage { greeting: false, secret: true, ..plain };
                            talk(stream, answers, taken, then).await.map(drop)
                        }
                        Secrecy::None => talk(BufReader::new(stream), answers, taken, plain).await.map(drop),
                    }
                };
                conversations.spawn(async move {
                    tokio::select! {
                        biased;
                        _ = over.changed() => {}
                        _ = conversation => {}
                    }
                });
            }
        });
        Self { address, answers, mails, greeted, hanging_up, serving }
    }

    /// From now on the one that every tenant's mails go to.
    pub async fn serve_all(&self, program: &Program) {
        let url = format!("smtp://{}", self.address);
        let from = "Example <mfa@example.org>";
        let set = ["provider", "set", "email", "--platform", "--smtp-url-fd", "0", "--from", from];
        let ended = program.run_with(&set, url.as_bytes()).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// How many connections have come.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.greeted.load(Ordering::SeqCst)
    }

    /// Ends the connections that are up.
    pub fn hang_up(&self) {
        self.hanging_up.send_replace(());
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

/// Where a conversation stands when it begins.
#[derive(Clone, Copy)]
struct Stage {
    greeting: bool,
    offers_tls: bool,
    secret: bool,
}

/// One conversation. Ends with the stream when it goes on over TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    answers: Answers,
    taken: mpsc::UnboundedSender<Letter>,
    stage: Stage,
) -> Option<BufReader<S>> {
    let mut letter = Letter { secret: stage.secret, ..Letter::default() };
    if stage.greeting {
        say(&mut stream, "220 mail.example.org ESMTP").await?;
    }
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
        let command = line.trim_end();
        let verb = command.split([' ', ':']).next()?.to_ascii_uppercase();
        let told = answers.lock().unwrap().get(verb.as_str()).copied();
        let usual = match verb.as_str() {
            "EHLO" if stage.offers_tls => "250-mail.example.org\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" => "250-mail.example.org\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "STARTTLS" if stage.offers_tls => "220 go on in secret",
            "AUTH" => {
                command.clone_into(&mut letter.login);
                "235 welcome"
            }
            "MAIL" => {
                command.clone_into(&mut letter.from);
                "250 ok"
            }
            "RCPT" => {
                command.clone_into(&mut letter.to);
                "250 ok"
            }
            "DATA" => "354 go on",
            "NOOP" | "RSET" => "250 ok",
            "QUIT" => "221 bye",
            _ => "502 not here",
        };
        say(&mut stream, told.unwrap_or(usual)).await?;
        if verb == "STARTTLS" && usual.starts_with("220") {
            return Some(stream);
        }
        if verb == "DATA" && told.is_none() {
            letter.text = data(&mut stream).await?;
            let verdict = answers.lock().unwrap().get(".").copied();
            if verdict.is_none_or(|verdict| verdict.starts_with("250")) {
                // The test may have ended.
                let _nobody = taken.send(letter.clone());
            }
            say(&mut stream, verdict.unwrap_or("250 taken")).await?;
        }
    }
}

async fn say<S: AsyncWrite + AsyncRead + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    let stream = stream.get_mut();
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
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
