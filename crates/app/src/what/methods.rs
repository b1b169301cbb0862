//! The methods by which problems are scored: the inputs of each, and how they become one number.

use wherefore_choose::formula::Formula;
use wherefore_choose::scores::{self, Ice, Moscow};

use super::amounts::{Amount, Range3};
use crate::kernel::{Error, Result};

/// One input of a method: its name, what people call it, and what to write there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub name: String,
    pub label: String,
    pub help: String,
}

/// A way to score, as a product uses it.
#[derive(Clone, Debug)]
pub struct Method {
    pub word: &'static str,
    pub name: &'static str,
    /// How the inputs become the score, in words.
    pub formula: String,
    pub inputs: Vec<Input>,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Rice,
    Ice(Ice),
    Wsjf,
    Cd3,
    Opportunity,
    Ratio,
    Moscow,
    Own(Formula),
}

/// The words of all methods, in the order in which they are offered.
pub const METHODS: [&str; 8] =
    ["rice", "ice", "wsjf", "cd3", "opportunity", "value-effort", "moscow", "own"];

/// MoSCoW's classes, most pressing first.
pub const CLASSES: [&str; 4] = ["must", "should", "could", "wont"];

/// What people call a method.
pub fn name(word: &str) -> &'static str {
    match word {
        "rice" => "RICE",
        "ice" => "ICE",
        "wsjf" => "WSJF",
        "cd3" => "CD3",
        "opportunity" => "Opportunity score",
        "value-effort" => "Value and effort",
        "moscow" => "MoSCoW",
        _ => "Own formula",
    }
}

/// Inputs as (name, label, help), and the rule in words.
fn told(
    word: &str,
    ice: Ice,
) -> (&'static [(&'static str, &'static str, &'static str)], &'static str) {
    const EFFORT: (&str, &str, &str) = ("effort", "Effort", "person-weeks, say");
    match word {
        "rice" => (
            &[
                ("reach", "Reach", "people in a quarter"),
                ("impact", "Impact", "3, 2, 1, 0.5 or 0.25"),
                ("confidence", "Confidence", "100, 80 or 50 %"),
                EFFORT,
            ],
            "reach × impact × confidence ÷ effort",
        ),
        "ice" => (
            &[
                ("impact", "Impact", "1 to 10"),
                ("confidence", "Confidence", "1 to 10"),
                ("ease", "Ease", "1 to 10"),
            ],
            if ice == Ice::Average {
                "(impact + confidence + ease) ÷ 3"
            } else {
                "impact × confidence × ease"
            },
        ),
        "wsjf" => (
            &[
                ("value", "Value", "to users and business"),
                ("urgency", "Urgency", "how fast the value decays"),
                ("opening", "Opening", "risk taken away, chances opened"),
                ("size", "Size", "of the job"),
            ],
            "(value + urgency + opening) ÷ size",
        ),
        "cd3" => (
            &[("delay", "Cost of delay", "money a week"), ("duration", "Duration", "weeks")],
            "cost of delay ÷ duration",
        ),
        "opportunity" => (
            &[
                ("importance", "Importance", "0 to 10"),
                ("satisfaction", "Satisfaction", "0 to 10, with what there is"),
            ],
            "importance + what satisfaction falls short of it",
        ),
        "moscow" => (
            &[("class", "Class", "must, should, could, wont"), EFFORT],
            "must, should, could, won’t",
        ),
        _ => (&[("value", "Value", "on any one scale"), EFFORT], "value ÷ effort"),
    }
}

impl Method {
    /// The method of that word; `own` is the product's formula.
    pub fn of(word: &str, ice: Ice, own: &str) -> Result<Self> {
        let Some(word) = METHODS.into_iter().find(|w| *w == word) else {
            let all = METHODS.join(", ");
            return Err(Error::invalid(
                "method",
                format!("“{word}” is no method. There are: {all}."),
            ));
        };
        let (inputs, words) = told(word, ice);
        let input = |(name, label, help): &(&str, &str, &str)| Input {
            name: (*name).to_owned(),
            label: (*label).to_owned(),
            help: (*help).to_owned(),
        };
        let mut method = Self {
            word,
            name: name(word),
            formula: words.to_owned(),
            inputs: inputs.iter().map(input).collect(),
            rule: match word {
                "rice" => Rule::Rice,
                "ice" => Rule::Ice(ice),
                "wsjf" => Rule::Wsjf,
                "cd3" => Rule::Cd3,
                "opportunity" => Rule::Opportunity,
                "moscow" => Rule::Moscow,
                _ => Rule::Ratio,
            },
        };
        if word == "own" {
            let formula = parse(own)?;
            own.trim().clone_into(&mut method.formula);
            method.inputs = formula
                .names()
                .iter()
                .map(|name| Input {
                    name: name.clone(),
                    label: name.replace('_', " "),
                    help: String::new(),
                })
                .collect();
            method.rule = Rule::Own(formula);
        }
        Ok(method)
    }

