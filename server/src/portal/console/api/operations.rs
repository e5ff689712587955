//! The operations that can be tried, out of the API's own description: with their fields, and which of those are secrets.

use std::sync::LazyLock;

use serde_json::Value;

use crate::portal::schema_view::{Member, at, kind, members, sample, text};

/// The groups that applications call, in the order of the description. Phones and providers call the others.
const TAGS: [&str; 9] = [
    "Asking people",
    "Users and devices",
    "Factors",
    "Webhooks",
    "Signing in",
    "Auth0 MFA",
    "Reltio MFA setup",
    "Acceptto",
    "mPass",
];
/// Groups whose tenant is told by the host name.
const BY_HOST: [&str; 3] = ["Signing in", "Auth0 MFA", "Reltio MFA setup"];
/// A field with one of these in its name holds a secret: no form sends it.
const SECRET: [&str; 7] = ["secret", "password", "token", "otp", "apikey", "code", "assertion"];

/// Operations of a kind.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) operations: Vec<Operation>,
}

/// Something that can be called.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) who: Who,
    pub(super) by_host: bool,
    pub(super) fields: Vec<Field>,
}

/// Who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// An application with its client id and secret.
    Application,
    /// Whoever has a token.
    Bearer,
    /// Whoever puts what is needed into the fields.
    Anyone,
}

/// Where a field stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// What is filled in.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) required: bool,
    /// What it is, in words.
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) secret: bool,
    /// It is written as JSON and not as a text.
    pub(super) json: bool,
    pub(super) sample: String,
}

impl Place {
    /// The attribute `data-place`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
        }
    }
}

impl Field {
    /// What it is called in the page's form.
    pub(super) fn form_name(&self) -> String {
        format!("{}.{}", self.place.as_str(), self.name)
    }

    /// Whether it names the application.
    pub(super) fn is_client_id(&self) -> bool {
        ["client_id", "uid"].contains(&&*self.name)
    }
}

/// All of them.
pub(super) fn groups() -> &'static [Group] {
    static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| read(&crate::api::description()));
    &GROUPS
}

/// The operation of this name.
pub(super) fn operation(id: &str) -> Option<&'static Operation> {
    groups().iter().flat_map(|group| &group.operations).find(|operation| operation.id == id)
}

fn read(document: &Value) -> Vec<Group> {
    let group = |name: &str| Group { name: name.to_owned(), operations: operations(document, name) };
    TAGS.into_iter().map(group).filter(|group| !group.operations.is_empty()).collect()
}

fn operations(document: &Value, tag: &str) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in at(document, "/paths").as_object().into_iter().flatten() {
        for (method, described) in item.as_object().into_iter().flatten() {
            if at(described, "/tags/0") == tag {
                all.push(one(document, (method, path, tag), described));
            }
        }
    }
    all
}

fn one(document: &Value, (method, path, tag): (&str, &str, &str), described: &Value) -> Operation {
    let id = text(at(described, "/operationId")).to_owned();
    let body = if method == "get" { Vec::new() } else { body(document, described) };
    let has = |name: &str| body.iter().any(|field| field.name == name);
    let parameters = at(described, "/parameters").as_array().into_iter().flatten();
    let mut fields: Vec<Field> = parameters
        .filter_map(|parameter| parameter_field(document, parameter))
        .filter(|field| field.place != Place::Query || !has(&field.name))
        .collect();
    fields.extend(body);
    fields.sort_by_key(|field| !field.required);
    Operation {
        id,
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(at(described, "/summary")).trim_end_matches('.').to_owned(),
        text: text(at(described, "/description")).replace('`', ""),
        who: who(at(described, "/security")),
        by_host: BY_HOST.contains(&tag),
        fields,
    }
}

fn who(security: &Value) -> Who {
    match security.get(0).and_then(Value::as_object) {
        None => Who::Anyone,
        Some(schemes) if schemes.contains_key("bearer") => Who::Bearer,
        Some(_) => Who::Application,
    }
}

fn parameter_field(document: &Value, parameter: &Value) -> Option<Field> {
    let place = match text(&parameter["in"]) {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    let Member { name, required, kind, text, .. } = Member::of_parameter(parameter);
    let text = text.into_iter().map(|span| span.text).collect();
    Some(Field {
        secret: is_secret(&name),
        sample: example(document, &parameter["schema"]),
        // What stands outside of a body is written as it is.
        json: false,
        kind: kind.words,
        name,
        place,
        required,
        text,
    })
}

fn body(document: &Value, described: &Value) -> Vec<Field> {
    let content = at(described, "/requestBody/content").as_object().into_iter().flatten();
    let schema = content.map(|(_, content)| &content["schema"]).next().unwrap_or(&Value::Null);
    let schema = resolved(document, schema);
    let field = |member: Member| {
        let described =
            schema.get("properties").and_then(|all| all.get(&member.name)).unwrap_or(&Value::Null);
        Field {
            secret: is_secret(&member.name),
            sample: example(document, described),
            json: !is_text(document, described),
            kind: kind(described).words,
            name: member.name,
            place: Place::Body,
            required: member.required,
            text: member.text.into_iter().map(|span| span.text).collect(),
        }
    };
    members(schema).into_iter().map(field).collect()
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|pointer| pointer.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(&Value::Null),
        None => schema,
    }
}

/// Whether it is a text, perhaps with null as the alternative.
fn is_text(document: &Value, schema: &Value) -> bool {
    let schema = resolved(document, schema);
    if let Some(all) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        return all.iter().any(|one| is_text(document, one));
    }
    match &schema["type"] {
        Value::String(name) => name == "string",
        Value::Array(names) => names.iter().any(|name| name == "string"),
        _ => false,
    }
}

/// An example that the description gives; nothing where it gives none.
fn example(document: &Value, schema: &Value) -> String {
    let own = resolved(document, schema);
    if !own["examples"].is_array() {
        return String::new();
    }
    match sample(document, own) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> &'static Operation {
        operation(id).unwrap_or_else(|| panic!("no operation {id}"))
    }

    #[test]
    fn each_dialect_has_operations_and_each_name_stands_for_one() {
        assert_eq!(groups().iter().map(|group| &*group.name).collect::<Vec<_>>(), TAGS);
        let mut ids: Vec<_> =
            groups().iter().flat_map(|group| &group.operations).map(|operation| &operation.id).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn s33_what_is_secret_is_a_field_that_no_form_sends() {
        let secret = |id: &str, name: &str| named(id).fields.iter().find(|f| f.name == name).unwrap().secret;
        assert!(secret("token", "password") && secret("token", "client_secret"));
        assert!(secret("mpassSendSms", "apikey"));
        assert!(secret("accepttoAuthenticateWithOptions", "secret"));
        assert!(!secret("token", "username") && !secret("token", "client_id"));
    }

    #[test]
    fn who_calls_is_told_by_the_description() {
        assert_eq!(named("token").who, Who::Anyone);
        assert!(named("token").by_host);
        assert_eq!(named("replayDelivery").who, Who::Application);
        let paths: Vec<_> = named("replayDelivery").fields.iter().map(|field| field.place).collect();
        assert!(paths.contains(&Place::Path) && paths.contains(&Place::Header), "{paths:?}");
    }
}
