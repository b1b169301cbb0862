//! The English stemmer of the Snowball project (Porter 2).

/// The stem of a lower-case word; words with letters beyond a to z are left as they are.
pub fn stem(word: &str) -> String {
    if word.len() <= 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    if let Some(whole) = exception(word) {
        return whole.to_owned();
    }
    let mut state = Stemmer::new(word);
    state.step_1a();
    if !matches!(
        state.text(),
        "inning" | "outing" | "canning" | "herring" | "earring" | "proceed" | "exceed" | "succeed"
    ) {
        state.step_1b();
        state.step_1c();
        state.step_2();
        state.step_3();
        state.step_4();
        state.step_5();
    }
    state.finish()
}

fn exception(word: &str) -> Option<&'static str> {
    Some(match word {
        "skis" => "ski",
        "skies" => "sky",
        "dying" => "die",
        "lying" => "lie",
        "tying" => "tie",
        "idly" => "idl",
        "gently" => "gentl",
        "ugly" => "ugli",
        "early" => "earli",
        "only" => "onli",
        "singly" => "singl",
        "sky" => "sky",
        "news" => "news",
        "howe" => "howe",
        "atlas" => "atlas",
        "cosmos" => "cosmos",
        "bias" => "bias",
        "andes" => "andes",
        _ => return None,
    })
}

/// The word in work, `Y` standing for a y that is a consonant, and where its regions start.
struct Stemmer {
    word: String,
    r1: usize,
    r2: usize,
}

fn vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Behind the first consonant that follows a vowel, looked for from `from` on.
fn region(word: &[u8], from: usize) -> usize {
    (from + 1..word.len())
        .find(|&i| vowel(word[i - 1]) && !vowel(word[i]))
        .map_or(word.len(), |i| i + 1)
}

impl Stemmer {
    fn new(word: &str) -> Self {
        let mut bytes = word.as_bytes().to_vec();
        for i in 0..bytes.len() {
            if bytes[i] == b'y' && (i == 0 || vowel(bytes[i - 1])) {
                bytes[i] = b'Y';
            }
        }
        let prefix = ["gener", "commun", "arsen"].iter().find(|p| word.starts_with(**p));
        let r1 = prefix.map_or_else(|| region(&bytes, 0), |p| p.len());
        let r2 = region(&bytes, r1);
        Self { word: bytes.into_iter().map(char::from).collect(), r1, r2 }
    }

    fn text(&self) -> &str {
        &self.word
    }

    fn finish(self) -> String {
        self.word.replace('Y', "y")
    }

    fn ends(&self, suffix: &str) -> bool {
        self.word.ends_with(suffix)
    }

    fn cut(&mut self, length: usize, with: &str) {
        self.word.truncate(self.word.len() - length);
        self.word.push_str(with);
    }

    fn in_r1(&self, suffix: &str) -> bool {
        self.word.len() - suffix.len() >= self.r1
    }

    fn in_r2(&self, suffix: &str) -> bool {
        self.word.len() - suffix.len() >= self.r2
    }

    /// Whether a vowel stands in the first `length` bytes.
    fn vowel_before(&self, length: usize) -> bool {
        self.word.as_bytes()[..length].iter().any(|&b| vowel(b))
    }

    /// Whether the first `length` bytes end in a short syllable.
    fn short_syllable(&self, length: usize) -> bool {
        let w = &self.word.as_bytes()[..length];
        match *w {
            [a, b] => vowel(a) && !vowel(b),
            [.., a, b, c] => !vowel(a) && vowel(b) && !vowel(c) && !matches!(c, b'w' | b'x' | b'Y'),
            _ => false,
        }
    }

    fn short(&self) -> bool {
        self.r1 >= self.word.len() && self.short_syllable(self.word.len())
    }

    fn step_1a(&mut self) {
        if self.ends("sses") {
            self.cut(2, "");
        } else if self.ends("ied") || self.ends("ies") {
            let keep = if self.word.len() > 4 { 2 } else { 1 };
            self.cut(keep, "");
        } else if self.ends("us") || self.ends("ss") || !self.ends("s") {
        } else if self.vowel_before(self.word.len() - 2) {
            self.cut(1, "");
        }
    }

