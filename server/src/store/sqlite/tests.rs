use super::*;
use crate::store::{Statement, Store, Value};

fn open() -> (tempfile::TempDir, Arc<Sqlite>) {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap());
    (dir, sqlite)
}

fn insert(id: u8) -> Statement {
    Statement::one(
        "INSERT INTO tenants (tenant_id, name, answer_window, created_at) VALUES (?1, ?2, ?3, ?4)",
        vec![Value::Blob(vec![id; 16]), Value::from("n"), Value::from(120), Value::from(0)],
    )
}

fn rename(id: u8, expected: &'static str) -> Statement {
    Statement::one(
        "UPDATE tenants SET name = 'changed' WHERE tenant_id = ?1 AND name = ?2",
        vec![Value::Blob(vec![id; 16]), Value::from(expected)],
    )
}

async fn count(sqlite: &Sqlite) -> i64 {
    let q = Query::new("SELECT COUNT(*) FROM tenants", vec![]);
    let row = sqlite.read(vec![q]).await.unwrap().pop().unwrap().pop().unwrap();
    row.columns().get().unwrap()
}

#[tokio::test]
async fn a_batch_takes_effect_whole_or_not_at_all() {
    let (_dir, sqlite) = open();
    sqlite.write(vec![insert(1)]).await.unwrap();
    assert_eq!(sqlite.write(vec![insert(2), rename(1, "other")]).await, Err(StoreError::Unmet(1)));
    assert_eq!(sqlite.write(vec![insert(3), insert(1)]).await, Err(StoreError::Duplicate));
    assert_eq!(count(&sqlite).await, 1);
}

#[tokio::test]
async fn a_failing_batch_does_not_take_its_neighbours_down() {
    let (_dir, sqlite) = open();
    let writes = (0..200u8).map(|i| {
        let sqlite = Arc::clone(&sqlite);
        // Every third one is refused by its own second statement.
        let batch = if i % 3 == 0 { vec![insert(i), rename(255, "n")] } else { vec![insert(i)] };
        async move { sqlite.write(batch).await }
    });
    let results = futures_util::future::join_all(writes).await;
    let good = results.iter().filter(|r| r.is_ok()).count();
    assert_eq!(good, 133);
    assert_eq!(count(&sqlite).await, 133);
}

#[tokio::test]
async fn only_one_of_many_racers_meets_a_guard() {
    let (_dir, sqlite) = open();
    sqlite.write(vec![insert(1)]).await.unwrap();
    let racers = (0..64).map(|_| {
        let sqlite = Arc::clone(&sqlite);
        async move { sqlite.write(vec![rename(1, "n")]).await }
    });
    let results = futures_util::future::join_all(racers).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
}

#[tokio::test]
async fn closing_drains_the_queue_and_refuses_what_comes_later() {
    let (dir, sqlite) = open();
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
    let again = Sqlite::open(&dir.path().join("t.db")).unwrap();
    assert_eq!(count(&again).await, 100);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    std::fs::write(&path, "this is a letter, not a database, and it is long enough to tell").unwrap();
    assert!(matches!(Sqlite::open(&path), Err(StoreError::Unavailable(_))));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a letter"));
}

#[tokio::test]
async fn the_store_answers_a_ping() {
    let (_dir, sqlite) = open();
    Store::new(sqlite).ping().await.unwrap();
}
