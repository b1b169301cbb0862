//! What is refused of an export, before it takes more than a server has.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use wherefore_exchange::{ReadError, wherefore_json::read};

fn packed(noun: &str, lines: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in [("export.json", b"{}".as_slice()), (&format!("PAY/{noun}.jsonl"), lines)]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes).expect("packed");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("packed")
}

#[test]
fn a_small_file_that_holds_very_much_is_refused() {
    let row = b"{}\n".as_slice();
    assert!(read(&packed("needs", &row.repeat(500_000))).is_ok());
    assert_eq!(read(&packed("needs", &row.repeat(500_001))), Err(ReadError::TooMuch));

    let many = format!("{{\"a\":[{}0]}}\n", "0,".repeat(997));
    assert!(read(&packed("needs", many.repeat(5_000).as_bytes())).is_ok());
    assert_eq!(read(&packed("needs", many.repeat(5_010).as_bytes())), Err(ReadError::TooMuch));

    let long = format!("{{\"a\":\"{}\"}}\n", "a".repeat(16 << 20));
    assert_eq!(read(&packed("needs", long.as_bytes())), Err(ReadError::TooMuch));

    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..=256 {
        bomb.write_all(&vec![0; 1 << 20]).expect("packed");
    }
    assert_eq!(read(&bomb.finish().expect("packed")), Err(ReadError::TooMuch));
}

#[test]
fn what_is_for_reading_alone_is_counted() {
    let backlog = read(&packed("history", &b"{}\n".repeat(600_000))).expect("it is read");
    assert!(format!("{:?}", backlog.warnings).contains("600000 lines of history"));
}
