//! Signing in by OAuth.

mod cors;
mod passwords;
