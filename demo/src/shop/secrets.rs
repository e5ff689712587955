//! What must not be read in full on a page: it is shown by how it begins, and in a command by the name of a variable.

/// Characters of a secret that are shown at most.
const SHOWN: usize = 12;
/// Below this many characters a text is no secret of ours: masking it would hit words by chance.
const SHORTEST: usize = 6;

/// Fields of replies that are secrets, and the variables that stand for them in commands; those without one are never
/// sent back.
const FIELDS: [(&str, &str); 12] = [
    ("access_token", "ACCESS_TOKEN"),
    ("refresh_token", "REFRESH_TOKEN"),
    ("id_token", "ID_TOKEN"),
    ("mfa_token", "MFA_TOKEN"),
    ("oob_code", "OOB_CODE"),
    ("token", "STATE_TOKEN"),
    ("secret", ""),
    ("barcode_uri", ""),
    ("otpauth_uri", ""),
    ("enrollment_url", ""),
    ("qr_png", ""),
    ("recovery_codes", ""),
];

/// The secrets that came up.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// From now on `text` is a secret; `name` stands for it in commands.
    pub(super) fn learn(&mut self, name: &str, text: &str) {
        if text.len() >= SHORTEST && !self.0.iter().any(|(_, known)| known == text) {
            self.0.push((name.to_owned(), text.to_owned()));
            // A secret may contain another one: the longer goes first.
            self.0.sort_by_key(|(_, known)| std::cmp::Reverse(known.len()));
        }
    }

    /// Learns what is secret in a reply.
    pub(super) fn learn_from(&mut self, reply: &serde_json::Value) {
        match reply {
            serde_json::Value::Object(fields) => {
                for (key, value) in fields {
                    let name = FIELDS.iter().find(|(field, _)| field == key).map(|(_, name)| *name);
                    match (name, value) {
                        (Some(name), serde_json::Value::String(text)) => self.learn(name, text),
                        (Some(_), serde_json::Value::Array(list)) => {
                            list.iter().filter_map(|one| one.as_str()).for_each(|text| self.learn("", text));
                        }
                        _ => self.learn_from(value),
                    }
                }
            }
            serde_json::Value::Array(list) => list.iter().for_each(|one| self.learn_from(one)),
            _ => {}
        }
    }

    /// The text as a page may show it.
    pub(super) fn masked(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (_, secret)| text.replace(secret, &beginning(secret)))
    }

    /// The text as one word of a command, with a variable for each secret.
    pub(super) fn word(&self, text: &str) -> String {
        let inner = self.0.iter().fold(escaped(text), |inner, (name, secret)| {
            let by = if name.is_empty() { beginning(secret) } else { format!("${{{name}}}") };
            inner.replace(&escaped(secret), &by)
        });
        format!("\"{inner}\"")
    }
}

fn beginning(secret: &str) -> String {
    let shown: String = secret.chars().take(SHOWN.min(secret.chars().count() / 3)).collect();
    format!("{shown}…")
}

/// What stays itself between a shell's double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_shown_by_how_it_begins_and_named_in_commands() {
        let mut secrets = Secrets::default();
        secrets.learn("KEY", "cs_channel_0123456789abcdef");
        assert_eq!(secrets.masked("apikey=cs_channel_0123456789abcdef&x"), "apikey=cs_channe…&x");
        assert_eq!(secrets.word("apikey=cs_channel_0123456789abcdef"), "\"apikey=${KEY}\"");
    }

    #[test]
    fn replies_tell_what_is_secret_at_any_depth() {
        let mut secrets = Secrets::default();
        secrets.learn_from(&json!({
            "state_token": {"token": "0b6f-long-enough"}, "recovery_codes": ["ABCDEFGHIJ"], "status": "VERIFY-LONG",
        }));
        assert_eq!(secrets.masked("0b6f-long-enough ABCDEFGHIJ VERIFY-LONG"), "0b6f-… ABC… VERIFY-LONG");
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_escaped() {
        assert_eq!(
            Secrets::default().word("a \"b\" $c `d` \\e 'f'"),
            "\"a \\\"b\\\" \\$c \\`d\\` \\\\e 'f'\""
        );
    }
}
