//! The server as browsers know it: the domain that its passkeys are bound to. Browsers have passkeys for domain names behind
//! TLS only, and for `localhost`, which is the machine itself.

use url::{Host, Url};
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

use crate::engine::{Engine, Error};

/// What browsers show beside the domain.
const NAME: &str = "Countersign";

/// What checks answers for a server with this public address; none where browsers have no passkeys.
fn site(public: &str) -> Option<Webauthn> {
    let url = Url::parse(public).ok()?;
    let Some(Host::Domain(domain)) = url.host() else { return None };
    if url.scheme() != "https" && domain != "localhost" {
        return None;
    }
    // An answer names the origin and no path.
    let origin = Url::parse(&url.origin().ascii_serialization()).ok()?;
    WebauthnBuilder::new(domain, &origin).ok()?.rp_name(NAME).build().ok()
}

impl Engine {
    /// Whether browsers have passkeys for this server's public address.
    #[must_use]
    pub fn has_passkeys(&self) -> bool {
        site(&self.server_id).is_some()
    }

    pub(super) fn site(&self) -> Result<Webauthn, Error> {
        site(&self.server_id).ok_or(Error::NoPasskeysHere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_for_domain_names_behind_tls_and_for_this_machine() {
        for (public, origin) in [
            ("https://mfa.example.org", "https://mfa.example.org/"),
            ("https://mfa.example.org:8443/base", "https://mfa.example.org:8443/"),
            ("http://localhost:8080", "http://localhost:8080/"),
            ("https://localhost", "https://localhost/"),
        ] {
            let site = site(public).unwrap();
            assert_eq!(site.get_allowed_origins().iter().map(Url::as_str).collect::<Vec<_>>(), [origin]);
        }
        for public in [
            "http://mfa.example.org",
            "http://localhost.example.org",
            "https://192.0.2.1",
            "https://[2001:db8::1]",
            "http://127.0.0.1:8080",
            "",
            "mfa.example.org",
        ] {
            assert!(site(public).is_none(), "{public}");
        }
    }
}
