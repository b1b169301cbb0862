//! From header names, in six languages, to places in an item.

use std::borrow::Cow;

use crate::{Column, Mapping, ReadError};

/// What is known of each column of the file.
pub struct Header {
    pub columns: Vec<Place>,
    /// Names of custom fields; columns of one name share a slot, so that they are joined.
    pub slots: Vec<String>,
}

/// One column.
pub struct Place {
    pub maps_to: Mapping,
    /// Where a cell goes when its field cannot hold it.
    pub slot: usize,
}

const NAMES: &[(Mapping, &str)] = &[
    (
        Mapping::Title,
        "summary|title|issue summary|podsumowanie|zusammenfassung|résumé|\
         resumen|тема|резюме|сводка",
    ),
    (
        Mapping::Key,
        "issue key|key|work item key|klucz zgłoszenia|klucz zagadnienia|klucz|\
         vorgangsschlüssel|vorgangs-schlüssel|schlüssel|clé de ticket|\
         clé du ticket|clé|clave de incidencia|clave de actividad|clave|\
         ключ задачи|ключ запроса|код задачи|ключ",
    ),
    (
        Mapping::Id,
        "issue id|work item id|id|id zgłoszenia|id zagadnienia|\
         identyfikator zgłoszenia|identyfikator zagadnienia|vorgangs-id|\
         id de ticket|id du ticket|identifiant de ticket|id de incidencia|\
         id. de incidencia|id de la incidencia|id задачи|идентификатор задачи",
    ),
    (
        Mapping::Type,
        "issue type|work type|work item type|type|typ zgłoszenia|\
         typ zagadnienia|rodzaj zgłoszenia|typ|vorgangstyp|vorgangsart|\
         type de ticket|tipo de incidencia|tipo de actividad|tipo|тип задачи|\
         тип запроса|тип",
    ),
    (Mapping::Status, "status|stan|état|statut|estado|статус|состояние"),
    (
        Mapping::StatusCategory,
        "status category|kategoria statusu|kategoria stanu|statuskategorie|\
         catégorie d'état|catégorie de statut|catégorie d’état|\
         categoría de estado|категория статуса",
    ),
    (Mapping::Resolution, "resolution|rozwiązanie|lösung|résolution|resolución|решение|резолюция"),
    (Mapping::Priority, "priority|priorytet|priorität|priorité|prioridad|приоритет"),
    (
        Mapping::Labels,
        "labels|label|etykiety|etykieta|stichwörter|stichworte|étiquettes|\
         etiquetas|метки",
    ),
    (
        Mapping::Reporter,
        "reporter|zgłaszający|autor|melder|rapporteur|informador|informante|\
         автор|репортер",
    ),
    (
        Mapping::ReporterId,
        "reporter id|id zgłaszającego|melder-id|id du rapporteur|id rapporteur|\
         id del informador|id автора",
    ),
    (
        Mapping::Assignee,
        "assignee|osoba przypisana|przypisany|przypisane do|przypisana osoba|\
         zugewiesene person|bearbeiter|zugewiesen an|responsable|\
         personne assignée|attribution|persona asignada|asignado a|исполнитель",
    ),
    (
        Mapping::AssigneeId,
        "assignee id|id osoby przypisanej|id der zugewiesenen person|\
         bearbeiter-id|id du responsable|id responsable|\
         id de la persona asignada|id исполнителя",
    ),
    (
        Mapping::Created,
        "created|created date|utworzono|utworzone|utworzony|data utworzenia|\
         erstellt|création|créé|créée|date de création|creada|creado|создано|\
         создана|дата создания",
    ),
    (
        Mapping::Updated,
        "updated|updated date|zaktualizowano|zaktualizowane|zaktualizowany|\
         aktualisiert|mise à jour|mis à jour|actualizada|actualizado|обновлено|\
         обновлена|дата обновления",
    ),
    (
        Mapping::Resolved,
        "resolved|resolution date|rozwiązano|rozwiązane|rozwiązany|erledigt|\
         gelöst|résolue|résolu|resuelta|resuelto|дата решения|решено|решена",
    ),
    (
        Mapping::Due,
        "due date|due|termin|termin wykonania|data wykonania|data ukończenia|\
         fälligkeitsdatum|fällig|date d'échéance|date d’échéance|échéance|\
         fecha de vencimiento|vencimiento|срок исполнения|срок|дата выполнения",
    ),
    (Mapping::Description, "description|opis|beschreibung|descripción|описание"),
    (Mapping::Sprint, "sprint|sprints|sprinty|спринт"),
    (
        Mapping::Points,
        "story points|story point estimate|story point|punkty historii|\
         punkty historyjki|story-points|story-point-schätzung|points de récit|\
         estimation des story points|puntos de historia|\
         estimación de puntos de historia|оценка в story points|сторипойнты",
    ),
    (
        Mapping::EpicLink,
        "epic link|link do epiki|łącze do epiki|epic-link|epos-verknüpfung|\
         epos-link|lien d'epic|lien d’epic|lien epic|enlace de epic|\
         enlace de épica|enlace épico|ссылка на эпик",
    ),
    (
        Mapping::ParentKey,
        "parent key|parent issue key|klucz elementu nadrzędnego|\
         klucz nadrzędny|übergeordneter schlüssel|clé parent|clé du parent|\
         clave principal|clave del padre|ключ родителя",
    ),
    (
        Mapping::Parent,
        "parent|parent link|parent issue|element nadrzędny|nadrzędne|\
         übergeordnet|übergeordneter vorgang|übergeordnetes element|principal|\
         padre|родитель|родительская задача",
    ),
    (
        Mapping::ParentId,
        "parent id|parent issue id|id elementu nadrzędnego|id nadrzędnego|\
         id nadrzędne|übergeordnete id|id parent|id du parent|id principal|\
         id del padre|id родителя",
    ),
    (
        Mapping::SubTasks,
        "sub-tasks|subtasks|sub-task|sub tasks|podzadania|unteraufgaben|\
         sous-tâches|subtareas|подзадачи",
    ),
    (
        Mapping::Comment,
        "comment|comments|komentarz|komentarze|kommentar|kommentare|\
         commentaire|commentaires|comentario|comentarios|комментарий|\
         комментарии",
    ),
    (
        Mapping::Attachment,
        "attachment|attachments|załącznik|załączniki|anhang|anhänge|\
         pièce jointe|pièces jointes|adjunto|adjuntos|archivo adjunto|вложение|\
         вложения",
    ),
];

