//! A person's decision. The way of one answer begins here.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::id::ChallengeId;
use countersign_protocol::problem::{CONTENT_TYPE as PROBLEM, Problem};
use countersign_protocol::wire::{Answered, SubmitAnswer};

use super::problem::{DeviceError, Told as _};
use super::{Json, Segment};
use crate::api::client::Client;
use crate::api::extract;
use crate::engine::{self, Engine, Error};

/// Answer.
///
/// The answer is signed itself, so the request is not. The first valid answer of any device counts; the same bytes again
/// are answered the same.
#[utoipa::path(
    post, path = "/api/v1/device/challenges/{id}/answer", operation_id = "answer", tag = "Device",
    params(("id" = ChallengeId, Path, description = "The challenge.")),
    request_body = SubmitAnswer, security(),
    responses(
        (status = 200, description = "The answer was taken.", body = Answered),
        (status = 400, description = "`invalid_answer`: it does not fit the challenge.", body = Problem,
            content_type = PROBLEM),
        (status = 403, description = "`verification_needed`: approving this needs the verification key.",
            body = Problem, content_type = PROBLEM),
        (status = 404, description = "`challenge_not_found`: no such challenge for this device.", body = Problem,
            content_type = PROBLEM),
        (status = 409, description = "`already_answered`: `outcome` says how it ended.", body = Problem,
            content_type = PROBLEM),
        (status = 410, description = "`challenge_expired`: its time was over.", body = Problem,
            content_type = PROBLEM),
        (status = 422, description = "`wrong_number`: the challenge has ended as denied.", body = Problem,
            content_type = PROBLEM),
    ),
)]
pub(in crate::api) async fn answer(
    State(engine): State<Arc<Engine>>,
    client: Client,
    extract::Segment(id, _): Segment,
    extract::Json(body, _): Json<SubmitAnswer>,
) -> Result<axum::Json<Answered>, DeviceError> {
    let id = id.parse().map_err(|_| Error::ChallengeNotFound).told(&engine)?;
    let taken = engine.answer(id, &body.answer, client.address).await.told(&engine)?;
    Ok(axum::Json(match taken {
        engine::Answered::Decided { outcome, verdict } => {
            Answered::decided(outcome, verdict, engine.server_time())
        }
        engine::Answered::Code(code) => Answered::show(code, engine.server_time()),
    }))
}
