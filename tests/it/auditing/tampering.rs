//! Whoever can write to the database changes the log, and it is found where they did it.

use countersign_server::engine::audit::chain::{Hash, hash};
use countersign_server::store::{SealedRow, Statement, Value};

use super::Log;

const CHANGE: &str = "UPDATE audit SET subject = 'another' WHERE tenant_id = ?1 AND seq = ?2";
const REMOVE: &str = "DELETE FROM audit WHERE tenant_id = ?1 AND seq = ?2";
const CUT: &str = "DELETE FROM audit WHERE tenant_id = ?1 AND seq > ?2";
const MOVE_HEAD: &str =
    "UPDATE audit_heads SET seq = ?2, hash = ?3, signed_seq = 0 WHERE tenant_id = ?1 AND seq > 0";
const FORGET_CHECKPOINTS: &str = "DELETE FROM checkpoints WHERE tenant_id = ?1 AND seq > ?2";

impl Log {
    /// Cuts the end off and makes the database say that the chain always ended there.
    async fn roll_back(&self, to: i64) {
        self.sql(CUT, vec![to.into()]).await;
        let hash = self.event(to).await.hash.unwrap();
        self.sql(MOVE_HEAD, vec![to.into(), hash.into()]).await;
        self.sql(FORGET_CHECKPOINTS, vec![0.into()]).await;
    }

    /// Makes all hashes from `from` on anew, and moves the end of the chain along.
    async fn hash_anew(&self, from: i64) {
        let mut last: Hash = self.event(from - 1).await.hash.unwrap().try_into().unwrap();
        let mut batch = Vec::new();
        let mut seq = from;
        while let Some(SealedRow { event, .. }) = self.rows.sealed(self.tenant, seq).await.unwrap() {
            last = hash(&last, self.tenant, seq, &event);
            let sql = "UPDATE audit SET hash = ?3 WHERE tenant_id = ?1 AND seq = ?2";
            let params = vec![self.tenant.into(), seq.into(), last.to_vec().into()];
            batch.push(Statement::one(sql, params));
            seq += 1;
        }
        self.rows.write(batch).await.unwrap();
        self.sql(MOVE_HEAD, vec![(seq - 1).into(), last.to_vec().into()]).await;
    }
}

#[tokio::test]
async fn s54_a_changed_row_is_found() {
    let log = Log::sealed(10).await;
    assert_eq!(log.holds().await, 12);
    log.sql(CHANGE, vec![5.into()]).await;
    assert_eq!(log.problems().await, ["changed"]);
    let report = log.server.engine.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    let said = report.walk.problems[0].to_string();
    let id = log.event(5).await.event.id;
    assert!(said.contains("event 5") && said.contains(&id.to_string()), "{said}");
}

#[tokio::test]
async fn s54_a_removed_row_is_found() {
    let log = Log::sealed(10).await;
    log.sql(REMOVE, vec![5.into()]).await;
    assert_eq!(log.problems().await, ["removed"]);
    let report = log.server.engine.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    assert!(report.walk.problems[0].to_string().contains("5 to 5"));
}

#[tokio::test]
async fn s54_a_cut_off_end_is_found() {
    let log = Log::sealed(10).await;
    log.sql(CUT, vec![7.into()]).await;
    // By the checkpoint in the database, by the one outside it, and by the end of the chain.
    assert_eq!(log.problems().await, ["truncated"; 3]);
}

#[tokio::test]
async fn s54_rows_in_another_order_are_found() {
    let log = Log::sealed(10).await;
    let swap = "UPDATE audit SET seq = ?3 WHERE tenant_id = ?1 AND seq = ?2";
    for (from, to) in [(4, 1_000), (7, 4), (1_000, 7)] {
        log.sql(swap, vec![from.into(), to.into()]).await;
    }
    let found = log.problems().await;
    assert_eq!(found.first(), Some(&"changed"), "{found:?}");
}

#[tokio::test]
async fn s54_a_row_that_was_put_in_is_found() {
    let log = Log::sealed(10).await;
    let end = log.event(12).await;
    let sql = "INSERT INTO audit (tenant_id, id, at, event, actor, subject, seq, hash)
               VALUES (?1, ?2, ?3, 'challenge.approved', 'dev_forged', 'x', 13, ?4)";
    let forged = uuid::Uuid::from_u128(1);
    let hash = hash(&end.hash.clone().unwrap().try_into().unwrap(), log.tenant, 13, &end.event);
    log.sql(sql, vec![forged.into(), end.event.at.into(), hash.to_vec().into()]).await;
    assert_eq!(log.problems().await, ["changed", "appended"]);
}

