//! What the OpenAPI document says, tried on the server: each test walks all operations, so a new route is tested as soon
//! as it is described, and no route works without.

mod callers;
mod description;
mod document;
mod foreign;
mod limits;
