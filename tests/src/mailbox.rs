//! The messages that wait in a server's outbox, opened as their sender opens them. What a message looks like, and that it
//! arrives, is tested where messages are sent.

use countersign_server::engine::Message;
use countersign_server::seal::Place;
use countersign_server::store::Room;

use crate::server_here::ServerHere;

/// All mails, the oldest first.
pub async fn waiting(server: &ServerHere) -> Vec<Message> {
    opened(server, &[Room::wide("email", 1000)]).await
}

async fn opened(server: &ServerHere, rooms: &[Room]) -> Vec<Message> {
    let data = server.data();
    let mut jobs = data.store.due_jobs(i64::MAX, rooms).await.unwrap();
    data.store.close().await;
    jobs.sort_by_key(|job| job.id);
    let open = |job: countersign_server::store::outbox::JobRow| {
        let place = Place { tenant: job.tenant, column: "outbox.payload", row: job.id };
        serde_json::from_slice(&data.master.open(place, &job.payload).unwrap()).unwrap()
    };
    jobs.into_iter().map(open).collect()
}

/// All messages to people, of whatever channel, the oldest first.
pub async fn all(server: &ServerHere) -> Vec<Message> {
    opened(server, &[Room::wide("sms", 1000), Room::wide("voice", 1000), Room::wide("email", 1000)]).await
}

/// The code in the newest mail to `address`.
pub async fn code_to(server: &ServerHere, address: &str) -> String {
    code_by(server, "email", address).await
}

/// All messages of a kind (`sms`, `voice`, `email`), the oldest first.
pub async fn waiting_by(server: &ServerHere, kind: &'static str) -> Vec<Message> {
    opened(server, &[Room::wide(kind, 1000)]).await
}

/// The code in the newest message of a kind to `to`.
pub async fn code_by(server: &ServerHere, kind: &'static str, to: &str) -> String {
    let messages = waiting_by(server, kind).await;
    let newest = messages.into_iter().rfind(|message| message.to == to).expect("a message to there");
    newest.code.expect("a code")
}
