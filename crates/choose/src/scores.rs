//! Prioritisation formulas. Each takes plain numbers and gives none where the inputs make no sense
//! (an effort of 0, a confidence above 1, a number that is not finite).

/// RICE: reach × impact × confidence ÷ effort. Impact is usually 3, 2, 1, 0.5 or 0.25; confidence a
/// share (1, 0.8, 0.5).
pub fn rice(reach: f64, impact: f64, confidence: f64, effort: f64) -> Option<f64> {
    let sound = reach >= 0.0 && impact >= 0.0 && (0.0..=1.0).contains(&confidence) && effort > 0.0;
    finite(sound, reach * impact * confidence / effort)
}

/// How the three parts of ICE come together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ice {
    #[default]
    Product,
    Average,
}

/// ICE: impact, confidence and ease, multiplied or averaged.
pub fn ice(impact: f64, confidence: f64, ease: f64, by: Ice) -> Option<f64> {
    let sound = impact >= 0.0 && confidence >= 0.0 && ease >= 0.0;
    finite(
        sound,
        match by {
            Ice::Product => impact * confidence * ease,
            Ice::Average => (impact + confidence + ease) / 3.0,
        },
    )
}

/// WSJF: (user and business value + time criticality + risk reduction or opportunity enablement)
/// ÷ job size.
pub fn wsjf(value: f64, time_criticality: f64, risk_reduction: f64, job_size: f64) -> Option<f64> {
    let sound = value >= 0.0 && time_criticality >= 0.0 && risk_reduction >= 0.0 && job_size > 0.0;
    finite(sound, (value + time_criticality + risk_reduction) / job_size)
}

/// CD3: cost of delay ÷ duration.
pub fn cd3(cost_of_delay: f64, duration: f64) -> Option<f64> {
    finite(cost_of_delay >= 0.0 && duration > 0.0, cost_of_delay / duration)
}

/// Opportunity score of outcome-driven innovation: importance + max(importance − satisfaction, 0).
pub fn opportunity(importance: f64, satisfaction: f64) -> Option<f64> {
    let sound = importance >= 0.0 && satisfaction >= 0.0;
    finite(sound, importance + (importance - satisfaction).max(0.0))
}

fn finite(sound: bool, score: f64) -> Option<f64> {
    (sound && score.is_finite()).then_some(score)
}

/// The MoSCoW classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moscow {
    Must,
    Should,
    Could,
    Wont,
}

/// Share of the effort above which too much is a Must to leave room for surprises.
pub const MOST_MUST: f64 = 0.6;

/// The share of Must in the effort of what is planned (Won't is not), and whether that is too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MustShare {
    pub share: f64,
    pub too_much: bool,
}

/// None where nothing is planned.
pub fn must_share(items: &[(Moscow, f64)]) -> Option<MustShare> {
    let effort = |wanted: &dyn Fn(Moscow) -> bool| -> f64 {
        items.iter().filter(|(class, _)| wanted(*class)).map(|(_, effort)| effort.max(0.0)).sum()
    };
    let planned = effort(&|class| class != Moscow::Wont);
    if planned <= 0.0 || !planned.is_finite() {
        return None;
    }
    let share = effort(&|class| class == Moscow::Must) / planned;
    Some(MustShare { share, too_much: share > MOST_MUST })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_give_what_the_books_give() {
        assert_eq!(rice(2000.0, 2.0, 0.8, 4.0), Some(800.0));
        assert_eq!(ice(8.0, 5.0, 4.0, Ice::Product), Some(160.0));
        assert_eq!(ice(8.0, 5.0, 5.0, Ice::Average), Some(6.0));
        assert_eq!(wsjf(8.0, 5.0, 3.0, 4.0), Some(4.0));
        assert_eq!(cd3(30.0, 6.0), Some(5.0));
        assert_eq!(opportunity(9.0, 4.0), Some(14.0));
        assert_eq!(opportunity(4.0, 9.0), Some(4.0));
    }

    #[test]
    fn inputs_without_sense_give_no_score() {
        assert_eq!(rice(10.0, 1.0, 1.2, 1.0), None);
        assert_eq!(rice(10.0, 1.0, 0.5, 0.0), None);
        assert_eq!(wsjf(f64::NAN, 1.0, 1.0, 1.0), None);
        assert_eq!(cd3(1.0, -1.0), None);
    }

    #[test]
    fn must_warns_above_three_fifths_of_what_is_planned() {
        let at = [(Moscow::Must, 6.0), (Moscow::Should, 3.0), (Moscow::Could, 1.0)];
        assert_eq!(must_share(&at), Some(MustShare { share: 0.6, too_much: false }));
        let above = [(Moscow::Must, 7.0), (Moscow::Could, 3.0), (Moscow::Wont, 90.0)];
        assert!(must_share(&above).is_some_and(|share| share.too_much));
        assert_eq!(must_share(&[(Moscow::Wont, 3.0)]), None);
    }
}
