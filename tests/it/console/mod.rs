//! The console over HTTP, without a script: who may do what on which page, and what the pages do.

mod api;
mod applications;
mod channels;
mod people;
mod questions;
mod sessions;
mod table;
mod tenants;
mod webhooks;
