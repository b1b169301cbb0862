//! Where the names of dots stand in a chart, so that none lies upon another.

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area(pub [f64; 4]);

impl Area {
    fn meets(self, other: Self) -> bool {
        let (a, b) = (self.0, other.0);
        a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
    }
}

/// Where a name begins, or ends if it stands before its dot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Spot {
    pub x: f64,
    pub y: f64,
    pub before: bool,
}

/// What a text of 12 pixels takes, roughly and rather more than less.
pub(super) fn area(x: f64, y: f64, text: &str, before: bool) -> Area {
    let width = text.chars().count() as f64 * 7.2;
    let left = if before { x - width } else { x };
    Area([left, y - 10.0, left + width, y + 3.0])
}

/// Tells for each dot, by its place and name, where the name stands: near the dot, within `width` and
/// `height`, and clear of all other dots, of names placed before, and of what is `taken`.
pub(super) fn spots(
    dots: &[(f64, f64, &str)],
    [width, height]: [f64; 2],
    taken: &[Area],
) -> Vec<Spot> {
    let mut full = taken.to_vec();
    full.extend(dots.iter().map(|(x, y, _)| Area([x - 6.0, y - 6.0, x + 6.0, y + 6.0])));
    let mut all = Vec::with_capacity(dots.len());
    for (x, y, name) in dots {
        let near = near(*x, *y, *x > width * 0.7);
        let clear = near.iter().find(|spot| {
            let own = area(spot.x, spot.y, name, spot.before);
            let inside = own.0[0] >= 0.0
                && own.0[1] >= 0.0
                && own.0[2] <= width + 40.0
                && own.0[3] <= height;
            inside && !full.iter().any(|other| own.meets(*other))
        });
        let spot = clear.copied().unwrap_or(near[0]);
        full.push(area(spot.x, spot.y, name, spot.before));
        all.push(spot);
    }
    all
}

/// Places around a dot, the best first.
fn near(x: f64, y: f64, before: bool) -> Vec<Spot> {
    let mut all = Vec::new();
    for away in 0..6 {
        let step = f64::from(away) * 13.0;
        for down in [-6.0 - step, 15.0 + step] {
            for before in [before, !before] {
                let x = if before { x - 8.0 } else { x + 8.0 };
                all.push(Spot { x, y: y + down, before });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dots_close_together_do_not_meet() {
        let dots: Vec<(f64, f64, &str)> =
            (0..7_i32).map(|n| (100.0 + f64::from(n) * 3.0, 100.0, "RIDE-123")).collect();
        let spots = spots(&dots, [560.0, 360.0], &[]);
        let areas: Vec<Area> = spots.iter().map(|s| area(s.x, s.y, "RIDE-123", s.before)).collect();
        for (at, one) in areas.iter().enumerate() {
            assert!(areas[..at].iter().all(|other| !one.meets(*other)), "{at}: {areas:?}");
        }
        let alone = super::spots(&[(500.0, 20.0, "RIDE-1")], [560.0, 360.0], &[]);
        assert_eq!(alone, [Spot { x: 492.0, y: 14.0, before: true }]);
    }
}
