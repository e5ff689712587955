//! A person's decision. The way of one answer begins here.

use std::sync::Arc;

use axum::extract::State;
use countersign_protocol::wire::{Answered, SubmitAnswer};

use super::problem::{DeviceError, Told as _};
use super::{Json, Segment};
use crate::api::client::Client;
use crate::api::extract;
use crate::engine::{Engine, Error};

/// `POST /api/v1/device/challenges/:id/answer`. The answer is signed itself, so the request is not.
pub(in crate::api) async fn answer(
    State(engine): State<Arc<Engine>>,
    client: Client,
    extract::Segment(id, _): Segment,
    extract::Json(body, _): Json<SubmitAnswer>,
) -> Result<axum::Json<Answered>, DeviceError> {
    let id = id.parse().map_err(|_| Error::ChallengeNotFound).told(&engine)?;
    let taken = engine.answer(id, &body.answer, client.address).await.told(&engine)?;
    let (outcome, verdict) = (taken.outcome, taken.verdict);
    Ok(axum::Json(Answered::decided(outcome, verdict, engine.server_time())))
}
