//! What a file is, told by its content; the name only breaks ties, and never towards being shown.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How text is sent when it is shown.
pub const INLINE_TEXT: &str = "text/plain; charset=utf-8";

/// Pictures of more dots than this are only ever downloaded: unpacking them would take a browser's
/// memory.
const MOST_DOTS: i64 = 50_000_000;
const MOST_SIDE: i64 = 20_000;

/// How much of a text is kept for showing.
const EXCERPT: usize = 2000;

/// How much of each end of a PDF is searched for its number of pages.
const PDF_ENDS: u64 = 1024 * 1024;

/// Pictures that browsers show and that hold no scripts.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Endings of what a browser might run; whatever is in them, they are downloaded.
const ACTIVE: [&str; 12] =
    ["svg", "svgz", "html", "htm", "xhtml", "xht", "xml", "xsl", "xslt", "mhtml", "mht", "shtml"];

/// What a file is.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The media type.
    pub media: String,
    /// Of a picture that may be shown.
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// Something to know before opening it, as “12 pages”.
    pub facts: String,
    /// The beginning of a text.
    pub excerpt: String,
}

impl Kind {
    /// Looks at a file that lies at `path` and begins with `head`.
    pub(super) fn of(name: &str, path: &Path, head: &[u8], size: u64) -> Self {
        let ending = name.rsplit_once('.').map_or("", |(_, end)| end).to_lowercase();
        let whole = head.len() as u64 == size;
        match infer::get(head).map(|found| found.mime_type()) {
            Some(media) if PICTURES.contains(&media) => picture(media, head),
            Some("application/pdf") => {
                Self { facts: pages(path, size), ..Self::plain("application/pdf") }
            }
            Some(media) if is_active(media) => Self::plain(active_type(head, &ending)),
            Some(media) => Self::plain(media),
            None => match text(head, whole) {
                Some(text) if looks_active(text) || ACTIVE.contains(&&*ending) => {
                    Self::plain(active_type(head, &ending))
                }
                Some(text) => {
                    let media =
                        if matches!(&*ending, "csv" | "tsv") { "text/csv" } else { "text/plain" };
                    let end = text.floor_char_boundary(EXCERPT);
                    Self { excerpt: text[..end].to_owned(), ..Self::plain(media) }
                }
                None => Self::plain("application/octet-stream"),
            },
        }
    }

    fn plain(media: &str) -> Self {
        Self { media: media.to_owned(), ..Self::default() }
    }
}

/// Whether a file may be shown where it is opened, rather than downloaded.
pub fn may_show(media: &str, width: Option<i64>) -> bool {
    matches!(media, "application/pdf" | "text/plain" | "text/csv")
        || (PICTURES.contains(&media) && width.is_some())
}

/// The type that a file is sent with.
pub fn type_sent(media: &str, shown: bool) -> &str {
    match media {
        "text/plain" | "text/csv" if shown => INLINE_TEXT,
        media if is_active(media) => "application/octet-stream",
        media => media,
    }
}

fn is_active(media: &str) -> bool {
    media.contains("html") || media.contains("xml") || media.contains("script")
}

fn active_type(head: &[u8], ending: &str) -> &'static str {
    let svg = ending.starts_with("svg") || find(&head[..head.len().min(4096)], b"<svg").is_some();
    if svg { "image/svg+xml" } else { "text/html" }
}

/// Whether a text begins as something that a browser would run.
fn looks_active(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') {
        return false;
    }
    let near: String = start.chars().take(2048).collect::<String>().to_lowercase();
    ["<svg", "<html", "<!doctype", "<script", "<?xml", "<body", "<head", "<iframe", "<!--"]
        .iter()
        .any(|sign| near.contains(sign))
}

/// The text that a file begins with, if it is text.
fn text(head: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter may be cut where the head ends.
        Err(error) if !whole && head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!text.contains(odd)).then_some(text)
}

fn picture(media: &str, head: &[u8]) -> Kind {
    let plain = Kind::plain(media);
    let Ok(size) = imagesize::blob_size(head) else { return plain };
    let side = |side: usize| i64::try_from(side).unwrap_or(i64::MAX);
    let (width, height) = (side(size.width), side(size.height));
    let facts = format!("{width} × {height}");
    if width.max(height) > MOST_SIDE || width.saturating_mul(height) > MOST_DOTS || width == 0 {
        return Kind { facts: format!("{facts}, too large to be shown here"), ..plain };
    }
    Kind { width: Some(width), height: Some(height), facts, ..plain }
}

