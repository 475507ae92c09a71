//! SQLite: every value has its own storage class, whatever the column says.

mod answers;
mod blocking;
mod buffer;
mod catalog;
mod checkpoint;
mod compound;
mod decoding;
mod direct;
mod driver;
mod echo;
mod exact;
mod handle;
mod readable;
mod row;
mod seen;
mod session;
#[cfg(test)]
mod tests;
mod types;
pub(crate) mod value;
pub(crate) mod values_only;

use sqlx::Sqlite;

use super::{
    dialect::{Dialect, Lists, NullTest, Nulls, Speaks, Tuples},
    direct::{Direct, DirectRoute, Sink},
    owned::Lender,
    statement::Statement,
};

impl Speaks for Sqlite {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::First,
        // A row value does not search by the rowid after an index's own columns, and most
        // tie-breakers are the rowid.
        tuples: Tuples::FirstColumn,
        values_have_types: true,
        lists: Lists::Joined,
        splits_unnamed_statements: false,
        survives_half_read: true,
        learns_columns_once: true,
        reads_places_in_turn: true,
        gates_by_limit: true,
        plans_anew_for_limit: true,
        names_deleted_alias: false,
        begin_write: Some("BEGIN IMMEDIATE"),
        ends_transactions_unnoticed: false,
        numbers_parameters: false,
        parameter_marks: "?:@$",
        prefers_equality: false,
        converts_text: false,
        sorts_by_operator: false,
        null_test: NullTest::Is,
        locks: None,
        longest_name: None,
    };
}

impl DirectRoute for Sqlite {
    const HAS_DIRECT_ROUTE: bool = true;

    type DirectRow<'r> = row::Row<'r>;

    type Session = session::Session;

    fn end_loan(session: &mut Self::Session) {
        session.end_loan();
    }

    fn read_directly<S: Sink<Self>>(
        lender: Lender<'_, Self>,
        session: &mut Self::Session,
        statement: Statement<Self>,
        sink: S,
    ) -> impl Future<Output = Result<Direct<S, Self>, sqlx::Error>> + Send {
        session::read(lender, session, statement, sink)
    }
}
