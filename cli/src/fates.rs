//! What becomes of the entries of another app's file: a line for each, and the sum.

use countersign_core::authenticator::{ImportFate, ImportItem};
use serde::Serialize;

use crate::codes;
use crate::output::Style;
use crate::table::{Cell, Table};

/// A line of `import --json`. Never a secret.
#[derive(Debug, Serialize)]
pub(crate) struct ImportedFact<'a> {
    pub(crate) file: &'a str,
    pub(crate) format: &'static str,
    #[serde(flatten)]
    pub(crate) item: &'a ImportItem,
}

/// How many of them have this fate.
pub(crate) fn count(items: &[ImportItem], fate: ImportFate) -> usize {
    items.iter().filter(|item| item.fate == fate).count()
}

/// A line for each, with what the person should know about it below.
pub(crate) fn lines(items: &[ImportItem], style: Style) -> Vec<String> {
    let mut table = Table::default();
    for item in items {
        let mark = match item.fate {
            ImportFate::Added => Cell::styled("added", |text| style.green(text)),
            ImportFate::Duplicate => Cell::styled("here already", |text| style.dim(text)),
            ImportFate::Refused => Cell::styled("REFUSED", |text| style.red(text)),
            ImportFate::Skipped => Cell::styled("left aside", |text| style.dim(text)),
        };
        let name = codes::name(item.issuer.as_deref(), &item.account);
        let remarks: String = item.remarks.iter().map(|remark| format!("  {remark}")).collect();
        table.row([format!("{:>3}", item.index).into(), mark, format!("{name}{remarks}").into()]);
    }
    table.lines()
}

/// `2 added, 1 here already, 1 refused`: what there is of each.
pub(crate) fn sum(items: &[ImportItem]) -> String {
    let each = [
        (ImportFate::Added, "added"),
        (ImportFate::Duplicate, "here already"),
        (ImportFate::Refused, "refused"),
        (ImportFate::Skipped, "left aside"),
    ];
    let parts: Vec<String> = each
        .into_iter()
        .map(|(fate, words)| (count(items, fate), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if parts.is_empty() { "no entries".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use countersign_core::remark::Remark;

    use super::*;

    fn item(index: usize, account: &str, fate: ImportFate, remark: &str) -> ImportItem {
        let remarks = if remark.is_empty() {
            Vec::new()
        } else {
            vec![Remark::new("entry", Vec::new(), remark.to_owned())]
        };
        ImportItem { remarks, ..item_of(index, account, fate) }
    }

    fn item_of(index: usize, account: &str, fate: ImportFate) -> ImportItem {
        ImportItem {
            index,
            issuer: Some("بنك".to_owned()),
            account: account.to_owned(),
            fate,
            remarks: Vec::new(),
        }
    }

    #[test]
    fn p3_each_entry_has_its_line_and_its_reason() {
        let items = [
            item(1, "ann", ImportFate::Added, ""),
            item(2, "bob", ImportFate::Duplicate, ""),
            item(10, "cy", ImportFate::Refused, "The secret is missing."),
        ];
        assert_eq!(
            lines(&items, Style::default()),
            [
                "  1  added         بنك (ann)",
                "  2  here already  بنك (bob)",
                " 10  REFUSED       بنك (cy)  The secret is missing."
            ]
        );
        assert_eq!(sum(&items), "1 added, 1 here already, 1 refused");
        assert_eq!(sum(&[]), "no entries");
    }
}
