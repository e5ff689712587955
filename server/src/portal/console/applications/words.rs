//! The words of the applications' pages; what they say is in `english` and `arabic`.

use super::arabic::ARABIC;
use super::english::ENGLISH;
use crate::engine::Dialect;
use crate::portal::language::in_both;

/// What leads to a first call.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) secret: &'static str,
    pub(super) password: &'static str,
    pub(super) known: &'static str,
    pub(super) enrol: &'static str,
    pub(super) phone: &'static str,
    pub(super) ask: &'static str,
    pub(super) answer: &'static str,
    pub(super) status: &'static str,
}

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) none: &'static str,
    pub(super) name: &'static str,
    pub(super) name_hint: &'static str,
    pub(super) color: &'static str,
    /// What the picture of the band shows.
    pub(super) band: &'static str,
    pub(super) band_hint: &'static str,
    pub(super) client_id: &'static str,
    pub(super) speaks: &'static str,
    pub(super) speaks_hint: &'static str,
    pub(super) created: &'static str,
    pub(super) new: &'static str,
    pub(super) create: &'static str,
    pub(super) bad_face: &'static str,
    pub(super) done: &'static [(&'static str, &'static str)],
    pub(super) dialects: [&'static str; 4],
    /// The title of the page with a new secret; `{name}` is the application's.
    pub(super) made: &'static str,
    pub(super) secret: &'static str,
    pub(super) old_works: &'static str,
    pub(super) old_ended: &'static str,
    pub(super) to_application: &'static str,
    pub(super) integrate: &'static str,
    pub(super) first_call: &'static str,
    pub(super) steps: Steps,
    pub(super) guide: &'static str,
    pub(super) try_here: &'static str,
    pub(super) needs_issuer: &'static str,
    pub(super) fails_open: &'static str,
    pub(super) face: &'static str,
    pub(super) secrets: &'static str,
    pub(super) no_secret: &'static str,
    pub(super) begins: &'static str,
    pub(super) ends: &'static str,
    pub(super) used: &'static str,
    pub(super) from: &'static str,
    pub(super) anywhere: &'static str,
    pub(super) ended: &'static str,
    pub(super) for_ever: &'static str,
    pub(super) end_it: &'static str,
    pub(super) end_hint: &'static str,
    pub(super) another: &'static str,
    pub(super) another_hint: &'static str,
    pub(super) old_end: &'static str,
    pub(super) old_ends: [&'static str; 5],
    pub(super) usable_from: &'static str,
    pub(super) secret_from: [&'static str; 3],
    pub(super) networks: &'static str,
    pub(super) networks_hint: &'static str,
    pub(super) new_ends: &'static str,
    pub(super) new_ends_hint: &'static str,
    pub(super) make_secret: &'static str,
    pub(super) no_networks: &'static str,
    pub(super) bad_networks: &'static str,
    pub(super) bad_end: &'static str,
    pub(super) two_secrets: &'static str,
    pub(super) web: &'static str,
    pub(super) web_hint: &'static str,
    pub(super) uris: &'static str,
    pub(super) uris_hint: &'static str,
    pub(super) exact: &'static str,
    pub(super) push_at_once: &'static str,
    pub(super) legacy_check: &'static str,
    pub(super) legacy_hint: &'static str,
    pub(super) null_pending: &'static str,
    pub(super) open_uri: &'static str,
    pub(super) remove_web: &'static str,
    pub(super) remove_web_hint: &'static str,
    pub(super) bad_uris: &'static str,
    pub(super) oauth: &'static str,
    pub(super) oauth_hint: &'static str,
    pub(super) flavour: &'static str,
    pub(super) public: &'static str,
    pub(super) grants: &'static str,
    pub(super) audiences: &'static str,
    pub(super) audiences_hint: &'static str,
    pub(super) origins: &'static str,
    pub(super) origins_hint: &'static str,
    pub(super) oauth_settings: &'static str,
    pub(super) settings: [(&'static str, &'static str); 6],
    pub(super) as_usual: &'static str,
    pub(super) word_hint: &'static str,
    pub(super) make_client: &'static str,
    pub(super) remove_client: &'static str,
    pub(super) remove_client_hint: &'static str,
    pub(super) bad_oauth: &'static str,
    pub(super) policy: &'static str,
    pub(super) policy_usual: &'static str,
    pub(super) policy_change: &'static str,
    pub(super) setting: &'static str,
    pub(super) value: &'static str,
    pub(super) set_by: &'static str,
    pub(super) by_application: &'static str,
    pub(super) by_tenant: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn dialect(&self, dialect: Dialect) -> &'static str {
        let [native, acceptto, auth0, reltio] = self.dialects;
        match dialect {
            Dialect::Native => native,
            Dialect::Acceptto => acceptto,
            Dialect::Auth0 => auth0,
            Dialect::Reltio => reltio,
        }
    }

    /// What a setting of an OAuth client is for.
    pub(super) fn setting(&self, name: &str) -> &'static str {
        self.settings.iter().find(|(known, _)| *known == name).map_or("", |(_, meaning)| meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_a_client_has_words_in_both_languages() {
        let names = ["demand", "rejected", "not_enrolled", "requirements", "enroll_word", "verify_word"];
        for words in [&ENGLISH, &ARABIC] {
            assert!(names.iter().all(|name| !words.setting(name).is_empty()));
            assert_eq!(words.done.len(), ENGLISH.done.len());
        }
    }
}
