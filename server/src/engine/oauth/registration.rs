//! Making applications OAuth clients: what operators may say of them, and how it is checked.

use url::{Host, Url};

use super::client::{CLIENT_CREDENTIALS, Flavour, OauthClient, read, words};
use super::client_settings::{self, ClientSetting};
use crate::engine::audit::Actor;
use crate::engine::{ApplicationId, Engine, Error};
use crate::store::{OauthClientRow, StoreError, oauth_clients};

/// With what the names of Auth0's own grants begin.
const AUTH0_GRANT: &str = "http://auth0.com/oauth/grant-type/";
/// Audiences, and origins, of one client at most.
const MOST: usize = 32;

/// What an application is made as an OAuth client. What is not given is the flavour's own.
#[derive(Debug, Clone)]
pub struct OauthTerms {
    /// Whose words it speaks.
    pub flavour: Flavour,
    /// Whether it is one that cannot keep a secret.
    pub public: bool,
    /// The grants that it may use, in full or by their last word (`mfa-otp`); empty: those that its flavour's clients use.
    pub grants: Vec<String>,
    /// The APIs that it may ask tokens for, besides the tenant's own.
    pub audiences: Vec<String>,
    /// The web origins that may call as it.
    pub origins: Vec<String>,
    /// Settings by name.
    pub settings: Vec<(String, String)>,
}

impl OauthTerms {
    /// A client of this flavour that can keep a secret, with everything as its flavour has it.
    #[must_use]
    pub fn new(flavour: Flavour) -> Self {
        let (grants, audiences, origins, settings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { flavour, public: false, grants, audiences, origins, settings }
    }
}

/// Changes to a client; what is not given stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OauthChanges {
    /// Whether it is one that cannot keep a secret.
    pub public: Option<bool>,
    /// In place of the grants that it has.
    pub grants: Option<Vec<String>>,
    /// In place of the APIs that it has.
    pub audiences: Option<Vec<String>>,
    /// In place of the web origins that it has.
    pub origins: Option<Vec<String>>,
    /// Settings by name.
    pub settings: Vec<(String, String)>,
}

/// A client as an operator may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthClientInfo {
    /// What it may.
    pub client: OauthClient,
    /// Its settings.
    pub settings: Vec<ClientSetting>,
}

/// A grant in full; none when clients of this flavour have no such grant.
fn grant(flavour: Flavour, word: &str) -> Option<String> {
    flavour
        .all_grants()
        .find(|full| *full == word || full.strip_prefix(AUTH0_GRANT) == Some(word))
        .map(str::to_owned)
}

fn list<'a>(
    words: impl IntoIterator<Item = &'a String>,
    read: impl Fn(&str) -> Result<String, Error>,
) -> Result<String, Error> {
    let mut read_words: Vec<String> = Vec::new();
    for word in words {
        let word = read(word)?;
        if !read_words.contains(&word) {
            read_words.push(word);
        }
    }
    if read_words.len() > MOST {
        return Err(Error::Invalid(format!("a client has at most {MOST} of each: give fewer")));
    }
    Ok(read_words.join(" "))
}

fn audience(text: &str) -> Result<String, Error> {
    let good = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| text.to_owned()).ok_or_else(|| {
        Error::Invalid(format!(
            "`{text}` is no audience: it is 1 to 255 characters without spaces, such as https://api.example.org/"
        ))
    })
}

