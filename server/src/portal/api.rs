//! The API's description as a page, for people: made from the OpenAPI document once, when the server starts. It needs no
//! script and asks nobody else for anything.

use askama::Template;
use serde_json::Value;

use super::schema_view::{Kind, Member, Span, at, kind, members, sample, spans, text};

/// Where an operation's body is described.
const BODY: &str = "/requestBody/content/application~1json/schema";

#[derive(Template)]
#[template(path = "api.html")]
struct Page<'a> {
    server: &'a str,
    intro: Vec<Span>,
    groups: Vec<Group<'a>>,
    schemas: Vec<Schema<'a>>,
}

struct Group<'a> {
    name: &'a str,
    text: Vec<Span>,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    text: Vec<Span>,
    who: &'static str,
    parameters: Vec<Member>,
    body: Option<Kind>,
    replies: Vec<Reply<'a>>,
    curl: String,
}

struct Reply<'a> {
    status: &'a str,
    text: Vec<Span>,
    kind: Option<Kind>,
}

struct Schema<'a> {
    name: &'a str,
    text: Vec<Span>,
    members: Vec<Member>,
    kind: Kind,
}

/// The page; empty only if the template fails, which its tests rule out.
pub(crate) fn page(document: &Value) -> String {
    let groups = at(document, "/tags").as_array().into_iter().flatten().map(|tag| group(document, tag));
    let page = Page {
        server: text(at(document, "/servers/0/url")),
        intro: emphasis(text(at(document, "/info/description"))),
        groups: groups.filter(|group| !group.operations.is_empty()).collect(),
        schemas: schemas(document),
    };
    page.render().unwrap_or_default()
}

/// The document's own text has emphasis; the page shows it plain.
fn emphasis(text: &str) -> Vec<Span> {
    spans(&text.replace('*', ""))
}

fn group<'a>(document: &'a Value, tag: &'a Value) -> Group<'a> {
    let name = text(at(tag, "/name"));
    let mut operations = Vec::new();
    for (path, item) in object(at(document, "/paths")) {
        for (method, described) in object(item) {
            if at(described, "/tags/0") == at(tag, "/name") {
                operations.push(operation(document, method, path, described));
            }
        }
    }
    Group { name, text: spans(text(at(tag, "/description"))), operations }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn operation<'a>(document: &Value, method: &str, path: &'a str, described: &'a Value) -> Operation<'a> {
    let body = at(described, BODY);
    let parameters = at(described, "/parameters").as_array().into_iter().flatten().map(Member::of_parameter);
    let replies = object(at(described, "/responses")).map(|(status, response)| {
        let content = object(at(response, "/content")).next();
        let kind = content.map(|(_, content)| kind(at(content, "/schema")));
        Reply { status, text: spans(text(at(response, "/description"))), kind }
    });
    Operation {
        id: text(at(described, "/operationId")),
        method: method.to_uppercase(),
        path,
        summary: text(at(described, "/summary")).trim_end_matches('.'),
        text: spans(text(at(described, "/description"))),
        who: who(at(described, "/security")),
        parameters: parameters.collect(),
        body: body.is_object().then(|| kind(body)),
        replies: replies.collect(),
        curl: curl(document, method, path, described),
    }
}

fn who(security: &Value) -> &'static str {
    let first = security.get(0).and_then(Value::as_object);
    match first {
        Some(schemes) if schemes.contains_key("device") => "An enrolled device, which signs the request.",
        Some(_) => "An application, with its client id and secret.",
        None => "Anyone; what is needed stands in the request itself.",
    }
}

/// A command to copy. Parameters are shell variables, so that nothing in it must be changed by hand.
fn curl(document: &Value, method: &str, path: &str, described: &Value) -> String {
    let mut command = "curl".to_owned();
    if method != "get" {
        command.push_str(" -X ");
        command.push_str(&method.to_uppercase());
    }
    let security = at(described, "/security").get(0).and_then(Value::as_object);
    command.push_str(match security {
        Some(schemes) if schemes.contains_key("device") => " -H \"Authorization: Device $PROOF\"",
        Some(_) => " -u \"$CS_ID:$CS_SECRET\"",
        None => "",
    });
    let segments = path.split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        name.map_or_else(|| segment.to_owned(), |name| format!("${}", name.to_uppercase()))
    });
    let path = segments.collect::<Vec<_>>().join("/");
    command.push_str(&format!(" \"{}{path}\"", text(at(document, "/servers/0/url"))));
    let body = at(described, BODY);
    if body.is_object() {
        let sample = sample(document, body).to_string().replace('\'', "'\\''");
        command.push_str(&format!(" \\\n  -H 'Content-Type: application/json' -d '{sample}'"));
    }
    command
}

fn schemas(document: &Value) -> Vec<Schema<'_>> {
    object(at(document, "/components/schemas"))
        .map(|(name, schema)| Schema {
            name,
            text: spans(text(at(schema, "/description"))),
            members: members(schema),
            kind: kind(schema),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn the_page_shows_what_the_document_says_and_escapes_it() {
        let html = super::page(&json!({
            "info": {"description": "About *all* of <it>."},
            "servers": [{"url": "https://mfa.example.org"}],
            "tags": [{"name": "People", "description": "Who."}, {"name": "Empty", "description": "None."}],
            "paths": {"/api/v1/people/{user_ref}": {"put": {
                "tags": ["People"], "operationId": "change", "summary": "Change one.", "description": "With `x<y`.",
                "security": [{"clientId": []}],
                "parameters": [{"name": "user_ref", "in": "path", "required": true, "description": "Who.",
                    "schema": {"type": "string", "maxLength": 9}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
                "responses": {"200": {"description": "Done."}},
            }}},
            "components": {"schemas": {"Change": {"type": "object", "required": ["name"],
                "properties": {"name": {"type": "string", "examples": ["it's"], "description": "The new one."}}}}},
        }));
        for part in [
            "About all of &#60;it&#62;.",
            "<code>x&#60;y</code>",
            "id=\"change\"",
            "curl -X PUT -u &#34;$CS_ID:$CS_SECRET&#34; &#34;https://mfa.example.org/api/v1/people/$USER_REF&#34;",
            "it&#39;\\&#39;&#39;s",
            "href=\"#schema-Change\"",
            "id=\"schema-Change\"",
            "at most 9 characters",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("Empty") && !html.contains("<script") && !html.contains("style="));
    }
}
