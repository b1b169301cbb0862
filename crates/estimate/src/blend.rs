//! The ways to arrive at a figure, of which those that did best on a team's recent stories are used.

/// What is known of the history when one story is to be estimated.
pub(crate) struct Scene<'s> {
    /// The points of the past stories, oldest first.
    pub points: &'s [f64],
    /// The places of the past stories in the order of their points.
    pub by_points: &'s [u32],
    /// How like the text of each past story is, 0 to 1.
    pub likeness: &'s [f64],
    /// What each line makes of the new story.
    pub lines: &'s [Reading<'s>],
}

/// What a line makes of the new story, beside what it made of the past ones before it knew them.
pub(crate) struct Reading<'s> {
    pub new: f64,
    pub past: &'s [f64],
    /// How far apart the past ones usually are.
    pub spread: f64,
    /// The line's own figure in points.
    pub points: f64,
}

/// One way to arrive at a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// The median of the last so many stories; of all where none is said.
    Usual(Option<usize>),
    /// What a line says.
    Line(usize),
    /// The median of past stories weighed by how near the line puts them, how like their text is
    /// and how recent they are.
    Near { line: usize, width: f64, text: bool, memory: f64 },
}

/// All ways, with this many lines.
pub(crate) fn ways(lines: usize) -> Vec<Way> {
    let mut all = vec![Way::Usual(None)];
    all.extend([30, 60, 120].map(|last| Way::Usual(Some(last))));
    for line in 0..lines {
        all.push(Way::Line(line));
        for width in [0.6, 0.9, 1.4] {
            for text in [false, true] {
                for memory in [0.1, 0.3] {
                    all.push(Way::Near { line, width, text, memory });
                }
            }
        }
    }
    all
}

impl Way {
    /// The figure for the new story.
    pub fn points(self, scene: &Scene) -> f64 {
        match self {
            Way::Usual(last) => {
                let from = scene.points.len().saturating_sub(last.unwrap_or(usize::MAX));
                crate::median(scene.points[from..].to_vec())
            }
            Way::Line(line) => scene.lines[line].points,
            Way::Near { .. } => quantile(scene, &self.weights(scene), 0.5),
        }
    }

    /// How much each past story counts.
    pub fn weights(self, scene: &Scene) -> Vec<f64> {
        let Way::Near { line, width, text, memory } = self else {
            return vec![1.0; scene.points.len()];
        };
        let reading = &scene.lines[line];
        let n = scene.points.len() as f64;
        // Halved every `memory` of the history, going back from its end.
        let fading = 0.5f64.powf(1.0 / (n * memory));
        let mut recent = 1.0;
        let mut weights = vec![0.0; scene.points.len()];
        for at in (0..weights.len()).rev() {
            recent *= fading;
            let apart = (reading.past[at] - reading.new) / (reading.spread * width * 2.0);
            let near = (-apart * apart).exp().max(1e-4);
            let alike = if text { scene.likeness[at] + 0.02 } else { 1.0 };
            weights[at] = near * alike * recent;
        }
        weights
    }
}

/// The points below which this share of the weight lies.
pub(crate) fn quantile(scene: &Scene, weights: &[f64], share: f64) -> f64 {
    let total: f64 = weights.iter().sum();
    let mut below = 0.0;
    for &at in scene.by_points {
        below += weights[at as usize];
        if below >= total * share {
            return scene.points[at as usize];
        }
    }
    scene.by_points.last().map_or(0.0, |&at| scene.points[at as usize])
}
