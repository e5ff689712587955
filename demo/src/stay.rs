//! After the story: the server stays up, with everything at hand to try it by oneself.

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::Result;
use crate::story::Cast;
use crate::telling::Teller;

/// Says how to go on, and waits for Ctrl-C or SIGTERM.
pub(crate) async fn until_stopped(cast: &Cast, teller: &Teller) -> Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (link, _) = cast.party.enroll("you", "You").await?;
    teller.line(&instructions(cast, &link));
    teller.fact(&json!({
        "step": "staying",
        "url": cast.party.base,
        "client_id": cast.party.client_id,
        "client_secret": cast.party.client_secret,
        "enrollment_url": link,
    }));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    teller.line("\nStopped; the demo's files are deleted.");
    Ok(())
}

fn instructions(cast: &Cast, link: &str) -> String {
    let party = &cast.party;
    let vault = cast.folder.join("you.vault");
    let terminal = format!("cargo run -q --release -p countersign-cli -- --vault {}", vault.display());
    format!(
        "
Now you. The server stays up until Ctrl-C; everything is deleted then.

  1. Enrol the terminal authenticator (the link is good for ten minutes and for one device):

     {terminal} enroll '{link}'

  2. Sign in as the relying party would; the reply has the number for the login screen:

     curl -s -u '{id}:{secret}' \\
       {base}/api/v1/mfa/send -d '{{\"user_ref\":\"you\",\"number_match\":true}}'

  3. Answer on the terminal authenticator:

     {terminal} inbox --watch

  4. Read the result, with the session_id from step 2:

     curl -s -u '{id}:{secret}' \\
       '{base}/api/v1/mfa/status/SESSION_ID?wait=60'

  Another link: curl -s -u '{id}:{secret}' {base}/api/v1/users/enroll -d '{{\"user_ref\":\"you\"}}'",
        id = party.client_id,
        secret = party.client_secret,
        base = party.base,
    )
}
