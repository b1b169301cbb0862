//! Values on their way into a statement.

use crate::kernel::{Day, Id, Time};

/// One parameter, understood by both engines.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Id(Id),
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($type:ty, $value:ident => $made:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $made
            }
        }
    )*};
}

from! {
    bool, v => Self::Bool(v);
    i32, v => Self::Int(v.into());
    u32, v => Self::Int(v.into());
    i64, v => Self::Int(v);
    f64, v => Self::Real(v);
    &str, v => Self::Text(v.to_owned());
    String, v => Self::Text(v);
    &String, v => Self::Text(v.clone());
    Id, v => Self::Id(v);
    Time, v => Self::Int(v.0);
    Day, v => Self::Text(v.to_string());
    Vec<u8>, v => Self::Bytes(v);
    &[u8], v => Self::Bytes(v.to_vec());
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
