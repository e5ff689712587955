//! What a host is told by itself.

use std::sync::Mutex;

use tokio::sync::mpsc;

use super::*;

/// What an observer was told, as words.
#[derive(Debug)]
struct Told {
    sender: mpsc::UnboundedSender<String>,
    angry: Mutex<bool>,
}

impl Told {
    fn tell(&self, word: String) -> Result<(), ObserverError> {
        let _ = self.sender.send(word);
        // Once it panics, as a foreign exception would at worst.
        assert!(!std::mem::take(&mut *self.angry.lock().unwrap()), "a host's fault");
        Err(ObserverError::Failed { reason: "thrown".into() })
    }
}

impl Observer for Told {
    fn on_inbox_changed(&self, inbox: Inbox) -> Result<(), ObserverError> {
        self.tell(format!("inbox {} ended {}", inbox.pending.len(), inbox.ended.len()))
    }

    fn on_content_changed(&self) -> Result<(), ObserverError> {
        self.tell("content".into())
    }

    fn on_stopped(&self, code: String, _: String) -> Result<(), ObserverError> {
        self.tell(code)
    }
}

async fn until(told: &mut mpsc::UnboundedReceiver<String>, word: &str) {
    while told.recv().await.expect(word) != word {}
}

#[tokio::test]
async fn an_observer_is_told_of_changes_and_its_faults_stay_its_own() {
    let (folder, listening) = (tempfile::tempdir().unwrap(), listen());
    let (_, core) = on_a_phone(&folder).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let _observation = core.observe(Arc::new(Told { sender, angry: Mutex::new(true) })).await;
    until(&mut told, "inbox 0 ended 0").await;
    core.add_uri(URI.into()).await.unwrap();
    until(&mut told, "content").await;
    let offer = core.look_at(listening.server.link().to_string()).await.unwrap();
    core.enroll(offer, "Phone".into(), DevicePlatform::Ios, None).await.unwrap();
    until(&mut told, "content").await;
    let device = core.authenticator.accounts().unwrap()[0].device;
    let request = listening.server.ask(device, Some(2), false).to_string();
    until(&mut told, "inbox 1 ended 0").await;
    core.deny(request).await.unwrap();
    until(&mut told, "inbox 0 ended 1").await;
    core.lock();
    until(&mut told, "vault_locked").await;
    assert_eq!(told.recv().await, None, "nothing follows");
}

#[tokio::test]
async fn an_observation_ends_when_it_is_released() {
    let folder = tempfile::tempdir().unwrap();
    let (_, core) = on_a_phone(&folder).await;
    let (sender, mut told) = mpsc::unbounded_channel();
    let observation = core.observe(Arc::new(Told { sender, angry: Mutex::new(false) })).await;
    until(&mut told, "inbox 0 ended 0").await;
    drop(observation);
    assert_eq!(told.recv().await, None);
    assert!(!core.is_locked());
}
