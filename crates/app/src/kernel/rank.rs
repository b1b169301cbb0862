//! Keys of one total order. A key is an integer part whose first character tells its length, then a
//! fraction, all in base 62 by byte order, so that adding at either end grows keys logarithmically.
//! The scheme is known as fractional indexing (Figma 2017; Rocicorp's `fractional-indexing`).

use super::{Error, Result};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FIRST: &str = "a0";
/// Keys longer than this ask for their neighbourhood to be spread anew.
pub const LONG: usize = 24;

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|d| *d == digit).unwrap_or(0)
}

fn digit(value: usize) -> char {
    char::from(DIGITS[value % 62])
}

/// Characters in the integer part, its head included.
fn integer_length(head: u8) -> Result<usize> {
    match head {
        b'a'..=b'z' => Ok(usize::from(head - b'a') + 2),
        b'A'..=b'Z' => Ok(usize::from(b'Z' - head) + 2),
        _ => Err(Error::internal("not a rank")),
    }
}

fn split(key: &str) -> Result<(&str, &str)> {
    let head = *key.as_bytes().first().ok_or_else(|| Error::internal("an empty rank"))?;
    let length = integer_length(head)?;
    if !key.bytes().all(|b| b.is_ascii_alphanumeric()) || key.len() < length {
        return Err(Error::internal("not a rank"));
    }
    let (integer, fraction) = key.split_at(length);
    // Nothing fits between a key and the same key with a zero after it, nor before the least
    // integer, so neither may exist.
    if fraction.ends_with('0') || (head == b'A' && integer[1..].bytes().all(|b| b == b'0')) {
        return Err(Error::internal("not a rank"));
    }
    Ok((integer, fraction))
}

/// Whether the text is a key that [`between`] could have made.
pub fn is_rank(key: &str) -> bool {
    split(key).is_ok()
}

/// Whether a key has grown so long that its neighbourhood should be spread anew.
pub fn is_long(key: &str) -> bool {
    key.len() > LONG
}

/// The next integer part, or `None` after the greatest.
fn increment(integer: &str) -> Option<String> {
    let (head, digits) = (integer.as_bytes()[0], &integer.as_bytes()[1..]);
    let mut digits: Vec<u8> = digits.to_vec();
    for d in digits.iter_mut().rev() {
        let next = value(*d) + 1;
        if next < 62 {
            *d = DIGITS[next];
            return Some(join(head, &digits));
        }
        *d = b'0';
    }
    match head {
        b'Z' => Some("a0".into()),
        b'z' => None,
        h if h >= b'a' => Some(join(h + 1, &[digits, vec![b'0']].concat())),
        h => Some(join(h + 1, &digits[1..])),
    }
}

/// The integer part before, or `None` before the least.
fn decrement(integer: &str) -> Option<String> {
    let (head, digits) = (integer.as_bytes()[0], &integer.as_bytes()[1..]);
    let mut digits: Vec<u8> = digits.to_vec();
    for d in digits.iter_mut().rev() {
        let now = value(*d);
        if now > 0 {
            *d = DIGITS[now - 1];
            return Some(join(head, &digits));
        }
        *d = b'z';
    }
    match head {
        b'a' => Some("Zz".into()),
        b'A' => None,
        h if h > b'a' => Some(join(h - 1, &digits[1..])),
        h => Some(join(h - 1, &[digits, vec![b'z']].concat())),
    }
}

fn join(head: u8, digits: &[u8]) -> String {
    std::iter::once(head).chain(digits.iter().copied()).map(char::from).collect()
}

/// A fraction strictly between `a` and `b`; no fraction ends in zero.
fn midpoint(a: &str, b: Option<&str>) -> String {
    if let Some(b) = b {
        let common = b
            .bytes()
            .zip(a.bytes().chain(std::iter::repeat(b'0')))
            .take_while(|(x, y)| x == y)
            .count();
        if common > 0 {
            let rest = a.get(common.min(a.len())..).unwrap_or("");
            return format!("{}{}", &b[..common], midpoint(rest, Some(&b[common..])));
        }
    }
    let low = a.bytes().next().map_or(0, value);
    let high = b.and_then(|b| b.bytes().next()).map_or(62, value);
    if high > low + 1 {
        return digit(usize::midpoint(low, high)).to_string();
    }
    match b {
        Some(b) if b.len() > 1 => b[..1].to_owned(),
        _ => format!("{}{}", digit(low), midpoint(a.get(1..).unwrap_or(""), None)),
    }
}

