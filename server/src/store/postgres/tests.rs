//! What only PostgreSQL does; what both engines do is tested in `store/tests.rs`. Without a PostgreSQL to test on, these
//! have nothing to look at.

use super::testing::Scratch;
use super::*;
use crate::store::Statement;

fn insert(id: u8) -> Statement {
    Statement::one(
        "INSERT INTO tenants (tenant_id, name, answer_window, created_at) VALUES (?1, ?2, ?3, ?4)",
        vec![Value::Blob(vec![id; 16]), Value::from("n"), Value::from(120), Value::from(0)],
    )
}

#[tokio::test]
async fn servers_that_start_at_once_bring_the_tables_up_to_date_once() {
    let Some(database) = Scratch::new().await else { return };
    let starts = (0..6).map(|_| Postgres::migrate(&database.settings));
    for start in join_all(starts).await {
        start.unwrap();
    }
    let postgres = Postgres::new(&database.settings).unwrap();
    postgres.write(vec![insert(1)]).await.unwrap();
}

#[tokio::test]
async fn a_statement_without_its_transaction_changes_nothing() {
    let Some(database) = Scratch::new().await else { return };
    Postgres::migrate(&database.settings).await.unwrap();
    let postgres = Postgres::new(&database.settings).unwrap();
    let connection = postgres.inner.pool.get().await.unwrap();
    let alone = connection.execute("INSERT INTO server (one, server_id) VALUES (1, 'x')", &[]).await;
    assert_eq!(alone.unwrap_err().code().unwrap().code(), "25006", "read-only outside of BEGIN READ WRITE");
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_and_the_connection_goes_on() {
    let Some(database) = Scratch::new().await else { return };
    Postgres::migrate(&database.settings).await.unwrap();
    let postgres = Postgres::new(&database.settings).unwrap();
    let wrong =
        Statement { params: vec![Value::from("x"), Value::from(1), Value::Null, Value::Null], ..insert(1) };
    for _ in 0..2 * CONNECTIONS {
        let refused = postgres.write(vec![insert(1), wrong.clone()]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    postgres.write(vec![insert(1)]).await.unwrap();
}

#[tokio::test]
async fn connections_that_the_database_ends_are_replaced() {
    let Some(database) = Scratch::new().await else { return };
    Postgres::migrate(&database.settings).await.unwrap();
    let postgres = Arc::new(Postgres::new(&database.settings).unwrap());
    for round in 0..5u8 {
        let writes = (0..20u8).map(|nth| {
            let postgres = Arc::clone(&postgres);
            async move { postgres.write(vec![insert(round * 20 + nth)]).await }
        });
        for written in join_all(writes).await {
            written.unwrap();
        }
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        postgres.read(vec![Query::new(all, vec![])]).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_nobody_answers_at_is_unavailable_and_says_where() {
    // The port of a listener that never accepts anything that speaks PostgreSQL.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://sam:horse@127.0.0.1:{port}/countersign");
    let settings = Settings::new(&DatabaseUrl::from(url), None).unwrap();
    let postgres = Postgres::new(&settings).unwrap();
    let error = postgres.write(vec![insert(1)]).await.unwrap_err().to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}/countersign")) && !error.contains("horse"), "{error}");
    let error = Postgres::migrate(&settings).await.unwrap_err().to_string();
    assert!(error.contains("cannot be used as the server's database"), "{error}");
}
