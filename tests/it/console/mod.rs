//! The console over HTTP, without a script: who may do what on which page, and what the pages do.

mod account;
mod api;
mod applications;
mod audit;
mod audited;
mod channels;
mod factors;
mod figures;
mod invitations;
mod messages;
mod operators;
mod owner;
mod passkeys;
mod people;
mod providers;
mod questions;
mod register;
mod rules;
mod sessions;
mod settings;
mod signing_in;
mod table;
mod tenants;
mod unseen;
mod webhooks;
mod wording;