    fn step_1b(&mut self) {
        if let Some(suffix) = ["eedly", "eed"].into_iter().find(|s| self.ends(s)) {
            if self.in_r1(suffix) {
                self.cut(suffix.len(), "ee");
            }
            return;
        }
        let Some(suffix) = ["ingly", "edly", "ing", "ed"].into_iter().find(|s| self.ends(s)) else {
            return;
        };
        if !self.vowel_before(self.word.len() - suffix.len()) {
            return;
        }
        self.cut(suffix.len(), "");
        let doubled = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"];
        if ["at", "bl", "iz"].iter().any(|s| self.ends(s)) {
            self.cut(0, "e");
        } else if doubled.iter().any(|s| self.ends(s)) {
            self.cut(1, "");
        } else if self.short() {
            self.cut(0, "e");
        }
    }

    fn step_1c(&mut self) {
        let w = self.word.as_bytes();
        if let [_, .., before, b'y' | b'Y'] = *w
            && w.len() > 2
            && !vowel(before)
        {
            self.cut(1, "i");
        }
    }

    /// Replaces the longest listed suffix where it lies in the first region.
    fn replace_in_r1(&mut self, list: &[(&str, &str)]) {
        if let Some(&(suffix, with)) = list.iter().find(|(s, _)| self.ends(s))
            && self.in_r1(suffix)
        {
            self.cut(suffix.len(), with);
        }
    }

    fn step_2(&mut self) {
        if self.ends("ogi") && !self.ends("logi") {
            return;
        }
        if self.ends("li")
            && !["abli", "alli", "entli", "ousli", "fulli", "lessli", "bli"]
                .iter()
                .any(|s| self.ends(s))
        {
            let at = self.word.len().wrapping_sub(3);
            let before = self.word.as_bytes().get(at);
            if self.in_r1("li") && before.is_some_and(|b| b"cdeghkmnrt".contains(b)) {
                self.cut(2, "");
            }
            return;
        }
        self.replace_in_r1(&[
            ("ational", "ate"),
            ("ization", "ize"),
            ("fulness", "ful"),
            ("ousness", "ous"),
            ("iveness", "ive"),
            ("tional", "tion"),
            ("biliti", "ble"),
            ("lessli", "less"),
            ("ation", "ate"),
            ("alism", "al"),
            ("aliti", "al"),
            ("ousli", "ous"),
            ("iviti", "ive"),
            ("fulli", "ful"),
            ("entli", "ent"),
            ("enci", "ence"),
            ("anci", "ance"),
            ("abli", "able"),
            ("izer", "ize"),
            ("ator", "ate"),
            ("alli", "al"),
            ("bli", "ble"),
            ("ogi", "og"),
        ]);
    }

    fn step_3(&mut self) {
        if self.ends("ative") {
            if self.in_r2("ative") {
                self.cut(5, "");
            }
            return;
        }
        self.replace_in_r1(&[
            ("ational", "ate"),
            ("tional", "tion"),
            ("alize", "al"),
            ("icate", "ic"),
            ("iciti", "ic"),
            ("ical", "ic"),
            ("ness", ""),
            ("ful", ""),
        ]);
    }

    fn step_4(&mut self) {
        const ENDINGS: [&str; 18] = [
            "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti",
            "ous", "ive", "ize", "ion", "al", "er", "ic",
        ];
        if let Some(suffix) = ENDINGS.into_iter().find(|s| self.ends(s))
            && self.in_r2(suffix)
            && (suffix != "ion" || self.ends("sion") || self.ends("tion"))
        {
            self.cut(suffix.len(), "");
        }
    }

    fn step_5(&mut self) {
        let kept = self.word.len() - 1;
        let drops = (self.ends("e")
            && (self.in_r2("e") || (self.in_r1("e") && !self.short_syllable(kept))))
            || (self.ends("ll") && self.in_r2("l"));
        if drops {
            self.cut(1, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    /// From the sample vocabulary that the Snowball project publishes with the algorithm.
    #[test]
    fn stems_the_published_sample() {
        for (word, expected) in [
            ("consign", "consign"),
            ("consigned", "consign"),
            ("consistency", "consist"),
            ("consolation", "consol"),
            ("consolingly", "consol"),
            ("conspiracies", "conspiraci"),
            ("constable", "constabl"),
            ("constancy", "constanc"),
            ("knackeries", "knackeri"),
            ("knightly", "knight"),
            ("knocked", "knock"),
            ("knotted", "knot"),
            ("knows", "know"),
            ("hopping", "hop"),
            ("hoping", "hope"),
            ("generously", "generous"),
            ("relational", "relat"),
            ("ties", "tie"),
            ("cries", "cri"),
            ("gas", "gas"),
            ("happiness", "happi"),
            ("youth", "youth"),
            ("sky", "sky"),
            ("über", "über"),
            ("x11", "x11"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}