    /// The score at these inputs, in the order of [`inputs`](Self::inputs).
    pub fn score(&self, at: &[f64]) -> Option<f64> {
        match (&self.rule, at) {
            (Rule::Rice, &[reach, impact, confidence, effort]) => {
                scores::rice(reach, impact, confidence, effort)
            }
            (Rule::Ice(by), &[impact, confidence, ease]) => {
                scores::ice(impact, confidence, ease, *by)
            }
            (Rule::Wsjf, &[value, urgency, opening, size]) => {
                scores::wsjf(value, urgency, opening, size)
            }
            (Rule::Cd3 | Rule::Ratio, &[value, effort]) => scores::cd3(value, effort),
            (Rule::Opportunity, &[importance, satisfaction]) => {
                scores::opportunity(importance, satisfaction)
            }
            // What must be is worth most; an effort of its own changes no class.
            (Rule::Moscow, &[class, _]) => Some(3.0 - class),
            (Rule::Own(formula), at) => formula.value(at),
            _ => None,
        }
    }

    /// Where the effort stands among the inputs; none where the method knows none.
    pub fn effort(&self) -> Option<usize> {
        let name = match self.rule {
            Rule::Wsjf => "size",
            Rule::Cd3 => "duration",
            _ => "effort",
        };
        self.inputs.iter().position(|input| input.name == name)
    }

    /// What it is worth, whatever it takes: the score times the effort that it was divided by. An own
    /// formula is taken to divide by its `effort`.
    pub fn value(&self, at: &[f64]) -> Option<f64> {
        let effort = self.effort().filter(|_| self.is_graded())?;
        let value = self.score(at)? * at.get(effort)?;
        value.is_finite().then_some(value)
    }

    /// Whether scores are numbers that simulations can compare.
    pub fn is_graded(&self) -> bool {
        !matches!(self.rule, Rule::Moscow)
    }

    /// The class of a MoSCoW entry's inputs.
    pub fn class(&self, at: &[f64]) -> Option<Moscow> {
        let class = at.first().filter(|_| !self.is_graded())?;
        [Moscow::Must, Moscow::Should, Moscow::Could, Moscow::Wont].get(*class as usize).copied()
    }

    /// From where to where all inputs of a method go that is asked on a scale.
    fn scale(&self) -> Option<(f64, f64)> {
        match self.rule {
            Rule::Ice(_) => Some((1.0, 10.0)),
            Rule::Opportunity => Some((0.0, 10.0)),
            _ => None,
        }
    }

    /// Reads what was entered for one of the inputs.
    pub fn read(&self, name: &str, given: &Amount) -> Result<Option<Range3>> {
        if !self.inputs.iter().any(|input| input.name == name) {
            let known: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
            return Err(Error::invalid(
                "inputs",
                format!("{} has no input “{name}”. It has: {}.", self.name, known.join(", ")),
            ));
        }
        if name == "class" && matches!(self.rule, Rule::Moscow) {
            return class(given);
        }
        let Some(mut range) = given.range(name)? else { return Ok(None) };
        if let Some((low, high)) = self.scale()
            && range.iter().any(|at| *at < low || *at > high)
        {
            return Err(Error::invalid(
                "inputs",
                format!("The {name} goes from {low} to {high} in {}.", self.name),
            ));
        }
        if matches!(self.rule, Rule::Rice) && name == "confidence" {
            let percent = matches!(given, Amount::Text(text) if text.contains('%'));
            if percent || range[2] > 1.0 {
                range = range.map(|share| share / 100.0);
            }
        }
        Ok(Some(range))
    }

