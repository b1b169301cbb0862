//! Linear regression by least absolute deviations on sparse terms: what it fits is the median, which
//! is what a suggestion that should be off by little on average has to say.
//!
//! Solved in the dual, one story at a time (Hsieh et al., ICML 2008; the loss is that of a linear
//! support vector regression without a margin).

/// Terms of a text with their weights.
pub(crate) type Sparse = Vec<(u32, f32)>;

/// The fitted weights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    weights: Vec<f32>,
}

impl Line {
    /// Fits `targets`; each story may pull at the line with at most its force. Equal input gives
    /// equal output: the order of the steps is shuffled by a fixed sequence.
    pub fn fit(
        rows: &[Sparse],
        targets: &[f64],
        forces: &[f64],
        size: usize,
        rounds: usize,
    ) -> Self {
        let mut line = Self { weights: vec![0.0; size] };
        let squares: Vec<f64> = rows.iter().map(square).collect();
        let mut pulls = vec![0.0; rows.len()];
        let mut order: Vec<usize> = (0..rows.len()).filter(|&row| forces[row] > 0.0).collect();
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..rounds {
            for end in (1..order.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                order.swap(end, (state % (end as u64 + 1)) as usize);
            }
            for &row in &order {
                let off = line.at(&rows[row]) - targets[row];
                let pull = (pulls[row] - off / squares[row]).clamp(-forces[row], forces[row]);
                line.pull(&rows[row], pull - pulls[row]);
                pulls[row] = pull;
            }
        }
        line
    }

    /// Moves towards one more story, as far as its force allows.
    pub fn learn(&mut self, row: &Sparse, target: f64, force: f64) {
        let off = self.at(row) - target;
        self.pull(row, (-off / square(row)).clamp(-force, force));
    }

    pub fn at(&self, row: &Sparse) -> f64 {
        let known =
            row.iter().filter_map(|&(term, value)| Some(self.weights.get(term as usize)? * value));
        f64::from(known.sum::<f32>())
    }

    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    fn pull(&mut self, row: &Sparse, by: f64) {
        for &(term, value) in row {
            if let Some(weight) = self.weights.get_mut(term as usize) {
                *weight += by as f32 * value;
            }
        }
    }
}

fn square(row: &Sparse) -> f64 {
    row.iter().map(|&(_, value)| f64::from(value * value)).sum::<f64>().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_the_median_and_not_the_mean() {
        let rows: Vec<Sparse> = (0..9).map(|_| vec![(0, 1.0)]).collect();
        let targets = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 50.0, 90.0];
        let line = Line::fit(&rows, &targets, &[10.0; 9], 1, 50);
        assert!((line.at(&rows[0]) - 1.0).abs() < 0.01);
    }
}