const CUSTOM: &str = "custom field|pole niestandardowe|benutzerdefiniertes feld|\
         champ personnalisé|champs personnalisés|campo personalizado|\
         пользовательское поле|настраиваемое поле";

const INWARD: &str = "inward|eingehend|eingang|entrant|przychodz|wewnętrzn|entrada|входящ";
const OUTWARD: &str = "outward|ausgehend|ausgang|sortant|wychodz|zewnętrzn|saliente|salida|\
         исходящ";

/// Maps every column, and refuses a file that cannot be a Jira export.
pub fn map(names: &[Cow<str>]) -> Result<Header, ReadError> {
    let mut header = Header { columns: Vec::new(), slots: Vec::new() };
    let mut known = std::collections::HashMap::new();
    for (index, name) in names.iter().enumerate() {
        let (maps_to, label) = place(name.trim(), index);
        let slot = *known.entry(label).or_insert_with_key(|label| {
            header.slots.push(label.clone());
            header.slots.len() - 1
        });
        header.columns.push(Place { maps_to, slot });
    }
    let has = |wanted: Mapping| header.columns.iter().any(|c| c.maps_to == wanted);
    let missing = match (has(Mapping::Title), has(Mapping::Key) || has(Mapping::Id)) {
        (true, true) => return Ok(header),
        (false, true) => "summary",
        (true, false) => "issue key",
        (false, false) => "summary or the issue key",
    };
    Err(ReadError::MissingColumn { missing, found: listed(names) })
}

/// The columns as a person sees them: each name once.
pub fn describe(names: &[Cow<str>], header: &Header, filled: &[usize]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for ((name, place), filled) in names.iter().zip(&header.columns).zip(filled) {
        let name = name.trim();
        let at = *known.entry((name, place.slot)).or_insert(columns.len());
        match columns.get_mut(at) {
            Some(column) => {
                column.count += 1;
                column.filled += filled;
            }
            None => columns.push(Column {
                name: name.to_owned(),
                count: 1,
                filled: *filled,
                maps_to: place.maps_to.clone(),
            }),
        }
    }
    columns
}

