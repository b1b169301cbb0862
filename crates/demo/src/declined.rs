//! Problems that were looked at and not taken up: a record of why not is worth as much as a plan.

/// A problem with the theme whose need it came from, its verdict and the reason for it.
pub struct Declined {
    pub theme: usize,
    pub title: &'static str,
    pub verdict: &'static str,
    pub because: &'static str,
}

const fn declined(
    theme: usize,
    title: &'static str,
    verdict: &'static str,
    because: &'static str,
) -> Declined {
    Declined { theme, title, verdict, because }
}

pub const DECLINED: &[Declined] = &[
    declined(
        0,
        "Students cannot compare the train with the coach",
        "rejected",
        "Two of forty people asked for it, and a coach sold by someone else is not ours to promise.",
    ),
    declined(
        0,
        "Season ticket holders cannot see what their ticket saves them",
        "not-now",
        "Real, but season tickets are sold at the counter until the gates are replaced.",
    ),
    declined(
        1,
        "Passengers without a bank account get refunds by cheque",
        "not-now",
        "Nine cases a month. The help line copes, and the payment provider promises vouchers.",
    ),
    declined(
        1,
        "People refund a ticket after they have travelled on it",
        "rejected",
        "Finance counted £310 in a year. Checks would cost honest passengers more than that.",
    ),
    declined(
        2,
        "Passengers do not know which carriage is empty",
        "abandoned",
        "Only a third of the trains count passengers, and a guess that is wrong is worse than none.",
    ),
    declined(
        3,
        "A lost phone means a lost ticket",
        "not-now",
        "Signing in on another phone brings it back. Most people did not know, so we tell them first.",
    ),
    declined(
        4,
        "Lifts that are out of order are found on arrival",
        "not-now",
        "The stations publish lift states from next spring. Until then there is nothing to show.",
    ),
    declined(
        5,
        "Groups want to split one payment",
        "rejected",
        "Friends settle up in their bank's app already; nobody we watched failed for lack of it.",
    ),
];
