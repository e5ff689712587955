//! The store's few kinds of values as PostgreSQL's: BIGINT, TEXT and BYTEA. What does not fit is an error, never a guess.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::store::Value;

type Refused = Box<dyn Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refused> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(v), &Type::INT8) => v.to_sql(ty, out),
            (Self::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(ty, out),
            (Self::Text(v), &(Type::TEXT | Type::VARCHAR)) => v.to_sql(ty, out),
            (Self::Blob(v), &Type::BYTEA) => v.to_sql(ty, out),
            (Self::Id(v), &Type::BYTEA) => v.as_bytes().as_slice().to_sql(ty, out),
            (Self::Int(_), _) => Err(format!("an integer where the statement takes {ty}").into()),
            (Self::Text(_), _) => Err(format!("a text where the statement takes {ty}").into()),
            (Self::Blob(_) | Self::Id(_), _) => Err(format!("bytes where the statement takes {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Refused> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            Type::TEXT | Type::VARCHAR => Self::Text(String::from_sql(ty, raw)?),
            // SUM of BIGINT is NUMERIC: such a statement says CAST(SUM(…) AS BIGINT).
            _ => return Err(format!("a column of type {ty}, which the store does not read").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refused> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
