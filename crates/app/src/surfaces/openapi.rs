//! The OpenAPI 3.1 document, made from the registry.

use std::sync::OnceLock;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use super::registry::{ENTRIES, schema};
use crate::store::Entry;

/// The document.
pub fn document() -> &'static Json {
    static DOCUMENT: OnceLock<Json> = OnceLock::new();
    DOCUMENT.get_or_init(build)
}

/// The bodies that an entry takes: JSON, and the file itself or a form with it where there is one.
fn contents(entry: &Entry, properties: Map<String, Json>, required: Vec<Json>) -> Json {
    let mut contents = Map::new();
    let file = || json!({ "schema": { "type": "string", "format": "binary" } });
    if !entry.takes.is_empty() {
        let mut parts = texts(&properties);
        parts.insert("file".into(), json!({ "type": "string", "format": "binary" }));
        let form =
            json!({ "schema": { "type": "object", "properties": parts, "required": ["file"] } });
        contents.insert("multipart/form-data".into(), form);
        contents.extend(entry.takes.iter().map(|kind| ((*kind).to_owned(), file())));
    }
    let schema = json!({ "type": "object", "properties": properties, "required": required,
        "additionalProperties": false });
    contents.insert("application/json".into(), json!({ "schema": schema }));
    Json::Object(contents)
}

/// Fields that fit beside a file, in a form or in the address.
fn texts(properties: &Map<String, Json>) -> Map<String, Json> {
    let plain = |schema: &Json| schema.get("properties").is_none() && schema.get("anyOf").is_none();
    properties
        .iter()
        .filter(|(name, schema)| plain(schema) && name.as_str() != "text")
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}

fn beside_file(properties: &Map<String, Json>) -> Vec<Json> {
    texts(properties)
        .into_iter()
        .map(|(name, schema)| json!({ "name": name, "in": "query", "schema": schema }))
        .collect()
}

pub(super) async fn serve() -> Response {
    axum::Json(document().clone()).into_response()
}

fn build() -> Json {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Json> = Map::new();
    for entry in ENTRIES {
        let meta = entry.meta;
        let output = (entry.output)(&mut generator);
        let input = schema(entry);
        let in_path: Vec<&str> =
            meta.path.split('{').skip(1).filter_map(|p| p.split('}').next()).collect();
        let none = Map::new();
        let fields = input["properties"].as_object().unwrap_or(&none);
        let mut parameters: Vec<Json> = in_path
            .iter()
            .map(|name| {
                json!({ "name": name, "in": "path", "required": true,
                        "schema": fields.get(*name).cloned().unwrap_or(json!({ "type": "string" })) })
            })
            .collect();
        let mut operation = json!({
            "operationId": meta.name,
            "summary": meta.summary,
            "x-access": meta.access.as_str(),
            "x-responsibilities": meta.exercises,
            "security": [{ "token": [] }],
            "responses": {
                "200": { "description": "Done.", "content": { "application/json": { "schema": output } } },
                "default": { "description": "What happened, why, and what to do.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } },
            },
        });
        let required = input["required"].as_array().cloned().unwrap_or_default();
        let rest = fields.iter().filter(|(name, _)| !in_path.contains(&name.as_str()));
        if entry.changes {
            let properties: Map<String, Json> =
                rest.map(|(name, schema)| (name.clone(), schema.clone())).collect();
            let required: Vec<Json> = required
                .into_iter()
                .filter(|r| r.as_str().is_some_and(|r| !in_path.contains(&r)))
                .collect();
            if !properties.is_empty() {
                if !entry.takes.is_empty() {
                    parameters.extend(beside_file(&properties));
                }
                operation["requestBody"] =
                    json!({ "content": contents(entry, properties, required) });
            }
        } else {
            parameters.extend(rest.map(|(name, schema)| {
                json!({ "name": name, "in": "query", "schema": schema,
                        "required": required.iter().any(|r| r == name) })
            }));
        }
        operation["parameters"] = Json::Array(parameters);
        let path = format!("/api/v1{}", meta.path);
        let at = paths.entry(path).or_insert_with(|| json!({}));
        at[meta.method.to_lowercase()] = operation;
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert(
        "Error".into(),
        json!({ "type": "object", "properties": { "error": { "type": "object", "properties": {
            "code": { "type": "string" }, "message": { "type": "string" },
            "field": { "type": "string" }, "conflict": { "type": "object" } },
            "required": ["code", "message"] } } }),
    );
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Wherefore", "version": env!("CARGO_PKG_VERSION"),
                  "description": "Why, what and how of every product on one thread." },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}
