//! A write as data: SQL, parameters, and what the statement must find. And a read as data, with its rows.

use uuid::Uuid;

use super::StoreError;

/// A parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// 64-bit integer; also times.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// An id: 16 bytes, kept off the heap.
    Id(Uuid),
}

impl Value {
    /// Whether it is a text with U+0000 in it.
    pub(super) fn has_nul(&self) -> bool {
        matches!(self, Self::Text(text) if text.contains('\0'))
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}
impl From<Vec<u8>> for Value {
    fn from(v: Vec<u8>) -> Self {
        Self::Blob(v)
    }
}
impl From<Uuid> for Value {
    fn from(v: Uuid) -> Self {
        Self::Id(v)
    }
}
impl From<countersign_protocol::id::TenantId> for Value {
    fn from(v: countersign_protocol::id::TenantId) -> Self {
        Self::Id(v.0)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, in the order of `?1`, `?2`, ….
macro_rules! params {
    ($($v:expr),* $(,)?) => { vec![$($crate::store::Value::from($v)),*] };
}
pub(super) use params;

/// What a statement must find for its batch to take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Any number of rows.
    Any,
    /// Exactly one row changed.
    One,
}

/// One change.
#[derive(Debug, Clone)]
pub struct Statement {
    /// SQL with `?1`, `?2`, … (never `$1`: SQLite numbers those by first appearance).
    pub sql: &'static str,
    /// Its parameters.
    pub params: Vec<Value>,
    /// What it must find.
    pub expect: Expect,
}

impl Statement {
    /// A change that must hit exactly one row.
    #[must_use]
    pub fn one(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params, expect: Expect::One }
    }

    /// A change that may hit any number of rows.
    #[must_use]
    pub fn any(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params, expect: Expect::Any }
    }
}

/// One question.
#[derive(Debug, Clone)]
pub struct Query {
    /// SQL, as in [`Statement`].
    pub sql: &'static str,
    /// Its parameters.
    pub params: Vec<Value>,
}

impl Query {
    /// A question.
    #[must_use]
    pub fn new(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params }
    }
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Reads the columns from left to right, as the SELECT lists them.
    #[must_use]
    pub fn columns(self) -> Columns {
        Columns(self.0.into_iter())
    }
}

/// A row being read from left to right.
#[derive(Debug)]
pub struct Columns(std::vec::IntoIter<Value>);

impl Columns {
    /// The next column.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when it is missing or of another type.
    pub fn get<T: FromValue>(&mut self) -> Result<T, StoreError> {
        self.0.next().and_then(T::from_value).ok_or(StoreError::Shape(std::any::type_name::<T>()))
    }
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// The value, if it is one of these.
    fn from_value(value: Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Int(v) = value { Some(v) } else { None }
    }
}
impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(v) = value { Some(v) } else { None }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Blob(v) = value { Some(v) } else { None }
    }
}
impl FromValue for Uuid {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Id(v) => Some(v),
            Value::Blob(v) => Uuid::from_slice(&v).ok(),
            _ => None,
        }
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}
