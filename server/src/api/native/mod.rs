//! The MyPass-shaped API under `/api/v1`: a relying party asks, polls, cancels, and looks after users and devices.

mod auth;
pub(super) mod codes;
pub(super) mod devices;
pub(super) mod enrollment;
mod error;
pub(super) mod factors;
pub(in crate::api) mod fields;
pub(super) mod mfa;
pub(super) mod receipt;
pub(super) mod users;
pub(super) mod webhooks;

pub(super) use auth::Authenticated;
pub(super) use error::{ApiError, Refusal};

use super::extract;

type Json<T> = extract::Json<T, ApiError>;
type Query<T> = extract::Query<T, ApiError>;
type Segment = extract::Segment<ApiError>;
type Segments = extract::Segments<ApiError>;
