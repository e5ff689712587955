//! A call as a command for a shell. Whatever is typed is quoted; secrets are variables.

use serde_json::{Map, Value};
use url::form_urlencoded::byte_serialize;

use super::Filled;
use super::operations::{Operation, Place, Who};

/// What stands on both sides of a variable's name until the text is quoted. No field can hold it.
const MARK: char = '\u{e000}';

/// The command. What is empty is left out.
pub(super) fn write(base: &str, operation: &Operation, client: &str, fields: &[Filled]) -> String {
    let mut command = "curl".to_owned();
    if operation.method != "GET" {
        command.push_str(&format!(" -X {}", operation.method));
    }
    match operation.who {
        Who::Application => {
            command.push_str(&format!(" -u {}", quoted(&format!("{client}:{MARK}CS_SECRET{MARK}"))))
        }
        Who::Bearer => command.push_str(" -H \"Authorization: Bearer $TOKEN\""),
        Who::Anyone => {}
    }
    command.push_str(&format!(" {}", quoted(&address(base, operation, fields))));
    for one in given(fields, Place::Header) {
        let line = format!("{}: {}", one.field.name, plain(one));
        command.push_str(&format!(" \\\n  -H {}", quoted(&line)));
    }
    let body: Map<String, Value> =
        given(fields, Place::Body).map(|one| (one.field.name.clone(), value(one))).collect();
    if !body.is_empty() {
        let text = quoted(&Value::Object(body).to_string());
        command.push_str(&format!(" \\\n  -H 'Content-Type: application/json' -d {text}"));
    }
    command
}

/// Those that go there: with something in them, or a secret that the call needs.
fn given(fields: &[Filled], place: Place) -> impl Iterator<Item = &Filled> {
    let wanted = |one: &&Filled| !one.value.is_empty() || (one.field.secret && one.field.required);
    fields.iter().filter(move |one| one.field.place == place).filter(wanted)
}

/// What was typed, or the variable that holds it.
fn plain(one: &Filled) -> String {
    if one.field.secret {
        let name: String = one
            .field
            .name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        return format!("{MARK}{name}{MARK}");
    }
    one.value.chars().filter(|c| !c.is_control() && *c != MARK).collect()
}

fn value(one: &Filled) -> Value {
    let text = plain(one);
    if one.field.json && !one.field.secret {
        return serde_json::from_str(&text).unwrap_or(Value::String(text));
    }
    Value::String(text)
}

/// Percent-encoded, but for variables.
fn encoded(text: &str) -> String {
    if text.starts_with(MARK) {
        text.to_owned()
    } else {
        byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
    }
}

fn address(base: &str, operation: &Operation, fields: &[Filled]) -> String {
    let mut path = operation.path.clone();
    for one in fields.iter().filter(|one| one.field.place == Place::Path) {
        let text =
            if one.value.is_empty() && !one.field.secret { "…".to_owned() } else { encoded(&plain(one)) };
        path = path.replace(&format!("{{{}}}", one.field.name), &text);
    }
    let query = given(fields, Place::Query).map(|one| format!("{}={}", one.field.name, encoded(&plain(one))));
    let query = query.collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{base}{path}{mark}{query}")
}

/// In quotes for a shell: as it is, but for variables.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for (nth, piece) in text.split(MARK).enumerate() {
        if nth % 2 == 1 {
            quoted.push_str(&format!("'\"${piece}\"'"));
        } else {
            quoted.push_str(&piece.replace('\'', "'\\''"));
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::operations::operation;
    use super::*;

    fn filled(id: &str, typed: &[(&str, &str)]) -> String {
        let operation = operation(id).unwrap();
        let value = |name: &str| typed.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let fields = operation.fields.iter();
        let fields: Vec<_> = fields
            .map(|field| Filled { field, value: value(&field.name).unwrap_or_default().to_owned() })
            .collect();
        write("https://mfa.example.org", operation, "app_1", &fields)
    }

    #[test]
    fn what_is_typed_cannot_leave_its_quotes() {
        let evil = "a'; rm -rf ~ #$(id)`id`\"\n\u{e000}X\u{e000}\\u0001Y";
        let command = filled("send", &[("user_ref", evil)]);
        assert!(command.contains("a'\\''; rm -rf ~ #$(id)`id`\\\"X\\\\u0001Y"), "{command}");
        assert!(!command.contains("$X"), "{command}");
        let command = filled("replayDelivery", &[("id", evil)]);
        assert!(command.contains("/deliveries/a%27%3B%20rm"), "{command}");
    }

    #[test]
    fn s33_secrets_are_variables_whatever_was_typed() {
        let command = filled(
            "token",
            &[("password", "hunter2"), ("username", "alice"), ("client_secret", "cs_secret_x")],
        );
        assert!(!command.contains("hunter2") && !command.contains("cs_secret_x"), "{command}");
        assert!(command.contains("\"$PASSWORD\"") && command.contains("\"username\":\"alice\""), "{command}");
        let command = filled("mpassSendSms", &[("dest", "+966501234567")]);
        assert!(
            command.contains("apikey='\"$APIKEY\"'") && command.contains("dest=%2B966501234567"),
            "{command}"
        );
    }
}
