//! The colour of a tenant's pages.

use crate::server;

#[tokio::test]
async fn a_tenants_colour_is_set_shown_and_taken_away() {
    let server = server().await;
    let program = server.program();
    let made = program.json(&["tenant", "create", "--name", "Bank", "--color", "#00695C"]).await;
    let tenant = made["tenant_id"].as_str().unwrap();
    assert_eq!(made["color"], "#00695c");
    let set = program.json(&["tenant", "color", "--tenant", tenant, "--color", "#7a1fa2"]).await;
    assert_eq!((&set["tenant_id"], &set["color"]), (&made["tenant_id"], &"#7a1fa2".into()));
    let shown = program.run(&["tenant", "list"]).await;
    assert!(shown.stdout.contains(tenant) && shown.stdout.contains("#7a1fa2"), "{}", shown.stdout);
    let removed = program.json(&["tenant", "color", "--tenant", tenant, "--remove"]).await;
    assert!(removed["color"].is_null(), "{removed}");
    let newest = ["audit", "list", "--tenant", tenant, "--event", "tenant.color_set", "--limit", "1"];
    assert_eq!(program.json(&newest).await["detail"], "none");
}

#[tokio::test]
async fn what_is_no_colour_changes_nothing() {
    let server = server().await;
    let program = server.program();
    let made = program.json(&["tenant", "create", "--name", "Bank", "--color", "#00695c"]).await;
    let tenant = made["tenant_id"].as_str().unwrap();
    for wrong in ["red", "#0069", "#00695g", "00695c", "#00695c;}", ""] {
        let ended = program.run(&["tenant", "color", "--tenant", tenant, "--color", wrong]).await;
        assert!(ended.code == Some(1) && ended.stderr.contains("#3b5bdb"), "{wrong}: {ended:?}");
    }
    let nobody = "ten_00000000000000000000000000";
    let ended = program.run(&["tenant", "color", "--tenant", nobody, "--color", "#00695c"]).await;
    assert!(ended.code == Some(1) && ended.stderr.contains("tenant create"), "{ended:?}");
    for usage in [vec!["--color", "#00695c", "--remove"], vec![]] {
        let ended = program.run(&[&["tenant", "color", "--tenant", tenant][..], &usage].concat()).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    assert_eq!(program.json(&["tenant", "list"]).await["color"], "#00695c");
}
