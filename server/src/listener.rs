//! Accepting connections, plain or with TLS, with limits on slow ones, and letting them end in peace.

mod door;
mod patience;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::api::client::Proxies;
use door::Door;
use patience::{Begun, Patience};

/// How long a client may take to send a request's head (S41), and all that comes before the first one.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Bytes of a request's head at most (S41).
const HEAD_SIZE: usize = 16 * 1024;
/// How long to wait when the operating system has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(100);
/// What somebody is told who speaks plain HTTP where TLS is spoken.
const NOT_PLAIN: &str = "This port speaks TLS: use https:// in place of http://\n";

/// What is served, and to whom.
pub(crate) struct Served {
    /// The routes.
    pub(crate) app: Router,
    /// Whose word on addresses is believed.
    pub(crate) proxies: Arc<Proxies>,
    /// TLS, if it is spoken here.
    pub(crate) tls: Option<TlsAcceptor>,
}

/// What each connection needs, shared by all.
struct Shared {
    served: Served,
    http: auto::Builder<TokioExecutor>,
    stop: watch::Receiver<bool>,
}

/// Serves until `stop` turns true; then takes no more connections and gives those that run `grace` to end.
pub(crate) async fn serve(
    listener: TcpListener,
    served: Served,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let graceful = GracefulShutdown::new();
    let shared = Arc::new(Shared { served, http: http(), stop: stop.clone() });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            // Whatever a connection waits for, it waits in a task of its own: accepting goes on.
            Ok((stream, peer)) => {
                tokio::spawn(connection(Arc::clone(&shared), stream, peer, graceful.watcher()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running when the time to stop was over");
    }
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_SIZE);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(Duration::from_secs(60)));
    http
}

async fn connection(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
    // Small replies must not wait for an acknowledgement of the one before (Nagle).
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let Some(tls) = &shared.served.tls else { return requests(&shared, stream, peer, watcher).await };
    let mut stop = shared.stop.clone();
    let shaken = tokio::select! {
        shaken = timeout(HEAD_TIME, handshake(tls, stream)) => shaken,
        _ = stop.wait_for(|stop| *stop) => return,
    };
    match shaken {
        Ok(Ok(Some(stream))) => requests(&shared, stream, peer, watcher).await,
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

/// None for somebody who does not speak TLS and was told so.
async fn handshake(
    tls: &TlsAcceptor,
    mut stream: TcpStream,
) -> io::Result<Option<tokio_rustls::server::TlsStream<TcpStream>>> {
    let mut first = [0];
    let seen = stream.peek(&mut first).await?;
    // A handshake begins with byte 22; a request in the clear with the name of its method.
    if seen == 1 && first.iter().all(u8::is_ascii_uppercase) {
        let length = NOT_PLAIN.len();
        let head = format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {length}\r\nConnection: close\r\n");
        let reply = format!("{head}Content-Type: text/plain\r\n\r\n{NOT_PLAIN}");
        stream.write_all(reply.as_bytes()).await?;
        stream.shutdown().await?;
        // Hanging up on bytes that nobody has read would take the reply back.
        let mut rest = [0; 1024];
        let mut left = HEAD_SIZE;
        while let read @ 1.. = stream.read(&mut rest).await?
            && left > read
        {
            left -= read;
        }
        return Ok(None);
    }
    tls.accept(stream).await.map(Some)
}

async fn requests<IO>(shared: &Shared, stream: IO, peer: SocketAddr, watcher: Watcher)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let begun = Begun::default();
    let stream = Patience::new(stream, Arc::clone(&begun), HEAD_TIME);
    let door = Door {
        app: shared.served.app.clone(),
        peer: peer.ip(),
        proxies: Arc::clone(&shared.served.proxies),
        begun,
    };
    let connection = shared.http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(door));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error, "a connection ended with an error");
    }
}

#[cfg(test)]
mod tests;
