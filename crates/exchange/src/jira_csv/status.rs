//! What a status and a type mean, from their words in six languages.

use crate::{Category, Level};

/// Phrases that decide before single words do: "ready for development" is not development.
const PHRASES: &[(Category, &str)] = &[
    (
        Category::Unstarted,
        "not started|not yet started|ready for dev|ready to dev|ready for impl|\
         ready to start|selected for|to do|to-do|reopen|do zrobienia|\
         nie rozpoczęt|zu erledigen|nicht begonnen|zur entwicklung|à faire|\
         non commencé|por hacer|sin empezar|к выполнению|не начат|надо сделать",
    ),
    (
        Category::Dropped,
        "won't|won’t|wont |will not|not a bug|not an issue|cannot reproduce|\
         can't reproduce|by design|not doing|not planned|out of scope|\
         as designed|nie zostanie|nie będzie|wird nicht|kein fehler|\
         ne sera pas|no se hará|no se va|не будет",
    ),
    (
        Category::Started,
        "in progress|in development|in dev|w toku|w trakcie|w realizacji|\
         in arbeit|in bearbeitung|en cours|en curso|en progreso|в работе|\
         в процессе|on hold",
    ),
    (
        Category::InReview,
        "ready for|ready to|pull request|waiting for approval|do akceptacji|\
         zur abnahme",
    ),
];

/// Beginnings of words, in the order they are asked.
const WORDS: &[(Category, &str)] = &[
    (
        Category::Dropped,
        "cancel|reject|declin|abandon|obsolet|dropped|duplic|invalid|discard|\
         withdrawn|incomplete|unreproduc|anulow|odrzuc|porzuc|zduplik|\
         abgelehnt|abgebrochen|stornier|verworfen|dupliz|duplik|annul|rejet|\
         refus|rechaz|descart|anulad|отмен|отклон|дубл",
    ),
    (
        Category::InReview,
        "review|test|qa|verif|valid|uat|staging|przegląd|recenz|weryf|prüf|\
         überprüf|abnahme|revue|relecture|recette|revis|prueba|провер|тест|\
         ревью",
    ),
    (
        Category::Backlog,
        "backlog|icebox|idea|ideas|funnel|someday|draft|pomysł|idee|idée|идея|\
         бэклог",
    ),
    (
        Category::Accepted,
        "done|closed|resolved|complete|finish|accept|released|deployed|shipped|\
         delivered|live|fixed|merged|archived|gotow|zrobion|zakończ|zamkn|\
         rozwiązan|ukończ|wydan|zaakcept|fertig|erledigt|geschlossen|\
         abgeschlossen|gelöst|akzeptiert|behoben|termin|fini|ferm|résolu|livr|\
         clos|hech|list|cerrad|resuelt|complet|finaliz|готов|выполнен|закрыт|\
         реш|заверш|сделан",
    ),
    (
        Category::Started,
        "progress|doing|started|develop|implement|wip|active|blocked|paused|\
         investigat|analys|analiz|coding|working|rozpoczęt|wstrzym|zablok|\
         begonnen|entwicklung|blockiert|commencé|développ|desarroll|разработ|\
         начат",
    ),
    (
        Category::Unstarted,
        "todo|open|new|selected|ready|planned|approved|triage|scheduled|\
         pending|waiting|otwart|now|zaplan|oczek|offen|neu|geplant|bereit|\
         ouvert|nouve|planifi|attente|prêt|abiert|nuev|pendient|откр|нов|\
         заплан|ожид",
    ),
];

const UNRESOLVED: &str = "unresolved|nierozwiązane|nierozwiązany|nicht erledigt|nicht gelöst|\
         ungelöst|non résolu|non résolue|sin resolver|нет решения|не решено|\
         none";

/// What a name says by itself.
fn by_name(name: &str) -> Option<Category> {
    let lower = name.to_lowercase();
    let phrase =
        PHRASES.iter().find(|(_, all)| all.split('|').any(|phrase| lower.contains(phrase)));
    let mut words = WORDS.iter().filter(|(_, stems)| {
        lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| stems.split('|').any(|s| word.starts_with(s)))
    });
    match phrase {
        // "Ready for …" waits for what follows: release, test, review.
        Some((category, _)) => Some(*category),
        None => words.next().map(|(category, _)| *category),
    }
}

/// Whether a resolution says that the item ended, and how.
fn by_resolution(resolution: Option<&str>) -> Option<Category> {
    let lower = resolution?.trim().to_lowercase();
    if lower.is_empty() || UNRESOLVED.split('|').any(|word| word == lower) {
        return None;
    }
    Some(if by_name(&lower) == Some(Category::Dropped) {
        Category::Dropped
    } else {
        Category::Accepted
    })
}

