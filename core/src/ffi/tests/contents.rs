//! Entries, settings, files and backups through the facade.

use super::*;

async fn with_entry(folder: &TempDir) -> (Arc<CountersignCore>, String) {
    let (_, core) = on_a_phone(folder).await;
    let id = core.add_uri(URI.into()).await.unwrap().id;
    (core, id)
}

#[tokio::test]
async fn an_entry_is_changed_moved_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let (core, id) = with_entry(&folder).await;
    let change =
        EntryChange { tags: Some(vec!["work".into()]), pinned: Some(true), ..EntryChange::default() };
    core.edit_entry(id.clone(), change).await.unwrap();
    core.used(id.clone()).await.unwrap();
    core.move_entry(id.clone(), None).await.unwrap();
    let entry = core.entry(id.clone()).unwrap();
    assert_eq!((entry.kind, entry.pinned, entry.times_used), (CodeKind::Totp, true, 1));
    let page = core.codes(String::new(), Some("work".into())).unwrap();
    assert_eq!((page.rows.len(), page.total, page.order), (1, 1, CodesOrder::Added));
    assert_eq!(page.tags, [TagUse { tag: "work".into(), entries: 1 }]);
    assert!(core.codes("nothing".into(), None).unwrap().rows.is_empty());
    assert_eq!(core.next_code(id.clone()).await.unwrap_err().code(), "not_counted");
    assert_eq!(core.set_pin(id.clone(), "1234".into()).await.unwrap_err().code(), "no_pin_needed");
    assert_eq!(core.entry_picture(id).unwrap(), None);
    assert_eq!(core.code("x".into()).unwrap_err().code(), "unknown_entry");
}

#[tokio::test]
async fn settings_are_kept_or_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (core, _) = with_entry(&folder).await;
    let page = core.settings_page().unwrap();
    let chosen = AppSettings { hide_codes: true, lock_in_background: true, ..page.settings };
    core.set_settings(chosen.clone()).await.unwrap();
    assert!(core.codes(String::new(), None).unwrap().rows[0].hidden);
    let bad = AppSettings { clipboard_seconds: 0, hide_codes: false, ..chosen.clone() };
    assert_eq!(core.set_settings(bad).await.unwrap_err().code(), "setting_out_of_range");
    assert_eq!(core.settings_page().unwrap().settings, chosen);
    assert!(matches!(core.touch().unwrap(), LockState::Open { seconds_left: Some(1..=300) }));
    assert_eq!(core.in_background().unwrap(), LockState::Locked);
    assert_eq!(core.tick().unwrap(), LockState::Locked);
}

#[tokio::test]
async fn a_backup_goes_out_and_comes_back() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (core, _) = with_entry(&folder).await;
    let export = core.export(ExportForm::Backup, Some("secret".into()), Vec::new()).await.unwrap();
    assert!(!format!("{export:?}").contains("content"), "{export:?}");
    let file = export.files[0].content.clone();

    let (_, fresh) = on_a_phone(&other).await;
    let plan = async |password: Option<&str>| {
        fresh.plan_import(file.clone(), password.map(str::to_owned), false, None).await
    };
    assert_eq!(plan(None).await.unwrap_err().code(), "import_needs_password");
    assert_eq!(plan(Some("wrong")).await.unwrap_err().code(), "import_wrong_password");
    let plan = plan(Some("secret")).await.unwrap();
    assert_eq!((plan.format().as_str(), plan.missing_parts()), ("backup", Vec::new()));
    assert_eq!(plan.items()[0].fate, ImportFate::Added);
    assert!(!format!("{plan:?}").contains("GEZDGNBVGY3TQOJQ"));
    assert!(fresh.entries().unwrap().is_empty(), "a plan stores nothing");
    assert_eq!(fresh.import(Arc::clone(&plan)).await.unwrap()[0].fate, ImportFate::Added);
    assert_eq!(fresh.import(plan).await.unwrap()[0].fate, ImportFate::Duplicate);
    assert_eq!(fresh.entries().unwrap().len(), 1);
}

#[tokio::test]
async fn a_computation_that_was_cancelled_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (core, _) = with_entry(&folder).await;
    let file = core.export(ExportForm::Backup, Some("secret".into()), Vec::new()).await.unwrap();
    let cancel = Cancel::new();
    cancel.cancel();
    let content = file.files[0].content.clone();
    let error = core.plan_import(content, Some("secret".into()), false, Some(cancel)).await.unwrap_err();
    assert!(matches!(error, CoreError::Cancelled { .. }), "{error:?}");
}

#[tokio::test]
async fn backups_are_written_and_switched_on_and_off() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (core, _) = with_entry(&folder).await;
    let into = || place.path().to_str().unwrap().to_owned();
    core.back_up(into(), "secret".into(), 3).await.unwrap();
    core.switch_on_backups(into(), "secret".into(), 3).await.unwrap();
    let page = core.settings_page().unwrap();
    assert_eq!((page.backup_folder, page.last_backup_at.is_some()), (Some(into()), true));
    core.set_settings(AppSettings { hide_codes: true, ..page.settings }).await.unwrap();
    assert!(core.settings_page().unwrap().backup_folder.is_some(), "other choices leave it as it is");
    assert_eq!(core.back_up_if_due().await.unwrap(), None, "the last one is not a minute old");
    core.switch_off_backups().await.unwrap();
    assert_eq!(core.settings_page().unwrap().backup_folder, None);
    let nowhere = place.path().join("missing").to_str().unwrap().to_owned();
    assert!(core.back_up(nowhere, "secret".into(), 3).await.is_err());
}
