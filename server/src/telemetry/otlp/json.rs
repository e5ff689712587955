//! Spans as OTLP's JSON: ids in hexadecimal, 64-bit numbers as text (OTLP 1.x, JSON Protobuf Encoding).

use serde_json::{Value, json};

use crate::telemetry::trace::Finished;

/// `SPAN_KIND_INTERNAL` and `SPAN_KIND_SERVER`.
const KINDS: [u8; 2] = [1, 2];
/// `STATUS_CODE_UNSET` and `STATUS_CODE_ERROR`.
const STATUSES: [u8; 2] = [0, 2];

/// The whole message.
pub(super) fn message(spans: &[Finished]) -> Value {
    let spans: Vec<Value> = spans.iter().map(span).collect();
    let scope = json!({"name": "countersign", "version": env!("CARGO_PKG_VERSION")});
    json!({"resourceSpans": [{
        "resource": {"attributes": [attribute("service.name", "countersign-server")]},
        "scopeSpans": [{"scope": scope, "spans": spans}],
    }]})
}

fn span(span: &Finished) -> Value {
    let attributes: Vec<Value> = span.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    let parent = span.parent.map(|id| format!("{id:016x}")).unwrap_or_default();
    let choose = |of: [u8; 2], second: bool| if second { of[1] } else { of[0] };
    json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.span),
        "parentSpanId": parent,
        "name": span.name,
        "kind": choose(KINDS, span.is_request),
        "startTimeUnixNano": span.start.to_string(),
        "endTimeUnixNano": span.end.to_string(),
        "attributes": attributes,
        "status": {"code": choose(STATUSES, span.failed)},
    })
}

fn attribute(key: &str, value: &str) -> Value {
    // A status is a number to those who look at it.
    let value = match (key, value.parse::<u16>()) {
        ("http.response.status_code", Ok(number)) => json!({"intValue": number.to_string()}),
        _ => json!({"stringValue": value}),
    };
    json!({"key": key, "value": value})
}
