//! PostgreSQL: a value is its bytes in the binary format, and the type they came with.

mod array;
mod catalog;
mod checkpoint;
mod driver;
mod exact;
mod not_null;
mod text;
pub(crate) mod value;

use std::convert::Infallible;

use sqlx::Postgres;

use super::{
    column::TableColumn,
    dialect::{Dialect, Lists, Locks, NullTest, Nulls, Speaks, Tuples},
    direct::DirectRoute,
};

impl Speaks for Postgres {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::Last,
        tuples: Tuples::RowValue,
        values_have_types: false,
        lists: Lists::Joined,
        splits_unnamed_statements: true,
        survives_half_read: false,
        learns_columns_once: false,
        reads_places_in_turn: false,
        gates_by_limit: false,
        plans_anew_for_limit: false,
        names_deleted_alias: false,
        begin_write: None,
        ends_transactions_unnoticed: false,
        numbers_parameters: true,
        parameter_marks: "$",
        prefers_equality: false,
        converts_text: true,
        sorts_by_operator: true,
        // `(1, NULL)` is not `IS NOT NULL`, but is sorted as a value.
        null_test: NullTest::Distinct,
        locks: Some(Locks {
            same: " IS NOT DISTINCT FROM ",
            for_share: " FOR SHARE",
            in_subqueries: true,
        }),
        longest_name: Some(63),
    };

    fn may_have_nulls(column: &TableColumn<'_>) -> Option<String> {
        not_null::may_have_nulls(column)
    }
}

impl DirectRoute for Postgres {
    type DirectRow<'r> = Infallible;

    type Session = ();
}
