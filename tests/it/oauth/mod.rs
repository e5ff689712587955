//! Signing in by OAuth, in the words of Auth0 and of Reltio.

mod attacks;
mod auth0;
mod begun;
mod cors;
mod hygiene;
mod passwords;
mod people;
mod reltio;
mod storm;
mod token;
mod tokens;
