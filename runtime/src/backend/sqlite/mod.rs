//! SQLite: every value has its own storage class, whatever the column says.

mod blocking;
mod compound;
mod direct;
mod driver;
mod exact;
mod handle;
mod session;
mod types;
pub(crate) mod value;

use std::any::TypeId;

use sqlx::{Sqlite, SqlitePool};

use super::{
    dialect::{Dialect, Lists, NullTest, Nulls, Speaks, Tuples},
    direct::{Direct, DirectRoute, Sink},
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
        numbers_parameters: false,
        prefers_equality: false,
        converts_text: false,
        sorts_by_operator: false,
        null_test: NullTest::Is,
        longest_name: None,
    };
}

impl DirectRoute for Sqlite {
    type DirectRow<'r> = handle::Row<'r>;

    type Session = session::Session;

    fn reads_directly(fields: impl IntoIterator<Item = TypeId>) -> bool {
        fields.into_iter().all(types::is_readable)
    }

    fn read_directly<S: Sink<Self>>(
        pool: &SqlitePool,
        session: &mut Self::Session,
        statement: Statement<Self>,
        sink: S,
    ) -> impl Future<Output = Result<Direct<S, Self>, sqlx::Error>> + Send {
        session::read(pool, session, statement, sink)
    }
}
