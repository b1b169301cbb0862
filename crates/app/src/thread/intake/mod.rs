//! What comes in from outside as evidence: mail and tables. Each piece has a mark, so that the same
//! one taken in twice is kept once.

pub mod mail;
pub mod table;

use crate::kernel::{Id, Result};
use crate::people::contacts;
use crate::people::mail::check_address;
use crate::people::products::Product;
use crate::statements;
use crate::store::Change;
use crate::thread::portal::ideas::{self, Asked};
use crate::why::evidence::RecordEvidence;

statements! {
    KNOWN = "SELECT evidence_id FROM intake_mark WHERE workspace_id = $1 AND product_id = $2 AND mark = $3";
    MARK = "INSERT INTO intake_mark (workspace_id, product_id, mark, evidence_id, created_at) VALUES ($1, $2, $3, $4, $5)";
}

/// Something said, as it came in.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// What tells it from all others of its product.
    pub mark: String,
    /// Where an answer goes; none where no address is known.
    pub email: Option<String>,
    pub evidence: RecordEvidence,
}

/// Keeps a piece, with its sender as a contact who can be answered; false where it is known.
fn keep(cx: &mut Change<'_>, product: &Product, piece: &Piece) -> Result<bool> {
    let (ws, now) = (cx.workspace(), cx.now);
    let own = [ws.into(), product.id.into(), piece.mark.clone().into()];
    if cx.conn().query_opt(&KNOWN, &own, |r| r.get::<Id>(0))?.is_some() {
        return Ok(false);
    }
    let address = piece.email.as_deref().and_then(|email| check_address(email).ok());
    let kept = match address {
        Some(email) => {
            let contact = contacts::known(cx, product.id, &email, &piece.evidence.source)?;
            let given = piece.evidence.title.clone().filter(|t| !t.trim().is_empty());
            let title =
                given.unwrap_or_else(|| piece.evidence.verbatim.chars().take(120).collect());
            let text = piece.evidence.verbatim.clone();
            let evidence = piece.evidence.clone();
            let asked = Asked { title, text, state: "private", evidence };
            ideas::keep(cx, product, &contact, &asked)?.0.evidence_id
        }
        None => piece.evidence.keep_in(cx, product, None)?.id,
    };
    let [ws, product, mark] = own;
    cx.exempt().execute(&MARK, &[ws, product, mark, kept.into(), now.into()])?;
    Ok(true)
}