/// How many pages a PDF says it has, where that stands in plain sight.
fn pages(path: &Path, size: u64) -> String {
    let read = |from: u64| -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(PDF_ENDS).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let ends = [0, size.saturating_sub(PDF_ENDS)];
    let counts = ends.into_iter().filter_map(|from| read(from).ok()).filter_map(|b| page_count(&b));
    match counts.max() {
        Some(1) => "1 page".to_owned(),
        Some(count) => format!("{count} pages"),
        None => String::new(),
    }
}

/// The largest `/Count` beside a `/Type /Pages`.
fn page_count(bytes: &[u8]) -> Option<u32> {
    let mut most = None;
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], b"/Pages") {
        let here = at + found;
        let near = &bytes[here.saturating_sub(200)..(here + 400).min(bytes.len())];
        if let Some(count) = find(near, b"/Count") {
            let digits: String = near[count + 6..]
                .iter()
                .skip_while(|b| b.is_ascii_whitespace())
                .take_while(|b| b.is_ascii_digit())
                .take(6)
                .map(|b| char::from(*b))
                .collect();
            most = most.max(digits.parse().ok());
        }
        at = here + 6;
    }
    most
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> Kind {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, bytes).unwrap();
        Kind::of(name, &path, &bytes[..bytes.len().min(64 * 1024)], bytes.len() as u64)
    }

    /// The beginning of a PNG of that size.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn content_decides_and_the_name_does_not() {
        let media = |name: &str, bytes: &[u8]| kind(name, bytes).media;
        assert_eq!(media("a.txt", &png(2, 3)), "image/png");
        assert_eq!(media("a.png", b"just words"), "text/plain");
        assert_eq!(media("a.csv", b"a,b\n1,2\n"), "text/csv");
        assert_eq!(media("a.pdf", b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(media("a.png", b"\x00\x01\x02\x03"), "application/octet-stream");
        assert_eq!(
            media("a.jpg", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00"),
            "application/vnd.microsoft.portable-executable"
        );
    }

    #[test]
    fn what_a_browser_could_run_is_never_shown() {
        for (name, bytes) in [
            ("a.svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>"[..]),
            ("a.png", b"  <?xml version=\"1.0\"?>\n<svg onload=\"1\"/>"),
            ("a.txt", b"\xef\xbb\xbf<!DOCTYPE html><script>1</script>"),
            ("a.txt", b"<html><body>hello"),
            ("a.html", b"just words"),
            ("a.svg", b"just words"),
            ("a.txt", b"<!-- x --><script>1</script>"),
            ("a.xhtml", b"<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>"),
        ] {
            let kind = kind(name, bytes);
            assert!(!may_show(&kind.media, kind.width), "{name}: {kind:?}");
            assert_eq!(type_sent(&kind.media, false), "application/octet-stream", "{name}");
            assert_eq!(kind.excerpt, "", "{name}");
        }
    }

    #[test]
    fn a_picture_that_unpacks_too_large_is_not_shown() {
        let small = kind("a.png", &png(640, 480));
        assert_eq!((small.width, &*small.facts), (Some(640), "640 × 480"));
        for (width, height) in [(60_000, 1), (30_000, 30_000), (10_000, 9_000), (0, 5)] {
            let kind = kind("a.png", &png(width, height));
            assert!(!may_show(&kind.media, kind.width), "{width}×{height}");
        }
        let broken = kind("a.png", b"\x89PNG\r\n\x1a\n\0\0");
        assert!(!may_show(&broken.media, broken.width));
    }

    #[test]
    fn pages_are_counted_where_they_stand_in_plain_sight() {
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type /Pages /Kids [3 0 R] /Count 12>>endobj";
        assert_eq!(kind("a.pdf", pdf).facts, "12 pages");
        assert_eq!(kind("a.pdf", b"%PDF-1.4\n").facts, "");
    }

    #[test]
    fn a_letter_cut_at_the_end_of_the_head_is_still_text() {
        let mut long = "a".repeat(64 * 1024 - 1);
        long.push('ä');
        assert_eq!(kind("a.txt", long.as_bytes()).media, "text/plain");
        assert_eq!(kind("a.txt", b"\xc3").media, "application/octet-stream");
    }
}
