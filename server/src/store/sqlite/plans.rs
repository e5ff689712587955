//! In debug builds, each statement's query plan is looked at once: one that would read a whole table, or all rows that a
//! tenant has in a table that grows, does not run. So every test run proves that no statement gets slow with the data.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

/// Tables of which a tenant has few rows.
const SMALL: &[&str] = &[
    "tenants",
    "signing_keys",
    "applications",
    "channels",
    "access_rules",
    "credentials",
    "oauth_clients",
    "audit_heads",
    "audit_checks",
    "webhooks",
    "providers",
    "templates",
    "issuers",
    "token_keys",
    "CONSTANT ROW",
];

static SEEN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// Whether the statement finds its rows by an index. Looks once at each statement of the program.
pub(super) fn is_indexed(connection: &Connection, sql: &'static str) -> bool {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if !seen.get_or_insert_default().insert(sql) {
        return true;
    }
    let plan = plan(connection, sql).unwrap_or_default();
    let bad = plan.iter().find(|step| is_slow(step));
    if let Some(step) = bad {
        eprintln!("this statement would get slow with the data ({step}):\n{sql}");
    }
    bad.is_none()
}

fn plan(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(row.get(3)?);
    }
    Ok(steps)
}

/// A scan, or a search by nothing but the tenant; `devices d` is planned as `SEARCH d USING …`, so an alias of a table
/// that grows is judged like it.
fn is_slow(step: &str) -> bool {
    let small = SMALL.iter().any(|table| step.contains(&format!(" {table}")));
    let whole = step.starts_with("SCAN") || step.ends_with("(tenant_id=?)");
    // The tenants' own key, and the applications' join with it, are one row each.
    whole && !small && !step.starts_with("SEARCH t ")
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::TenantId;
    use uuid::Uuid;

    use super::*;
    use crate::store::sqlite::Sqlite;
    use crate::store::{attention, audit, audit_search, deciding};

    /// A row of the log by its key.
    const LOOKUP: &str = "PRIMARY KEY (tenant_id=? AND id=?)";

    #[test]
    fn the_few_rows_that_are_looked_for_are_found_past_the_many() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        drop(Sqlite::open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        let (tenant, nobody) = (TenantId(Uuid::nil()), Uuid::nil());
        let waiting = deciding::end_if_locked(tenant, nobody, "", nobody, 0);
        for (sql, steps) in [
            (audit::NEXT_UNSEALED, &["audit_unsealed (seq=? AND tenant_id>?)"][..]),
            (
                audit::UNSEALED,
                &["PRIMARY KEY (tenant_id=? AND id=?)", "audit_unsealed (seq=? AND tenant_id=?)"],
            ),
            (audit::COUNT_UNSEALED, &["audit_unsealed (seq=? AND tenant_id=?)"]),
            (audit_search::BY_ACTOR, &[LOOKUP, "audit_by_actor (tenant_id=? AND actor=? AND id>? AND id<?)"]),
            (
                audit_search::BY_SUBJECT,
                &[LOOKUP, "audit_by_subject (tenant_id=? AND subject=? AND id>? AND id<?)"],
            ),
            (
                audit_search::BY_ADDRESS,
                &[LOOKUP, "audit_by_address (tenant_id=? AND address=? AND id>? AND id<?)"],
            ),
            (audit_search::BY_EVENT, &[LOOKUP, "audit_by_event (tenant_id=? AND event=? AND id>? AND id<?)"]),
            (
                waiting.sql,
                &[
                    "challenges_pending (tenant_id=? AND user_id=? AND id>?)",
                    "(tenant_id=? AND user_id=? AND factor=?)",
                ],
            ),
            (attention::LOCKED, &["counters_by_lock (tenant_id=? AND locked_at>?)"]),
        ] {
            let plan = plan(&connection, sql).unwrap();
            let searches: Vec<_> = plan.iter().filter(|step| step.starts_with("SEARCH")).collect();
            let same = searches.iter().zip(steps).all(|(is, wanted)| is.ends_with(wanted));
            assert!(same && searches.len() == steps.len(), "{sql}: {plan:?}");
        }
    }

    #[test]
    fn whole_tables_and_whole_tenants_are_slow() {
        assert!(is_slow("SCAN devices"));
        assert!(is_slow("SCAN d USING INDEX devices_by_user"));
        assert!(is_slow("SEARCH d USING PRIMARY KEY (tenant_id=?)"));
        assert!(!is_slow("SEARCH d USING INDEX devices_by_user (tenant_id=? AND user_id=?)"));
        assert!(!is_slow("SEARCH tenants USING PRIMARY KEY (tenant_id=?)"));
        assert!(!is_slow("SCAN CONSTANT ROW"));
    }
}
