//! The console over HTTP, without a script: who may do what on which page, and what the pages do.

mod account;
mod api;
mod applications;
mod audit;
mod channels;
mod choosing;
mod figures;
mod messages;
mod operators;
mod owner;
mod people;
mod providers;
mod questions;
mod register;
mod sessions;
mod settings;
mod signing_in;
mod table;
mod tenants;
mod webhooks;
mod wording;
