//! What an integrator puts into their software to use an application, and the first command to try it with.

use super::dialect;
use super::words::{Steps, Words};
use crate::engine::oauth::SignInError;
use crate::engine::{ApplicationId, Dialect};
use crate::portal::console::desk::Desk;
use crate::portal::console::problem::{Problem, Wrong};

/// What to put in.
#[derive(Debug)]
pub(super) struct Integration {
    pub(super) dialect: &'static str,
    /// What their software calls it, and what it is.
    pub(super) rows: Vec<(&'static str, String)>,
    /// What is done for a first call, one after the other: what it is, and its command. Secrets are shell variables in them.
    pub(super) steps: Vec<(&'static str, String)>,
    /// The page of the documentation.
    pub(super) guide: &'static str,
    /// The tenant has no host name, and this dialect needs one.
    pub(super) needs_issuer: bool,
    /// The software may let people in when it gets no answer.
    pub(super) fails_open: bool,
}

impl Integration {
    pub(super) async fn of(desk: &Desk, id: ApplicationId) -> Result<Self, Wrong> {
        let dialect = dialect(desk, id).await?;
        let issuer = match desk.engine.issuer_of(id.tenant).await {
            Ok(issuer) => Some(issuer.url),
            Err(SignInError::Rule(error)) => return Err(Problem::from(error).into()),
            Err(_) => None,
        };
        let needs_issuer = dialect.flavour().is_some() && issuer.is_none();
        let base = match dialect.flavour() {
            Some(_) => issuer.unwrap_or_else(|| "https://HOST/".to_owned()),
            None => desk.engine.server_id().to_owned(),
        };
        let base = base.trim_end_matches('/');
        let words = Words::of(desk.language);
        Ok(Self {
            dialect: words.dialect(dialect),
            rows: rows(dialect, base, id),
            steps: steps(dialect, base, id, &words.steps),
            guide: guide(dialect),
            needs_issuer,
            fails_open: dialect == Dialect::Acceptto,
        })
    }
}

/// The names are those that stand in the software, in every language.
fn rows(dialect: Dialect, base: &str, id: ApplicationId) -> Vec<(&'static str, String)> {
    let secret = "cs_secret_…".to_owned();
    let host = base.split_once("://").map_or(base, |(_, host)| host).to_owned();
    match dialect {
        Dialect::Native => vec![
            ("Base URL", format!("{base}/api/v1")),
            ("Client ID", id.to_string()),
            ("Client secret", secret),
        ],
        Dialect::Acceptto => {
            vec![("API Host", base.to_owned()), ("UID", id.to_string()), ("Secret", secret)]
        }
        Dialect::Auth0 => {
            vec![("Domain", host), ("Client ID", id.to_string()), ("Client Secret", secret)]
        }
        Dialect::Reltio => {
            vec![("oauth_uri", base.to_owned()), ("client_id", id.to_string()), ("client_secret", secret)]
        }
    }
}

fn steps(dialect: Dialect, base: &str, id: ApplicationId, words: &Steps) -> Vec<(&'static str, String)> {
    // What is typed is not shown, and the shell's history does not have it.
    let secret = (words.secret, "read -rs CS_SECRET".to_owned());
    let password = (words.password, "read -rs PASSWORD".to_owned());
    match dialect {
        Dialect::Native => {
            let call = |path: &str| format!("curl -s -u \"{id}:$CS_SECRET\" \"{base}/api/v1/{path}\"");
            let (enrol, send) = (call("users/enroll"), call("mfa/send"));
            vec![
                secret,
                // A terminal shows no picture: its thousands of characters would hide the link.
                (
                    words.enrol,
                    format!(r#"{enrol} -d '{{"user_ref": "alice"}}' | sed 's/"qr_png":"[^"]*",//'"#),
                ),
                (words.phone, "countersign enroll 'LINK'".to_owned()),
                (words.ask, format!(r#"{send} -d '{{"user_ref": "alice", "number_match": true}}'"#)),
                (words.answer, "countersign inbox --watch".to_owned()),
                (words.status, call("mfa/status/SESSION_ID?wait=60")),
            ]
        }
        Dialect::Acceptto => {
            let call = format!(
                "curl \"{base}/api/v9/authenticate_with_options\" -d uid={id} -d \"secret=$CS_SECRET\" \\\n  \
                 -d email=alice@example.org -d type=Login -d auth_type=1"
            );
            vec![secret, (words.known, call)]
        }
        Dialect::Auth0 => {
            let call = format!(
                "curl \"{base}/oauth/token\" -d grant_type=password -d client_id={id} \
                 -d \"client_secret=$CS_SECRET\" \\\n  -d username=alice@example.org --data-urlencode \"password=$PASSWORD\""
            );
            vec![secret, password, (words.known, call)]
        }
        Dialect::Reltio => {
            let call = format!(
                "curl -u \"{id}:$CS_SECRET\" \"{base}/oauth/token\" -d grant_type=password \\\n  \
                 -d username=alice@example.org --data-urlencode \"password=$PASSWORD\""
            );
            vec![secret, password, (words.known, call)]
        }
    }
}

fn guide(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Native => "docs/mypass.md",
        Dialect::Acceptto => "docs/guides/acceptto.md",
        Dialect::Auth0 => "docs/guides/auth0.md",
        Dialect::Reltio => "docs/guides/reltio.md",
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::id::TenantId;
    use uuid::Uuid;

    use super::*;
    use crate::portal::language::Language;

    #[test]
    fn s33_no_command_has_a_secret_in_it_and_none_lacks_one() {
        let id = ApplicationId { tenant: TenantId(Uuid::from_u128(1)), local: Uuid::from_u128(2) };
        for dialect in Dialect::ALL {
            let words = &Words::of(Language::English).steps;
            let all = steps(dialect, "https://mfa.example.org", id, words);
            let text: Vec<_> = all.iter().map(|(_, command)| command.as_str()).collect();
            let text = text.join("\n");
            assert!(text.contains(&id.to_string()) && !text.contains("cs_secret_"), "{text}");
            for variable in ["CS_SECRET", "PASSWORD"] {
                let read = text.find(&format!("read -rs {variable}"));
                assert_eq!(read.is_some(), text.contains(&format!("${variable}")), "{text}");
            }
        }
    }
}
