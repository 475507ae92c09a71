//! Filters as a number that is the same in every process.

use std::fmt::Write as _;

use sqlx::error::BoxDynError;

use super::{clauses::filter_alone, writer::Writer};
use crate::{backend::Backend, expr::filter::Filter, model::table::Table, position::token::Digest};

/// Returns the digest of filters: of their text, and of their values as the driver will send them. The
/// order in which filters were given does not matter.
///
/// The driver shows the values as `Debug` text alone. If a version of sqlx shows them in another way,
/// a part that was cut before is refused; it is never read with other filters.
pub(crate) fn digest<DB: Backend>(
    table: &Table,
    filters: &mut [Filter<DB>],
) -> Result<u64, BoxDynError> {
    let each = filters.iter_mut().map(|filter| {
        let mut sql = Writer::<DB>::new(table);
        filter_alone(&mut sql, filter)?;
        let mut digest = Digest::new();
        digest.add(sql.statement.sql.as_bytes());
        write!(digest, "\0{:?}", sql.statement.arguments)?;
        Ok(digest.finish())
    });
    let mut each = each.collect::<Result<Vec<_>, BoxDynError>>()?;
    each.sort_unstable();
    let mut all = Digest::new();
    for digest in each {
        all.add(&digest.to_be_bytes());
    }
    Ok(all.finish())
}

#[cfg(test)]
mod tests {
    use super::digest;
    use crate::{
        backend::Backend,
        expr::{
            filter::{Filter, PushedSql},
            operand::Bind,
            predicate::{Node, Operator},
        },
        model::Model,
    };

    /// Returns the digest of a typed predicate and of SQL with a value.
    fn of_both<DB: Backend>() -> u64
    where
        i64: Bind<DB> + for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    {
        let value = Box::new(7_i64);
        let typed = Node::Compare { column: 1, operator: Operator::Less, value };
        let sql = PushedSql::new(|q| {
            q.push("delay > ").push_bind(-7_i64);
        });
        let mut filters: [Filter<DB>; 2] = [Filter::Typed(typed), Filter::Sql(sql)];
        let one = digest(&Model::ENTRIES.into(), &mut filters).expect("values");
        filters.reverse();
        assert_eq!(digest(&Model::ENTRIES.into(), &mut filters).expect("values"), one);
        one
    }

    /// A part that was kept must be accepted by the next version, and after an update of sqlx. If one of
    /// these numbers changes, parts in queues are refused: that is a new version of their token.
    #[test]
    fn digests_stay_the_same() {
        #[cfg(feature = "sqlite")]
        assert_eq!(of_both::<sqlx::Sqlite>(), 12_687_006_955_428_220_924);
        #[cfg(feature = "postgres")]
        assert_eq!(of_both::<sqlx::Postgres>(), 16_507_077_608_019_075_242);
        #[cfg(feature = "mysql")]
        assert_eq!(of_both::<sqlx::MySql>(), 5_848_588_509_896_373_608);
    }
}
