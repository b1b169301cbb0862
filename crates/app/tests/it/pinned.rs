//! What programs rely on stays as it is: the OpenAPI document and the API reference. A wanted change
//! is kept with `cargo xtask bless`, and seen in review.

use std::path::Path;

use wherefore_app::surfaces::{openapi_document, reference};

#[test]
fn pinned_openapi_document() {
    insta::assert_json_snapshot!("openapi", openapi_document());
}

#[test]
fn pinned_api_reference() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api-reference.md");
    let now = reference::markdown();
    if std::env::var_os("WHEREFORE_BLESS").is_some() {
        std::fs::write(&file, &now).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == now, "docs/api-reference.md is not what the registry says: cargo xtask bless");
}
