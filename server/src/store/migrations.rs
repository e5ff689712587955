//! How the tables came to be: one set of files for both engines, written in SQLite's words (ADR 0009). What differs is
//! only what a type is called and how a table says that it is strict about types.

use refinery::{Migration, Runner};

mod files {
    refinery::embed_migrations!("migrations");
}

/// The files as they are.
pub(super) fn for_sqlite() -> Runner {
    files::migrations::runner()
}

/// The files in PostgreSQL's words.
///
/// # Errors
/// [`refinery::Error`] for a file whose name has no version.
pub(super) fn for_postgres() -> Result<Runner, refinery::Error> {
    let translated: Result<Vec<_>, _> = for_sqlite()
        .get_migrations()
        .iter()
        .map(|file| {
            let sql = translate(file.sql().unwrap_or_default());
            Migration::unapplied(&format!("V{}__{}", file.version(), file.name()), &sql)
        })
        .collect();
    Ok(Runner::new(&translated?))
}

/// A database keeps a checksum of each translation that it was given, so what this makes of a released file never
/// changes; a test holds it to that.
fn translate(sqlite: &str) -> String {
    let bare = sqlite.replace(") STRICT, WITHOUT ROWID;", ");").replace(") STRICT;", ");");
    bare.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map(|piece| {
            let word = piece.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
            let rest = piece.get(word.len()..).unwrap_or_default();
            let word = match word {
                "BLOB" => "BYTEA",
                "INTEGER" => "BIGINT",
                other => other,
            };
            format!("{word}{rest}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_strictness_are_translated_and_nothing_else() {
        let sqlite = "CREATE TABLE blobs (\n  id BLOB NOT NULL, -- a BLOB_ID\n  at INTEGER\n) STRICT, WITHOUT ROWID;\n\
                      CREATE TABLE b (x TEXT) STRICT;\nCREATE INDEX i ON b (x) WHERE x = 'done';";
        let postgres = "CREATE TABLE blobs (\n  id BYTEA NOT NULL, -- a BLOB_ID\n  at BIGINT\n);\n\
                        CREATE TABLE b (x TEXT);\nCREATE INDEX i ON b (x) WHERE x = 'done';";
        assert_eq!(translate(sqlite), postgres);
    }

    #[test]
    fn what_a_released_file_becomes_stays_the_same() {
        let runner = for_postgres().unwrap();
        let first = runner.get_migrations().iter().find(|file| file.version() == 1).unwrap();
        assert_eq!(
            first.checksum(),
            10_712_740_719_817_560_847,
            "databases that exist have been given the other text"
        );
        for file in runner.get_migrations() {
            // Comments may say what they like.
            let sql: Vec<_> =
                file.sql().unwrap().lines().filter_map(|line| line.split("--").next()).collect();
            for word in ["BLOB", "INTEGER", "STRICT", "ROWID", "AUTOINCREMENT", "IFNULL", "datetime("] {
                assert!(!sql.join("\n").contains(word), "{file}: {word}");
            }
        }
    }
}
