//! Ways to unlock, earlier states and recovery through the facade.

use super::*;

const WAYS: [WayToUnlock; 3] = [WayToUnlock::KeyStore, WayToUnlock::Password, WayToUnlock::Phrase];

#[tokio::test]
async fn a_phrase_counts_once_it_was_typed_back() {
    let folder = tempfile::tempdir().unwrap();
    let (host, core) = on_a_phone(&folder).await;
    core.set_password("secret".into()).await.unwrap();
    let phrase = RecoveryPhrase::draw().unwrap();
    let (words, asked) = (phrase.words(), phrase.asked());
    assert_eq!((words.len(), asked.len()), (12, 3));
    // Not looked for word by word: one such as `cover` is in the type's name too.
    let hidden =
        format!("RecoveryPhrase {{ phrase: NewPhrase {{ phrase: RecoveryPhrase(…), asked: {asked:?} }} }}");
    assert_eq!(format!("{phrase:?}"), hidden);
    let wrong = vec!["zebra".to_owned(); 3];
    let error = core.set_phrase(Arc::clone(&phrase), wrong).await.unwrap_err();
    assert_eq!(error.code(), "phrase_not_confirmed");
    let typed = asked.iter().map(|at| words[usize::try_from(*at).unwrap() - 1].clone()).collect();
    core.set_phrase(phrase, typed).await.unwrap();
    assert_eq!(ways_to_unlock(place(&folder)).unwrap(), WAYS);
    core.lock();

    let open = |phrase: String| {
        CountersignCore::open_with_phrase(place(&folder), phrase, None, ConnectionOptions::default())
    };
    assert_eq!(open("twelve words".into()).await.unwrap_err().code(), "phrase_malformed");
    let other = RecoveryPhrase::draw().unwrap().words().join(" ");
    let error = open(other).await.unwrap_err();
    assert!(matches!(error, CoreError::Unlock { ref code, .. } if code == "wrong_phrase"), "{error:?}");
    let core = open(words.join(" ")).await.unwrap();
    core.remove_way(WayToUnlock::Phrase).await.unwrap();
    core.remove_way(WayToUnlock::KeyStore).await.unwrap();
    assert_eq!(core.remove_way(WayToUnlock::Password).await.unwrap_err().code(), "vault_last_slot");
    core.lock();
    let keys = Arc::new(host);
    let open = CountersignCore::open_with_key_store(place(&folder), keys, ConnectionOptions::default());
    assert_eq!(open.await.unwrap_err().code(), "vault_no_such_slot");
}

#[tokio::test]
async fn an_earlier_state_is_looked_into_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (_, core) = on_a_phone(&folder).await;
    core.set_password("secret".into()).await.unwrap();
    core.add_uri(URI.into()).await.unwrap();
    core.renew_keys("secret".into()).await.unwrap();
    let states = earlier_states(place(&folder)).unwrap();
    assert!(!states.is_empty() && states[0].kept_at.is_some());
    let recover =
        |password: &str| RecoveredVault::recover_with_password(states[0].path.clone(), password.to_owned());
    assert_eq!(recover("wrong").await.unwrap_err().code(), "wrong_password");
    let left = recover("secret").await.unwrap();
    let findings = left.findings();
    assert_eq!((findings.damaged, findings.expected), (0, Some(findings.whole)));
    let saved = folder.path().join("saved").to_str().unwrap().to_owned();
    Arc::clone(&left).save_as(saved.clone(), "other".into()).await.unwrap();
    let options = ConnectionOptions::default();
    let again = CountersignCore::open_with_password(saved, "other".into(), None, options).await.unwrap();
    assert_eq!(again.entries().unwrap().len(), 1);
    core.forget_earlier_states().await.unwrap();
    assert!(earlier_states(place(&folder)).unwrap().is_empty());
    assert!(core.restore(states[0].generation).await.is_err());
}
