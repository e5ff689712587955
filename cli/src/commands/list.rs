//! `list`: the accounts with one-time codes, without codes.

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::table::{Cell, Table};

pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let entries = context.open().await?.entries()?;
    let out = &context.out;
    if out.json {
        return entries.iter().try_for_each(|entry| out.fact(entry));
    }
    if entries.is_empty() {
        return super::codes::nothing_yet(context);
    }
    let mut table = Table::default();
    for entry in &entries {
        let weak = if entry.weak { "  (its secret is short)" } else { "" };
        table.row([
            Cell::styled(entry.id.as_str(), |id| out.style.dim(id)),
            match entry.period {
                Some(period) => format!("{} digits / {period} s", entry.digits).into(),
                None => format!("{} digits / counted", entry.digits).into(),
            },
            format!("{}{weak}", codes::name(entry.issuer.as_deref(), &entry.account)).into(),
        ]);
    }
    table.lines().iter().try_for_each(|line| out.line(line))
}
