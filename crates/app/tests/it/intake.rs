//! What comes in: mail from a folder, tables.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use wherefore_app::jobs::Jobs;
use wherefore_app::jobs::intake::take_mail;
use wherefore_app::jobs::letterbox::listen;
use wherefore_app::kernel::Time;
use wherefore_testkit::{Persona, World, both_engines};

const MAIL: &str = "From: Mia Berg <mia@visitors.example>\nSubject: Refunds\nMessage-ID: <1@visitors.example>\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n\nI had to call twice.\n";

/// Puts a file that nobody writes to any more.
fn put(folder: &Path, name: &str, text: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(&path, text).expect("written");
    let file = std::fs::File::options().write(true).open(&path).expect("opened");
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("aged");
}

async fn look(world: &World, folder: &Path) {
    let jobs =
        Jobs::new(world.app.db.clone(), world.clock.clone()).with(take_mail(folder.to_owned()));
    for ran in jobs.run_due().await {
        ran.result.expect("the job runs");
    }
    world.clock.set(Time(world.clock.now().0 + 60 * Time::SECOND));
}

async fn evidence(world: &World) -> Vec<Value> {
    let all = world.get(Persona::Member, "/evidence?product=OPEN").await;
    all["items"].as_array().expect("items").clone()
}

/// Says lines to a mail server, each after the answer to the one before; the answers.
fn said(address: std::net::SocketAddr, lines: &[&str]) -> Vec<String> {
    let stream = std::net::TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut answers = BufReader::new(stream.try_clone().expect("the same"));
    let mut stream = stream;
    let mut all = Vec::new();
    for line in std::iter::once(&"").chain(lines) {
        // Whoever is hung up on hears it as an end or as a connection that was reset.
        if !line.is_empty() && stream.write_all(format!("{line}\r\n").as_bytes()).is_err() {
            return all;
        }
        let mut last = String::new();
        // All but the last line of an answer have a dash behind the code.
        while last.as_bytes().get(3) != Some(&b' ') {
            last.clear();
            if matches!(answers.read_line(&mut last), Ok(0) | Err(_)) {
                return all;
            }
        }
        all.push(last.chars().take(3).collect());
    }
    all
}

