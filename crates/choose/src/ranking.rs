//! Rankings that know how sure they are: inputs are ranges, scores are simulated, and each pair
//! tells in what share of the simulations one beats the other.

use crate::random::Random;

/// How a range is spread between its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spread {
    /// Weighs the likely value four times (PERT).
    #[default]
    Pert,
    Triangular,
}

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    likely: f64,
    high: f64,
}

impl Range {
    /// None unless low ≤ likely ≤ high, all finite.
    pub fn new(low: f64, likely: f64, high: f64) -> Option<Self> {
        let sound = low <= likely && likely <= high && low.is_finite() && high.is_finite();
        sound.then_some(Self { low, likely, high })
    }

    /// A number that is known.
    pub fn exactly(value: f64) -> Option<Self> {
        Self::new(value, value, value)
    }

    pub fn likely(&self) -> f64 {
        self.likely
    }

    fn draw(&self, spread: Spread, random: &mut Random) -> f64 {
        let width = self.high - self.low;
        if width <= 0.0 {
            return self.likely;
        }
        match spread {
            Spread::Pert => {
                let alpha = 1.0 + 4.0 * (self.likely - self.low) / width;
                self.low + width * random.beta(alpha, 6.0 - alpha)
            }
            Spread::Triangular => {
                let (unit, peak) = (random.unit(), (self.likely - self.low) / width);
                let share = if unit < peak {
                    (unit * peak).sqrt()
                } else {
                    1.0 - ((1.0 - unit) * (1.0 - peak)).sqrt()
                };
                self.low + width * share
            }
        }
    }
}

/// Simulations of a ranking.
#[derive(Clone, Copy, Debug)]
pub struct Simulations {
    pub runs: usize,
    pub seed: u64,
    pub spread: Spread,
}

impl Default for Simulations {
    fn default() -> Self {
        Self { runs: 10_000, seed: 1, spread: Spread::Pert }
    }
}

/// Where one candidate stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its position among the candidates given.
    pub candidate: usize,
    /// Its score at the likely inputs; none where they make no sense.
    pub score: Option<f64>,
    /// A tenth, half and nine tenths of its simulated scores lie below these.
    pub p10: f64,
    pub p50: f64,
    pub p90: f64,
    /// Share of simulations in which it is first; ties count in equal parts.
    pub first: f64,
    /// Share of simulations in which it beats each candidate, by position; ties count half.
    pub beats: Vec<f64>,
}

/// Ranks candidates by their median simulated score, best first. Each has its inputs as ranges; the
/// formula may give none for a draw that makes no sense, which then ranks last.
pub fn rank(
    candidates: &[Vec<Range>],
    formula: impl Fn(&[f64]) -> Option<f64>,
    simulations: &Simulations,
) -> Vec<Standing> {
    let runs = simulations.runs.max(1);
    let scores = simulate(candidates, &formula, simulations, runs);
    let mut standings: Vec<Standing> = (0..candidates.len())
        .map(|candidate| {
            let mut sorted = scores[candidate].clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| sorted[((share * runs as f64) as usize).min(runs - 1)];
            let likely: Vec<f64> = candidates[candidate].iter().map(Range::likely).collect();
            let beats = scores.iter().map(|other| share_above(&scores[candidate], other)).collect();
            Standing {
                candidate,
                score: formula(&likely),
                p10: at(0.1),
                p50: at(0.5),
                p90: at(0.9),
                first: 0.0,
                beats,
            }
        })
        .collect();
    count_firsts(&scores, runs, &mut standings);
    standings.sort_by(|a, b| b.p50.total_cmp(&a.p50).then(a.candidate.cmp(&b.candidate)));
    standings
}

/// The same order without what it rests on, for those who only need to know who stands where.
pub fn order(
    candidates: &[Vec<Range>],
    formula: impl Fn(&[f64]) -> Option<f64>,
    simulations: &Simulations,
) -> Vec<usize> {
    let runs = simulations.runs.max(1);
    let mut medians: Vec<(usize, f64)> = simulate(candidates, &formula, simulations, runs)
        .into_iter()
        .map(|mut scores| {
            let middle = (runs / 2).min(runs - 1);
            *scores.select_nth_unstable_by(middle, f64::total_cmp).1
        })
        .enumerate()
        .collect();
    medians.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    medians.into_iter().map(|(candidate, _)| candidate).collect()
}

