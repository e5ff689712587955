//! What only PostgreSQL does; what both engines do is tested in `store/tests.rs`. Without a PostgreSQL to test on, these
//! have nothing to look at.

use countersign_protocol::id::{ChallengeId, TenantId};
use countersign_protocol::wire::Outcome;
use uuid::Uuid;

use super::testing::Scratch;
use super::*;
use crate::store::outbox::{self, JobRow};
use crate::store::{Statement, challenges, deciding};

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
}

/// As in a quiet hour: much is over, nothing waits, and that is what the planner knows when a long queue comes.
const PAST: &str = "
    INSERT INTO challenges (tenant_id, id, application_id, user_id, kind, state, message, created_at, expires_at)
      SELECT decode(repeat('01', 16), 'hex'), decode(md5(n::text), 'hex'), decode(repeat('02', 16), 'hex'),
        decode(md5((n % 500)::text), 'hex'), 'push', 'approved', '', n, n
      FROM generate_series(1, 20000) n;
    INSERT INTO outbox (tenant_id, id, kind, payload, state, attempts, failures, due_at, created_at, settled_at)
      SELECT decode(repeat('01', 16), 'hex'), decode(md5(n::text), 'hex'), 'push', '', 'done', 1, 0, n, n, n
      FROM generate_series(1, 20000) n;
    ANALYZE challenges;
    ANALYZE outbox;";

#[tokio::test]
async fn what_is_named_is_not_looked_for_among_all_that_waits() {
    let Some(database) = Scratch::new().await else { return };
    Postgres::migrate(&database.settings).await.unwrap();
    database.run(PAST).await;
    let tenant = TenantId(Uuid::from_bytes([1; 16]));
    let (id, user) = (Uuid::from_bytes([3; 16]), Uuid::from_bytes([4; 16]));
    let job = JobRow {
        tenant,
        id,
        kind: "push".to_owned(),
        target: None,
        subject: None,
        lane: None,
        payload: Vec::new(),
        attempts: 1,
        failures: 0,
        due_at: 0,
        expires_at: None,
    };
    for (statement, index) in [
        (challenges::end(tenant, ChallengeId(id), Outcome::Denied, 0), "challenges_pkey"),
        (deciding::confirm(tenant, ChallengeId(id), "a", Outcome::Approved, "v", 0), "challenges_pkey"),
        (deciding::end_if_locked(tenant, user, "totp", id, 0), "challenges_pending"),
        (job.lease(9), "outbox_pkey"),
        (job.again(9), "outbox_pkey"),
        (job.settle("done", 9, None, false), "outbox_pkey"),
        (outbox::withdraw(tenant, id, 9), "outbox_pkey"),
    ] {
        let plan = database.plan(&statement).await;
        assert!(plan.contains(&format!(" using {index} on")), "{}\n{plan}", statement.sql);
    }
}
