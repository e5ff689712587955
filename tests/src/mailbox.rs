//! The mails that wait in a server's outbox, opened as their sender opens them. What a mail looks like, and that it
//! arrives, is tested where mails are sent.

use countersign_server::engine::Message;
use countersign_server::seal::Place;
use countersign_server::store::Room;

use crate::server_here::ServerHere;

/// All of them, the oldest first.
pub async fn waiting(server: &ServerHere) -> Vec<Message> {
    let data = server.data();
    let mut jobs = data.store.due_jobs(i64::MAX, &[Room::wide("email", 1000)]).await.unwrap();
    data.store.close().await;
    jobs.sort_by_key(|job| job.id);
    let open = |job: countersign_server::store::outbox::JobRow| {
        let place = Place { tenant: job.tenant, column: "outbox.payload", row: job.id };
        serde_json::from_slice(&data.master.open(place, &job.payload).unwrap()).unwrap()
    };
    jobs.into_iter().map(open).collect()
}

/// The code in the newest mail to `address`.
pub async fn code_to(server: &ServerHere, address: &str) -> String {
    let mails = waiting(server).await;
    mails.into_iter().rfind(|mail| mail.to == address).expect("a mail to that address").code.expect("a code")
}
