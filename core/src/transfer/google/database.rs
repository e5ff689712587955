//! The database of Google Authenticator up to 5.00, from a rooted Android phone.

use rusqlite::Row;

use crate::otp::OtpEntry;
use crate::transfer::database::{self, Database};
use crate::transfer::fields::{self, Unusable};
use crate::transfer::kinds::{self, Arithmetic};
use crate::transfer::{Field, Format, Found, Imported, Item, TransferError, names};

const COLUMNS: [&str; 7] = ["email", "secret", "counter", "type", "issuer", "original_name", "isencrypted"];

/// Every account.
///
/// # Errors
/// [`TransferError`], one variant per cause.
pub(super) fn read(bytes: &[u8]) -> Result<Found, TransferError> {
    let database = Database::open(bytes, Format::Google)?;
    let mut items = Vec::new();
    database.each("accounts", &COLUMNS, |row, index| items.push(item(row, index)))?;
    Ok(Found::new(Format::Google, items))
}

fn item(row: &Row<'_>, index: usize) -> Item {
    let text = |column| database::text(row, column);
    let (issuer, account) = names::names(text(4), text(0).or(text(5)), None);
    match imported(row, issuer.as_deref(), &account) {
        Ok(imported) => Item::Usable(Box::new(imported)),
        Err(unusable) => unusable.refused(index, names::shown(issuer.as_deref(), &account)),
    }
}

/// Always SHA-1, six digits and 30 seconds.
fn imported(row: &Row<'_>, issuer: Option<&str>, account: &str) -> Result<Imported, Unusable> {
    if database::number(row, 6).is_some_and(|encrypted| encrypted > 0) {
        return Err(Unusable::new(Field::Secret, "its secret is encrypted by the device"));
    }
    let secret = fields::base32(database::text(row, 1).unwrap_or_default())?;
    let arithmetic =
        Arithmetic { digits: Some(6), counter: database::number(row, 2), ..Arithmetic::default() };
    let kind = match database::number(row, 3) {
        Some(0) => arithmetic.totp(issuer)?,
        Some(1) => arithmetic.hotp()?,
        other => return Err(kinds::unknown_type(other.map(|kind| kind.to_string()).as_deref())),
    };
    let warnings = arithmetic.warnings(&kind);
    Ok(Imported { warnings, ..OtpEntry::new(issuer, account, secret, kind)?.into() })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::read;
    use crate::otp::{Algorithm, Kind};
    use crate::transfer::Field;
    use crate::transfer::fixtures::{self, accounts, refused};

    #[test]
    fn the_example_and_encrypted_rows() {
        let connection = Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE accounts(_id INTEGER PRIMARY KEY,email TEXT NOT NULL,secret TEXT NOT NULL,counter INTEGER DEFAULT 0,type INTEGER,provider INTEGER DEFAULT 0,issuer TEXT,original_name TEXT);
            INSERT INTO accounts VALUES(1,'Beta:bob','MV4GC3LQNRSS243FMNZGK5BNGI',7,1,0,'Beta','Beta:bob');";
        connection.execute_batch(table).unwrap();
        let bytes = connection.serialize("main").unwrap().to_vec();
        let found = read(&bytes).unwrap();
        let entry = &accounts(&found)[0];
        assert_eq!((entry.issuer(), entry.account()), (Some("Beta"), "bob"));
        assert_eq!(*entry.kind(), Kind::Hotp { algorithm: Algorithm::Sha1, digits: 6, counter: 7 });
        assert_eq!(entry.secret(), fixtures::b().secret());
        let more = "ALTER TABLE accounts ADD COLUMN isencrypted INTEGER DEFAULT 0;
            INSERT INTO accounts VALUES(2,'x','MV4G',0,0,0,'','',1),(3,'x','MV4G',0,7,0,'','',0);";
        connection.execute_batch(more).unwrap();
        let found = read(&connection.serialize("main").unwrap()).unwrap();
        assert_eq!(refused(&found), [(2, Field::Secret), (3, Field::Type)]);
        fixtures::any_mutation_returns(|source| read(source.bytes()), &bytes, 200);
    }
}