fn listed(names: &[Cow<str>]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(20)
        .map(|n| format!("“{}”", n.trim().chars().take(60).collect::<String>()))
        .collect();
    let more =
        if names.len() > 20 { format!(" and {} more", names.len() - 20) } else { String::new() };
    shown.join(", ") + &more
}

fn place(name: &str, index: usize) -> (Mapping, String) {
    if name.is_empty() {
        let label = format!("Column {}", index + 1);
        return (Mapping::Custom(label.clone()), label);
    }
    let lower = name.to_lowercase();
    if let Some(inner) = custom_field(name, &lower) {
        let maps_to = match named(&inner.to_lowercase()) {
            // Only these live in custom fields; a custom field "Status" is not the status.
            Some(
                found @ (Mapping::Points | Mapping::Sprint | Mapping::EpicLink | Mapping::Parent),
            ) => found,
            _ => Mapping::Custom(inner.to_owned()),
        };
        return (maps_to, inner.to_owned());
    }
    let maps_to = named(&lower)
        .or_else(|| link(name, &lower))
        .unwrap_or_else(|| Mapping::Custom(name.to_owned()));
    (maps_to, name.to_owned())
}

fn named(lower: &str) -> Option<Mapping> {
    NAMES
        .iter()
        .find(|(_, names)| names.split('|').any(|name| name == lower))
        .map(|(mapping, _)| mapping.clone())
}

fn custom_field<'a>(name: &'a str, lower: &str) -> Option<&'a str> {
    let inner = name.strip_suffix(')')?;
    let (before, inner) = inner.split_once('(')?;
    let wrapped = CUSTOM.split('|').any(|word| lower.starts_with(word));
    (wrapped && !inner.trim().is_empty() && before.len() < 40).then(|| inner.trim())
}

fn link(name: &str, lower: &str) -> Option<Mapping> {
    let (_, inner) = name.strip_suffix(')')?.split_once('(')?;
    let before = lower.split('(').next().unwrap_or_default();
    let says = |words: &str| words.split('|').any(|word| before.contains(word));
    let outward = match (says(INWARD), says(OUTWARD)) {
        (true, false) => false,
        (false, true) => true,
        _ => return None,
    };
    let kind = match inner.trim().to_lowercase().as_str() {
        "blocks" | "block" | "blocker" | "blokuje" | "blockiert" | "bloque" | "bloquea" => {
            "blocks".to_owned()
        }
        "relates" | "related" | "relates to" | "relate" => "relates".to_owned(),
        "duplicate" | "duplicates" => "duplicates".to_owned(),
        _ => inner.trim().to_owned(),
    };
    Some(Mapping::Link { kind, outward })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> Mapping {
        place(name, 0).0
    }

    #[test]
    fn names_find_their_place() {
        assert_eq!(one("Custom field (Story Points)"), Mapping::Points);
        assert_eq!(one("Story point estimate"), Mapping::Points);
        assert_eq!(one("Custom field (Status)"), Mapping::Custom("Status".into()));
        assert_eq!(
            one("Custom field ([CHART] Date of (x))"),
            Mapping::Custom("[CHART] Date of (x)".into())
        );
        assert_eq!(one("Pole niestandardowe (Waga)"), Mapping::Custom("Waga".into()));
        assert_eq!(
            one("Outward issue link (Blocks)"),
            Mapping::Link { kind: "blocks".into(), outward: true }
        );
        assert_eq!(
            one("Inward issue link (Cloners)"),
            Mapping::Link { kind: "Cloners".into(), outward: false }
        );
        assert_eq!(one("Typ zgłoszenia"), Mapping::Type);
        assert_eq!(one(""), Mapping::Custom("Column 1".into()));
    }

    #[test]
    fn a_foreign_file_is_refused_with_its_columns() {
        let error = map(&["Name".into(), "Age".into()]).err().unwrap().to_string();
        assert!(error.contains("“Name”, “Age”") && error.contains("summary"), "{error}");
    }
}
