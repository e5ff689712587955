//! Short notices between the servers on one database (LISTEN and NOTIFY), over a connection of their own. They are
//! hints: never part of a business transaction, and lost when nobody listens.

use std::future::poll_fn;
use std::time::Duration;

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::said;
use super::{Settings, url};

/// The one channel.
const CHANNEL: &str = "countersign";
/// Bytes of one notice at most; PostgreSQL takes less than 8000.
pub const LONGEST: usize = 7_900;
/// How long the database may take for anything here.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there are no notices at the moment.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoNotices(String);

impl From<tokio_postgres::Error> for NoNotices {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(said(&error))
    }
}

impl NoNotices {
    fn late() -> Self {
        Self("the database did not answer in time".to_owned())
    }
}

/// The sending half.
#[derive(Debug)]
pub struct Sending(Client);

/// The receiving half. It also moves the bytes of the sending half, so [`next`](Self::next) has to be waited for all
/// the time.
pub struct Receiving(Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>);

impl std::fmt::Debug for Receiving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receiving")
    }
}

/// Connects. Notices come after [`Sending::listen`].
///
/// # Errors
/// [`NoNotices`].
pub async fn connect(settings: &Settings) -> Result<(Sending, Receiving), NoNotices> {
    let connecting = settings.for_long_work().connect(settings.tls.clone());
    let connected = tokio::time::timeout(url::CONNECT, connecting).await.map_err(|_| NoNotices::late())?;
    let (client, connection) = connected?;
    Ok((Sending(client), Receiving(connection)))
}

impl Sending {
    /// From now on everyone's notices are received, our own too.
    ///
    /// # Errors
    /// [`NoNotices`].
    pub async fn listen(&self) -> Result<(), NoNotices> {
        // A notice is a transaction for PostgreSQL; nobody needs it to survive a crash, so its commit is not waited for.
        let sql = format!("SET synchronous_commit = off; LISTEN {CHANNEL}");
        in_time(self.0.batch_execute(&sql)).await
    }

    /// Sends notices, each of [`LONGEST`] bytes at most. None: sees whether the database is still there.
    ///
    /// # Errors
    /// [`NoNotices`].
    pub async fn send(&self, notices: &[String]) -> Result<(), NoNotices> {
        let sql = "SELECT pg_notify($1, notice) FROM unnest($2::TEXT[]) AS notice";
        in_time(self.0.execute(sql, &[&CHANNEL, &notices])).await.map(drop)
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, NoNotices> {
    Ok(tokio::time::timeout(PATIENCE, work).await.map_err(|_| NoNotices::late())??)
}

impl Receiving {
    /// The next notice.
    ///
    /// # Errors
    /// [`NoNotices`] when the connection has ended.
    pub async fn next(&mut self) -> Result<String, NoNotices> {
        loop {
            match poll_fn(|context| self.0.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(notice))) => return Ok(notice.payload().to_owned()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(NoNotices("the connection has ended".to_owned())),
            }
        }
    }
}