/// An origin as browsers send it (RFC 6454 §6.2).
fn origin(text: &str) -> Result<String, Error> {
    let wrong = |why: &str| Error::Invalid(format!("`{text}` is no web origin: {why}"));
    let url = Url::parse(text).map_err(|_| wrong("it looks like https://app.example.org"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it is scheme, host and port, and nothing behind them"));
    }
    match (url.scheme(), url.host()) {
        // No pattern: each origin is written out.
        (_, Some(Host::Domain(name))) if name.contains('*') => return Err(wrong("write each origin out")),
        ("https", Some(_)) => {}
        ("http", Some(host)) if is_loopback(&host) => {}
        ("http", _) => return Err(wrong("it must be https, but for pages on this machine")),
        _ => return Err(wrong("it looks like https://app.example.org")),
    }
    Ok(url.origin().ascii_serialization())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Puts what changes into the row. A client that cannot keep a secret gets no tokens for itself.
fn change(row: &mut OauthClientRow, flavour: Flavour, changes: OauthChanges) -> Result<(), Error> {
    if let Some(public) = changes.public {
        row.is_public = public.into();
    }
    if let Some(grants) = changes.grants {
        row.grants = list(&grants, |word| {
            grant(flavour, word).ok_or_else(|| {
                let all: Vec<_> = flavour.all_grants().collect();
                let (flavour, all) = (flavour.as_str(), all.join(", "));
                Error::Invalid(format!("clients of {flavour} have no grant {word}; they have {all}"))
            })
        })?;
    }
    if let Some(audiences) = changes.audiences {
        row.audiences = list(&audiences, audience)?;
    }
    if let Some(origins) = changes.origins {
        row.origins = list(&origins, origin)?;
    }
    for (name, value) in &changes.settings {
        client_settings::set(row, flavour, name, value)?;
    }
    if row.is_public != 0 && words(&row.grants).iter().any(|grant| grant == CLIENT_CREDENTIALS) {
        let why = "a public client keeps no secret, so it cannot use client_credentials; make it one that keeps one";
        return Err(Error::Invalid(why.to_owned()));
    }
    Ok(())
}

/// A client out of what it is to be.
fn made(terms: OauthTerms) -> Result<OauthClientRow, Error> {
    let OauthTerms { flavour, public, grants, audiences, origins, settings } = terms;
    let own = || flavour.grants().iter().map(|&grant| grant.to_owned()).collect();
    let grants = if grants.is_empty() { own() } else { grants };
    let (public, grants, audiences) = (Some(public), Some(grants), Some(audiences));
    let mut row = OauthClientRow { flavour: flavour.as_str().to_owned(), ..OauthClientRow::default() };
    change(&mut row, flavour, OauthChanges { public, grants, audiences, origins: Some(origins), settings })?;
    Ok(row)
}

/// A client of this flavour with everything as it is usual there.
pub(in crate::engine) fn usual_client(flavour: Flavour) -> Result<OauthClientRow, Error> {
    made(OauthTerms::new(flavour))
}

impl Engine {
    /// Makes an application an OAuth client, in place of the one that it was. A running server follows within three
    /// seconds.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`]; [`Error::Invalid`] for a grant, an audience, an origin or a setting that cannot be.
    pub async fn set_oauth_client(
        &self,
        id: ApplicationId,
        terms: OauthTerms,
        by: &dyn Actor,
    ) -> Result<OauthClient, Error> {
        self.put_oauth_client(id, &made(terms)?, by).await
    }

    /// Changes an OAuth client. A running server follows within three seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the application is no OAuth client, and as [`set_oauth_client`](Self::set_oauth_client).
    pub async fn change_oauth_client(
        &self,
        id: ApplicationId,
        changes: OauthChanges,
        by: &dyn Actor,
    ) -> Result<OauthClient, Error> {
        let none = "the application is no OAuth client yet; give --flavour auth0 or --flavour reltio";
        let found = self.store.oauth_client(id.tenant, id.local).await?;
        let mut row = found.ok_or_else(|| Error::Invalid(none.to_owned()))?;
        let flavour = Flavour::from_word(&row.flavour).ok_or(Error::Damaged("OAuth client"))?;
        change(&mut row, flavour, changes)?;
        self.put_oauth_client(id, &row, by).await
    }

    async fn put_oauth_client(
        &self,
        id: ApplicationId,
        row: &OauthClientRow,
        by: &dyn Actor,
    ) -> Result<OauthClient, Error> {
        let event = self.event_with(id.tenant, "application.oauth", by, &id, &row.flavour)?;
        match self.store.write(vec![row.put(id.tenant, id.local), event]).await {
            Ok(()) => read(row),
            Err(StoreError::Unmet(_)) => Err(Error::ApplicationNotFound(id.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// An application as an OAuth client, if it is one.
    ///
    /// # Errors
    /// [`Error::ApplicationNotFound`].
    pub async fn oauth_client(&self, id: ApplicationId) -> Result<Option<OauthClientInfo>, Error> {
        if self.store.application(id.tenant, id.local).await?.is_none() {
            return Err(Error::ApplicationNotFound(id.to_string()));
        }
        let Some(row) = self.store.oauth_client(id.tenant, id.local).await? else { return Ok(None) };
        let client = read(&row)?;
        let settings = client_settings::in_force(&row, client.flavour);
        Ok(Some(OauthClientInfo { client, settings }))
    }

    /// The application is no OAuth client any more. A running server follows within three seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is none.
    pub async fn remove_oauth_client(&self, id: ApplicationId, by: &dyn Actor) -> Result<(), Error> {
        let event = self.event_with(id.tenant, "application.oauth", by, &id, "off")?;
        match self.store.write(vec![oauth_clients::remove(id.tenant, id.local), event]).await {
            Ok(()) => Ok(()),
            Err(StoreError::Unmet(_)) => {
                Err(Error::Invalid("the application is no OAuth client; nothing was changed".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port_as_browsers_send_them() {
        for (text, kept) in [
            ("https://app.example.org", "https://app.example.org"),
            ("https://App.Example.org:443/", "https://app.example.org"),
            ("https://app.example.org:8443", "https://app.example.org:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(text).unwrap(), kept, "{text}");
        }
        for text in [
            "app.example.org",
            "*",
            "null",
            "https://*",
            "http://app.example.org",
            "http://localhost.example.org",
            "https://app.example.org/login",
            "https://app.example.org?x",
            "https://app.example.org#x",
            "https://someone@app.example.org",
            "file:///",
            "javascript:alert(1)",
            "",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_grant_is_known_in_full_and_by_its_last_word() {
        let full = Some("http://auth0.com/oauth/grant-type/mfa-otp".to_owned());
        assert_eq!(grant(Flavour::Auth0, "mfa-otp"), full);
        assert_eq!(grant(Flavour::Auth0, full.as_deref().unwrap()), full);
        assert_eq!(grant(Flavour::Auth0, "password").as_deref(), Some("password"));
        assert_eq!(grant(Flavour::Reltio, "state_token").as_deref(), Some("state_token"));
        for (flavour, word) in [
            (Flavour::Auth0, "state_token"),
            (Flavour::Reltio, "mfa-otp"),
            (Flavour::Auth0, "authorization_code"),
            (Flavour::Auth0, ""),
        ] {
            assert_eq!(grant(flavour, word), None, "{word}");
        }
    }

    fn changed(changes: OauthChanges) -> Result<OauthClientRow, Error> {
        let mut row = OauthClientRow { flavour: "auth0".to_owned(), ..OauthClientRow::default() };
        change(&mut row, Flavour::Auth0, changes).map(|()| row)
    }

    #[test]
    fn s33_a_public_client_gets_no_tokens_for_itself() {
        let grants = Some(vec!["password".to_owned(), "client_credentials".to_owned()]);
        let public = OauthChanges { public: Some(true), grants: grants.clone(), ..OauthChanges::default() };
        assert!(matches!(changed(public), Err(Error::Invalid(_))));
        let keeps = OauthChanges { public: Some(false), grants, ..OauthChanges::default() };
        assert_eq!(changed(keeps).unwrap().grants, "password client_credentials");
    }

    #[test]
    fn lists_have_each_word_once_and_not_too_many() {
        let audiences =
            |words: Vec<String>| changed(OauthChanges { audiences: Some(words), ..OauthChanges::default() });
        let twice = vec!["https://api.example.org/".to_owned(); 40];
        assert_eq!(audiences(twice).unwrap().audiences, "https://api.example.org/");
        assert!(audiences((0..=MOST).map(|n| format!("api-{n}")).collect()).is_err());
        for text in ["", "two words", "\u{e9}"] {
            assert!(audiences(vec![text.to_owned()]).is_err(), "{text}");
        }
    }
}
