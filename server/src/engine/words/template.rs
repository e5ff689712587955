//! Filling in a template that a tenant wrote, in a sandbox: a few names to fill in and `if`, of the language that Jinja
//! has made known, and nothing else. No loop, no assignment and no arithmetic means that no template can eat time or
//! memory, whoever wrote it; the engine's own bounds stand behind that.

use minijinja::{Environment, UndefinedBehavior, Value};

use super::names;
use crate::engine::console::Role;
use crate::engine::{Language, Message};

/// Bytes of a template at most.
pub(in crate::engine) const LONGEST: usize = 8 * 1024;
/// Steps that filling in may take.
const FUEL: u64 = 5_000;
/// What a template may name. The last two stand in invitations only, for which nobody has words but we.
const NAMES: [&str; 8] = ["code", "name", "tenant", "application", "minutes", "validity", "role", "inviter"];

/// Why a template cannot be used. Each sentence says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Too long to begin with.
    #[error("a template has at most 8192 bytes; shorten it")]
    TooLong,
    /// Something other than names and `if`.
    #[error(
        "a template can say {{{{ NAME }}}}, {{% if NAME %}} … {{% else %}} … {{% endif %}} and {{# remark #}}, where NAME is \
         code, name, tenant, application, minutes or validity; it cannot say {0:?}"
    )]
    NotAllowed(String),
    /// No template by its form; where, and why.
    #[error("line {0} cannot be read: {1}")]
    Syntax(usize, String),
    /// A notice has no code.
    #[error("this message has no {0}: leave it out, or ask for it with {{% if {0} %}} where it may be empty")]
    NoSuchName(String),
    /// The code is why the message exists.
    #[error("this message is there to bring a code: write {{{{ code }}}} where it belongs")]
    NoCode,
    /// Mail: how it begins.
    #[error("a mail begins with the line Subject: …, an empty line, and then its text")]
    NoSubject,
    /// A subject shows on locked screens.
    #[error("the code never stands in a subject, which shows on locked screens: leave it out there")]
    CodeInSubject,
    /// Longer than people are sent at once.
    #[error("it takes {0} short messages at least; at most 3 may be needed, so shorten it")]
    TooManyParts(usize),
    /// There is nothing to say.
    #[error("nothing would be said: write some words")]
    Empty,
}

/// What the names stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    /// None in a notice, and where it must not stand.
    pub(super) code: Option<&'a str>,
    /// The application, or the tenant where it is the tenant itself.
    pub(super) name: &'a str,
    pub(super) tenant: &'a str,
    /// Empty where it is the tenant itself.
    pub(super) application: &'a str,
    pub(super) minutes: u32,
    pub(super) language: Language,
    /// Whether a code's validity can be told; a notice has none.
    pub(super) lasts: bool,
    /// In an invitation, as what.
    pub(super) role: Option<&'static str>,
    /// In an invitation, by whom.
    pub(super) inviter: &'a str,
}

/// Fills in `source`.
pub(super) fn fill(source: &str, values: &Values<'_>) -> Result<String, TemplateError> {
    if source.len() > LONGEST {
        return Err(TemplateError::TooLong);
    }
    only_names_and_ifs(source)?;
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(20);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    let mut named = vec![
        ("name", values.name.to_owned()),
        ("tenant", values.tenant.to_owned()),
        ("application", values.application.to_owned()),
    ];
    if values.lasts {
        named.push(("minutes", values.minutes.to_string()));
        named.push(("validity", validity(values.language, values.minutes)));
    }
    named.extend(values.code.map(|code| ("code", code.to_owned())));
    if let Some(role) = values.role {
        named.extend([("role", role.to_owned()), ("inviter", values.inviter.to_owned())]);
    }
    let known: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
    if let Some(missing) = uses(source).find(|name| !known.contains(&name.as_str())) {
        return Err(TemplateError::NoSuchName(missing));
    }
    let context: std::collections::BTreeMap<&str, String> = named.into_iter().collect();
    environment.render_str(source, Value::from(context)).map_err(|error| {
        // Only the template's own form can be wrong now; the engine's words quote nothing that was filled in.
        TemplateError::Syntax(
            error.line().unwrap_or(1),
            error.detail().unwrap_or("it cannot be read").to_owned(),
        )
    })
}