#[tokio::test]
async fn s54_hashes_made_anew_contradict_the_checkpoint() {
    let log = Log::sealed(10).await;
    log.sql(CHANGE, vec![5.into()]).await;
    log.hash_anew(5).await;
    assert_eq!(log.problems().await, ["rewritten"; 2]);
    log.sql(FORGET_CHECKPOINTS, vec![0.into()]).await;
    assert_eq!(log.problems().await, ["rewritten"], "the checkpoint outside the database is enough");
}

#[tokio::test]
async fn s54_an_end_that_was_cut_off_together_with_its_checkpoints_is_found_outside_the_database() {
    let log = Log::sealed(10).await;
    log.roll_back(7).await;
    assert_eq!(log.problems().await, ["truncated"]);
    // The server goes on, and does not replace the evidence.
    let kept = log.server.data_dir().join(format!("checkpoints/{}.jws", log.tenant));
    let before = std::fs::read_to_string(&kept).unwrap();
    log.note(20).await;
    log.server.engine.seal_audit().await.unwrap();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), before);
    assert_eq!(log.problems().await, ["rewritten"]);
}

#[tokio::test]
async fn s54_a_removed_checkpoint_and_a_forged_one_are_found() {
    let log = Log::sealed(10).await;
    let exchange = "UPDATE checkpoints SET jws = ?3 WHERE tenant_id = ?1 AND seq = ?2";
    let elsewhere = Log::sealed(10).await;
    let file = |log: &Log| log.server.data_dir().join(format!("checkpoints/{}.jws", log.tenant));
    let foreign = std::fs::read_to_string(file(&elsewhere)).unwrap();
    let own = std::fs::read_to_string(file(&log)).unwrap();
    for jws in ["nonsense", foreign.trim()] {
        log.sql(exchange, vec![12.into(), jws.into()]).await;
        assert_eq!(log.problems().await, ["bad_checkpoint"], "{jws}");
    }
    log.sql(exchange, vec![12.into(), own.trim().into()]).await;
    assert_eq!(log.holds().await, 12);
    log.sql(FORGET_CHECKPOINTS, vec![0.into()]).await;
    assert_eq!(log.problems().await, ["checkpoint_removed"]);
}

#[tokio::test]
async fn s54_a_tenant_that_was_removed_with_its_log_is_missed() {
    let log = Log::sealed(3).await;
    for sql in [
        "DELETE FROM audit_heads WHERE tenant_id = ?1",
        "DELETE FROM tenants WHERE tenant_id = ?1",
        "DELETE FROM signing_keys WHERE tenant_id = ?1",
    ] {
        log.sql(sql, vec![]).await;
    }
    log.sql(CUT, vec![0.into()]).await;
    log.sql(FORGET_CHECKPOINTS, vec![0.into()]).await;
    let beside = log.server.beside();
    assert!(beside.audited_tenants().await.unwrap().contains(&log.tenant));
    let report = beside.verify_audit(log.tenant, &[], |_| {}).await.unwrap();
    assert_eq!(report.walk.problems[0].code(), "tenant_removed");
}

#[tokio::test]
async fn s54_a_public_key_that_was_exchanged_vouches_for_nothing() {
    let log = Log::sealed(3).await;
    let sql = "UPDATE signing_keys SET public_key = ?2 WHERE tenant_id = ?1";
    let key = countersign_tests::key::Key::default().public;
    log.sql(sql, vec![Value::from(key.point().to_vec())]).await;
    let refused = log.server.beside().verify_audit(log.tenant, &[], |_| {}).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn s54_a_checkpoint_kept_elsewhere_is_compared() {
    let log = Log::sealed(10).await;
    let kept = std::fs::read_to_string(log.server.data_dir().join(format!("checkpoints/{}.jws", log.tenant)));
    let given = [("a letter".to_owned(), kept.unwrap().trim().to_owned())];
    let check = async || log.server.engine.verify_audit(log.tenant, &given, |_| {}).await.unwrap();
    assert!(check().await.holds());
    log.roll_back(7).await;
    std::fs::remove_dir_all(log.server.data_dir().join("checkpoints")).unwrap();
    assert_eq!(log.holds().await, 7, "nothing here knows better");
    let found = check().await.walk.problems;
    assert!(matches!(&found[..], [one] if one.code() == "truncated" && one.to_string().contains("a letter")));
}
