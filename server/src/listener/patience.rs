//! A connection that has to say something in time: until its first request is whole, whatever it is that is missing, it
//! has so long and no longer (S41). Later requests are under the limits of HTTP itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Set when the first request has arrived.
pub(super) type Begun = Arc<AtomicBool>;

/// A connection on which reading fails when nothing has begun in time.
#[derive(Debug)]
pub(super) struct Patience<IO> {
    io: IO,
    begun: Begun,
    limit: Option<Pin<Box<Sleep>>>,
}

impl<IO> Patience<IO> {
    pub(super) fn new(io: IO, begun: Begun, time: Duration) -> Self {
        Self { io, begun, limit: Some(Box::pin(sleep(time))) }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Patience<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.limit.is_some() && this.begun.load(Ordering::Relaxed) {
            this.limit = None;
        }
        let read = Pin::new(&mut this.io).poll_read(cx, buf);
        if read.is_pending()
            && let Some(limit) = &mut this.limit
            && limit.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Patience<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write_vectored(cx, bufs)
    }
}
