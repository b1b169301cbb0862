//! Mail that comes by SMTP, where the operator asks for it: a letter to `KEY@…` is laid into the folder
//! of incoming mail as that product's, and acknowledged once it lies there. It takes mail for products
//! alone, passes nothing on, and is meant for a mail server beside it, not for the open net.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{IpAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mailin::response::{INTERNAL_ERROR, NO_MAILBOX, NO_SERVICE, OK};
use mailin::{Action, Handler, Response, SessionBuilder};
use tokio::net::TcpListener;

use super::intake::LARGEST;
use crate::db::Db;
use crate::kernel::Id;
use crate::thread::intake::mail::inboxes;

/// At once.
const CONNECTIONS: usize = 16;
/// A client may be silent for so long, and stay for so long.
const SILENCE: Duration = Duration::from_secs(60);
const LONGEST_TALK: Duration = Duration::from_secs(600);
const LONGEST_LINE: u64 = 64 * 1024;
/// Refusals after which a client is hung up on.
const REFUSALS: u32 = 20;
/// Letters from one address within [`WINDOW`].
const LETTERS: u32 = 120;
const WINDOW: Duration = Duration::from_secs(600);

/// Takes mail until the task is dropped.
pub async fn listen(listener: TcpListener, folder: PathBuf, db: Db) {
    let gate = Arc::new(Gate::default());
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(met) => met,
            Err(error) => {
                tracing::warn!(%error, "a mail connection failed");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let known = match db.read(inboxes).await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(%error, "mail cannot be taken now");
                continue;
            }
        };
        let (Some(place), Ok(stream)) = (Place::take(&gate), stream.into_std()) else { continue };
        let taking = Taking {
            inboxes: known,
            folder: folder.clone(),
            gate: gate.clone(),
            peer: peer.ip(),
            to: Vec::new(),
            spool: None,
        };
        std::thread::spawn(move || {
            if let Err(error) = talk(stream, peer.ip(), taking) {
                tracing::debug!(%error, "a mail connection ended");
            }
            drop(place);
        });
    }
}

/// Who is being served, and how much came from whom lately.
#[derive(Default)]
struct Gate {
    open: AtomicUsize,
    letters: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Gate {
    /// Whether one more letter from there is taken now.
    fn takes(&self, from: IpAddr) -> bool {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.retain(|_, (since, _)| since.elapsed() < WINDOW);
        let (_, count) = letters.entry(from).or_insert_with(|| (Instant::now(), 0));
        *count += 1;
        *count <= LETTERS
    }
}

/// One of the places at the gate; given back when it is dropped.
struct Place(Arc<Gate>);

impl Place {
    fn take(gate: &Arc<Gate>) -> Option<Self> {
        let place = Self(gate.clone());
        (gate.open.fetch_add(1, Ordering::SeqCst) < CONNECTIONS).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One client, line by line.
fn talk(stream: TcpStream, peer: IpAddr, taking: Taking) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    let mut session = SessionBuilder::new("wherefore").build(peer, taking);
    out.write_all(&session.greeting().buffer()?)?;
    let (began, mut refusals) = (Instant::now(), 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        if !line.ends_with(b"\n") || began.elapsed() > LONGEST_TALK || refusals >= REFUSALS {
            return out.write_all(&NO_SERVICE.buffer()?);
        }
        let answer = session.process(&line);
        match answer.action {
            Action::Reply => out.write_all(&answer.buffer()?)?,
            Action::NoReply => {}
            Action::Close | Action::UpgradeTls => return out.write_all(&answer.buffer()?),
        }
        refusals += u32::from(answer.is_error);
    }
}

/// What is being taken from one client.
struct Taking {
    inboxes: Vec<String>,
    folder: PathBuf,
    gate: Arc<Gate>,
    peer: IpAddr,
    /// The products that the letter goes to.
    to: Vec<String>,
    spool: Option<Spool>,
}

/// A letter as it arrives; what is not laid into its folder is gone with this.
struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
    size: u64,
}

impl Spool {
    fn begin(folder: &Path) -> io::Result<Self> {
        let folder = folder.join(".arriving");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.part", Id::new()));
        Ok(Self { file: BufWriter::new(File::create(&path)?), path, size: 0 })
    }

    /// Lays the letter into the folder of each product, whole.
    fn lay(&mut self, folder: &Path, to: &[String]) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        for key in to {
            let folder = folder.join(key);
            fs::create_dir_all(&folder)?;
            fs::hard_link(&self.path, folder.join(format!("{}.eml", Id::new())))?;
            File::open(&folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, file = %self.path.display(), "a mail's first place stays");
        }
    }
}

/// The product that an address stands for: `ride@…` and `ride+anything@…` are RIDE's.
fn inbox<'a>(to: &str, known: &'a [String]) -> Option<&'a String> {
    let (name, _) = to.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let name = name.split('+').next().unwrap_or_default();
    known.iter().find(|key| key.eq_ignore_ascii_case(name))
}

impl Handler for Taking {
    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        self.to.clear();
        self.spool = None;
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        let Some(key) = inbox(to, &self.inboxes) else { return NO_MAILBOX };
        if !self.to.contains(key) {
            self.to.push(key.clone());
        }
        OK
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, _: &[String]) -> Response {
        if !self.gate.takes(self.peer) {
            let text = "Too many letters at once; send it again in ten minutes";
            return Response::custom(451, text.to_owned());
        }
        match Spool::begin(&self.folder) {
            Ok(spool) => {
                self.spool = Some(spool);
                OK
            }
            Err(error) => {
                tracing::warn!(%error, "a mail cannot be kept");
                INTERNAL_ERROR
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(spool) = &mut self.spool else { return Ok(()) };
        spool.size += bytes.len() as u64;
        // The rest of what is too large is heard to its end, so that the client hears why.
        if spool.size <= LARGEST { spool.file.write_all(bytes) } else { Ok(()) }
    }

    fn data_end(&mut self) -> Response {
        let Some(mut spool) = self.spool.take() else { return INTERNAL_ERROR };
        if spool.size > LARGEST {
            let text = "It is larger than 25 MB; send the text without attachments";
            return Response::custom(552, text.to_owned());
        }
        match spool.lay(&self.folder, &std::mem::take(&mut self.to)) {
            Ok(()) => OK,
            Err(error) => {
                tracing::warn!(%error, "a mail cannot be kept");
                INTERNAL_ERROR
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_for_products_alone() {
        let known = ["RIDE".to_owned(), "PAY".to_owned()];
        for (to, key) in [
            ("ride@southway.example", Some("RIDE")),
            ("<Pay+ideas@x>", Some("PAY")),
            ("rides@southway.example", None),
            ("ride", None),
            ("../ride@x", None),
            ("@x", None),
        ] {
            assert_eq!(inbox(to, &known).map(String::as_str), key, "{to}");
        }
    }

    #[test]
    fn so_many_letters_are_taken_from_one_address_and_no_more() {
        let (gate, one) = (Gate::default(), IpAddr::from([127, 0, 0, 1]));
        assert!((0..LETTERS).all(|_| gate.takes(one)) && !gate.takes(one));
        assert!(gate.takes(IpAddr::from([127, 0, 0, 2])));
    }
}
