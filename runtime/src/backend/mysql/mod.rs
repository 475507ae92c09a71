//! MySQL and MariaDB: a value is its bytes in the binary protocol, and the type they came with.

mod catalog;
mod checkpoint;
mod collation;
mod driver;
mod exact;
mod temporal;
pub(crate) mod text;
pub(crate) mod value;

use std::convert::Infallible;

use sqlx::MySql;

use super::{
    column::TableColumn,
    companion::is_number,
    dialect::{Dialect, Lists, Locks, NullTest, Nulls, Speaks, Tuples},
    direct::DirectRoute,
};

impl Speaks for MySql {
    const DIALECT: Dialect = Dialect {
        quote: '`',
        nulls: Nulls::First,
        tuples: Tuples::Expanded,
        values_have_types: false,
        lists: Lists::In(512),
        splits_unnamed_statements: false,
        survives_half_read: false,
        learns_columns_once: false,
        reads_places_in_turn: false,
        gates_by_limit: false,
        plans_anew_for_limit: false,
        names_deleted_alias: true,
        begin_write: None,
        ends_transactions_unnoticed: true,
        numbers_parameters: false,
        parameter_marks: "",
        prefers_equality: true,
        converts_text: true,
        sorts_by_operator: false,
        null_test: NullTest::Is,
        locks: Some(Locks {
            same: " <=> ",
            // MariaDB reads the first comment, and MySQL the second.
            for_share: " /*M! LOCK IN SHARE MODE */ /*!80001 FOR SHARE */",
            in_subqueries: false,
        }),
        longest_name: None,
    };

    /// MariaDB reads the first comment, and MySQL the second. A greater length would need more
    /// memory than a server has by default.
    const SELECT_SORTED: &'static str = "/*M!100100 SET STATEMENT max_sort_length = 131072 FOR */ \
                                         SELECT /*+ SET_VAR(max_sort_length = 131072) */ ";

    /// `IS NULL` finds the date `0000-00-00` in a `DATE` or `DATETIME` that is declared NOT NULL, and
    /// looks for it in the whole table. `COALESCE` takes no date for NULL, and makes the condition
    /// impossible for such a column; for others, `IS NULL` can still be looked up in an index.
    fn is_no_value(column: &TableColumn<'_>) -> Option<String> {
        (!is_number(column.field)).then(|| format!("COALESCE({}) IS NULL", column.sql))
    }
}

impl DirectRoute for MySql {
    type DirectRow<'r> = Infallible;

    type Session = ();
}
