//! A small seeded generator (SplitMix64), so that the same seed gives the same answer everywhere.

#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly in 0 to 1, never 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly among the numbers below `count`, which is not 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// Beta-distributed in 0 to 1, both shapes at least 1 (Cheng's method BB).
    pub(crate) fn beta(&mut self, alpha: f64, beta: f64) -> f64 {
        let (least, most) = (alpha.min(beta), alpha.max(beta));
        let sum = least + most;
        let scale = ((sum - 2.0) / (2.0 * least * most - sum)).sqrt();
        let scale = if scale.is_finite() { scale } else { 1.0 };
        let gamma = least + 1.0 / scale;
        loop {
            let (one, two) = (self.unit().max(f64::MIN_POSITIVE), self.unit());
            let log = scale * (one / (1.0 - one)).ln();
            let weight = least * log.exp();
            let product = one * one * two;
            let room = gamma * log - 4.0_f64.ln();
            let margin = least + room - weight;
            let bar = product.max(f64::MIN_POSITIVE).ln();
            if margin + 1.0 + 5.0_f64.ln() >= 5.0 * product
                || margin >= bar
                || room + sum * (sum / (most + weight)).ln() >= bar
            {
                let share = weight / (most + weight);
                return if (least - alpha).abs() < f64::EPSILON { share } else { 1.0 - share };
            }
        }
    }
}
