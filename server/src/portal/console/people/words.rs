//! What the words of the pages about people are for; they stand in `english.rs` and `arabic.rs`.

use super::{arabic, english};
use crate::engine::policy::Factor;
use crate::portal::language::in_both;

/// Words of the list and of a person's page.
#[derive(Debug)]
pub(in crate::portal::console) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) search: &'static str,
    pub(super) search_hint: &'static str,
    pub(super) nobody_found: &'static str,
    pub(super) nobody_yet: &'static str,
    pub(super) name: &'static str,
    pub(super) user_ref: &'static str,
    pub(super) email: &'static str,
    pub(super) language: &'static str,
    pub(super) as_it_is: &'static str,
    pub(super) devices: &'static str,
    pub(super) factors: &'static str,
    pub(super) made: &'static str,
    pub(super) state: &'static str,
    pub(super) locked: &'static str,
    pub(super) waits: &'static str,
    pub(super) new: &'static str,
    pub(super) new_hint: &'static str,
    pub(super) create: &'static str,
    pub(super) requests: &'static str,
    pub(super) id: &'static str,
    pub(super) enrolled: &'static str,
    pub(super) password: &'static str,
    pub(super) roles: &'static str,
    pub(super) change: &'static str,
    pub(super) change_hint: &'static str,
    pub(super) no_devices: &'static str,
    pub(super) no_factors: &'static str,
    pub(super) kind: &'static str,
    pub(super) platform: &'static str,
    pub(super) terminal: &'static str,
    pub(super) seen: &'static str,
    pub(super) used: &'static str,
    pub(super) answers: &'static str,
    pub(super) push_only: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) attested: &'static str,
    pub(super) unverified: &'static str,
    pub(super) counts_not: &'static str,
    pub(super) codes_left: &'static str,
    pub(super) remove: &'static str,
    pub(super) reset_all: &'static str,
    pub(super) reset_hint: &'static str,
    pub(super) second_hint: &'static str,
    pub(super) locks: &'static str,
    pub(super) no_locks: &'static str,
    pub(super) why: &'static str,
    pub(super) in_a_row: &'static str,
    pub(super) locked_since: &'static str,
    pub(super) rests_until: &'static str,
    pub(super) unlock: &'static str,
    pub(super) asked: &'static str,
    pub(super) never_asked: &'static str,
    pub(super) back: &'static str,
    pub(super) enrol: Enrol,
    pub(super) secrets: Secrets,
    pub(super) forget: Forget,
    pub(super) resets: Resets,
    pub(super) problems: Problems,
    pub(super) kinds: [&'static str; 6],
    pub(super) lock_words: [&'static str; 8],
    /// Sentences for what a form before has done.
    pub(super) done: [(&'static str, &'static str); 13],
}

/// Enrolling a phone.
#[derive(Debug)]
pub(in crate::portal::console) struct Enrol {
    pub(in crate::portal::console) title: &'static str,
    pub(in crate::portal::console) what: &'static str,
    pub(in crate::portal::console) begin: &'static str,
    pub(in crate::portal::console) not_here: &'static str,
    pub(in crate::portal::console) scan: &'static str,
    pub(in crate::portal::console) qr_label: &'static str,
    pub(in crate::portal::console) link: &'static str,
    pub(in crate::portal::console) waits: &'static str,
    pub(in crate::portal::console) minutes: &'static str,
    pub(in crate::portal::console) look: &'static str,
    pub(in crate::portal::console) taken: &'static str,
    pub(in crate::portal::console) compare: &'static str,
    pub(in crate::portal::console) code: &'static str,
    pub(in crate::portal::console) push_only: &'static str,
    pub(in crate::portal::console) removed: &'static str,
    pub(in crate::portal::console) over: &'static str,
    pub(in crate::portal::console) cancel: &'static str,
    pub(in crate::portal::console) open: &'static str,
    pub(in crate::portal::console) until: &'static str,
    pub(in crate::portal::console) back: &'static str,
}

/// Seeds, recovery codes and passwords.
#[derive(Debug)]
pub(super) struct Secrets {
    pub(super) title: &'static str,
    pub(super) totp: &'static str,
    pub(super) totp_what: &'static str,
    pub(super) totp_make: &'static str,
    pub(super) qr_label: &'static str,
    pub(super) recovery: &'static str,
    pub(super) recovery_what: &'static str,
    pub(super) recovery_make: &'static str,
    pub(super) password: &'static str,
    pub(super) again: &'static str,
    pub(super) password_hint: &'static str,
    pub(super) password_set: &'static str,
}

/// Forgetting a person who left.
#[derive(Debug)]
pub(super) struct Forget {
    pub(super) title: &'static str,
    pub(super) goes: &'static str,
    pub(super) stays: &'static str,
    pub(super) sure: &'static str,
    pub(super) say_sure: &'static str,
    pub(super) button: &'static str,
}

/// Resets that wait for a second operator.
#[derive(Debug)]
pub(super) struct Resets {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) off: &'static str,
    pub(super) none: &'static str,
    pub(super) person: &'static str,
    pub(super) taken_away: &'static str,
    pub(super) everything: &'static str,
    pub(super) asked_by: &'static str,
    pub(super) asked: &'static str,
    pub(super) until: &'static str,
    pub(super) approve: &'static str,
    pub(super) refuse: &'static str,
    pub(super) withdraw: &'static str,
    pub(super) own: &'static str,
    pub(super) ended: &'static str,
    pub(super) ended_by: &'static str,
    /// Waiting, approved, refused, withdrawn, expired.
    pub(super) states: [&'static str; 5],
}

/// What was wrong with a form.
#[derive(Debug)]
pub(super) struct Problems {
    pub(super) nobody: &'static str,
    pub(super) known: &'static str,
    pub(super) fields: &'static str,
    pub(super) waits: &'static str,
    pub(super) own: &'static str,
    pub(super) over: &'static str,
    pub(super) asker_gone: &'static str,
    pub(super) gone: &'static str,
    pub(super) has_totp: &'static str,
    pub(super) not_twice: &'static str,
    pub(super) password: &'static str,
}

in_both!(Words, english::WORDS, arabic::WORDS);

impl Words {
    pub(super) fn done(&self) -> [(&'static str, &'static str); 13] {
        self.done
    }

    pub(in crate::portal::console) fn kind(&self, kind: Factor) -> &'static str {
        let [push, totp, sms, voice, email, recovery] = self.kinds;
        match kind {
            Factor::Push => push,
            Factor::Totp => totp,
            Factor::Sms => sms,
            Factor::Voice => voice,
            Factor::Email => email,
            Factor::Recovery => recovery,
        }
    }

    /// Why something is locked or rests, by the counter's name.
    pub(super) fn lock(&self, counter: &str) -> &'static str {
        let [push, denied, totp, sms, voice, email, recovery, password] = self.lock_words;
        match counter {
            "push" => push,
            "push_denied" => denied,
            "totp" => totp,
            "sms" => sms,
            "voice" => voice,
            "email" => email,
            "recovery" => recovery,
            _ => password,
        }
    }

    pub(super) fn reset_state(&self, state: &str) -> &'static str {
        let [waiting, approved, refused, withdrawn, expired] = self.resets.states;
        match state {
            "waiting" => waiting,
            "approved" => approved,
            "refused" => refused,
            "withdrawn" => withdrawn,
            _ => expired,
        }
    }
}
