//! What FCM v1 checks in a request to send, and in which words it refuses.

use serde_json::{Map, Value, json};

use super::{PROJECT, refusal};
use crate::https_server::{Answer, Asked};

/// Bytes of a message's data at most.
const LONGEST: usize = 4_096;
/// Members of a message, as far as anybody here uses them.
const MEMBERS: [&str; 7] = ["token", "data", "notification", "android", "apns", "webpush", "fcm_options"];
/// Members of its `android` part.
const ANDROID: [&str; 8] = [
    "priority",
    "ttl",
    "collapse_key",
    "collapseKey",
    "data",
    "notification",
    "restricted_package_name",
    "direct_boot_ok",
];

/// A request that is as it should be.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) device: String,
    pub(super) message: Value,
    pub(super) only_tried: bool,
}

/// Reads a request.
pub(super) fn judge(asked: &Asked) -> Result<Order, Answer> {
    let Some(project) =
        asked.path.strip_prefix("/v1/projects/").and_then(|rest| rest.strip_suffix("/messages:send"))
    else {
        return Err(Answer::status(404));
    };
    if asked.method != "POST" {
        return Err(Answer::status(405));
    }
    if project != PROJECT {
        let why = "Permission 'cloudmessaging.messages.create' denied on resource (or it may not exist).";
        return Err(refusal(403, "PERMISSION_DENIED", None, why));
    }
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let Some(message) = body["message"].as_object() else { return Err(field("message", "Missing message")) };
    let order = Order {
        device: device(message)?,
        only_tried: body["validate_only"] == true || body["validateOnly"] == true,
        message: body["message"].clone(),
    };
    known(message, &MEMBERS, "message")?;
    data(message.get("data"))?;
    if let Some(android) = message.get("android") {
        android_part(android.as_object().ok_or_else(|| field("message.android", "Invalid value"))?)?;
    }
    Ok(order)
}

/// A refusal of something that the caller wrote.
fn field(name: &str, why: &str) -> Answer {
    let violation = json!({ "@type": "type.googleapis.com/google.rpc.BadRequest",
                            "fieldViolations": [{ "field": name, "description": why }] });
    let error = json!({ "code": 400, "message": why, "status": "INVALID_ARGUMENT", "details": [violation] });
    Answer::Reply(400, None, json!({ "error": error }))
}

fn known(object: &Map<String, Value>, names: &[&str], what: &str) -> Result<(), Answer> {
    match object.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(other) => {
            let why = format!(
                "Invalid JSON payload received. Unknown name \"{other}\" at '{what}': Cannot find field."
            );
            Err(field(what, &why))
        }
    }
}

fn device(message: &Map<String, Value>) -> Result<String, Answer> {
    let token = message.get("token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        let why = "Recipient of the message is not set.";
        return Err(refusal(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), why));
    }
    if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte)) {
        let why = "The registration token is not a valid FCM registration token";
        return Err(refusal(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), why));
    }
    Ok(token.to_owned())
}

fn data(data: Option<&Value>) -> Result<(), Answer> {
    let Some(data) = data else { return Ok(()) };
    let members = data.as_object().ok_or_else(|| field("message.data", "Invalid value"))?;
    for (index, (name, value)) in members.iter().enumerate() {
        if !value.is_string() {
            return Err(field(&format!("message.data[{index}].value"), "Invalid value (TYPE_STRING)"));
        }
        if ["from", "message_type"].contains(&name.as_str())
            || name.starts_with("google.")
            || name.starts_with("gcm.")
        {
            let why = format!("Invalid data payload key: {name}");
            return Err(refusal(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), &why));
        }
    }
    let length: usize =
        members.iter().map(|(name, value)| name.len() + value.as_str().unwrap_or("").len()).sum();
    match length > LONGEST {
        true => Err(refusal(400, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), "Android message is too big")),
        false => Ok(()),
    }
}

fn android_part(android: &Map<String, Value>) -> Result<(), Answer> {
    known(android, &ANDROID, "message.android")?;
    let priority = android.get("priority").map_or("normal", |priority| priority.as_str().unwrap_or(""));
    if !["high", "normal", "HIGH", "NORMAL"].contains(&priority) {
        return Err(field("message.android.priority", "Invalid value"));
    }
    let ttl = android.get("ttl").map_or("0s", |ttl| ttl.as_str().unwrap_or(""));
    let seconds = ttl.strip_suffix('s').and_then(|seconds| seconds.parse::<f64>().ok());
    match seconds {
        Some(seconds) if (0.0..=2_419_200.0).contains(&seconds) => Ok(()),
        _ => Err(field("message.android.ttl", "Invalid value (Duration)")),
    }
}
