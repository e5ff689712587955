//! From where sign-ins may come: networks and countries that are allowed, refused, or need the verification key.

use std::net::IpAddr;

use ipnet::IpNet;
use uuid::Uuid;

use crate::engine::Error;
use crate::store::AccessRuleRow;

/// What a rule does with a sign-in that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Goes on as if there were no rules.
    Allow,
    /// Is refused.
    Deny,
    /// Needs biometrics or passcode.
    Verify,
}

/// Which sign-ins a rule fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// Every one, also one of which nobody knows where it comes from.
    Anyone,
    /// From this network.
    Network(IpNet),
    /// From this country: two capital letters (ISO 3166-1), as the operator's file of places knows it.
    Country(String),
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRule {
    /// Which sign-ins.
    pub matches: Matcher,
    /// What then.
    pub effect: Effect,
}

impl AccessRule {
    /// A rule as it was stored.
    pub(super) fn read(row: &AccessRuleRow) -> Result<Self, Error> {
        Self::parse(&row.matches, &row.effect).map_err(|_| Error::Damaged("access rule"))
    }

    /// A rule as an operator writes it.
    ///
    /// # Errors
    /// [`Error::Invalid`] that says what can be written.
    pub fn parse(matches: &str, effect: &str) -> Result<Self, Error> {
        let country = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
        let matches = if matches == "anyone" {
            Matcher::Anyone
        } else if country(matches) {
            Matcher::Country(matches.to_ascii_uppercase())
        } else {
            let network =
                matches.parse::<IpNet>().ok().or_else(|| Some(matches.parse::<IpAddr>().ok()?.into()));
            Matcher::Network(network.map(|n| n.trunc()).ok_or_else(|| {
                let example = "a network such as 192.0.2.0/24, a country such as SA, or anyone";
                Error::Invalid(format!("{matches} is no place: write {example}"))
            })?)
        };
        let effect = match effect {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            "verify" => Effect::Verify,
            _ => return Err(Error::Invalid("the effect must be allow, deny or verify".to_owned())),
        };
        Ok(Self { matches, effect })
    }

    fn fits(&self, address: Option<IpAddr>, country: Option<&str>) -> bool {
        match &self.matches {
            Matcher::Anyone => true,
            Matcher::Network(network) => address.is_some_and(|address| network.contains(&address)),
            Matcher::Country(code) => country == Some(code),
        }
    }

    /// What the first rule that fits says; [`Effect::Allow`] when none does.
    #[must_use]
    pub fn judge(rules: &[Self], address: Option<IpAddr>, country: Option<&str>) -> Effect {
        // An IPv4 address in IPv6 clothes is the same machine.
        let address = address.map(|a| a.to_canonical());
        rules.iter().find(|rule| rule.fits(address, country)).map_or(Effect::Allow, |rule| rule.effect)
    }

    /// As it is stored: where, and what then.
    #[must_use]
    pub fn row(&self, id: Uuid, application_id: Option<Uuid>) -> AccessRuleRow {
        let matches = match &self.matches {
            Matcher::Anyone => "anyone".to_owned(),
            Matcher::Network(network) => network.to_string(),
            Matcher::Country(code) => code.clone(),
        };
        let effect = match self.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
            Effect::Verify => "verify",
        };
        AccessRuleRow { id, application_id, matches, effect: effect.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(list: &[(&str, &str)]) -> Vec<AccessRule> {
        list.iter().map(|(m, e)| AccessRule::parse(m, e).unwrap()).collect()
    }

    fn judge(rules: &[AccessRule], address: &str, country: Option<&str>) -> Effect {
        AccessRule::judge(rules, address.parse().ok(), country)
    }

    #[test]
    fn the_first_that_fits_decides() {
        let office_first = rules(&[("192.0.2.0/24", "allow"), ("SA", "verify"), ("anyone", "deny")]);
        assert_eq!(judge(&office_first, "192.0.2.7", Some("FR")), Effect::Allow);
        assert_eq!(judge(&office_first, "::ffff:192.0.2.7", None), Effect::Allow);
        assert_eq!(judge(&office_first, "198.51.100.1", Some("SA")), Effect::Verify);
        assert_eq!(judge(&office_first, "198.51.100.1", None), Effect::Deny);
        assert_eq!(judge(&office_first, "", None), Effect::Deny);
        assert_eq!(judge(&[], "198.51.100.1", None), Effect::Allow);
    }

    #[test]
    fn one_address_is_a_network_and_host_bits_do_not_matter() {
        let one = rules(&[("2001:db8::1", "deny"), ("10.1.2.3/8", "verify")]);
        assert_eq!(judge(&one, "2001:db8::1", None), Effect::Deny);
        assert_eq!(judge(&one, "2001:db8::2", None), Effect::Allow);
        assert_eq!(judge(&one, "10.9.9.9", None), Effect::Verify);
        assert_eq!(one.last().unwrap().row(Uuid::nil(), None).matches, "10.0.0.0/8");
    }

    #[test]
    fn what_is_no_place_or_effect_is_said() {
        for wrong in ["", "everyone", "10.0.0.0/33", "10.0.0/8", "SAU", "S1"] {
            assert!(
                AccessRule::parse(wrong, "allow").unwrap_err().to_string().contains("192.0.2.0/24"),
                "{wrong}"
            );
        }
        assert!(AccessRule::parse("anyone", "block").is_err());
    }
}
