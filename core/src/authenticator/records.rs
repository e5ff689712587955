//! What is stored, and how it gets into the vault's tables: accounts, answers, and keys that wait to be deleted.
//!
//! Entries are in `entries.rs`. Records are JSON; the vault seals them.

use countersign_protocol::answer::Decision;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::offline::OfflineKey;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::wire::Outcome;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{AuthenticatorError, Inner, offline};
use crate::approve::{Account, AccountId};
use crate::vault::{Change, Record, Table, VaultError};

/// An answer that this device gave and the server took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// The request.
    pub id: ChallengeId,
    /// The account that was asked.
    pub account: AccountId,
    /// Its organisation.
    pub tenant: String,
    /// Who asked.
    pub application: String,
    /// The relying party's words.
    pub message: String,
    /// What was decided.
    pub decision: Decision,
    /// How the request ended.
    pub outcome: Outcome,
    /// When, seconds since 1970 by the server's clock as this device knew it.
    pub answered_at: u64,
    /// The evidence: `countersign_protocol::receipt::Receipt::verify` checks it offline.
    pub receipt: Receipt,
}

/// Settings rows that name keys without an account: of an enrolment under way, or waiting to be deleted. The content is
/// when the note was made, seconds since 1970 by this device's clock.
const ORPHAN: &str = "orphan-keys/";

/// Notes younger than this may belong to an enrolment of another process that is under way, in seconds.
const UNDER_WAY: u64 = 900;

impl Inner {
    pub(super) fn accounts(&self) -> Result<Vec<Account>, AuthenticatorError> {
        let mut accounts: Vec<Account> = self
            .vault
            .list(Table::Accounts)?
            .iter()
            .map(|record| read(Table::Accounts, record))
            .collect::<Result<_, _>>()?;
        accounts.sort_by_key(|account| (account.enrolled_at, account.id.clone()));
        Ok(accounts)
    }

    pub(super) fn account(&self, id: &AccountId) -> Result<Account, AuthenticatorError> {
        let plain =
            self.vault.get(Table::Accounts, id.as_str())?.ok_or(AuthenticatorError::UnknownAccount)?;
        parse(Table::Accounts, id.as_str(), &plain)
    }

    /// Changes an account's record if `change` changes anything. An account that is gone stays gone.
    pub(super) fn update_account(
        &self,
        id: &AccountId,
        change: impl Fn(&mut Account),
    ) -> Result<(), AuthenticatorError> {
        let _writing = self.writing();
        // Another process may have changed the row: then it has been reloaded, and the change is made to that one.
        for last in [false, true] {
            let account = match self.account(id) {
                Err(AuthenticatorError::UnknownAccount) => return Ok(()),
                account => account?,
            };
            let mut changed = account.clone();
            change(&mut changed);
            if changed == account {
                return Ok(());
            }
            match self.vault.write(vec![put_account(&changed)]) {
                Err(VaultError::Changed { .. }) if !last => {}
                result => return Ok(result?),
            }
        }
        Ok(())
    }

    pub(super) fn add_account(
        &self,
        account: &Account,
        offline_key: Option<&OfflineKey>,
    ) -> Result<(), AuthenticatorError> {
        let _writing = self.writing();
        let mut changes = vec![put_account(account), delete(Table::Settings, orphan(&account.id))];
        changes.extend(offline_key.map(|key| Change::Put {
            table: Table::Keys,
            id: offline::row_id(&account.id),
            plain: Zeroizing::new(key.reveal().to_vec()),
        }));
        self.vault.write(changes)?;
        self.accounts_changed.send_modify(|count| *count = count.wrapping_add(1));
        Ok(())
    }

    /// Removes the account and leaves a note that its keys are to be deleted.
    pub(super) fn forget_account(&self, account: &Account) -> Result<(), AuthenticatorError> {
        let _writing = self.writing();
        self.vault.write(vec![
            delete(Table::Accounts, account.id.to_string()),
            delete(Table::Keys, offline::row_id(&account.id)),
            self.put_orphan(&account.id),
        ])?;
        self.memory().forget(&account.id);
        self.accounts_changed.send_modify(|count| *count = count.wrapping_add(1));
        Ok(())
    }

    pub(super) fn note_orphan(&self, keys: &AccountId) -> Result<(), AuthenticatorError> {
        Ok(self.vault.write(vec![self.put_orphan(keys)])?)
    }

    fn put_orphan(&self, keys: &AccountId) -> Change {
        let plain = to_plain(&self.clock.unix_seconds());
        Change::Put { table: Table::Settings, id: orphan(keys), plain }
    }

    pub(super) fn clear_orphan(&self, keys: &AccountId) -> Result<(), AuthenticatorError> {
        Ok(self.vault.write(vec![delete(Table::Settings, orphan(keys))])?)
    }

    /// Keys that belong to no account and to no enrolment under way.
    pub(super) fn orphans(&self) -> Result<Vec<AccountId>, AuthenticatorError> {
        let now = self.clock.unix_seconds();
        // A note that cannot be read is an old one.
        let is_old = |row: &&Record| {
            serde_json::from_slice::<u64>(&row.plain).map_or(true, |at| at.abs_diff(now) >= UNDER_WAY)
        };
        let rows = self.vault.list(Table::Settings)?;
        let keys = rows.iter().filter(is_old).filter_map(|row| row.id.strip_prefix(ORPHAN));
        Ok(keys.map(AccountId::from).collect())
    }

    pub(super) fn record_answer(&self, record: &AnswerRecord) -> Result<(), AuthenticatorError> {
        // Only both together are unique: the challenge's id is the server's choice.
        let id = format!("{}/{}", record.account, record.id);
        let change = Change::Put { table: Table::History, id, plain: to_plain(record) };
        Ok(self.vault.write(vec![change])?)
    }

    pub(super) fn answers(&self) -> Result<Vec<AnswerRecord>, AuthenticatorError> {
        self.vault.list(Table::History)?.iter().map(|record| read(Table::History, record)).collect()
    }
}

fn put_account(account: &Account) -> Change {
    Change::Put { table: Table::Accounts, id: account.id.to_string(), plain: to_plain(account) }
}

fn delete(table: Table, id: String) -> Change {
    Change::Delete { table, id }
}

fn orphan(keys: &AccountId) -> String {
    format!("{ORPHAN}{keys}")
}

pub(super) fn read<T: DeserializeOwned>(table: Table, record: &Record) -> Result<T, AuthenticatorError> {
    parse(table, &record.id, &record.plain)
}

pub(super) fn parse<T: DeserializeOwned>(
    table: Table,
    id: &str,
    plain: &[u8],
) -> Result<T, AuthenticatorError> {
    serde_json::from_slice(plain).map_err(|source| AuthenticatorError::Record {
        table,
        id: id.to_owned(),
        source: source.into(),
    })
}

/// JSON with room for everything at once: a growing buffer would leave copies of a secret behind.
pub(super) fn to_plain<T: Serialize>(value: &T) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(8 * 1024));
    // Our own types have text keys and no failing serializers, and a vector takes everything.
    let _ = serde_json::to_writer(&mut *plain, value);
    plain
}