/// Whether the template says a name.
pub(super) fn says(source: &str, name: &str) -> bool {
    uses(source).any(|used| used == name)
}

/// The tags of a template, without their braces; an unclosed one runs to the end.
fn tags(source: &str) -> impl Iterator<Item = (char, &str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('{')?;
            let kind = after.chars().next();
            let end = match kind {
                Some('{') => "}}",
                Some('%') => "%}",
                Some('#') => "#}",
                _ => {
                    rest = after;
                    continue;
                }
            };
            let inside = after.get(1..).unwrap_or_default();
            let (inside, next) = inside.split_once(end).unwrap_or((inside, ""));
            rest = next;
            return kind.map(|kind| (kind, inside));
        }
    })
}

/// A tag's words, without the marks that eat the white space around it.
fn words(inside: &str) -> Vec<&str> {
    let bare = inside.strip_prefix(['-', '+']).unwrap_or(inside);
    bare.strip_suffix(['-', '+']).unwrap_or(bare).split_whitespace().collect()
}

/// The names that are used, as they come.
fn uses(source: &str) -> impl Iterator<Item = String> {
    tags(source).filter(|(kind, _)| *kind != '#').filter_map(|(_, inside)| {
        words(inside).into_iter().find(|word| NAMES.contains(word)).map(str::to_owned)
    })
}

fn only_names_and_ifs(source: &str) -> Result<(), TemplateError> {
    for (kind, inside) in tags(source) {
        let fine = match (kind, words(inside).as_slice()) {
            ('#', _) => true,
            ('{', [name]) | ('%', ["if" | "elif", name] | ["if" | "elif", "not", name]) => {
                NAMES.contains(name)
            }
            ('%', ["else"] | ["endif"]) => true,
            _ => false,
        };
        if !fine {
            return Err(TemplateError::NotAllowed(inside.trim().chars().take(60).collect()));
        }
    }
    Ok(())
}

/// For how long a code is good, in words that can follow "for".
fn validity(language: Language, minutes: u32) -> String {
    match (language, minutes) {
        (Language::En, 1) => "one minute".to_owned(),
        (Language::En, _) => format!("{minutes} minutes"),
        (Language::Ar, 1) => "دقيقة واحدة".to_owned(),
        (Language::Ar, 2) => "دقيقتين".to_owned(),
        // From three to ten the plural; from there the singular, but what counts are the last two digits.
        (Language::Ar, _) if (3..=10).contains(&(minutes % 100)) => format!("{minutes} دقائق"),
        (Language::Ar, _) => format!("{minutes} دقيقة"),
    }
}

fn role(language: Language, role: Role) -> &'static str {
    match language {
        Language::En => super::english::role(role),
        Language::Ar => super::arabic::role(role),
    }
}

/// What names stand for in a message; `shown` makes a name fit for where it is shown.
pub(super) fn values<'a>(
    message: &'a Message,
    code: Option<&'a str>,
    (tenant, application): (&'a str, &'a str),
) -> Values<'a> {
    Values {
        code,
        name: if application.is_empty() { tenant } else { application },
        tenant,
        application,
        minutes: message.minutes,
        language: message.language,
        lasts: message.code.is_some(),
        role: message.invited.as_ref().map(|invited| role(message.language, invited.role)),
        inviter: "",
    }
}

/// Both names of a message, made fit by `fit`.
pub(super) fn both(message: &Message, fit: fn(&str) -> String) -> (String, String) {
    (fit(&message.tenant), message.application.as_deref().map(fit).unwrap_or_default())
}

