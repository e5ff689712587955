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
    use super::*;

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
