//! Where what the pages say comes from. Works are named as they were published; addresses are given
//! where the work itself is on the web.

/// A work that pages name.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub key: &'static str,
    /// Author, title, publisher, year.
    pub citation: &'static str,
    /// Where it can be read; empty for books.
    pub url: &'static str,
}

const fn work(key: &'static str, citation: &'static str, url: &'static str) -> Source {
    Source { key, citation, url }
}

/// The work of that key.
pub(super) fn source(key: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|s| s.key == key)
}

/// All works that pages name.
#[rustfmt::skip]
pub static SOURCES: [Source; 42] = [
    work("agile-manifesto-2001", "Beck et al., Manifesto for Agile Software Development, 2001", "https://agilemanifesto.org/"),
    work("anderson-2010", "Anderson, Kanban: Successful Evolutionary Change for Your Technology Business, 2010", ""),
    work("article-2022", "“Oh, So You Are a Product Owner Then?!”, 2022: the article on which Wherefore is founded", ""),
    work("babok-2015", "IIBA, A Guide to the Business Analysis Body of Knowledge (BABOK Guide), v3, 2015", ""),
    work("berger-1993", "Berger et al., Kano's Methods for Understanding Customer-defined Quality, Center for Quality Management Journal, 1993", ""),
    work("cagan-2017", "Cagan, Inspired, 2nd ed., Wiley, 2017", ""),
    work("cagan-jones-2020", "Cagan and Jones, Empowered, Wiley, 2020", ""),
    work("cohn-2004", "Cohn, User Stories Applied, Addison-Wesley, 2004", ""),
    work("cohn-2005", "Cohn, Agile Estimating and Planning, Prentice Hall, 2005", ""),
    work("conway-1968", "Conway, How Do Committees Invent?, Datamation, 1968", ""),
    work("cooper-2017", "Cooper, Winning at New Products, 5th ed., Basic Books, 2017", ""),
    work("derby-larsen-2006", "Derby and Larsen, Agile Retrospectives, Pragmatic Bookshelf, 2006", ""),
    work("doerr-2018", "Doerr, Measure What Matters, Portfolio, 2018", ""),
    work("dsdm", "Agile Business Consortium, The DSDM Handbook: MoSCoW Prioritisation", ""),
    work("ellis-brown-2017", "Ellis and Brown, Hacking Growth, Crown Business, 2017", ""),
    work("grove-1983", "Grove, High Output Management, Random House, 1983", ""),
    work("humble-farley-2010", "Humble and Farley, Continuous Delivery, Addison-Wesley, 2010", ""),
    work("iso-9241-210", "ISO 9241-210:2019, Human-centred design for interactive systems", ""),
    work("jeffries-2001", "Jeffries, Essential XP: Card, Conversation, Confirmation, 2001", ""),
    work("kanban-guide", "Vacanti and Coleman, The Kanban Guide, 2020, revised 2025", "https://kanbanguides.org/"),
    work("kano-1984", "Kano, Seraku, Takahashi and Tsuji, Attractive Quality and Must-Be Quality, Journal of the Japanese Society for Quality Control, 1984", ""),
    work("keep-a-changelog", "Lacan, Keep a Changelog, 1.1.0", "https://keepachangelog.com/en/1.1.0/"),
    work("levitt-1965", "Levitt, Exploit the Product Life Cycle, Harvard Business Review, 1965", ""),
    work("little-1961", "Little, A Proof for the Queuing Formula: L = λW, Operations Research, 1961", ""),
    work("lucassen-2016", "Lucassen, Dalpiaz, van der Werf and Brinkkemper, Improving Agile Requirements: The Quality User Story Framework and Tool, Requirements Engineering, 2016", ""),
    work("moore-1991", "Moore, Crossing the Chasm, HarperBusiness, 1991", ""),
    work("north-2006", "North, Introducing BDD, 2006", "https://dannorth.net/introducing-bdd/"),
    work("nygard-2011", "Nygard, Documenting Architecture Decisions, 2011", ""),
    work("perri-2018", "Perri, Escaping the Build Trap, O'Reilly, 2018", ""),
    work("perri-pm-po", "Perri, Product Manager vs. Product Owner, Medium", "https://medium.com/@melissaperri/product-manager-vs-product-owner-57ff829aa74d"),
    work("pmbok-2021", "PMI, A Guide to the Project Management Body of Knowledge (PMBOK Guide), 7th ed., 2021", ""),
    work("reinertsen-2009", "Reinertsen, The Principles of Product Development Flow, Celeritas, 2009", ""),
    work("rice-intercom", "McBride, RICE: Simple Prioritization for Product Managers, Intercom", "https://www.intercom.com/blog/rice-simple-prioritization-for-product-managers/"),
    work("ries-2011", "Ries, The Lean Startup, Crown Business, 2011", ""),
    work("safe-wsjf", "Scaled Agile, Weighted Shortest Job First", ""),
    work("scrum-guide-2020", "Schwaber and Sutherland, The Scrum Guide, 2020", "https://scrumguides.org/"),
    work("team-topologies-2019", "Skelton and Pais, Team Topologies, IT Revolution, 2019", "https://teamtopologies.com/"),
    work("torres-2021", "Torres, Continuous Discovery Habits, Product Talk, 2021", ""),
    work("ulwick-2005", "Ulwick, What Customers Want, McGraw-Hill, 2005", ""),
    work("ulwick-2016", "Ulwick, Jobs to Be Done: Theory to Practice, Idea Bite Press, 2016", ""),
    work("vacanti-2015", "Vacanti, Actionable Agile Metrics for Predictability, 2015", ""),
    work("wake-2003", "Wake, INVEST in Good Stories, and SMART Tasks, 2003", ""),
];
