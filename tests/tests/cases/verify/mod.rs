//! Marks are held against the catalog of the database. What each kind of constraint proves is in the
//! folder of each database.

mod iterations;
mod models;
mod random;

use sqlx::{AssertSqlSafe, error::ErrorKind};
use sqlx_chunked::{Chunked, Error, Fault};

use crate::harness::TestDatabase;

/// Two marks, and two columns that cannot be NULL.
#[derive(Chunked, Debug)]
#[chunked(table = "entries")]
#[expect(dead_code, reason = "only its marks matter")]
pub(crate) struct Slugged {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique)]
    slug: String,
}

/// Returns the faults of an error; no error has none.
pub(crate) fn faults(verified: Result<(), Error>) -> Vec<Fault> {
    match verified {
        Ok(()) => Vec::new(),
        Err(Error::Unproven { faults, .. }) => faults,
        Err(other) => panic!("{other:?}"),
    }
}

/// Creates a table on the only connection there is, and checks what is found there for [`Slugged`]. Then
/// two rows that tie are inserted, which must be refused if the marks are proven, and must succeed if
/// not: so no case is called a fault without need, and none is called proven that is not. Where the
/// database refuses ties for a reason that it does not tell, there is nothing to insert.
pub(crate) async fn verdict(database: &TestDatabase, ddl: &str, found: &[&str], tie: Option<&str>) {
    let pool = database.pool_of(1);
    sqlx::raw_sql(AssertSqlSafe(ddl.to_owned())).execute(&pool).await.unwrap();
    let faults = faults(Slugged::verify(&pool).await);
    let texts: Vec<_> = faults.iter().map(|fault| &*fault.found).collect();
    assert_eq!(texts, found, "{ddl}");
    if let Some(tie) = tie {
        let tied = sqlx::raw_sql(AssertSqlSafe(tie.to_owned())).execute(&pool).await;
        let refused = tied.err().map(|error| error.into_database_error().unwrap().kind());
        let is_refused =
            matches!(refused, Some(ErrorKind::UniqueViolation | ErrorKind::NotNullViolation));
        assert_eq!(is_refused, found.is_empty(), "{tie}: {refused:?}");
    }
    pool.close().await;
}

/// Makes each line a test: the table, what is found, and rows that tie.
macro_rules! verdicts {
    ($($name:ident: $ddl:expr, [$($found:expr),* $(,)?], $tie:expr;)+) => {
        mod tests {
            use super::*;

            $(test! { $name, async |database| {
                crate::cases::verify::verdict(database, $ddl, &[$($found),*], $tie).await;
            } })+
        }
    };
}
pub(crate) use verdicts;

/// What is found if no index is there at all.
pub(crate) const NO_INDEX: &str = "no unique index or constraint is on it";

/// What is found if NULL is not refused.
pub(crate) const MAY_BE_NULL: &str = "the column may be NULL";
