//! Data whose tables are there already. They are made once and copied for each test: what makes them has tests of its
//! own.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_server::data_dir::DataDir;
use countersign_server::host::{Rng as _, System};
use tokio::sync::OnceCell;

const FILE: &str = "countersign.db";

/// Puts a SQLite database without any rows there, and a new master key.
pub async fn lay_into(data: &Path) {
    static MADE: OnceCell<Vec<u8>> = OnceCell::const_new();
    fs::write(data.join(FILE), MADE.get_or_init(make).await).unwrap();
    let mut secret = [0; 32];
    System.fill(&mut secret).unwrap();
    let mut key = OpenOptions::new();
    let mut key = key.write(true).create_new(true).mode(0o600).open(data.join("master.key")).unwrap();
    key.write_all(STANDARD.encode(secret).as_bytes()).unwrap();
}

async fn make() -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let data = DataDir::open(home.path(), &System).unwrap();
    data.store.close().await;
    drop(data);
    assert!(!home.path().join("countersign.db-wal").exists(), "everything is in the one file");
    fs::read(home.path().join(FILE)).unwrap()
}
