//! Own formulas: `+ - * /`, brackets, numbers and named inputs, and nothing else.

use std::fmt;

/// A formula may be this long, in bytes.
const LONGEST: usize = 400;
/// Brackets and signs may stand inside each other so deep.
const DEEPEST: usize = 32;
/// No formula has more inputs.
pub const MOST_NAMES: usize = 12;

/// A formula that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    names: Vec<String>,
    root: Part,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Number(f64),
    Name(usize),
    Minus(Box<Part>),
    Both(Box<Part>, Sign, Box<Part>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
    Times,
    Over,
}

/// Why a formula is not understood, and where: the place of a character, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    Empty,
    TooLong,
    TooDeep,
    TooManyNames,
    NoInputs,
    /// A character that has no meaning here.
    Stray {
        place: usize,
        found: char,
    },
    BadNumber {
        place: usize,
        text: String,
    },
    /// A number, a name or a bracket should stand there.
    ValueMissing {
        place: usize,
    },
    /// Two values stand side by side without a sign between them.
    SignMissing {
        place: usize,
    },
    BracketOpen {
        place: usize,
    },
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the formula is empty"),
            Self::TooLong => write!(f, "the formula is longer than {LONGEST} characters"),
            Self::TooDeep => write!(f, "brackets stand more than {DEEPEST} deep"),
            Self::TooManyNames => write!(f, "it has more than {MOST_NAMES} inputs"),
            Self::NoInputs => write!(f, "it names no input, so everything would score the same"),
            Self::Stray { place, found } => {
                write!(f, "“{found}” at {place} has no meaning; use + - * / ( ), numbers and names")
            }
            Self::BadNumber { place, text } => write!(f, "“{text}” at {place} is no number"),
            Self::ValueMissing { place } => {
                write!(f, "at {place} a number, a name or a bracket is missing")
            }
            Self::SignMissing { place } => write!(f, "at {place} one of + - * / is missing"),
            Self::BracketOpen { place } => write!(f, "the bracket opened at {place} is not closed"),
        }
    }
}

impl std::error::Error for Unclear {}

impl Formula {
    /// Reads a formula. Names are letters, digits and `_`, small and capital letters alike.
    pub fn parse(text: &str) -> Result<Self, Unclear> {
        if text.len() > LONGEST {
            return Err(Unclear::TooLong);
        }
        let tokens = tokens(text)?;
        if tokens.is_empty() {
            return Err(Unclear::Empty);
        }
        let end = text.chars().count() + 1;
        let mut reading = Reading { tokens, at: 0, end, names: Vec::new(), depth: 0 };
        let root = reading.sum()?;
        match reading.peek() {
            None if reading.names.is_empty() => Err(Unclear::NoInputs),
            None => Ok(Self { names: reading.names, root }),
            Some((place, Token::Close)) => Err(Unclear::Stray { place: *place, found: ')' }),
            Some((place, _)) => Err(Unclear::SignMissing { place: *place }),
        }
    }

    /// The inputs, in the order in which they first appear.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Its value at these inputs, given in the order of [`names`](Self::names); none where that is
    /// no finite number.
    pub fn value(&self, inputs: &[f64]) -> Option<f64> {
        value(&self.root, inputs).filter(|value| value.is_finite())
    }
}

fn value(part: &Part, inputs: &[f64]) -> Option<f64> {
    Some(match part {
        Part::Number(number) => *number,
        Part::Name(at) => *inputs.get(*at)?,
        Part::Minus(of) => -value(of, inputs)?,
        Part::Both(one, sign, other) => {
            let (one, other) = (value(one, inputs)?, value(other, inputs)?);
            match sign {
                Sign::Plus => one + other,
                Sign::Minus => one - other,
                Sign::Times => one * other,
                Sign::Over => one / other,
            }
        }
    })
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Sign(Sign),
    Open,
    Close,
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Unclear> {
    let letters: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let place = at + 1;
        let run = |belongs: fn(char) -> bool| -> String {
            letters[at..].iter().copied().take_while(|c| belongs(*c)).collect()
        };
        let token = match letter {
            ' ' | '\t' | '\n' | '\r' => {
                at += 1;
                continue;
            }
            '+' => Token::Sign(Sign::Plus),
            '-' | '−' => Token::Sign(Sign::Minus),
            '*' | '×' => Token::Sign(Sign::Times),
            '/' | '÷' => Token::Sign(Sign::Over),
            '(' => Token::Open,
            ')' => Token::Close,
            c if c.is_ascii_digit() || c == '.' => {
                let number = run(|c| c.is_ascii_digit() || c == '.');
                at += number.chars().count() - 1;
                let parsed = number.parse().ok().filter(|n: &f64| n.is_finite());
                Token::Number(parsed.ok_or(Unclear::BadNumber { place, text: number })?)
            }
            c if c.is_alphabetic() => {
                let name = run(|c| c.is_alphanumeric() || c == '_');
                at += name.chars().count() - 1;
                Token::Name(name.to_lowercase())
            }
            found => return Err(Unclear::Stray { place, found }),
        };
        at += 1;
        all.push((place, token));
    }
    Ok(all)
}

struct Reading {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
    names: Vec<String>,
    depth: usize,
}