/// A key between two neighbours; `None` stands for the end on that side.
pub fn between(before: Option<&str>, after: Option<&str>) -> Result<String> {
    if let (Some(a), Some(b)) = (before, after)
        && a >= b
    {
        return Err(Error::internal("ranks out of order"));
    }
    match (before, after) {
        (None, None) => Ok(FIRST.into()),
        (None, Some(b)) => {
            let (integer, fraction) = split(b)?;
            if !fraction.is_empty() {
                return Ok(integer.to_owned());
            }
            match decrement(integer) {
                Some(lower) if is_rank(&lower) => Ok(lower),
                _ => Err(Error::internal("no rank is left at the start")),
            }
        }
        (Some(a), None) => {
            let (integer, fraction) = split(a)?;
            match increment(integer) {
                Some(higher) => Ok(higher),
                None => Ok(format!("{integer}{}", midpoint(fraction, None))),
            }
        }
        (Some(a), Some(b)) => {
            let ((ai, af), (bi, bf)) = (split(a)?, split(b)?);
            if ai == bi {
                return Ok(format!("{ai}{}", midpoint(af, Some(bf))));
            }
            match increment(ai) {
                Some(next) if next.as_str() < b => Ok(next),
                _ => Ok(format!("{ai}{}", midpoint(af, None))),
            }
        }
    }
}

/// `count` short keys in order, after `last`.
pub fn spread(last: Option<&str>, count: usize) -> Result<Vec<String>> {
    let mut keys: Vec<String> = Vec::with_capacity(count);
    for _ in 0..count {
        let next = between(keys.last().map(String::as_str).or(last), None)?;
        keys.push(next);
    }
    Ok(keys)
}

/// `count` keys in order between two neighbours, at even distances and thus as short as can be.
pub fn evenly(before: Option<&str>, after: Option<&str>, count: usize) -> Result<Vec<String>> {
    let Some(after) = after else { return spread(before, count) };
    let (above, high) = split(after)?;
    let (integer, low, high) = match before {
        Some(before) => {
            let (integer, low) = split(before)?;
            (integer.to_owned(), low, (integer == above).then_some(high))
        }
        None => match decrement(above).filter(|lower| is_rank(lower)) {
            Some(lower) => (lower, "", None),
            None => return Err(Error::internal("no rank is left at the start")),
        },
    };
    if before.is_some_and(|before| before >= after) {
        return Err(Error::internal("ranks out of order"));
    }
    let keys = fractions(low, high, count)?;
    Ok(keys.into_iter().map(|fraction| format!("{integer}{fraction}")).collect())
}

/// Fractions at even distances, of no more digits than it takes.
fn fractions(low: &str, high: Option<&str>, count: usize) -> Result<Vec<String>> {
    let zeros = std::iter::repeat(b'0');
    let common = high.map_or(0, |high| {
        high.bytes().zip(low.bytes().chain(zeros)).take_while(|(h, l)| h == l).count()
    });
    let shared = high.map_or("", |high| &high[..common]);
    let low = low.get(common..).unwrap_or("");
    let high = high.map(|high| &high[common..]);
    // Twenty digits fit into the number.
    for digits in 1..=20 {
        let first = number(low, digits);
        let end = high.map_or_else(|| 62_u128.pow(digits), |high| number(high, digits));
        let parts = count as u128 + 1;
        if end - first < parts {
            continue;
        }
        let keys = (1..parts).map(|n| {
            let key = text(first + n * (end - first) / parts, digits);
            format!("{shared}{}", key.trim_end_matches('0'))
        });
        return Ok(keys.collect());
    }
    Err(Error::internal("there is no room between the ranks"))
}

/// The first digits of a fraction as a number.
fn number(fraction: &str, digits: u32) -> u128 {
    let all = fraction.bytes().chain(std::iter::repeat(b'0')).take(digits as usize);
    all.fold(0, |sum, digit| sum * 62 + value(digit) as u128)
}

