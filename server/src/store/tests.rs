//! What both engines promise, proved on the one that the tests run on: SQLite, or PostgreSQL under
//! `tests/with_postgres`.

use std::sync::Arc;

use uuid::Uuid;

use super::postgres::Postgres;
use super::postgres::testing::Scratch;
use super::sqlite::Sqlite;
use super::{Columns, Driver, Query, Row, Statement, Store, StoreError, Value};

/// What has to stay as long as the driver is used.
#[derive(Debug)]
pub(super) struct Place {
    _file: tempfile::TempDir,
    _database: Option<Scratch>,
}

pub(super) async fn open() -> (Place, Arc<dyn Driver>) {
    let file = tempfile::tempdir().unwrap();
    let database = Scratch::new().await;
    let driver: Arc<dyn Driver> = match &database {
        Some(database) => {
            Postgres::migrate(&database.settings).await.unwrap();
            Arc::new(Postgres::new(&database.settings).unwrap())
        }
        None => Arc::new(Sqlite::open(&file.path().join("t.db")).unwrap()),
    };
    (Place { _file: file, _database: database }, driver)
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
        vec![Value::Id(Uuid::from_bytes([id; 16])), Value::from(expected)],
    )
}

async fn first(driver: &dyn Driver, query: Query) -> Columns {
    driver.read(vec![query]).await.unwrap().pop().unwrap().pop().unwrap().columns()
}

async fn count(driver: &dyn Driver) -> i64 {
    first(driver, Query::new("SELECT COUNT(*) FROM tenants", vec![])).await.get().unwrap()
}

#[tokio::test]
async fn a_batch_takes_effect_whole_or_not_at_all() {
    let (_place, driver) = open().await;
    driver.write(vec![insert(1)]).await.unwrap();
    assert_eq!(driver.write(vec![insert(2), rename(1, "other")]).await, Err(StoreError::Unmet(1)));
    assert_eq!(driver.write(vec![insert(3), insert(1)]).await, Err(StoreError::Duplicate));
    assert_eq!(driver.write(vec![insert(1), insert(4)]).await, Err(StoreError::Duplicate));
    assert_eq!(count(&*driver).await, 1);
}

#[tokio::test]
async fn a_failing_batch_does_not_take_its_neighbours_down() {
    let (_place, driver) = open().await;
    let writes = (0..200u8).map(|i| {
        let driver = Arc::clone(&driver);
        // Every third one is refused by its own second statement.
        let batch = if i % 3 == 0 { vec![insert(i), rename(255, "n")] } else { vec![insert(i)] };
        async move { driver.write(batch).await }
    });
    let results = futures_util::future::join_all(writes).await;
    let good = results.iter().filter(|r| r.is_ok()).count();
    assert_eq!(good, 133);
    assert_eq!(count(&*driver).await, 133);
}

#[tokio::test]
async fn only_one_of_many_racers_meets_a_guard() {
    let (_place, driver) = open().await;
    driver.write(vec![insert(1)]).await.unwrap();
    let racers = (0..64).map(|_| {
        let driver = Arc::clone(&driver);
        async move { driver.write(vec![rename(1, "n")]).await }
    });
    let results = futures_util::future::join_all(racers).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
}

