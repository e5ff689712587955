//! One connection to a message centre, from the first byte until it is bound. What is then said over it is
//! `session`'s.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::pdu::{BIND_TRANSCEIVER, BIND_TRANSCEIVER_RESP, GENERIC_NACK, Pdu, bind_transceiver};
use crate::delivery::outgoing::{addresses, tls};
use crate::engine::Targets;
use crate::engine::providers::SmppAccount;

/// Longest time until a connection is bound, looking up the name included.
const CONNECT: Duration = Duration::from_secs(4);
/// Longest time for a write. A centre that does not read is gone.
const WRITE: Duration = Duration::from_secs(2);
/// PDUs that wait to be looked at; whoever sends more waits.
const WAITING: usize = 64;

/// Either kind of connection.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why there is no connection, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Down {
    pub(super) word: &'static str,
    /// The centre's number for it.
    pub(super) status: Option<u16>,
    /// An operator must look.
    pub(super) trouble: bool,
}

impl Down {
    pub(super) fn new(word: &'static str) -> Self {
        Self { word, status: None, trouble: false }
    }

    fn in_trouble(self) -> Self {
        Self { trouble: true, ..self }
    }
}

/// A bound connection.
pub(super) struct Link {
    writer: WriteHalf<Box<dyn Stream>>,
    /// What the centre says; it ends when the connection does.
    pub(super) heard: mpsc::Receiver<Pdu>,
    reading: JoinHandle<()>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link(…)")
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Link {
    /// Connects and binds.
    pub(super) async fn open(targets: &Targets, account: &SmppAccount) -> Result<Self, Down> {
        match timeout(CONNECT, Self::connect(targets, account)).await {
            Ok(result) => result,
            Err(_) => Err(Down::new("timeout")),
        }
    }

    async fn connect(targets: &Targets, account: &SmppAccount) -> Result<Self, Down> {
        let found = addresses(targets, &account.host, account.port, !account.tls).await;
        let found = found.map_err(|stopped| match stopped.word() {
            "refused_address" => Down::new("refused_address").in_trouble(),
            word => Down::new(word),
        })?;
        let plain = first(&found).await.ok_or(Down::new("connect"))?;
        let _slower_at_worst = plain.set_nodelay(true);
        let stream: Box<dyn Stream> =
            if account.tls { Box::new(secured(plain, account).await?) } else { Box::new(plain) };
        let (mut reader, writer) = tokio::io::split(stream);
        let (hear, heard) = mpsc::channel(WAITING);
        let reading = tokio::spawn(async move {
            while let Ok(pdu) = Pdu::read(&mut reader).await {
                if hear.send(pdu).await.is_err() {
                    return;
                }
            }
        });
        let mut link = Self { writer, heard, reading };
        link.bind(account).await?;
        Ok(link)
    }

    async fn bind(&mut self, account: &SmppAccount) -> Result<(), Down> {
        self.say(&Pdu::new(BIND_TRANSCEIVER, 0, 1, bind_transceiver(account))).await?;
        loop {
            let pdu = self.heard.recv().await.ok_or(Down::new("disconnected"))?;
            if ![BIND_TRANSCEIVER_RESP, GENERIC_NACK].contains(&pdu.id) {
                continue;
            }
            let down = match (pdu.id, pdu.status) {
                (BIND_TRANSCEIVER_RESP, 0) => return Ok(()),
                // Bind failed; invalid password; invalid system id.
                (_, 0x0d..=0x0f) => Down::new("login_refused").in_trouble(),
                // Already bound: an earlier connection may not have been missed yet.
                (_, 0x05) => Down::new("already_bound"),
                _ => Down::new("bind_refused"),
            };
            return Err(Down { status: u16::try_from(pdu.status).ok(), ..down });
        }
    }

    /// Writes one PDU.
    pub(super) async fn say(&mut self, pdu: &Pdu) -> Result<(), Down> {
        let bytes = pdu.bytes();
        let writing = async {
            self.writer.write_all(&bytes).await?;
            self.writer.flush().await
        };
        match timeout(WRITE, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Down::new("disconnected")),
            Err(_) => Err(Down::new("timeout")),
        }
    }
}

async fn first(addresses: &[SocketAddr]) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(stream) = TcpStream::connect(address).await {
            return Some(stream);
        }
    }
    None
}

async fn secured(
    plain: TcpStream,
    account: &SmppAccount,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Down> {
    let config = tls(account.ca.as_deref(), &[]).map_err(|_| Down::new("authority").in_trouble())?;
    let host = account.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|_| Down::new("unknown_host").in_trouble())?;
    TlsConnector::from(Arc::new(config)).connect(name, plain).await.map_err(|_| Down::new("tls"))
}