/// The same for where a line is read: see [`names::line`].
pub(super) fn both_plain(message: &Message) -> (String, String) {
    both(message, names::line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> = Values {
        code: Some("271828"),
        name: "Case Management",
        tenant: "Example",
        application: "",
        minutes: 10,
        language: Language::En,
        lasts: true,
        role: None,
        inviter: "",
    };

    #[test]
    fn names_are_filled_in_and_ifs_are_decided() {
        for (source, filled) in [
            ("{{ code }} for {{name}} ({{ minutes }} min)", "271828 for Case Management (10 min)"),
            ("{% if application %}{{ application }}{% else %}{{ tenant }}{% endif %}", "Example"),
            ("a {%- if not application %} b{% endif %}{# nobody reads this #}", "a b"),
            ("{% if code %}{% if tenant %}{{ validity }}{% endif %}{% endif %}", "10 minutes"),
            ("{ plain } %} }} #", "{ plain } %} }} #"),
        ] {
            assert_eq!(fill(source, &VALUES).as_deref(), Ok(filled), "{source}");
        }
        let values = Values { name: "{{ code }}{% raw %}", ..VALUES };
        assert_eq!(
            fill("{{ name }}", &values).as_deref(),
            Ok("{{ code }}{% raw %}"),
            "a name is no template"
        );
    }

    #[test]
    fn what_could_eat_time_or_memory_or_reach_further_is_refused() {
        for source in [
            "{% set x = code ~ code %}{{ x }}",
            "{% for a in range(1000000000) %}x{% endfor %}",
            "{{ 'a' * 1000000000 }}",
            "{{ code ~ code }}",
            "{{ code|replace('2','') }}",
            "{{ code.__class__ }}",
            "{{ code[0] }}",
            "{{ name() }}",
            "{{ debug() }}",
            "{% include 'other' %}",
            "{% extends 'other' %}",
            "{% import 'a' as b %}",
            "{% macro m() %}{% endmacro %}",
            "{% raw %}{{ code }}{% endraw %}",
            "{% if code == '1' %}{% endif %}",
            "{{{ code }}}",
            "{{ self }}",
            "{{ }}",
            "{{ code",
            "{% autoescape false %}{% endautoescape %}",
        ] {
            let refused = fill(source, &VALUES).unwrap_err();
            let form = matches!(refused, TemplateError::NotAllowed(_) | TemplateError::Syntax(..));
            assert!(form, "{source}: {refused}");
        }
        assert_eq!(fill(&"a".repeat(LONGEST + 1), &VALUES), Err(TemplateError::TooLong));
        assert!(fill(&"{% if code %}".repeat(600), &VALUES).is_err(), "too deep");
        let ends = "{% endif %}".repeat(300);
        assert!(
            fill(&format!("{}{ends}", "{% if code %}".repeat(300)), &VALUES).is_err(),
            "too deep, and well-formed"
        );
    }

    #[test]
    fn a_name_that_has_no_value_is_told() {
        let notice = Values { code: None, lasts: false, ..VALUES };
        for name in ["code", "minutes", "validity", "role", "inviter"] {
            let refused = fill(&format!("{{{{ {name} }}}}"), &notice).unwrap_err();
            assert_eq!(refused, TemplateError::NoSuchName(name.to_owned()));
        }
        assert!(says("a {{ code }}", "code") && !says("code {# code #}", "code"));
    }

    #[test]
    fn minutes_are_counted_as_people_count_them() {
        for (minutes, english, arabic) in [
            (1, "one minute", "دقيقة واحدة"),
            (2, "2 minutes", "دقيقتين"),
            (3, "3 minutes", "3 دقائق"),
            (10, "10 minutes", "10 دقائق"),
            (11, "11 minutes", "11 دقيقة"),
            (103, "103 minutes", "103 دقائق"),
        ] {
            assert_eq!(validity(Language::En, minutes), english);
            assert_eq!(validity(Language::Ar, minutes), arabic);
        }
    }
}
