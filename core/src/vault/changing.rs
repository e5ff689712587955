//! Changing the ways to unlock an unlocked vault, and its keys. What a slot is made of is `slots`.
//!
//! Deriving a key takes long and needs no lock, so each change names the slot that it was made for; one that came in
//! between is never replaced unseen (`write::SlotChange`).

use super::password::PasswordCost;
use super::phrase::NewPhrase;
use super::seal::{Key, scrub_stack};
use super::slots::{Slot, SlotKind};
use super::write::{Plan, SlotChange};
use super::{Unlocked, Vault, VaultError};
use crate::keys::KeyStore;

/// What a new slot is made from: the keys, and the slot that it takes the place of.
struct Basis {
    data: Key,
    presence: Key,
    from: Option<Slot>,
}

impl Vault {
    /// Adds a password, or changes it.
    ///
    /// # Errors
    /// `PasswordRequired` when there is a password or a recovery phrase already and this vault was not unlocked with
    /// one: the presence key could not be kept; see [`Vault::replace_forgotten_password`]. `EmptyPassword`,
    /// `CostOutOfBounds`, `NotEnoughMemory`, `SlotChanged`, and what [`Vault::write`] gives.
    pub fn add_password_slot(&self, password: &str, cost: PasswordCost) -> Result<(), VaultError> {
        let basis = self.basis(SlotKind::Password)?;
        let keys = (&basis.data, &basis.presence);
        let slot = Slot::for_password(&self.id, password, cost, keys, &*self.rng)?;
        self.put_slots([(SlotKind::Password, basis.from, Some(slot))], basis.data, basis.presence)
    }

    /// Adds a recovery phrase, or replaces it, once the words that [`NewPhrase::asked`] names were typed back. It unlocks
    /// like the password, presence included.
    ///
    /// # Errors
    /// `Phrase` when a word is not the one that was shown; otherwise as [`Vault::add_password_slot`].
    pub fn add_phrase_slot(&self, phrase: &NewPhrase, typed: &[&str]) -> Result<(), VaultError> {
        let phrase = phrase.confirmed(typed)?;
        let basis = self.basis(SlotKind::Phrase)?;
        let keys = (&basis.data, &basis.presence);
        let slot = Slot::for_phrase(&self.id, phrase, keys, &*self.rng)?;
        self.put_slots([(SlotKind::Phrase, basis.from, Some(slot))], basis.data, basis.presence)
    }

    /// Sets a new password without the old one, in a vault that the platform's key unlocked.
    ///
    /// The presence key is replaced too, so whatever was sealed under it (software verification keys) is lost and has
    /// to be enrolled again: device unlock alone must not grant what the password guards. The recovery phrase goes with
    /// it; make another.
    ///
    /// # Errors
    /// As [`Vault::add_password_slot`] but `PasswordRequired`.
    pub fn replace_forgotten_password(&self, password: &str, cost: PasswordCost) -> Result<(), VaultError> {
        let presence = Key::random(&*self.rng)?;
        let (data, from, phrase) = self.with(|unlocked| {
            let slot = |kind| unlocked.contents.slots.get(&kind).cloned();
            Ok((unlocked.data.clone(), slot(SlotKind::Password), slot(SlotKind::Phrase)))
        })?;
        let slot = Slot::for_password(&self.id, password, cost, (&data, &presence), &*self.rng)?;
        let changes = [(SlotKind::Password, from, Some(slot)), (SlotKind::Phrase, phrase, None)];
        self.put_slots(changes, data, presence)
    }

    /// Lets the key called `alias` in `keys` unlock the vault from now on, instead of any earlier platform key.
    ///
    /// # Errors
    /// `KeyLost`, `KeyRefused`, `SlotChanged`, and what [`Vault::write`] gives.
    pub async fn add_keystore_slot(&self, keys: &dyn KeyStore, alias: &str) -> Result<(), VaultError> {
        let kind = SlotKind::KeyStore;
        let (data, from) =
            self.with(|unlocked| Ok((unlocked.data.clone(), unlocked.contents.slots.get(&kind).cloned())))?;
        let slot = Slot::for_keystore(&self.id, keys, alias, &data).await?;
        self.with(|unlocked| {
            unlocked.still_has(&data, kind)?;
            self.run(unlocked, plan([(kind, from, Some(slot))]))
        })
    }

