//! A server that is away: nobody gets in, and the pages say what to do.

use std::sync::Arc;

use countersign_server::host::{Clock, System};
use countersign_tests::server_here::ServerHere;
use tokio::net::TcpSocket;

use super::{Open, go, is_over, mark};

#[tokio::test]
async fn a_server_that_does_not_answer_lets_nobody_in_and_the_page_says_so() {
    let server = ServerHere::start().await;
    let clock: Arc<dyn Clock> = Arc::new(System);
    // A place where nobody listens, and where nobody else can begin to while it is held.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = format!("http://{}", held.local_addr().unwrap());
    let bank = Open::calling(nobody, &server.engine, clock, server.data_dir()).await;
    let mut browser = bank.browser();
    for way in ["mypass", "acceptto", "auth0", "auth0-otp", "reltio", "mpass"] {
        let page = go(&mut browser, &format!("/demo/{way}"), &[("number", "+966501234567")]).await;
        is_over(&page, "The server does not answer.");
        assert!(page.text().contains("Nothing came back:"), "{way}: the call is shown all the same");
        assert!(!page.text().contains(&bank.credentials.mpass_key), "nor is a key given away by the failure");
    }
    let page = go(&mut browser, "/demo/phone", &[]).await;
    assert!(
        mark(&page) == "trouble" && page.text().contains("The server does not answer."),
        "{}",
        page.text()
    );
}
