//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

use crate::{ReadError, Warning};

/// The file as text, and a warning where the encoding had to be guessed.
pub fn decode<'a>(bytes: &'a [u8], warnings: &mut Vec<Warning>) -> Result<Cow<'a, str>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let (encoding, bytes, guessed) = choose(bytes)?;
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if guessed {
        warnings.push(Warning::file(format!(
            "The file is not UTF-8; it was read as {}. Check letters with accents.",
            encoding.name()
        )));
    }
    if damaged {
        warnings
            .push(Warning::file("Some characters are damaged in the file and show as \u{fffd}."));
    }
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    if text.contains('\0') {
        // Databases refuse the zero character in text.
        warnings.push(Warning::file("Zero characters in the file were replaced by \u{fffd}."));
        return Ok(Cow::Owned(text.replace('\0', "\u{fffd}")));
    }
    Ok(text)
}

fn choose(bytes: &[u8]) -> Result<(&'static Encoding, &[u8], bool), ReadError> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Ok((encoding, &bytes[length..], false));
    }
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 4 > head.len() && even * 8 < head.len() {
        return Ok((UTF_16LE, bytes, true));
    }
    if even * 4 > head.len() && odd * 8 < head.len() {
        return Ok((UTF_16BE, bytes, true));
    }
    let controls = head.iter().filter(|b| **b < 9 || (14..32).contains(*b)).count();
    if controls * 20 > head.len() || head.starts_with(b"PK\x03\x04") {
        return Err(ReadError::NotText);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok((UTF_8, bytes, false));
    }
    Ok((single_byte(bytes), bytes, true))
}

/// Tells Cyrillic by its runs of high bytes and Central European by letters that would be signs
/// (`³`, `¹`, `¿` …) inside words of a Western file.
fn single_byte(bytes: &[u8]) -> &'static Encoding {
    let (mut high, mut runs, mut central) = (0usize, 0usize, 0usize);
    for (index, byte) in bytes.iter().enumerate().filter(|(_, b)| **b >= 0x80) {
        high += 1;
        let before = index.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        let after = bytes.get(index + 1).copied().unwrap_or(b' ');
        runs += usize::from(before >= 0xc0 || after >= 0xc0);
        let letter = |b: u8| b.is_ascii_alphabetic();
        let sign = matches!(
            byte,
            0x8c | 0x8f | 0x9c | 0x9d | 0x9f | 0xa3 | 0xa5 | 0xaf | 0xb3 | 0xb9 | 0xbe | 0xbf
        );
        central += usize::from(sign && (letter(before) || letter(after)));
    }
    if runs * 10 > high * 7 {
        WINDOWS_1251
    } else if central > 0 {
        WINDOWS_1250
    } else {
        WINDOWS_1252
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, usize) {
        let mut warnings = Vec::new();
        let text = decode(bytes, &mut warnings).unwrap().into_owned();
        (text, warnings.len())
    }

    #[test]
    fn marks_decide_and_guesses_warn() {
        assert_eq!(text(b"\xef\xbb\xbfKey"), ("Key".into(), 0));
        assert_eq!(text(b"\xff\xfeK\0e\0y\0"), ("Key".into(), 0));
        assert_eq!(text(b"K\0e\0y\0,\0"), ("Key,".into(), 1));
        assert_eq!(text(b"B\xb3\xb9d,za\xbf\xf3\xb3\xe6"), ("Błąd,zażółć".into(), 1));
        assert_eq!(text(b"pr\xfcfen,caf\xe9"), ("prüfen,café".into(), 1));
        assert_eq!(text(b"\xc7\xe0\xe4\xe0\xf7\xe0"), ("Задача".into(), 1));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let mut warnings = Vec::new();
        assert_eq!(decode(b"", &mut warnings), Err(ReadError::Empty));
        assert_eq!(decode(b"PK\x03\x04\0\0\0\0", &mut warnings), Err(ReadError::NotText));
    }
}