#[tokio::test]
async fn batches_that_cross_each_other_both_take_effect() {
    let (_place, driver) = open().await;
    driver.write((1..=8).map(insert).collect()).await.unwrap();
    let note = |id: u8| {
        let sql = "UPDATE tenants SET created_at = created_at + 1 WHERE tenant_id = ?1";
        Statement::one(sql, vec![Value::Blob(vec![id; 16])])
    };
    for _ in 0..3 {
        // One upwards, one downwards: with locks taken in these orders, each may wait for the other.
        let up = driver.write((1..=8).map(note).collect());
        let down = driver.write((1..=8).rev().map(note).collect());
        let (up, down) = tokio::join!(up, down);
        up.and(down).unwrap();
    }
    let sum = Query::new("SELECT CAST(SUM(created_at) AS BIGINT) FROM tenants", vec![]);
    assert_eq!(first(&*driver, sum).await.get::<i64>().unwrap(), 8 * 6);
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    let (_place, driver) = open().await;
    let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    let texts = ["", "'; DROP TABLE users; --", "?1 $1 \\ \u{1F512} é", "\u{10FFFF}"];
    for (nth, text) in texts.into_iter().enumerate() {
        let nth = i64::try_from(nth).unwrap();
        let user = Uuid::from_u128(nth.unsigned_abs().into());
        let sql = "INSERT INTO users (tenant_id, id, user_ref, email, display_name, created_at, enrolled_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let params = vec![
            Value::Id(id),
            Value::Id(user),
            Value::from(text),
            Value::Null,
            Value::from(text),
            Value::Int(i64::MIN + nth),
            Value::Null,
        ];
        driver.write(vec![Statement::one(sql, params)]).await.unwrap();
        let sql = "SELECT tenant_id, user_ref, email, created_at, enrolled_at FROM users
                   WHERE tenant_id = ?1 AND user_ref = ?2";
        let row = driver.read(vec![Query::new(sql, vec![Value::Id(id), Value::from(text)])]).await.unwrap();
        let as_blob = Value::Blob(id.as_bytes().to_vec());
        let expected = vec![as_blob, Value::from(text), Value::Null, Value::Int(i64::MIN + nth), Value::Null];
        assert_eq!(row, vec![vec![Row(expected)]]);
    }
}

#[tokio::test]
async fn queries_that_belong_together_see_one_state() {
    let (_place, driver) = open().await;
    driver.write(vec![insert(1)]).await.unwrap();
    let writing = async {
        for id in 2..100 {
            driver.write(vec![insert(id)]).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..50 {
            let count = || Query::new("SELECT COUNT(*) FROM tenants", vec![]);
            let seen = driver.read(vec![count(), count(), count()]).await.unwrap();
            assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");
        }
    };
    tokio::join!(writing, reading);
}

#[tokio::test]
async fn callers_who_go_away_leave_nothing_half_done() {
    let (_place, driver) = open().await;
    let mut gone = Vec::new();
    for id in 0..100u8 {
        let driver = Arc::clone(&driver);
        gone.push(tokio::spawn(async move { driver.write(vec![insert(id), rename(id, "n")]).await }));
        tokio::task::yield_now().await;
        if id % 2 == 0 {
            gone[usize::from(id)].abort();
        }
    }
    let answered = futures_util::future::join_all(gone).await;
    let told = answered.iter().filter(|answer| matches!(answer, Ok(Ok(())))).count();
    // Every connection is usable, in no transaction of somebody else's, and what was begun was done whole.
    for _ in 0..40 {
        let sql = "SELECT COUNT(*), COUNT(CASE WHEN name = 'changed' THEN 1 END) FROM tenants";
        let mut counted = first(&*driver, Query::new(sql, vec![])).await;
        let (all, renamed): (i64, i64) = (counted.get().unwrap(), counted.get().unwrap());
        assert_eq!(all, renamed);
        assert!(all >= i64::try_from(told).unwrap(), "{all} are there, {told} were told so");
    }
}

#[tokio::test]
async fn nothing_is_taken_after_closing() {
    let (_place, driver) = open().await;
    driver.write(vec![insert(1)]).await.unwrap();
    driver.close().await;
    assert!(matches!(driver.write(vec![insert(2)]).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_text_with_nul_is_neither_kept_nor_found() {
    let (_place, driver) = open().await;
    let store = Store::new(Arc::clone(&driver));
    let named =
        Statement { params: vec![Value::Null, Value::from("a\0"), Value::Null, Value::Null], ..insert(1) };
    assert_eq!(store.write(vec![insert(2), named]).await, Err(StoreError::Nul));
    assert_eq!(count(&*driver).await, 0);
    let tenant = countersign_protocol::id::TenantId(Uuid::nil());
    assert_eq!(store.user_by_ref(tenant, "a\0").await, Ok(None));
    assert_eq!(store.user_and_devices(tenant, "\0").await, Ok(None));
}

#[tokio::test]
async fn the_store_answers_a_ping() {
    let (_place, driver) = open().await;
    Store::new(driver).ping().await.unwrap();
}
