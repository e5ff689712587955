//! The audit log: sealed, signed, and found out when somebody tampers with it.

mod commands;
mod sealing;
mod tampering;

use countersign_protocol::id::{TenantId, uuid_v7};
use countersign_server::store::{Event, SealedRow, Statement, Store, Value};
use countersign_tests::dice::Dice;
use countersign_tests::server_here::ServerHere;

/// A tenant's log on a server whose background work is up to the test.
struct Log {
    server: ServerHere,
    tenant: TenantId,
    /// For whoever can write to the database.
    rows: Store,
}

impl Log {
    /// A log with this many events more than the tenant's and its application's making, not sealed yet.
    async fn with(events: usize) -> Self {
        let server = ServerHere::start().await;
        let tenant = server.relying_party("Case Management", None).await.tenant.parse().unwrap();
        let rows = server.rows();
        let log = Self { server, tenant, rows };
        log.note(events).await;
        log
    }

    /// The same, sealed and signed.
    async fn sealed(events: usize) -> Self {
        let log = Self::with(events).await;
        log.server.engine.seal_audit().await.unwrap();
        log
    }

    /// Writes events as rules do.
    async fn note(&self, events: usize) {
        let mut dice = Dice::new();
        let batch = (0..events).map(|n| {
            let random = std::array::from_fn(|_| u8::try_from(dice.below(256)).unwrap());
            let at = self.server.clock.now();
            Event {
                tenant: self.tenant,
                id: uuid_v7(at, &random),
                at,
                name: "challenge.approved",
                actor: "dev_test".to_owned(),
                subject: format!("subject {n}"),
                address: Some("192.0.2.7".to_owned()),
                detail: None,
            }
            .insert()
        });
        self.rows.write(batch.collect()).await.unwrap();
    }

    /// Changes rows behind the server's back. The tenant's id comes first among the parameters.
    async fn sql(&self, sql: &'static str, rest: Vec<Value>) {
        let params = [vec![Value::from(self.tenant)], rest].concat();
        self.rows.write(vec![Statement::any(sql, params)]).await.unwrap();
    }

    /// The event with this number.
    async fn event(&self, seq: i64) -> SealedRow {
        self.rows.sealed(self.tenant, seq).await.unwrap().unwrap()
    }

    /// What a check finds, as stable words.
    async fn problems(&self) -> Vec<&'static str> {
        let report = self.server.engine.verify_audit(self.tenant, &[], |_| {}).await.unwrap();
        report.walk.problems.iter().map(|problem| problem.code()).collect()
    }

    /// How many events are sealed, in a log that must hold.
    async fn holds(&self) -> u64 {
        assert_eq!(self.problems().await, [""; 0]);
        self.server.engine.verify_audit(self.tenant, &[], |_| {}).await.unwrap().walk.events
    }
}
