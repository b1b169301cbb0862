//! Kano: what a pair of answers says about a feature, and what many pairs say together.

/// How one would feel with the feature, or without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Like,
    Expect,
    Neutral,
    LiveWith,
    Dislike,
}

/// What a feature is to someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    Attractive,
    OneDimensional,
    MustBe,
    Indifferent,
    Reverse,
    Questionable,
}

/// The evaluation table: the answer for having it by the answer for not having it.
pub fn category(functional: Answer, dysfunctional: Answer) -> Category {
    use Answer::{Dislike, Like};
    match (functional, dysfunctional) {
        (Like, Like) | (Dislike, Dislike) => Category::Questionable,
        (Like, Dislike) => Category::OneDimensional,
        (Like, _) => Category::Attractive,
        (_, Dislike) => Category::MustBe,
        (Dislike, _) | (_, Like) => Category::Reverse,
        _ => Category::Indifferent,
    }
}

/// What a survey says about one feature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    pub attractive: u32,
    pub one_dimensional: u32,
    pub must_be: u32,
    pub indifferent: u32,
    pub reverse: u32,
    pub questionable: u32,
}

impl Survey {
    /// Counts the answers.
    pub fn of(answers: impl IntoIterator<Item = (Answer, Answer)>) -> Self {
        let mut survey = Self::default();
        for (functional, dysfunctional) in answers {
            *match category(functional, dysfunctional) {
                Category::Attractive => &mut survey.attractive,
                Category::OneDimensional => &mut survey.one_dimensional,
                Category::MustBe => &mut survey.must_be,
                Category::Indifferent => &mut survey.indifferent,
                Category::Reverse => &mut survey.reverse,
                Category::Questionable => &mut survey.questionable,
            } += 1;
        }
        survey
    }

    /// Satisfaction won by having it, 0 to 1: (A + O) ÷ (A + O + M + I).
    pub fn better(&self) -> Option<f64> {
        self.share(self.attractive + self.one_dimensional)
    }

    /// Satisfaction lost by not having it, −1 to 0: −(O + M) ÷ (A + O + M + I).
    pub fn worse(&self) -> Option<f64> {
        self.share(self.one_dimensional + self.must_be).map(|share| 0.0 - share)
    }

    /// The category named most; of several, the one that matters most (M, O, A, I, R, Q).
    pub fn verdict(&self) -> Option<Category> {
        let counts = [
            (self.must_be, Category::MustBe),
            (self.one_dimensional, Category::OneDimensional),
            (self.attractive, Category::Attractive),
            (self.indifferent, Category::Indifferent),
            (self.reverse, Category::Reverse),
            (self.questionable, Category::Questionable),
        ];
        let most = counts.iter().map(|(count, _)| *count).max().filter(|count| *count > 0)?;
        counts.into_iter().find(|(count, _)| *count == most).map(|(_, category)| category)
    }

    fn share(&self, part: u32) -> Option<f64> {
        let all = self.attractive + self.one_dimensional + self.must_be + self.indifferent;
        (all > 0).then(|| f64::from(part) / f64::from(all))
    }
}

#[cfg(test)]
mod tests {
    use super::Answer::{Dislike, Expect, Like, LiveWith, Neutral};
    use super::*;

    #[test]
    fn the_table_is_kanos() {
        let answers = [Like, Expect, Neutral, LiveWith, Dislike];
        let letters: Vec<String> = answers
            .iter()
            .map(|with| answers.iter().map(|without| letter(category(*with, *without))).collect())
            .collect();
        assert_eq!(letters, ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]);
    }

    fn letter(category: Category) -> char {
        match category {
            Category::Attractive => 'A',
            Category::OneDimensional => 'O',
            Category::MustBe => 'M',
            Category::Indifferent => 'I',
            Category::Reverse => 'R',
            Category::Questionable => 'Q',
        }
    }

    #[test]
    fn better_and_worse_leave_out_reverse_and_questionable() {
        let survey = Survey::of([
            (Like, Neutral),
            (Like, Dislike),
            (Neutral, Dislike),
            (Neutral, Neutral),
            (Dislike, Like),
            (Like, Like),
        ]);
        assert_eq!((survey.better(), survey.worse()), (Some(0.5), Some(-0.5)));
        assert_eq!(survey.verdict(), Some(Category::MustBe));
        assert_eq!(Survey::default().better(), None);
    }
}
