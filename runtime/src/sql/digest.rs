//! What filters say, as a number that is the same in every process.

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
    each.iter().for_each(|digest| all.add(&digest.to_be_bytes()));
    Ok(all.finish())
}
