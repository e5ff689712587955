//! Finding people: newest first, or by what a name, an address or a reference begins with, or by a whole number.

use countersign_protocol::id::{TenantId, from_base32, to_base32};
use uuid::Uuid;

use super::fold::{fold, words_of};
use crate::engine::{Engine, Error, Phone};
use crate::store::people::put_words;
use crate::store::{PersonLine, Stretch, UserRow};

/// People on a page.
pub const PERSON_PAGE: i64 = 50;
/// People whose words are written down at once.
const AT_ONCE: i64 = 500;

/// A page of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPeople {
    /// They.
    pub people: Vec<PersonLine>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

impl Engine {
    /// A page of the tenant's people: all of them, newest first; or those whom `asked` finds. `after` is where the page
    /// before ended.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an `after` of nobody's; [`Error::TenantNotFound`].
    pub async fn find_people(
        &self,
        tenant: TenantId,
        asked: &str,
        after: Option<&str>,
    ) -> Result<FoundPeople, Error> {
        self.is_no_console(tenant).await?;
        let wrong = || Error::Invalid("this page of the list is gone; begin at the first one".to_owned());
        let after = after.map(|text| from_base32(text).ok_or_else(wrong)).transpose()?;
        let (now, limit, prefix) = (self.now(), PERSON_PAGE + 1, fold(asked));
        let mut people = if prefix.is_empty() {
            self.store.newest_people(tenant, now, after.unwrap_or(Uuid::max()), limit).await?
        } else if let Some(value) = whole(asked) {
            let after = after.unwrap_or_default();
            let found = self.store.people_by_contact(tenant, now, (&value, after), limit).await?;
            if found.is_empty() { self.by_word(tenant, prefix, after, limit).await? } else { found }
        } else {
            self.by_word(tenant, prefix, after.unwrap_or_default(), limit).await?
        };
        let page = usize::try_from(PERSON_PAGE).unwrap_or(usize::MAX);
        let more = people.len() > page;
        people.truncate(page);
        let next = people.last().filter(|_| more).map(|last| to_base32(last.user.id));
        Ok(FoundPeople { people, next })
    }

    async fn by_word(
        &self,
        tenant: TenantId,
        prefix: String,
        after: Uuid,
        limit: i64,
    ) -> Result<Vec<PersonLine>, Error> {
        let prefix = prefix.into_bytes();
        // Where the last person of the page before stood is known by their words.
        let last = self.store.user_by_id(tenant, after).await?.map(|user| words_of(&user));
        let word = last.and_then(|words| words.into_iter().find(|word| word.starts_with(&prefix)));
        let begins = word.map_or((prefix.clone(), Uuid::nil()), |word| (word, after));
        let stretch = Stretch { end: behind(&prefix), prefix, after: begins };
        Ok(self.store.people_by_word(tenant, self.now(), stretch, limit).await?)
    }

    /// Writes down what people are found by who were made known by an earlier version, a bounded number. Returns whether
    /// there may be more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn write_words_down(&self) -> Result<bool, Error> {
        let found = self.store.people_without_words(AT_ONCE).await?;
        // Held, so that no words of somebody stay who is forgotten at this moment; the others' are written the next time.
        let batch: Vec<_> = found
            .iter()
            .flat_map(|user| std::iter::once(user.hold()).chain(put_words(user, words_of(user))))
            .collect();
        if !batch.is_empty() {
            self.store.write(batch).await?;
        }
        Ok(i64::try_from(found.len()).unwrap_or(i64::MAX) >= AT_ONCE)
    }

    /// A person by what their applications call them.
    ///
    /// # Errors
    /// [`Error::TenantNotFound`], [`Error::Store`].
    pub async fn person_called(&self, tenant: TenantId, user_ref: &str) -> Result<Option<UserRow>, Error> {
        self.is_no_console(tenant).await?;
        Ok(self.store.user_by_ref(tenant, user_ref).await?)
    }
}

/// A whole number or address, in its one spelling, if it is one: what a contact would be.
fn whole(asked: &str) -> Option<String> {
    let phone = Phone::parse(asked).ok().map(|phone| phone.as_str().to_owned());
    let (local, domain) = asked.trim().rsplit_once('@').unwrap_or_default();
    let address =
        (!local.is_empty() && domain.contains('.')).then(|| format!("{local}@{}", domain.to_lowercase()));
    phone.or(address)
}

/// The first bytes behind all that begin with `prefix`: no byte of UTF-8 is the last one there is.
fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_or_address_is_told_from_a_beginning() {
        assert_eq!(whole(" +966 50 123 4567 ").as_deref(), Some("+966501234567"));
        assert_eq!(whole("Ann@X.Example").as_deref(), Some("Ann@x.example"));
        for beginning in ["+9665", "ann", "ann@", "ann@x", ""] {
            assert_eq!(whole(beginning), None, "{beginning}");
        }
    }

    #[test]
    fn what_begins_with_something_ends_before_the_next_byte() {
        assert_eq!(behind(b"ann"), b"ano");
        let end = behind("محم".as_bytes());
        assert!("محمد".as_bytes() < &end[..] && "محن".as_bytes() >= &end[..]);
    }
}