    /// Takes a way to unlock away. Once neither password nor recovery phrase is left, the presence key is gone, and what
    /// was sealed under it. Earlier states keep the ways to unlock that they had: see [`Vault::forget_earlier_states`].
    ///
    /// # Errors
    /// `LastSlot`, `NoSuchSlot`, `SlotChanged`, and what [`Vault::write`] gives.
    pub fn remove_slot(&self, kind: SlotKind) -> Result<(), VaultError> {
        self.with(|unlocked| {
            let from = unlocked.contents.slots.get(&kind).cloned().ok_or(VaultError::NoSuchSlot { kind })?;
            self.run(unlocked, plan([(kind, Some(from), None)]))
        })
    }

    /// Gives the vault a new data key, proven by the password, and seals every record anew: for when the old key may
    /// have been copied. Afterwards the password is the only way to unlock; add the others again. Other handles, in this
    /// process and others, say `Replaced` until they open the vault again. The state before is kept under the former
    /// keys: see [`Vault::forget_earlier_states`].
    ///
    /// # Errors
    /// `WrongPassword`, `NoSuchSlot` without a password slot, `SlotChanged`, and what [`Vault::write`] gives.
    pub fn renew_keys(&self, password: &str) -> Result<(), VaultError> {
        let kind = SlotKind::Password;
        let old = self.with(|unlocked| {
            unlocked.contents.slots.get(&kind).cloned().ok_or(VaultError::NoSuchSlot { kind })
        })?;
        let presence = old.open_with_password(&self.id, password)?.presence;
        let presence = presence.ok_or(VaultError::PasswordRequired)?;
        let data = Key::random(&*self.rng)?;
        let keys = (&data, &presence);
        let slot = Slot::for_password(&self.id, password, old.cost, keys, &*self.rng)?;
        let done = self.with(|unlocked| {
            let other = |kind| (kind, unlocked.contents.slots.get(&kind).cloned(), None);
            let others = [other(SlotKind::KeyStore), other(SlotKind::Phrase)];
            let mut plan = plan(others.into_iter().chain([(kind, Some(old), Some(slot))]));
            plan.new_key = Some(data.clone());
            self.run(unlocked, plan)?;
            unlocked.data = data.clone();
            unlocked.presence = Some(presence.clone());
            Ok(())
        });
        scrub_stack();
        done
    }

    /// The presence key at hand, or a new one where no slot carries one yet.
    fn basis(&self, kind: SlotKind) -> Result<Basis, VaultError> {
        self.with(|unlocked| {
            let slots = &unlocked.contents.slots;
            let presence = match &unlocked.presence {
                Some(presence) => presence.clone(),
                None if slots.keys().any(|kind| kind.proves_presence()) => {
                    return Err(VaultError::PasswordRequired);
                }
                None => Key::random(&*self.rng)?,
            };
            Ok(Basis { data: unlocked.data.clone(), presence, from: slots.get(&kind).cloned() })
        })
    }

    /// Puts slots that carry `data` and `presence`; the presence key is then at hand.
    fn put_slots<const N: usize>(
        &self,
        changes: [(SlotKind, Option<Slot>, Option<Slot>); N],
        data: Key,
        presence: Key,
    ) -> Result<(), VaultError> {
        let done = self.with(|unlocked| {
            unlocked.still_has(&data, SlotKind::Password)?;
            self.run(unlocked, plan(changes))?;
            unlocked.presence = Some(presence);
            Ok(())
        });
        scrub_stack();
        done
    }
}

impl Unlocked {
    /// A slot that was made for a data key which was renewed meanwhile would open nothing.
    fn still_has(&self, data: &Key, kind: SlotKind) -> Result<(), VaultError> {
        if self.data.is(data) { Ok(()) } else { Err(VaultError::SlotChanged { kind }) }
    }
}

fn plan(changes: impl IntoIterator<Item = (SlotKind, Option<Slot>, Option<Slot>)>) -> Plan {
    let change = |(kind, from, to)| (kind, SlotChange { from, to });
    Plan { slots: changes.into_iter().map(change).collect(), ..Plan::default() }
}
