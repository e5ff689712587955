//! What is set for an application that sends browsers to our pages.

use url::{Host, Url};

use super::redirect::registrable;
use crate::engine::audit::Actor;
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::StoreError;
use crate::store::web_clients::{self, WebClientRow};

/// Addresses that one application registers at most.
const MOST: usize = 32;
/// The words of the settings; of each pair the first one is the default.
const MATCH: [&str; 2] = ["origin", "exact"];
const ASKS: [&str; 2] = ["none", "push"];
const LEGACY: [&str; 2] = ["off", "on"];
const PENDING: [&str; 2] = ["nil", "null"];

/// An application's settings for the web. The default is that of an application that has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebClient {
    /// Where its people may be sent back to.
    pub redirect_uris: Vec<Url>,
    /// Whether a callback must be one of them exactly; otherwise its scheme, host and port must be those of one.
    pub exact: bool,
    /// Whether a push is asked at once when the application does not say what to ask.
    pub push_at_once: bool,
    /// Whether a channel and an address are enough to read how a sign-in went.
    pub legacy_check: bool,
    /// Whether a code that is still waited for is a JSON null, and not the text `nil`.
    pub null_pending: bool,
}

impl WebClient {
    /// How callbacks are compared: `origin` or `exact`.
    #[must_use]
    pub fn match_word(&self) -> &'static str {
        word(MATCH, self.exact)
    }

    /// What is asked when the application does not say: `none` or `push`.
    #[must_use]
    pub fn asks_word(&self) -> &'static str {
        word(ASKS, self.push_at_once)
    }

    /// Whether a channel and an address are enough: `off` or `on`.
    #[must_use]
    pub fn legacy_word(&self) -> &'static str {
        word(LEGACY, self.legacy_check)
    }

    /// What a code that is still waited for is called: `nil` or `null`.
    #[must_use]
    pub fn pending_word(&self) -> &'static str {
        word(PENDING, self.null_pending)
    }
}

impl WebClient {
    /// The addresses that go over the network without TLS.
    pub fn open(&self) -> impl Iterator<Item = &Url> {
        self.redirect_uris.iter().filter(|url| is_open(url))
    }
}

/// Whether it goes over the network without TLS.
fn is_open(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && !is_here
}

/// Changes to the settings; what is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebChanges {
    /// In place of the addresses that are registered.
    pub redirect_uris: Option<Vec<String>>,
    /// See [`WebClient::exact`].
    pub exact: Option<bool>,
    /// See [`WebClient::push_at_once`].
    pub push_at_once: Option<bool>,
    /// See [`WebClient::legacy_check`].
    pub legacy_check: Option<bool>,
    /// See [`WebClient::null_pending`].
    pub null_pending: Option<bool>,
}

fn word([off, on]: [&'static str; 2], is_on: bool) -> &'static str {
    if is_on { on } else { off }
}

/// The settings out of their row; those of an application that has none when there is no row.
pub(in crate::engine) fn read(row: Option<&WebClientRow>) -> Result<WebClient, Error> {
    let Some(row) = row else { return Ok(WebClient::default()) };
    let damaged = || Error::Damaged("web client");
    let is_on = |value: &Option<String>, words: [&str; 2]| match value.as_deref() {
        None => Ok(false),
        Some(value) => words.iter().position(|word| *word == value).map(|at| at == 1).ok_or_else(damaged),
    };
    let addresses = row.redirect_uris.split(' ').filter(|text| !text.is_empty());
    Ok(WebClient {
        redirect_uris: addresses
            .map(|text| registrable(text).ok_or_else(damaged))
            .collect::<Result<_, _>>()?,
        exact: is_on(&row.redirect_match, MATCH)?,
        push_at_once: is_on(&row.asks_at_once, ASKS)?,
        legacy_check: is_on(&row.legacy_check, LEGACY)?,
        null_pending: is_on(&row.pending_word, PENDING)?,
    })
}

fn addresses(texts: &[String]) -> Result<String, Error> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let url = registrable(text).ok_or_else(|| {
            Error::Invalid(format!(
                "`{text}` cannot be registered: it looks like https://www.example.org/auth/mfa_check, without a user's \
                 name, a part behind `#`, spaces or backslashes"
            ))
        })?;
        let url = String::from(url);
        if !all.contains(&url) {
            all.push(url);
        }
    }
    if all.len() > MOST {
        return Err(Error::Invalid(format!("an application registers at most {MOST} addresses: give fewer")));
    }
    Ok(all.join(" "))
}

fn change(row: &mut WebClientRow, changes: &WebChanges) -> Result<(), Error> {
    if let Some(texts) = &changes.redirect_uris {
        row.redirect_uris = addresses(texts)?;
    }
    let set = |at: &mut Option<String>, words, value: Option<bool>| {
        if let Some(is_on) = value {
            *at = Some(word(words, is_on).to_owned());
        }
    };
    set(&mut row.redirect_match, MATCH, changes.exact);
    set(&mut row.asks_at_once, ASKS, changes.push_at_once);
    set(&mut row.legacy_check, LEGACY, changes.legacy_check);
    set(&mut row.pending_word, PENDING, changes.null_pending);
    Ok(())
}