impl Reading {
    fn peek(&self) -> Option<&(usize, Token)> {
        self.tokens.get(self.at)
    }

    /// The next sign, if it is one of these.
    fn sign(&mut self, wanted: [Sign; 2]) -> Option<Sign> {
        match self.peek() {
            Some((_, Token::Sign(sign))) if wanted.contains(sign) => {
                let sign = *sign;
                self.at += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn sum(&mut self) -> Result<Part, Unclear> {
        let mut all = self.product()?;
        while let Some(sign) = self.sign([Sign::Plus, Sign::Minus]) {
            all = Part::Both(Box::new(all), sign, Box::new(self.product()?));
        }
        Ok(all)
    }

    fn product(&mut self) -> Result<Part, Unclear> {
        let mut all = self.value()?;
        while let Some(sign) = self.sign([Sign::Times, Sign::Over]) {
            all = Part::Both(Box::new(all), sign, Box::new(self.value()?));
        }
        Ok(all)
    }

    fn value(&mut self) -> Result<Part, Unclear> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unclear::TooDeep);
        }
        let next = self.peek().cloned();
        self.at += 1;
        let part = match next {
            Some((_, Token::Number(number))) => Part::Number(number),
            Some((_, Token::Name(name))) => Part::Name(self.name(name)?),
            Some((_, Token::Sign(Sign::Minus))) => Part::Minus(Box::new(self.value()?)),
            Some((place, Token::Open)) => {
                let inside = self.sum()?;
                match self.peek() {
                    Some((_, Token::Close)) => self.at += 1,
                    None => return Err(Unclear::BracketOpen { place }),
                    Some((place, _)) => return Err(Unclear::SignMissing { place: *place }),
                }
                inside
            }
            Some((place, _)) => return Err(Unclear::ValueMissing { place }),
            None => return Err(Unclear::ValueMissing { place: self.end }),
        };
        self.depth -= 1;
        Ok(part)
    }

    fn name(&mut self, name: String) -> Result<usize, Unclear> {
        if let Some(known) = self.names.iter().position(|n| *n == name) {
            return Ok(known);
        }
        if self.names.len() == MOST_NAMES {
            return Err(Unclear::TooManyNames);
        }
        self.names.push(name);
        Ok(self.names.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, inputs: &[f64]) -> Option<f64> {
        Formula::parse(text).unwrap().value(inputs)
    }

    #[test]
    fn signs_bind_as_at_school() {
        assert_eq!(at("a + b * 2", &[1.0, 3.0]), Some(7.0));
        assert_eq!(at("(a + b) * 2", &[1.0, 3.0]), Some(8.0));
        assert_eq!(at("a - b - 1", &[9.0, 3.0]), Some(5.0));
        assert_eq!(at("a / b / 2", &[12.0, 3.0]), Some(2.0));
        assert_eq!(at("-a + 1.5", &[1.0]), Some(0.5));
        assert_eq!(at("(Reach × joy − 1) ÷ effort", &[2.0, 3.0, 5.0]), Some(1.0));
    }

    #[test]
    fn names_are_listed_once_in_their_order() {
        let formula = Formula::parse("(joy + Reach) * reach / effort_2").unwrap();
        assert_eq!(formula.names(), ["joy", "reach", "effort_2"]);
    }

    #[test]
    fn what_is_no_number_is_no_value() {
        assert_eq!(at("a / b", &[1.0, 0.0]), None);
        assert_eq!(at("a * a", &[1e200]), None);
        assert_eq!(at("a + b", &[1.0]), None);
    }

    #[test]
    fn mistakes_say_where() {
        let wrong = |text: &str| Formula::parse(text).unwrap_err();
        assert_eq!(wrong("  "), Unclear::Empty);
        assert_eq!(wrong("2 + 3"), Unclear::NoInputs);
        assert_eq!(wrong("a +"), Unclear::ValueMissing { place: 4 });
        assert_eq!(wrong("a + * b"), Unclear::ValueMissing { place: 5 });
        assert_eq!(wrong("a b"), Unclear::SignMissing { place: 3 });
        assert_eq!(wrong("(a + b"), Unclear::BracketOpen { place: 1 });
        assert_eq!(wrong("(a b)"), Unclear::SignMissing { place: 4 });
        assert_eq!(wrong("a + b)"), Unclear::Stray { place: 6, found: ')' });
        assert_eq!(wrong("a ^ 2"), Unclear::Stray { place: 3, found: '^' });
        assert_eq!(wrong("a * 1.2.3"), Unclear::BadNumber { place: 5, text: "1.2.3".into() });
        assert_eq!(wrong(&format!("a{}", " ".repeat(400))), Unclear::TooLong);
        assert_eq!(wrong(&"(".repeat(40)), Unclear::TooDeep);
        assert_eq!(wrong(&format!("{}a", "-".repeat(40))), Unclear::TooDeep);
        assert_eq!(wrong("a+b+c+d+e+f+g+h+i+j+k+l+m"), Unclear::TooManyNames);
    }

    #[test]
    fn a_mistake_reads_as_a_sentence() {
        let told = Formula::parse("reach ^ 2").unwrap_err().to_string();
        assert_eq!(told, "“^” at 7 has no meaning; use + - * / ( ), numbers and names");
    }
}