    /// Refuses inputs that make no sense at one of their ends.
    pub fn check(&self, ranges: &[Range3]) -> Result<()> {
        for end in 0..3 {
            let at: Vec<f64> = ranges.iter().map(|range| range[end]).collect();
            if self.score(&at).is_none() {
                return Err(Error::invalid(
                    "inputs",
                    format!(
                        "{} makes no sense at these inputs: what it divides by is above 0, confidence is at most 100 %, and nothing is below 0.",
                        self.name
                    ),
                ));
            }
        }
        Ok(())
    }
}

fn class(given: &Amount) -> Result<Option<Range3>> {
    let Amount::Text(text) = given else {
        return Err(Error::invalid("inputs", "A class is one of: must, should, could, wont."));
    };
    let word = text.trim().to_lowercase().replace(['’', '\''], "");
    if word.is_empty() {
        return Ok(None);
    }
    let at = CLASSES.iter().position(|class| *class == word);
    let at = at.ok_or_else(|| {
        Error::invalid(
            "inputs",
            format!("“{text}” is no class. There are: must, should, could, wont."),
        )
    })?;
    Ok(Some([at as f64; 3]))
}

/// Reads a product's own formula, and says plainly what is wrong with it.
pub fn parse(own: &str) -> Result<Formula> {
    if own.trim().is_empty() {
        return Err(Error::invalid(
            "formula",
            "This product has no formula of its own yet. Write one, as (reach * joy) / effort.",
        ));
    }
    Formula::parse(own).map_err(|unclear| {
        Error::invalid("formula", format!("The formula is not understood: {unclear}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Amount {
        Amount::Text(text.to_owned())
    }

    #[test]
    fn amounts_are_numbers_ranges_and_triples() {
        let rice = Method::of("rice", Ice::Product, "").unwrap();
        let read = |t: &str| rice.read("reach", &text(t)).unwrap();
        assert_eq!(read("200"), Some([200.0; 3]));
        assert_eq!(read("100..400"), Some([100.0, 250.0, 400.0]));
        assert_eq!(read("100 – 200 – 400"), Some([100.0, 200.0, 400.0]));
        assert_eq!(read(" "), None);
        assert!(rice.read("reach", &text("many")).is_err());
        assert!(rice.read("reach", &text("400 200 100")).is_err());
        assert!(rice.read("joy", &text("4")).is_err());
        assert_eq!(rice.read("confidence", &text("80 %")).unwrap(), Some([0.8; 3]));
        assert_eq!(rice.read("confidence", &text("1 %")).unwrap(), Some([0.01; 3]));
        assert_eq!(rice.read("confidence", &Amount::Number(0.5)).unwrap(), Some([0.5; 3]));
    }

    #[test]
    fn a_score_needs_sense_at_both_ends() {
        let rice = Method::of("rice", Ice::Product, "").unwrap();
        let sound = [[2000.0; 3], [2.0; 3], [0.8; 3], [2.0, 4.0, 8.0]];
        assert!(rice.check(&sound).is_ok());
        assert_eq!(rice.score(&[2000.0, 2.0, 0.8, 4.0]), Some(800.0));
        assert!(rice.check(&[[2000.0; 3], [2.0; 3], [0.8; 3], [0.0, 4.0, 8.0]]).is_err());
    }

    #[test]
    fn classes_rank_must_above_wont() {
        let moscow = Method::of("moscow", Ice::Product, "").unwrap();
        let class = |word: &str| moscow.read("class", &text(word)).unwrap().unwrap()[0];
        let score = |word: &str| moscow.score(&[class(word), 3.0]);
        assert!(score("Must") > score("should") && score("could") > score("won’t"));
        assert!(moscow.read("class", &text("perhaps")).is_err());
    }

    #[test]
    fn an_own_formula_names_its_inputs() {
        let own = Method::of("own", Ice::Product, "(reach * joy) / effort").unwrap();
        let names: Vec<&str> = own.inputs.iter().map(|i| i.name.as_str()).collect();
        assert_eq!((names, own.effort()), (vec!["reach", "joy", "effort"], Some(2)));
        assert!(Method::of("own", Ice::Product, "").is_err());
        assert!(Method::of("guess", Ice::Product, "").is_err());
    }
}
