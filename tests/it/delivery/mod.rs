//! Everything that goes out to people, and what comes back about it.

mod mail;
mod templates;
