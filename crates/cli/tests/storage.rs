//! Storage that fails: the program says why and what to do, keeps what it has, and goes on as soon
//! as it can.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use wherefore_app::db::{Db, Target};
use wherefore_testkit::{Program, fresh_postgres, run};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_wherefore"))
}

/// A small file system of its own, which is unmounted when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(program: &Program) -> Self {
        let at = program.folder().join("disk");
        fs::create_dir(&at).expect("the folder is writable");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(&at)
            .output()
            .expect("mount can be run");
        assert!(
            mount.status.success(),
            "A full disk is tried on a small tmpfs, which cannot be mounted here: {} Run the tests \
             as root, in a container with the capability SYS_ADMIN.",
            String::from_utf8_lossy(&mount.stderr)
        );
        program.give(&at);
        Self(at)
    }

    fn fill(&self) {
        let mut chunk = 1024 * 1024;
        let mut all = Vec::new();
        let file = self.0.join("filler");
        while chunk > 0 {
            all.resize(all.len() + chunk, 0_u8);
            if fs::write(&file, &all).is_err() {
                all.truncate(all.len() - chunk);
                chunk /= 2;
            }
        }
        // The last, failed attempt has taken what was left.
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).expect("the filler is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_writes_until_there_is_space() {
    let program = program();
    let disk = SmallDisk::mount(&program);
    let data = disk.0.join("data").display().to_string();
    let token = program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let mut server = program.serve(&["--data", &data]);
    let product = json!({ "key": "PAY", "name": "Pay" });
    assert_eq!(server.api(&token, "POST", "/products", product).0, 201);
    let create = |server: &wherefore_testkit::Server, title: &str| {
        let body = "x".repeat(20_000);
        let item = json!({ "product": "PAY", "title": title, "body": body });
        server.api(&token, "POST", "/work-items", item)
    };
    disk.fill();
    let mut kept = Vec::new();
    let refused = loop {
        let (status, answer) = create(&server, &format!("Item {}", kept.len()));
        if status != 201 {
            break (status, answer);
        }
        kept.push(answer["key"].as_str().expect("a key").to_owned());
        assert!(kept.len() < 1_000, "the disk is never full");
    };
    assert_eq!(refused.0, 503, "{}", refused.1);
    let said = refused.1["error"]["message"].as_str().expect("a message");
    assert!(said.contains("disk is full") && said.contains("Free some space"), "{said}");
    let all_there = |server: &wherefore_testkit::Server| {
        for key in &kept {
            let path = format!("/work-items/{key}");
            assert_eq!(server.api(&token, "GET", &path, Value::Null).0, 200, "{key} is gone");
        }
    };
    all_there(&server);
    disk.free();
    assert_eq!(create(&server, "There is space again").0, 201);
    disk.fill();
    while create(&server, "Full again").0 == 201 {}
    server.kill();
    disk.free();
    let server = program.serve(&["--data", &data]);
    all_there(&server);
    assert_eq!(create(&server, "After a restart").0, 201);
}

#[test]
fn a_full_disk_at_the_start_is_told() {
    let program = program();
    let disk = SmallDisk::mount(&program);
    disk.fill();
    let data = disk.0.join("data").display().to_string();
    let said = program.refused(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(said.contains("disk") && said.contains("full"), "{said}");
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let program = program();
    let above = program.folder().join("locked");
    fs::create_dir(&above).expect("the folder is writable");
    set_mode(&above, 0o555);
    program.give(&above);
    let data = above.join("data").display().to_string();
    for command in [
        vec!["serve", "--listen", "127.0.0.1:0"],
        vec!["token", "create", "--person", "ana@example.org"],
        vec!["invite"],
    ] {
        let said = program.refused(&[&command[..], &["--data", &data]].concat());
        assert!(said.contains(&data), "{said}");
        assert!(said.contains("Permission denied") && said.contains("may write to it"), "{said}");
    }
}

#[test]
fn data_that_became_read_only_are_told() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    let folder = Path::new(&data);
    for (file, whole) in [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555)] {
        for entry in fs::read_dir(folder).expect("readable") {
            set_mode(&entry.expect("an entry").path(), file);
        }
        set_mode(folder, whole);
        let said = program.refused(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
        assert!(said.contains("data folder"), "{file:o} {whole:o}: {said}");
        assert!(said.contains("writ") || said.contains("rights"), "{file:o} {whole:o}: {said}");
        set_mode(folder, 0o755);
    }
}

#[test]
fn a_port_in_use_is_told_and_nothing_is_made() {
    let program = program();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("bound").to_string();
    let data = program.data();
    let said = program.refused(&["serve", "--data", &data, "--listen", &address]);
    assert!(said.contains(&address) && said.contains("Choose another address"), "{said}");
    assert!(!Path::new(&data).exists());
}

/// Makes the database look as if a program of the future had written it.
fn age(target: Target) {
    run(async {
        let db = Db::open(&target).await.expect("it opens");
        let newer = "INSERT INTO migration (number, name, checksum, applied_at) \
                     VALUES (9999, 'future', 'x', 0)";
        db.write(move |tx| tx.execute(newer, &[])).await.expect("it can be written");
    });
}

fn refuse_newer(program: &Program, storage: &[&str]) {
    for command in [
        vec!["serve", "--listen", "127.0.0.1:0"],
        vec!["token", "create", "--person", "ana@example.org"],
    ] {
        let said = program.refused(&[&command[..], storage].concat());
        assert!(said.contains("newer Wherefore") && said.contains("9999"), "{said}");
        assert!(said.contains("Start the newer program"), "{said}");
    }
}

#[test]
fn a_newer_folder_is_refused() {
    let program = program();
    let data = program.data();
    program.done(&["token", "create", "--person", "ana@example.org", "--data", &data]);
    age(Target::Sqlite(data.clone().into()));
    refuse_newer(&program, &["--data", &data]);
}

#[test]
fn a_newer_postgres_database_is_refused() {
    let (program, database) = (program(), run(fresh_postgres()));
    age(Target::Postgres(database.url().to_owned()));
    refuse_newer(&program, &["--database", database.url()]);
}
