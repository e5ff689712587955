//! The disk under a SQLite database fills up and is emptied again. It needs a small file system of its own, which only
//! root may mount; elsewhere these say so and look at nothing.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign_protocol::answer::Decision;
use countersign_tests::device::{Device, submission};
use countersign_tests::http;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::SERVER;

/// A file system of 8 MiB in memory.
struct SmallDisk {
    mounted: tempfile::TempDir,
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let mounted = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let done = mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(mounted.path()).output();
        if done.is_ok_and(|output| output.status.success()) {
            return Some(Self { mounted });
        }
        println!("note: nothing may be mounted here, so the full disk was not tried");
        None
    }

    fn ballast(&self) -> PathBuf {
        self.mounted.path().join("ballast")
    }

    /// Takes what is left, to the last byte.
    fn fill(&self) {
        let mut ballast = std::fs::File::options().create(true).append(true).open(self.ballast()).unwrap();
        for size in [64 * 1024, 512, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _still_busy = Command::new("umount").arg("--lazy").arg(self.mounted.path()).status();
    }
}

fn is_sound(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let asked = count("SELECT COUNT(*) FROM challenges");
    assert_eq!(count("SELECT COUNT(*) FROM prompts"), asked, "each question with its prompt");
    assert_eq!(count("SELECT COUNT(*) FROM audit WHERE event = 'challenge.asked'"), asked);
    assert_eq!(
        count("SELECT COUNT(*) FROM audit WHERE event = 'challenge.denied'"),
        count("SELECT COUNT(*) FROM challenges WHERE state = 'denied'")
    );
}

#[tokio::test]
async fn a_full_disk_is_503_breaks_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let data = tempfile::tempdir_in(disk.mounted.path()).unwrap();
    let mut server = ServerProcess::start_on_sqlite_in(Program::new(SERVER), data).await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Deny, None);

    let mut sessions = Vec::new();
    for round in 0..3 {
        disk.fill();
        // What SQLite's files have room for is still taken; then it is full.
        let body = json!({"user_ref": "sam", "message": "x".repeat(200)});
        let full = loop {
            let reply = cms.post("/api/v1/mfa/send", &body).await;
            if reply.status != 200 {
                break reply;
            }
            sessions.push(reply.expect(200)["session_id"].as_str().unwrap().to_owned());
        };
        assert_eq!(full.refusal(), (503, "unavailable".to_owned()), "round {round}");
        assert_eq!(full.header("retry-after"), Some("1"));
        assert!(full.text().contains("nothing was changed"), "{}", full.text());
        // Many at once are one group commit: none of them may be told yes.
        let replies =
            futures_util::future::join_all((0..20).map(|_| cms.post("/api/v1/mfa/send", &body))).await;
        assert!(replies.iter().all(|reply| reply.status == 503));
        assert_eq!(cms.status(&session).await, "pending", "reading needs no room");

        disk.make_room();
        let again = cms.post("/api/v1/mfa/send", &body).await.expect(200);
        sessions.push(again["session_id"].as_str().unwrap().to_owned());
    }
    let told = http::send(server.address, &submission(session.challenge(), &answer)).await.expect(200);
    assert_eq!(told["outcome"], "denied");
    for session in &sessions {
        cms.look(session).await.expect(200);
    }
    let log = server.terminate().await;
    assert!(log.contains("the disk with the database is full"), "{log}");
    is_sound(&server.data_dir().join("countersign.db"));
}
