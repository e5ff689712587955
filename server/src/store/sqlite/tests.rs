//! What only the embedded engine does; what both do is tested in `store/tests.rs`.

use super::*;
use crate::store::{Statement, Value};

fn insert(id: u8) -> Statement {
    Statement::one(
        "INSERT INTO tenants (tenant_id, name, answer_window, created_at) VALUES (?1, ?2, ?3, ?4)",
        vec![Value::Blob(vec![id; 16]), Value::from("n"), Value::from(120), Value::from(0)],
    )
}

#[tokio::test]
async fn closing_drains_the_queue_and_refuses_what_comes_later() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    let sqlite = Arc::new(Sqlite::open(&path).unwrap());
    let writes: Vec<_> = (0..100u8)
        .map(|i| {
            let sqlite = Arc::clone(&sqlite);
            tokio::spawn(async move { sqlite.write(vec![insert(i)]).await })
        })
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    sqlite.close().await;
    assert!(matches!(sqlite.write(vec![insert(200)]).await, Err(StoreError::Unavailable(_))));
    let again = Sqlite::open(&path).unwrap();
    let count = Query::new("SELECT COUNT(*) FROM tenants", vec![]);
    let row = again.read(vec![count]).await.unwrap().pop().unwrap().pop().unwrap();
    assert_eq!(row.columns().get::<i64>().unwrap(), 100);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    std::fs::write(&path, "this is a letter, not a database, and it is long enough to tell").unwrap();
    assert!(matches!(Sqlite::open(&path), Err(StoreError::Unavailable(_))));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a letter"));
}