/// Whether the text of a "Status Category" cell is one of Jira's three, in any language.
pub fn is_category(text: &str) -> bool {
    three(text).is_some()
}

fn three(text: &str) -> Option<Category> {
    match by_name(text)? {
        found @ (Category::Unstarted | Category::Started | Category::Accepted) => Some(found),
        _ => None,
    }
}

/// The category of an item; none where no word is known.
pub fn category(status: &str, column: Option<&str>, resolution: Option<&str>) -> Option<Category> {
    let name = by_name(status);
    let ended = by_resolution(resolution);
    let dropped = name == Some(Category::Dropped) || ended == Some(Category::Dropped);
    match column.and_then(three) {
        Some(Category::Accepted) if dropped => Some(Category::Dropped),
        Some(Category::Accepted) => Some(Category::Accepted),
        Some(Category::Started) if name == Some(Category::InReview) => name,
        Some(Category::Started) => Some(Category::Started),
        Some(_) if name == Some(Category::Backlog) => name,
        Some(_) => Some(Category::Unstarted),
        None => match name {
            Some(Category::Accepted) => ended.or(name),
            Some(_) => name,
            None => ended,
        },
    }
}

/// The level that a type's name says; a task where it says nothing.
pub fn level(type_name: &str) -> Level {
    let lower = type_name.trim().to_lowercase();
    let says = |stems: &str| stems.split('|').any(|stem| lower.contains(stem));
    if says(
        "sub-task|subtask|sub task|podzadan|unteraufgabe|teilaufgabe|\
         sous-tâche|subtarea|подзадач",
    ) {
        Level::SubTask
    } else if says("epic|epik|epos|épic|épopée|initiative|inicjatyw|theme|эпик") {
        Level::Epic
    } else if says(
        "bug|defect|błąd|usterka|fehler|störung|bogue|anomalie|incidencia|\
         error|defecto|ошибка|баг|дефект|incident",
    ) {
        Level::Bug
    } else if says(
        "story|histor|récit|feature|funkcj|improvement|enhancement|ulepszen|\
         verbesserung|funktion|amélioration|fonctionnalité|mejora|requirement|\
         истори|улучшение",
    ) {
        Level::Story
    } else {
        Level::Task
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Category::*;

    #[test]
    fn statuses_in_six_languages() {
        let cases = [
            ("To Do", Unstarted),
            ("Open", Unstarted),
            ("Selected for Development", Unstarted),
            ("Ready for development", Unstarted),
            ("Reopened", Unstarted),
            ("Backlog", Backlog),
            ("In Progress", Started),
            ("Blocked", Started),
            ("Code Review", InReview),
            ("Ready for QA", InReview),
            ("Done", Accepted),
            ("Closed", Accepted),
            ("Canceled", Dropped),
            ("Won't Do", Dropped),
            ("Do zrobienia", Unstarted),
            ("W toku", Started),
            ("Gotowe", Accepted),
            ("Zu erledigen", Unstarted),
            ("In Bearbeitung", Started),
            ("Erledigt", Accepted),
            ("Abgelehnt", Dropped),
            ("À faire", Unstarted),
            ("En cours", Started),
            ("Terminé", Accepted),
            ("Por hacer", Unstarted),
            ("En curso", Started),
            ("Listo", Accepted),
            ("К выполнению", Unstarted),
            ("В работе", Started),
            ("Готово", Accepted),
            ("Проверка", InReview),
        ];
        for (status, expected) in cases {
            assert_eq!(category(status, None, None), Some(expected), "{status}");
        }
        assert_eq!(category("Zażółć", None, None), None);
    }

    #[test]
    fn the_column_and_the_resolution_weigh_in() {
        assert_eq!(category("QA", Some("In Progress"), None), Some(InReview));
        assert_eq!(category("Parked", Some("Done"), None), Some(Accepted));
        assert_eq!(category("Closed", Some("Done"), Some("Duplicate")), Some(Dropped));
        assert_eq!(category("Closed", None, Some("Won't Fix")), Some(Dropped));
        assert_eq!(category("Closed", None, Some("Fixed")), Some(Accepted));
        assert_eq!(category("Zażółć", None, Some("Unresolved")), None);
        assert_eq!(category("Ideas", Some("To Do"), None), Some(Backlog));
    }

    #[test]
    fn types_in_six_languages() {
        for (name, expected) in [
            ("Epic", Level::Epic),
            ("Story", Level::Story),
            ("Subtask", Level::SubTask),
            ("Błąd", Level::Bug),
            ("Unteraufgabe", Level::SubTask),
            ("Новая функция", Level::Task),
            ("New Feature", Level::Story),
            ("Задача", Level::Task),
            ("", Level::Task),
        ] {
            assert_eq!(level(name), expected, "{name}");
        }
    }
}
