//! Figures and numbers of things as people read them.

/// An amount of work: whole where it nearly is, with one place behind the point otherwise.
pub fn amount(value: f64) -> String {
    let text =
        if value.fract().abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") };
    // A sum over nothing is a negative zero.
    if text == "-0" { "0".to_owned() } else { text }
}

/// So many of something: "1 item", "3 items".
pub fn counted(count: i64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_counts_read_as_one_writes_them() {
        let nothing: f64 = std::iter::empty::<f64>().sum();
        assert_eq!([nothing, -0.04, 3.0, 2.5, -1.26].map(amount), ["0", "0", "3", "2.5", "-1.3"]);
        assert_eq!([0, 1, 2].map(|n| counted(n, "item")), ["0 items", "1 item", "2 items"]);
    }
}
