//! Learns what ships as `src/prior.tsv`: `cargo run --release -p wherefore-estimate --example
//! learn_prior FOLDER > crates/estimate/src/prior.tsv`, where the folder holds one CSV file for each
//! team with `title`, `description` and `storypoint`, oldest first. Only the first three fifths of
//! each file are read, so that the rest can be tested on.

use wherefore_estimate::{Past, Prior, Story};

#[derive(serde::Deserialize)]
struct Row {
    title: String,
    description: String,
    storypoint: f64,
}

impl Row {
    fn past(&self) -> Past<'_> {
        Past { story: Story::new(&self.title, &self.description), points: self.storypoint }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder with the teams' stories")?;
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    let mut teams: Vec<Vec<Row>> = Vec::new();
    for file in files {
        let mut rows: Vec<Row> =
            csv::Reader::from_path(file)?.deserialize().collect::<Result<_, _>>()?;
        rows.truncate((rows.len() * 6 / 10).saturating_sub(1));
        teams.push(rows);
    }
    let teams: Vec<Vec<Past>> =
        teams.iter().map(|team| team.iter().map(Row::past).collect()).collect();
    print!("{}", Prior::learn(&teams).to_text());
    Ok(())
}
