//! What an edit says of a value that may be empty.

use serde::{Deserialize, Deserializer};

/// Left out, emptied (`null`) or set.
pub type Patch<T> = Option<Option<T>>;

/// Tells what is `null` from what is left out.
pub fn patch<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Patch<T>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}