both_engines! {
    async fn mail_by_smtp_comes_to_products_alone_and_goes_the_way_of_files(app) {
        let world = World::new(app).await;
        let folder = tempfile::tempdir().expect("a folder");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(listen(listener, folder.path().to_owned(), world.app.db.clone()));
        let talk = async |lines: Vec<String>| {
            let all = tokio::task::spawn_blocking(move || {
                let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                said(address, &lines)
            });
            all.await.expect("a talk")
        };
        let words = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let mail = MAIL.replace('\n', "\r\n") + "..hidden dots stay\r\n.";
        let answers = talk(words(&[
            "EHLO mail.example", "RCPT TO:<open@here.example>", "MAIL FROM:<mia@visitors.example>",
            "RCPT TO:<nobody@here.example>", "RCPT TO:<open+ideas@here.example>", "DATA", &mail, "QUIT",
        ])).await;
        assert_eq!(answers[0], "220");
        let rest: Vec<char> = answers[1..].iter().filter_map(|a| a.chars().next()).collect();
        assert_eq!(rest, ['2', '5', '2', '5', '2', '3', '2', '2'], "{answers:?}");
        let laid: Vec<_> = std::fs::read_dir(folder.path().join("OPEN")).expect("it is there").collect();
        assert_eq!(laid.len(), 1);
        let path = laid[0].as_ref().expect("a file").path();
        let file = std::fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("aged");
        look(&world, folder.path()).await;
        let all = evidence(&world).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((&all[0]["title"], &all[0]["source"]), (&json!("Refunds"), &json!("Mia Berg")));
        assert_eq!(all[0]["verbatim"], "I had to call twice.\n.hidden dots stay");
        assert_eq!(std::fs::read_dir(folder.path().join(".arriving")).expect("there").count(), 0);
        // Who only guesses is hung up on.
        let guesses: Vec<String> = std::iter::once("EHLO x".to_owned())
            .chain(["MAIL FROM:<a@b>".to_owned()])
            .chain((0..40).map(|n| format!("RCPT TO:<guess{n}@here>")))
            .collect();
        let answered = talk(guesses).await.len();
        assert!((20..30).contains(&answered), "{answered} of 43 were answered");
        task.abort();
    }

    async fn mail_in_a_products_folder_becomes_evidence_once(app) {
        let world = World::new(app).await;
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        put(at, "OPEN/one.eml", MAIL.as_bytes());
        put(at, "OPEN/same.eml", MAIL.as_bytes());
        put(at, "OPEN/notes.txt", b"left alone");
        put(at, "OPEN/broken.eml", b"\x00\x01nothing");
        put(at, "NONE/lost.eml", MAIL.replace("<1@", "<2@").as_bytes());
        put(at, "stray.eml", MAIL.replace("<1@", "<3@").as_bytes());
        std::fs::write(at.join("OPEN/fresh.eml"), MAIL.replace("<1@", "<4@")).expect("written");
        look(&world, at).await;
        let all = evidence(&world).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((&all[0]["title"], &all[0]["source"], &all[0]["said_on"]), (&json!("Refunds"), &json!("Mia Berg"), &json!("2026-03-02")));
        assert_eq!(all[0]["verbatim"], "I had to call twice.");
        let aside = |name: &str| std::fs::read_to_string(at.join("aside").join(name));
        assert!(aside("broken.eml.txt").expect("a reason").len() > 20);
        for lost in ["lost.eml.txt", "stray.eml.txt"] {
            assert!(aside(lost).expect("a reason").contains("No product"), "{lost}");
        }
        for (left, there) in [("OPEN/one.eml", false), ("OPEN/same.eml", false), ("OPEN/notes.txt", true), ("OPEN/fresh.eml", true), ("aside/broken.eml", true)] {
            assert_eq!(at.join(left).exists(), there, "{left}");
        }
        put(at, "OPEN/again.eml", MAIL.as_bytes());
        look(&world, at).await;
        assert_eq!(evidence(&world).await.len(), 1, "known");
        // Its sender can be answered, and is on no portal.
        let contacts = world.get(Persona::Member, "/products/OPEN/contacts").await;
        assert_eq!(contacts["items"][0]["email"], "mia@visitors.example");
        assert_eq!(world.get(Persona::Member, "/products/OPEN/ideas").await["items"], json!([]));
    }

    async fn a_table_is_looked_at_first_and_taken_once(app) {
        let world = World::new(app).await;
        let csv = "date,name,email,feedback,link\n2026-03-01,Mia,mia@visitors.example,Too slow,\n,,,Too slow,\n,,,Too slow,\n03/04/2026,Jo,,No seat,\n,Al,,  ,\n,Bo,,Nice,javascript:alert(1)\n";
        let import = |dry_run: bool| {
            let world = &world;
            async move {
                let input = json!({ "product": "OPEN", "text": csv, "dry_run": dry_run });
                world.post(Persona::Member, "/evidence/import", input).await
            }
        };
        let looked = import(true).await;
        assert_eq!((&looked["rows"], &looked["added"], &looked["refused_rows"]), (&json!(6), &json!(3), &json!(3)), "{looked}");
        assert_eq!(evidence(&world).await.len(), 0, "a look writes nothing");
        assert_eq!(import(false).await["added"], 3);
        let again = import(false).await;
        assert_eq!((&again["added"], &again["known"]), (&json!(0), &json!(3)));
        assert_eq!(evidence(&world).await.len(), 3);
        let whys = again["refused"].to_string();
        assert!(whys.contains("03/04/2026") && whys.contains("Nothing was said") && whys.contains("http"), "{whys}");
        let form = format!("--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{csv}\r\n--cut--\r\n");
        let request = Request::builder().method("POST").uri("/p/OPEN/evidence/import")
            .header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        let answer = world.send(world.with_session(Persona::Member, request).body(Body::from(form.clone())).expect("valid")).await;
        assert_eq!(answer.status(), 200);
        let request = Request::builder().method("POST").uri("/p/OPEN/evidence/import")
            .header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        let guest = world.send(world.with_session(Persona::Guest, request).body(Body::from(form)).expect("valid")).await;
        assert_eq!(guest.status(), 403);
        let told = [("text", "Mood,x\nGrim,y\n"), ("columns.Mood", "verbatim"), ("do", "import")];
        let (status, page) = world.form(Persona::Member, "/p/OPEN/evidence/import/apply", &told).await;
        assert!(status == 200 && page.contains("Added"), "{page}");
        assert_eq!(evidence(&world).await[0]["verbatim"], "Grim");
    }

    async fn lines_without_a_heading_are_pieces_and_what_was_pasted_stays(app) {
        let world = World::new(app).await;
        let send = async |how: &str| {
            let body = format!("--cut\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\nToo \"slow\", and dear\nNo seat\n\n\r\n--cut\r\ncontent-disposition: form-data; name=\"as\"\r\n\r\n{how}\r\n--cut--\r\n");
            let request = Request::builder().method("POST").uri("/p/OPEN/evidence/import")
                .header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
            let request = world.with_session(Persona::Member, request).body(Body::from(body)).expect("valid");
            let body = world.send(request).await.into_body().collect().await.expect("a body").to_bytes();
            String::from_utf8(body.to_vec()).expect("text")
        };
        let page = send("table").await;
        assert!(page.contains("No column holds what people said") && page.contains("No seat"), "what was pasted is lost: {page}");
        let page = send("lines").await;
        assert!(page.contains("Would be added") && page.contains("Too &quot;slow&quot;, and dear"), "{page}");
        let text = "verbatim\n\"Too \"\"slow\"\", and dear\"\nNo seat\n";
        let told = [("text", text), ("columns.verbatim", "verbatim"), ("do", "import")];
        assert_eq!(world.form(Persona::Member, "/p/OPEN/evidence/import/apply", &told).await.0, 200);
        assert_eq!(evidence(&world).await.len(), 2);
        // An address that is none is told, and the words are taken.
        let table = json!({ "product": "OPEN", "text": "feedback,email,date\nNo lift,mia at home,1.3.2026\n" });
        let report = world.post(Persona::Member, "/evidence/import", table).await;
        assert_eq!((&report["added"], &report["noted"][0]["row"]), (&json!(1), &json!(2)), "{report}");
        assert!(report["noted"][0]["why"].as_str().is_some_and(|why| why.contains("mia at home")), "{report}");
        assert_eq!(evidence(&world).await[0]["said_on"], "2026-03-01");
    }
}