fn text(mut number: u128, digits: u32) -> String {
    let mut all: Vec<u8> = Vec::with_capacity(digits as usize);
    for _ in 0..digits {
        all.push(DIGITS[(number % 62) as usize]);
        number /= 62;
    }
    all.iter().rev().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_insertion_keeps_a_strict_order(places in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut keys: Vec<String> = Vec::new();
            for place in places {
                let at = place.index(keys.len() + 1);
                let before = at.checked_sub(1).map(|i| keys[i].as_str());
                let key = between(before, keys.get(at).map(String::as_str)).unwrap();
                keys.insert(at, key);
            }
            prop_assert!(keys.windows(2).all(|w| w[0] < w[1]));
        }

        #[test]
        fn keys_spread_between_neighbours_are_in_order_and_short(
            places in prop::collection::vec(any::<bool>(), 0..300), count in 0_usize..200,
        ) {
            let (mut low, mut high) = (FIRST.to_owned(), between(Some(FIRST), None).unwrap());
            for up in places {
                let middle = between(Some(&low), Some(&high)).unwrap();
                if up { low = middle } else { high = middle }
            }
            for (low, high) in [(Some(&low), Some(&high)), (None, Some(&high)), (Some(&low), None)] {
                let keys = evenly(low.map(String::as_str), high.map(String::as_str), count).unwrap();
                prop_assert_eq!(keys.len(), count);
                prop_assert!(keys.windows(2).all(|w| w[0] < w[1]) && keys.iter().all(|k| is_rank(k)));
                prop_assert!(low.is_none_or(|l| keys.first().is_none_or(|k| l < k)));
                prop_assert!(high.is_none_or(|h| keys.last().is_none_or(|k| k < h)));
                let room = low.map_or(0, String::len).max(high.map_or(0, String::len));
                prop_assert!(keys.iter().all(|k| k.len() <= room + 4), "{:?}", keys);
            }
        }

        #[test]
        fn any_text_is_an_error_or_a_neighbour(a in ".*", b in ".*") {
            if let Ok(key) = between(Some(&a), Some(&b)) {
                prop_assert!(a < key && key < b);
            }
        }

        #[test]
        fn whatever_looks_like_a_key_has_a_neighbour_or_is_refused(
            a in "[A-Za-z][0-9A-Za-z]{0,30}", b in "[a-c][0z]{1,5}",
        ) {
            for (low, high) in [(&a, &b), (&b, &a)] {
                if let Ok(key) = between(Some(low), Some(high)) {
                    prop_assert!(low < &key && &key < high && is_rank(&key));
                }
            }
            if let Ok(key) = between(None, Some(&a)) {
                prop_assert!(key < a && is_rank(&key));
            }
            if let Ok(key) = between(Some(&a), None) {
                prop_assert!(key > a && is_rank(&key));
            }
        }
    }

    #[test]
    fn a_key_that_leaves_no_room_is_refused() {
        assert!(between(Some("a0"), Some("a00")).is_err());
        assert!(between(Some("a0"), Some("a0V0")).is_err());
        let least = format!("A{}", "0".repeat(26));
        assert!(between(None, Some(&least)).is_err());
        for text in ["", "a", "0", "a0-", "b1", "é0", "a0é"] {
            assert!(!is_rank(text), "{text}");
        }
    }

    #[test]
    fn a_key_tells_when_it_is_long() {
        let high = between(Some(FIRST), None).unwrap();
        let mut low = FIRST.to_owned();
        let crowded = (0..1_000).any(|_| {
            low = between(Some(&low), Some(&high)).unwrap();
            is_long(&low)
        });
        assert!(crowded && !is_long(FIRST));
    }

    #[test]
    fn both_ends_grow_slowly() {
        let keys = spread(None, 100_000).unwrap();
        assert!(keys.iter().all(|k| k.len() <= 5));
        let mut front = FIRST.to_owned();
        for _ in 0..100_000 {
            front = between(None, Some(&front)).unwrap();
        }
        assert!(front.len() <= 5);
    }
}
