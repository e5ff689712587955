//! Accepting connections, with limits on slow ones, and letting them end in peace.

use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long a client may take to send a request's head (S41).
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Bytes of a request's head at most (S41).
const HEAD_SIZE: usize = 16 * 1024;
/// How long to wait when the operating system has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves until `stop` turns true; then takes no more connections and gives those that run `grace` to end.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let graceful = GracefulShutdown::new();
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_SIZE);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_SIZE).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(Duration::from_secs(60)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, _)) => connection(stream, app.clone(), &http, &graceful),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running when the time to stop was over");
    }
}

fn connection(
    stream: TcpStream,
    app: Router,
    http: &auto::Builder<TokioExecutor>,
    graceful: &GracefulShutdown,
) {
    // Small replies must not wait for an acknowledgement of the one before (Nagle).
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = TowerToHyperService::new(app);
    let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection ended with an error");
        }
    });
}
