//! A wire between a server and its PostgreSQL that a test can cut, or hold still.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Carries everything.
    Whole,
    /// Every connection has ended, and new ones end at once.
    Cut,
    /// Connections stay and are made, and nothing comes through.
    Still,
}

/// The wire.
#[derive(Debug)]
pub struct Proxy {
    /// Its port on this machine.
    pub port: u16,
    wire: Arc<watch::Sender<Wire>>,
}

impl Proxy {
    /// A whole wire to this address.
    pub async fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(watch::Sender::new(Wire::Whole));
        let state = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *state.borrow() != Wire::Cut {
                    tokio::spawn(carry(near, address.clone(), state.subscribe()));
                }
            }
        });
        Self { port, wire }
    }

    /// From now on the wire does this.
    pub fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }
}

async fn carry(near: TcpStream, address: String, mut state: watch::Receiver<Wire>) {
    let Ok(far) = TcpStream::connect(&address).await else { return };
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let (there, back) = (pump(near_in, far_out, state.clone()), pump(far_in, near_out, state.clone()));
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = state.wait_for(|wire| *wire == Wire::Cut) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<Wire>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let goes_on = state.wait_for(|wire| *wire == Wire::Whole).await.is_ok();
        if !goes_on || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
