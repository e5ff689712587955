//! The rules that a device's person signed.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use countersign_protocol::problem::{CONTENT_TYPE as PROBLEM, Problem};
use countersign_protocol::wire::{RuleEntry, RuleTaken, Rules, SubmitRule};

use super::Segment;
use super::problem::{DeviceError, Told as _};
use super::signed::Signed;
use crate::api::client::Client;
use crate::api::extract::{self, parse_json};
use crate::api::timestamp::rfc3339;
use crate::engine::Engine;

/// Make a rule.
///
/// The person signs it with the verification key: sign-ins to this application from this network are approved for them,
/// for 30 days at most. The same rule again is no error.
#[utoipa::path(
    post, path = "/api/v1/device/rules", operation_id = "addRule", tag = "Device",
    request_body = SubmitRule,
    responses(
        (status = 201, description = "The rule counts from now on.", body = RuleTaken),
        (status = 403, description = "`rules_not_allowed`: the application does not allow rules.",
            body = Problem, content_type = PROBLEM),
        (status = 409, description = "`too_many_rules`: end one first.", body = Problem, content_type = PROBLEM),
    ),
)]
pub(in crate::api) async fn add(
    State(engine): State<Arc<Engine>>,
    client: Client,
    signed: Signed,
) -> Result<(StatusCode, axum::Json<RuleTaken>), DeviceError> {
    let body: SubmitRule = parse_json(&signed.body)?;
    let id = engine.add_rule(&signed.device, &body.rule, client.address).await.told(&engine)?;
    Ok((StatusCode::CREATED, axum::Json(RuleTaken { id, server_time: engine.server_time() })))
}

/// List the device's rules.
///
/// Those that are in force, newest first, each as it was signed.
#[utoipa::path(
    get, path = "/api/v1/device/rules", operation_id = "rules", tag = "Device",
    responses((status = 200, description = "The rules.", body = Rules)),
)]
pub(in crate::api) async fn list(
    State(engine): State<Arc<Engine>>,
    signed: Signed,
) -> Result<axum::Json<Rules>, DeviceError> {
    let rows = engine.rules(signed.device.id).await.told(&engine)?;
    let entry = |row: crate::store::DeviceRuleRow| RuleEntry {
        rule: row.rule,
        last_used_at: row.last_used_at.map(rfc3339),
    };
    let rules = rows.into_iter().map(entry).collect();
    Ok(axum::Json(Rules { rules, server_time: engine.server_time() }))
}

/// End a rule.
///
/// It approves nothing from then on.
#[utoipa::path(
    delete, path = "/api/v1/device/rules/{id}", operation_id = "endRule", tag = "Device",
    params(("id" = String, Path, description = "The rule's `jti`.", max_length = 64)),
    responses(
        (status = 204, description = "The rule has ended."),
        (status = 404, description = "`rule_not_found`: the device has no such rule.",
            body = Problem, content_type = PROBLEM),
    ),
)]
pub(in crate::api) async fn end(
    State(engine): State<Arc<Engine>>,
    client: Client,
    extract::Segment(id, _): Segment,
    signed: Signed,
) -> Result<StatusCode, DeviceError> {
    engine.end_rule(signed.device.id, &id, client.address).await.told(&engine)?;
    Ok(StatusCode::NO_CONTENT)
}
