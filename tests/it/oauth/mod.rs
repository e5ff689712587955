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

use countersign_tests::http::Reply;
use countersign_tests::oauth::OauthParty;
use countersign_tests::server_here::ServerHere;

const USER: &str = "sam@example.org";

/// A server with one client that speaks Auth0's words, and sam.
async fn stage() -> (ServerHere, OauthParty) {
    let server = ServerHere::start().await;
    let bank = OauthParty::auth0(&server).await;
    bank.person(&server, USER).await;
    (server, bank)
}

/// That this was refused, in exactly these words.
#[track_caller]
fn refused(reply: &Reply, status: u16, error: &str, description: &str) {
    let body = reply.json();
    let told = (reply.status, body["error"].as_str(), body["error_description"].as_str());
    assert_eq!(told, (status, Some(error), Some(description)), "{}", reply.text());
}
