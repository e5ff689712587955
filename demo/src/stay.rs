//! After the story: the server stays up, a bank opens for the browser, and everything is at hand to try it by oneself.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use countersign_server::host::System;
use countersign_server::running::Running;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::Result;
use crate::authenticator::Authenticator;
use crate::operator::{Operator, PASSWORD};
use crate::shop::{Place, Shop};
use crate::story::Cast;
use crate::telling::Teller;

/// Opens the bank, which is served until the program ends.
pub(crate) async fn open(
    running: &Running,
    listen: SocketAddr,
    cast: &Cast,
    data_dir: &Path,
) -> Result<Shop> {
    let (listener, address) = bind(listen).await?;
    let operator = Operator::new(Arc::clone(&running.engine), "Example Bank (browser)").await?;
    let origins = origins(address);
    let credentials = operator.credentials(&origins, running.address.ip()).await?;
    let place = Place {
        base: running.engine.server_id().to_owned(),
        origins,
        outbox: data_dir.join("outbox"),
        authenticator: Authenticator::with(&cast.folder.join("you.vault")),
        credentials,
    };
    let shop = Shop::new(place, operator, Arc::new(System), Arc::new(System))?;
    let app = shop.clone().app();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(shop)
}

/// The address that was asked for, or any free one of the same machine when it is taken.
async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = match TcpListener::bind(listen).await {
        Err(_) => TcpListener::bind((listen.ip(), 0)).await,
        bound => bound,
    };
    let listener = listener.map_err(|error| {
        format!("{listen} cannot be listened on: {error}; give --demo-listen another address")
    })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// How browsers may call the bank.
fn origins(address: SocketAddr) -> Vec<String> {
    let mut all = vec![format!("http://{address}")];
    if address.ip().is_loopback() {
        all.push(format!("http://localhost:{}", address.port()));
    }
    all
}

/// Says how to go on, and waits for Ctrl-C or SIGTERM. `owner` is the link by which one becomes the console's first owner.
pub(crate) async fn until_stopped(cast: &Cast, shop: &Shop, owner: &str, teller: &Teller) -> Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (link, _) = cast.party.enroll("you", "You").await?;
    let address = address(shop);
    teller.line(&instructions(cast, shop, &link, owner));
    teller.fact(&json!({
        "step": "staying",
        "demo_url": address,
        "first_owner_link": owner,
        "url": cast.party.base,
        "client_id": cast.party.client_id,
        "client_secret": cast.party.client_secret,
        "enrollment_url": link,
        "outbox": shop.place().outbox,
        "variables": variables(shop).into_iter().collect::<BTreeMap<_, _>>(),
    }));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    teller.line("\nStopped; the demo's files are deleted.");
    Ok(())
}

/// The first page of the bank.
fn address(shop: &Shop) -> String {
    let origin = shop.place().origins.first().map(String::as_str).unwrap_or_default();
    format!("{origin}/demo/")
}

/// A bank that others reach is not only one's own.
fn warning(shop: &Shop) -> &'static str {
    let here = |origin: &String| origin.contains("://127.") || origin.contains("://[::1]");
    if shop.place().origins.iter().any(here) {
        ""
    } else {
        "
  Everybody in this network can open that page, without TLS: they see the calls of their own sign-ins, and can make
  the demo ask as often as they like. Stop the demo when you have seen enough.
"
    }
}

/// What the shown curl commands take their secrets from.
fn variables(shop: &Shop) -> [(&'static str, &str); 6] {
    let all = &shop.place().credentials;
    [
        ("MYPASS_SECRET", &all.mypass.secret),
        ("AUTH0_SECRET", &all.auth0.secret),
        ("RELTIO_SECRET", &all.reltio.secret),
        ("ACCEPTTO_SECRET", &all.acceptto.secret),
        ("MPASS_KEY", &all.mpass_key),
        ("PASSWORD", PASSWORD),
    ]
}

fn instructions(cast: &Cast, shop: &Shop, link: &str, owner: &str) -> String {
    let party = &cast.party;
    let terminal = &shop.place().authenticator.command;
    let exports = variables(shop).map(|(name, secret)| format!("     export {name}='{secret}'")).join("\n");
    format!(
        "
Now you. Open {address} in a browser: enrol a phone there, sign in, and see the calls.
Everything stays up until Ctrl-C, and is deleted then.
{warning}
The server's console, for operators: open this link to become its owner; it works once. There you make an application
for your own program, and its page says what goes into it.

     {owner}

The curl commands on the bank's pages take their secrets from these lines. Run them in the shell in which you use curl:

{exports}

Without a browser:

  1. Enrol the terminal authenticator (the link is good for ten minutes and for one device). It asks whether to
     enrol, and for a password for its vault:

     {terminal} enroll '{link}'

  2. Sign in as the relying party would; the reply has the number for the login screen:

     curl -s -u '{id}:{secret}' \\
       {base}/api/v1/mfa/send -d '{{\"user_ref\":\"you\",\"number_match\":true}}'

  3. Answer on the terminal authenticator within two minutes, by that number:

     {terminal} inbox --watch

  4. Read the result, with the session_id from step 2 in the place of SESSION_ID:

     curl -s -u '{id}:{secret}' \\
       '{base}/api/v1/mfa/status/SESSION_ID?wait=60'

  Another link: curl -s -u '{id}:{secret}' {base}/api/v1/users/enroll -d '{{\"user_ref\":\"you\"}}'",
        address = address(shop),
        warning = warning(shop),
        id = party.client_id,
        secret = party.client_secret,
        base = party.base,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_call_the_bank_by_its_address_or_by_the_machines_own_name() {
        let of = |text: &str| origins(text.parse().unwrap());
        assert_eq!(of("127.0.0.1:8481"), ["http://127.0.0.1:8481", "http://localhost:8481"]);
        assert_eq!(of("192.0.2.7:80"), ["http://192.0.2.7:80"]);
    }
}
