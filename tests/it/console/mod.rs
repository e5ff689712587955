//! The console over HTTP, without a script: who may do what on which page, and what the pages do.

mod account;
mod operators;
mod owner;
mod people;
mod questions;
mod sessions;
mod signing_in;
mod table;
mod tenants;