impl Engine {
    /// Sets something for an application's web pages; what is not given stays as it is. A running server follows within
    /// three seconds.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`]; [`Error::Invalid`] for an address that cannot be registered.
    pub async fn change_web_client(
        &self,
        id: ApplicationId,
        changes: WebChanges,
        by: &dyn Actor,
    ) -> Result<WebClient, Error> {
        let mut row = self.store.web_client(id.tenant, id.local).await?.unwrap_or_default();
        change(&mut row, &changes)?;
        let client = read(Some(&row))?;
        let words = [client.match_word(), client.asks_word(), client.legacy_word(), client.pending_word()];
        let detail = format!("{} {}", words.join(" "), row.redirect_uris);
        let event = self.event_with(id.tenant, "application.web", by, &id, &detail)?;
        match self.store.write(vec![row.put(id.tenant, id.local), event]).await {
            Ok(()) => Ok(client),
            Err(StoreError::Unmet(_)) => Err(Error::ApplicationNotFound(id.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// What is set for an application's web pages, if anything is.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`].
    pub async fn web_client(&self, id: ApplicationId) -> Result<Option<WebClient>, Error> {
        if self.store.application(id.tenant, id.local).await?.is_none() {
            return Err(Error::ApplicationNotFound(id.to_string()));
        }
        let row = self.store.web_client(id.tenant, id.local).await?;
        row.as_ref().map(|row| read(Some(row))).transpose()
    }

    /// Takes away what is set: no browser is sent back to the application any more. A running server follows within three
    /// seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when nothing is set.
    pub async fn remove_web_client(&self, id: ApplicationId, by: &dyn Actor) -> Result<(), Error> {
        let event = self.event_with(id.tenant, "application.web", by, &id, "off")?;
        match self.store.write(vec![web_clients::remove(id.tenant, id.local), event]).await {
            Ok(()) => Ok(()),
            Err(StoreError::Unmet(_)) => {
                Err(Error::Invalid("nothing is set for this application's web pages".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(row: &mut WebClientRow, changes: WebChanges) -> Result<WebClient, Error> {
        change(row, &changes)?;
        read(Some(row))
    }

    fn registering(texts: &[&str]) -> WebChanges {
        let redirect_uris = Some(texts.iter().map(|&text| text.to_owned()).collect());
        WebChanges { redirect_uris, ..WebChanges::default() }
    }

    #[test]
    fn what_is_not_given_stays_as_it_is() {
        let mut row = WebClientRow::default();
        assert_eq!(read(Some(&row)), Ok(WebClient::default()));
        let urls =
            ["https://Shop.example.org:443", "http://localhost:8080/a?b=c", "https://shop.example.org/"];
        let client = changed(&mut row, registering(&urls)).unwrap();
        let kept: Vec<_> = client.redirect_uris.iter().map(Url::as_str).collect();
        assert_eq!(kept, ["https://shop.example.org/", "http://localhost:8080/a?b=c"], "each once");
        let on = WebChanges {
            exact: Some(true),
            push_at_once: Some(true),
            legacy_check: Some(true),
            null_pending: Some(true),
            ..WebChanges::default()
        };
        let client = changed(&mut row, on).unwrap();
        let words = [client.match_word(), client.asks_word(), client.legacy_word(), client.pending_word()];
        assert_eq!((words, client.redirect_uris.len()), (["exact", "push", "on", "null"], 2));
        let client = changed(&mut row, WebChanges { exact: Some(false), ..WebChanges::default() }).unwrap();
        assert!(!client.exact && client.push_at_once && client.legacy_check && client.null_pending);
        assert_eq!(changed(&mut row, registering(&[])).unwrap().redirect_uris, []);
    }

    #[test]
    fn what_leads_readers_of_addresses_astray_is_not_registered() {
        for text in [
            "",
            "shop.example.org",
            "https://",
            "https://shop.example.org@evil.example/",
            "https://shop.example.org/#x",
            "https://shop.example.org/a b",
            "https:\\\\shop.example.org",
            "https://shop.example.org;x/",
            "https://*.example.org/",
            "ftp://shop.example.org/",
            "javascript:alert(1)",
        ] {
            let refused = change(&mut WebClientRow::default(), &registering(&[text]));
            assert!(matches!(refused, Err(Error::Invalid(_))), "{text}");
        }
        let many: Vec<_> = (0..=MOST).map(|n| format!("https://shop{n}.example.org/")).collect();
        assert!(addresses(&many).is_err());
    }

    #[test]
    fn a_row_that_cannot_be_read_sends_nobody_anywhere() {
        for row in [
            WebClientRow { redirect_uris: "https://a@b/".to_owned(), ..WebClientRow::default() },
            WebClientRow { redirect_match: Some("prefix".to_owned()), ..WebClientRow::default() },
            WebClientRow { legacy_check: Some(String::new()), ..WebClientRow::default() },
        ] {
            assert_eq!(read(Some(&row)), Err(Error::Damaged("web client")));
        }
    }
}
