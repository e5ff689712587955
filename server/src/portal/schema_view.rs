//! JSON Schema in words, as far as the OpenAPI document uses it: for the API's page.

use serde_json::{Map, Value, json};

/// A piece of a sentence.
pub(super) struct Span {
    pub(super) code: bool,
    pub(super) text: String,
}

/// What a value is, with a link to where that is described.
pub(super) struct Kind {
    pub(super) words: String,
    pub(super) schema: Option<String>,
}

/// A member of an object, or a parameter of a request.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) required: bool,
    pub(super) kind: Kind,
    pub(super) text: Vec<Span>,
}

/// What stands at a JSON pointer (RFC 6901), null if nothing does.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// A value's text, empty if it has none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A description, cut at its backticks.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let pieces = text.split('`').enumerate();
    let spans = pieces.map(|(nth, piece)| Span { code: nth % 2 == 1, text: piece.replace('\n', " ") });
    spans.filter(|span| !span.text.is_empty()).collect()
}

impl Member {
    /// A parameter.
    pub(super) fn of_parameter(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]).to_owned(),
            place: format!("in the {}", text(&parameter["in"])),
            required: parameter["required"] == true,
            kind: kind(&parameter["schema"]),
            text: spans(text(&parameter["description"])),
        }
    }
}

/// The members of an object, required ones first.
pub(super) fn members(schema: &Value) -> Vec<Member> {
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let all = schema["properties"].as_object().into_iter().flatten();
    let mut members: Vec<Member> = all
        .map(|(name, described)| Member {
            name: name.clone(),
            place: String::new(),
            required: required(name),
            kind: kind(described),
            text: spans(text(description(described))),
        })
        .collect();
    members.sort_by_key(|member| !member.required);
    members
}

/// A description, also where null is the alternative to what is described.
fn description(described: &Value) -> &Value {
    let alternatives = described["oneOf"].as_array().into_iter().flatten();
    let inner = alternatives.map(|one| &one["description"]).find(|text| text.is_string());
    Some(&described["description"]).filter(|text| text.is_string()).or(inner).unwrap_or(&Value::Null)
}

/// What a value is.
pub(super) fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|pointer| pointer.rsplit('/').next()) {
        return Kind { words: name.to_owned(), schema: Some(name.to_owned()) };
    }
    if let Some(alternatives) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let first = alternatives.iter().find(|one| one["type"] != "null").map(kind);
        let null = alternatives.iter().any(|one| one["type"] == "null");
        let kind = first.unwrap_or(Kind { words: "anything".to_owned(), schema: None });
        let words = if null { format!("{} or null", kind.words) } else { kind.words };
        return Kind { words, schema: kind.schema };
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    };
    if name == "array" {
        let items = kind(&schema["items"]);
        return Kind { words: format!("list of {}", items.words), schema: items.schema };
    }
    let words = [vec![name], bounds(schema)].concat().join(", ");
    Kind { words, schema: None }
}

/// What the schema demands, in words.
fn bounds(schema: &Value) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(all) = schema["enum"].as_array() {
        words.push(format!("one of {}", all.iter().map(text).collect::<Vec<_>>().join(", ")));
    }
    let mut say = |member: &str, before: &str, after: &str| match &schema[member] {
        Value::Null => {}
        Value::String(value) => words.push(format!("{before}{value}{after}")),
        value => words.push(format!("{before}{value}{after}")),
    };
    say("format", "", "");
    say("minLength", "at least ", " characters");
    say("maxLength", "at most ", " characters");
    say("minimum", "from ", "");
    say("maximum", "to ", "");
    say("default", "otherwise ", "");
    say("pattern", "matches ", "");
    words
}

/// A value that the schema allows, small enough to read: required members, and those that come with an example.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(pointer) = schema["$ref"].as_str().and_then(|pointer| pointer.strip_prefix('#')) {
        return document.pointer(pointer).map_or(Value::Null, |schema| sample(document, schema));
    }
    if let Some(example) = schema["examples"].get(0).or(schema["enum"].get(0)).or(schema.get("default")) {
        return example.clone();
    }
    if let Some(first) = schema["oneOf"].get(0) {
        return sample(document, first);
    }
    let Some(properties) = schema["properties"].as_object() else {
        return if schema["type"] == "string" { json!("…") } else { json!(1) };
    };
    let shown = members(schema).into_iter().filter_map(|member| {
        let described = properties.get(&member.name)?;
        let has_example = described["examples"].is_array();
        (member.required || has_example).then(|| (member.name, sample(document, described)))
    });
    Value::Object(shown.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_in_words() {
        let words = |schema: Value| kind(&schema).words;
        assert_eq!(
            words(json!({"type": "string", "minLength": 1, "maxLength": 9})),
            "string, at least 1 characters, at most 9 characters"
        );
        assert_eq!(
            words(json!({"type": ["integer", "null"], "minimum": 0, "maximum": 60, "default": 0})),
            "integer or null, from 0, to 60, otherwise 0"
        );
        assert_eq!(
            words(json!({"oneOf": [{"$ref": "#/components/schemas/Email"}, {"type": "null"}]})),
            "Email or null"
        );
        assert_eq!(words(json!({"type": "array", "items": {"$ref": "#/c/s/User"}})), "list of User");
        assert_eq!(words(json!({"type": "string", "enum": ["a", "b"]})), "string, one of a, b");
        assert_eq!(words(json!({})), "anything");
    }
}
