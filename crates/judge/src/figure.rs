//! One measured figure beside its reference, and how a table of them is printed.

use std::path::Path;

use serde::Serialize;

/// A folder of the data, and what is measured on it.
pub struct Part {
    pub folder: &'static str,
    pub measure: fn(&Path) -> anyhow::Result<Vec<Figure>>,
}

/// One row: what was measured, on how many cases, and what it is compared with.
#[derive(Serialize)]
pub struct Figure {
    /// For instance `storylint persona F1 strict`.
    pub name: String,
    pub value: f64,
    /// How many cases the value rests on.
    pub n: usize,
    /// Where the figure stands elsewhere, and its source, in words.
    pub reference: String,
    /// What the value must keep to; none where it is shown for orientation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
}

/// What a figure must keep to.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    /// Whether the value keeps to its bound; one without a bound always does.
    pub fn holds(&self) -> bool {
        match self.bound {
            None => true,
            Some(Bound::AtLeast(floor)) => self.value >= floor,
            Some(Bound::AtMost(ceiling)) => self.value <= ceiling,
        }
    }

    /// Whether it tells how long something took, which depends on the machine.
    pub fn is_time(&self) -> bool {
        self.name.split([' ', ',']).any(|word| word == "ms" || word == "seconds")
    }
}

/// Prints the figures as aligned columns, those that miss their bound marked.
pub fn print_table(figures: &[Figure]) {
    let width = figures.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    for figure in figures {
        let bound = match figure.bound {
            None => String::new(),
            Some(Bound::AtLeast(floor)) => format!("at least {floor}"),
            Some(Bound::AtMost(ceiling)) => format!("at most {ceiling}"),
        };
        let verdict = if figure.holds() { ' ' } else { '!' };
        println!(
            "{verdict} {:width$}  {:>9.4}  n={:<7} {bound:<16} {}",
            figure.name, figure.value, figure.n, figure.reference
        );
    }
}