/// Scores by candidate, then by run. Each candidate draws from its own stream, so that adding one
/// does not move the others.
fn simulate(
    candidates: &[Vec<Range>],
    formula: &impl Fn(&[f64]) -> Option<f64>,
    simulations: &Simulations,
    runs: usize,
) -> Vec<Vec<f64>> {
    let draw = |(position, ranges): (usize, &Vec<Range>)| {
        let mut random = Random::new(Random::new(simulations.seed ^ position as u64).next());
        let mut inputs = vec![0.0; ranges.len()];
        (0..runs)
            .map(|_| {
                for (input, range) in inputs.iter_mut().zip(ranges) {
                    *input = range.draw(simulations.spread, &mut random);
                }
                formula(&inputs).unwrap_or(f64::NEG_INFINITY)
            })
            .collect()
    };
    candidates.iter().enumerate().map(draw).collect()
}

fn share_above(one: &[f64], other: &[f64]) -> f64 {
    let points: f64 = one
        .iter()
        .zip(other)
        .map(|(one, other)| {
            if one > other {
                1.0
            } else if one == other {
                0.5
            } else {
                0.0
            }
        })
        .sum();
    points / one.len() as f64
}

fn count_firsts(scores: &[Vec<f64>], runs: usize, standings: &mut [Standing]) {
    for run in 0..runs {
        let best = scores.iter().map(|scores| scores[run]).fold(f64::NEG_INFINITY, f64::max);
        let among = scores.iter().filter(|scores| scores[run] == best).count() as f64;
        for standing in standings.iter_mut() {
            if scores[standing.candidate][run] == best {
                standing.first += 1.0 / among / runs as f64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f64, likely: f64, high: f64) -> Range {
        Range::new(low, likely, high).unwrap()
    }

    #[test]
    fn a_range_has_its_ends_in_order() {
        assert!(Range::new(2.0, 1.0, 3.0).is_none());
        assert!(Range::new(0.0, 1.0, f64::INFINITY).is_none());
        assert!(Range::new(f64::NAN, 1.0, 2.0).is_none());
    }

    #[test]
    fn what_is_always_better_beats_always_and_a_twin_half_the_time() {
        let candidates =
            [vec![range(1.0, 2.0, 3.0)], vec![range(4.0, 5.0, 6.0)], vec![range(4.0, 5.0, 6.0)]];
        let standings = rank(&candidates, |inputs| Some(inputs[0]), &Simulations::default());
        assert_eq!(standings[2].candidate, 0);
        assert_eq!((standings[0].beats[0], standings[2].first), (1.0, 0.0));
        let twin = standings.iter().find(|standing| standing.candidate == 1).unwrap();
        assert!((twin.beats[2] - 0.5).abs() < 0.02 && twin.beats[1] == 0.5);
        assert!((standings.iter().map(|standing| standing.first).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn draws_have_the_mean_of_their_spread() {
        let mut random = Random::new(7);
        for (spread, mean) in [(Spread::Pert, 18.0 / 6.0), (Spread::Triangular, 12.0 / 3.0)] {
            let range = range(0.0, 2.0, 10.0);
            let draws = (0..20_000).map(|_| range.draw(spread, &mut random));
            let sum: f64 = draws.inspect(|draw| assert!((0.0..=10.0).contains(draw))).sum();
            assert!((sum / 20_000.0 - mean).abs() < 0.05, "{spread:?}: {}", sum / 20_000.0);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_ranking() {
        let candidates = [vec![range(1.0, 2.0, 9.0)], vec![range(1.0, 3.0, 6.0)]];
        let ranked = || rank(&candidates, |inputs| Some(inputs[0]), &Simulations::default());
        assert_eq!(ranked(), ranked());
    }
}
