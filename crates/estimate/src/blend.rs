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
    /// Empty where the line serves for its own figure alone.
    pub past: &'s [f64],
    /// How far apart the past ones usually are.
    pub spread: f64,
    /// The line's own figure in points.
    pub points: f64,
}

impl Reading<'_> {
    fn places(&self) -> bool {
        !self.past.is_empty()
    }
}

/// One way to arrive at a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// The median of the last so many stories; of all where none is said.
    Usual(Option<usize>),
    /// What a line says.
    Line(usize),
    /// The median of past stories near the new one. It leaves the team's median only as far as this
    /// much more than half of the weight lies beyond.
    Near(Near, f64),
}

/// Past stories weighed by how near a line puts them, how like their text is and how recent they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Near {
    pub line: usize,
    pub width: f64,
    pub text: bool,
    pub memory: f64,
}

/// How much more than half has to speak for leaving the median.
const HOLDS: [f64; 3] = [0.0, 0.05, 0.1];

/// The last so many stories whose median is a way, beside that of all.
const LAST: [usize; 3] = [30, 60, 120];

fn nears(line: usize) -> impl Iterator<Item = Near> {
    [0.6, 0.9, 1.4].into_iter().flat_map(move |width| {
        [(false, 0.1), (false, 0.3), (true, 0.1), (true, 0.3)].map(|(text, memory)| Near {
            line,
            width,
            text,
            memory,
        })
    })
}

/// All ways, with lines of which some have placed the past stories.
pub(crate) fn ways(placing: impl IntoIterator<Item = bool>) -> Vec<Way> {
    let mut all = vec![Way::Usual(None)];
    all.extend(LAST.map(|last| Way::Usual(Some(last))));
    for (line, places) in placing.into_iter().enumerate() {
        all.push(Way::Line(line));
        if places {
            all.extend(nears(line).flat_map(|near| HOLDS.map(|hold| Way::Near(near, hold))));
        }
    }
    all
}

/// The figures of [`ways`], in their order; what several of them need is computed once.
pub(crate) fn figures(scene: &Scene) -> Vec<f64> {
    let mut all = vec![Way::Usual(None).points(scene)];
    all.extend(LAST.map(|last| Way::Usual(Some(last)).points(scene)));
    let usual = all[0];
    for (line, reading) in scene.lines.iter().enumerate() {
        all.push(reading.points);
        for near in nears(line).filter(|_| reading.places()) {
            let weights = near.weights(scene);
            all.extend(HOLDS.map(|hold| held(scene, &weights, usual, hold)));
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
            Way::Near(near, hold) => {
                held(scene, &near.weights(scene), Way::Usual(None).points(scene), hold)
            }
        }
    }

    /// How much each past story counts.
    pub fn weights(self, scene: &Scene) -> Vec<f64> {
        match self {
            Way::Near(near, _) => near.weights(scene),
            Way::Usual(_) | Way::Line(_) => vec![1.0; scene.points.len()],
        }
    }
}

impl Near {
    fn weights(self, scene: &Scene) -> Vec<f64> {
        let Near { line, width, text, memory } = self;
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

/// The middle of the weighed stories, kept at the usual size unless enough of them speak against it.
fn held(scene: &Scene, weights: &[f64], usual: f64, hold: f64) -> f64 {
    let low = quantile(scene, weights, 0.5 - hold);
    if hold == 0.0 {
        return low;
    }
    usual.clamp(low, quantile(scene, weights, 0.5 + hold))
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
