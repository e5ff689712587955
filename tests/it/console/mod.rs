//! The console over HTTP, without a script: who may do what on which page, and what the pages do.

mod api;
mod applications;
mod channels;
mod messages;
mod people;
mod providers;
mod questions;
mod register;
mod sessions;
mod settings;
mod table;
mod tenants;
mod webhooks;
mod wording;
