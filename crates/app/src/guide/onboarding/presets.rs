//! The three presets: a start-up, a scale-up and a large company begin with different teams, ways of
//! working, thresholds and pages in front. All of it can be changed afterwards.

use crate::people::charters::{Company, Framework, Stage};

/// What a workspace begins with.
#[derive(Debug)]
pub struct Preset {
    /// The company's word, as charters take it.
    pub company: Company,
    pub name: &'static str,
    /// Which companies it is for.
    pub fits: &'static str,
    /// Why it is as it is.
    pub because: &'static str,
    pub stage: Stage,
    pub framework: Framework,
    pub overlays: &'static [&'static str],
    /// Teams with their types, offered to be changed.
    pub teams: &'static [(&'static str, &'static str)],
    /// Why so many teams, and of these types.
    pub teams_because: &'static str,
    /// What the sample policy says beside the framework's preset.
    pub agreements: &'static str,
    /// Started items of one person and of a whole team.
    pub limits: (i64, i64),
    /// Pages of a product that stand in front in the navigation.
    pub front: &'static [&'static str],
    /// Groups of the navigation that are open at first.
    pub open: &'static [&'static str],
    /// Signals whose threshold differs from the usual one.
    pub thresholds: &'static [(&'static str, f64)],
    /// Days until the charter is looked at again.
    pub review_days: i64,
}

/// All three, the smallest first.
pub static PRESETS: [Preset; 3] = [
    Preset {
        company: Company::Startup,
        name: "Start-up",
        fits: "One or two teams that look for a product people want",
        because: "Few hands and an early product: one product manager works with the team, and what counts is to hear users every week and to try the riskiest belief first.",
        stage: Stage::Search,
        framework: Framework::Lightweight,
        overlays: &["lean"],
        teams: &[("Product team", "stream-aligned")],
        teams_because: "One team can hold all of it in mind. A second one is a step to take when it hurts.",
        agreements: "- Everybody hears one user a week.\n- Nothing is built before the riskiest belief behind it was tried on somebody.\n- What is begun is shown on Friday, finished or not.",
        limits: (2, 4),
        front: &["interviews", "evidence", "opportunities", "experiments", "board"],
        open: &["why", "how"],
        thresholds: &[("S4", 0.2), ("S10", 0.4), ("S12", 0.5), ("S13", 1.0)],
        review_days: 90,
    },
    Preset {
        company: Company::ScaleUp,
        name: "Scale-up",
        fits: "A product that works, and teams that grow in number",
        because: "Growth takes several product people. They share why and what under a head of product, and one of them answers for each team's backlog, so that nobody hands requirements down.",
        stage: Stage::Growth,
        framework: Framework::Scrum,
        overlays: &[],
        teams: &[
            ("First use", "stream-aligned"),
            ("Everyday use", "stream-aligned"),
            ("Payment", "stream-aligned"),
        ],
        teams_because: "One team for each stream that users notice. Rename them after yours.",
        agreements: "- A sprint goal names the need that it serves.\n- Product people of two teams interview together once in a sprint.\n- What another team waits for is said in planning, with a day.",
        limits: (3, 8),
        front: &["strategy", "objectives", "roadmap", "sprints", "health"],
        open: &["why", "what", "how"],
        thresholds: &[("S6", 1.0), ("S14", 0.4)],
        review_days: 180,
    },
    Preset {
        company: Company::Large,
        name: "Large company",
        fits: "Many teams, departments, and rules to keep to",
        because: "With many teams nobody can lead the product and be there for each team every day: product managers answer for why and what at the gates, product owners for how inside the phases.",
        stage: Stage::Maturity,
        framework: Framework::Hybrid,
        overlays: &["team-topologies"],
        teams: &[
            ("Sales", "stream-aligned"),
            ("Service", "stream-aligned"),
            ("Billing", "stream-aligned"),
            ("Partners", "stream-aligned"),
            ("Platform", "platform"),
            ("Coaching", "enabling"),
        ],
        teams_because: "Streams, a platform that they build upon, and a team that helps the others learn. Each way of working together gets an end.",
        agreements: "- A requirement is talked through with its source before it enters a phase.\n- A phase ends at a gate that product manager and product owner prepare together.\n- Working with another team gets an end date when it begins.",
        limits: (4, 14),
        front: &["roadmap", "phases", "requirements", "stakeholders", "health"],
        open: &["what", "how", "reports"],
        thresholds: &[("S3", 0.4), ("S7", 0.2), ("S8", 0.7), ("S13", 3.0)],
        review_days: 180,
    },
];

/// The preset that is nearest to a company.
pub fn preset_of(company: Company) -> &'static Preset {
    let [startup, scale_up, large] = &PRESETS;
    match company {
        Company::Startup => startup,
        Company::ScaleUp | Company::Established => scale_up,
        Company::Large | Company::Multinational => large,
    }
}
