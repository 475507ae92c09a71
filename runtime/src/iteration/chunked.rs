//! The trait that the derive implements, and what it makes.

use super::{
    Iteration,
    yields::{Batches, Rows},
};
use crate::{
    backend::Backend,
    fetch::source::Source,
    model::{Described, row::DecodeRow},
};

/// A struct whose rows can be read in batches: what `#[derive(Chunked)]` implements.
///
/// The derive also generates inherent `iter` and `batch_iter`, so the trait is needed only in
/// generic code. The options of both, and the SQL they send, are those of [`Iteration`].
///
/// ```
/// use sqlx_chunked::Chunked;
///
/// #[derive(Chunked)]
/// #[chunked(table = "entries")]
/// struct Entry {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     #[chunked(unique)]
///     slug: String,
///     headline: Option<String>,
/// }
/// ```
///
/// ```sql
/// SELECT "entries"."id", "entries"."slug", "entries"."headline" FROM "entries"
///  ORDER BY "entries"."id" ASC LIMIT 1001
/// ```
///
/// Every field is a column of the table (or of one [joined](#joined-columns) to it), in any order;
/// a struct needs only the columns that it reads. A field of type `Option<T>` is a column that may
/// be NULL. One struct works on every database that has the types of its fields.
///
/// # Attributes of the struct
///
/// | attribute | meaning |
/// |---|---|
/// | `#[chunked(table = "entries")]` | the table or view; required, and never guessed |
/// | `#[chunked(schema = "blog")]` | the schema (on MySQL the database, on SQLite an attached one) that it is in |
/// | `#[chunked(join = "JOIN …")]` | what is joined to the table, see [below](#joined-columns) |
/// | `#[chunked(unique(a, b))]` | the table constrains these fields to be unique together; may repeat |
/// | `#[chunked(crate = path::to::sqlx_chunked)]` | where to find this crate, if it was renamed or is re-exported |
///
/// # Attributes of a field
///
/// | attribute | meaning |
/// |---|---|
/// | `#[chunk_key]` | the column that batches are cut along; on several fields, in order, a composite key |
/// | `#[chunked(primary_key)]` | part of the table's primary key; on one field alone, it is unique |
/// | `#[chunked(unique)]` | the table constrains the column to be unique |
/// | `#[chunked(rename = "head line")]` | the column's name, where it is not the field's |
/// | `#[chunked(column = "authors.name")]` | a column of a joined table |
/// | `#[chunked(skip)]` | not a column: filled by [`Default`] |
///
/// A chunk key has to be unique: by a mark of its own, or as a composite that contains a unique
/// field or a declared set. It is a column that the table constrains to be NOT NULL. Without that
/// rows would be lost, so a struct that does not say so does not compile.
///
/// The marks are believed, not looked up. What contradicts them is an error when it is met:
/// [`Error::DuplicateKey`](crate::Error::DuplicateKey), [`Error::NullKey`](crate::Error::NullKey).
/// For the columns of a composite key after the first, NOT NULL is trusted as the unique mark is.
///
/// A constraint counts if it tells values apart as the column itself does, by which rows are sorted
/// and sought. One with a collation of its own does not: after
/// `CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE BINARY)` a column
/// `slug TEXT COLLATE NOCASE` can hold `a` and `A`, which tie. If a batch ends between the two, that
/// is [`Error::Order`](crate::Error::Order). It can happen on SQLite, and on PostgreSQL with
/// collations that are not deterministic; a plain `UNIQUE` has the column's collation.
///
/// On MariaDB some collations sort by another rule than they compare by. A key with such a collation
/// is [`Error::KeyType`](crate::Error::KeyType); the README lists them.
///
/// On MySQL a `TIMESTAMP` is compared as the session's time zone spells it. sqlx sets that to UTC;
/// in a zone with daylight saving one hour comes twice, and batches that end in it can lose or
/// repeat rows. Leave the zone as sqlx sets it, or order by another column.
///
/// # Attributes of sqlx
///
/// `#[sqlx(rename, rename_all, skip, json, try_from)]` mean what they mean to
/// [`sqlx::FromRow`], so that a struct which derives both says it once; predicates and ranges take
/// the type that `try_from` names. `#[sqlx(flatten)]`, whose type is a `FromRow`, and
/// `#[sqlx(default)]` make the query select `table.*`, and the columns are then found by name.
///
/// # Joined columns
///
/// `join` is SQL that stands behind the table, and a field with `column` is read from one of the
/// tables that it brings in:
///
/// ```
/// # use sqlx_chunked::Chunked;
/// #[derive(Chunked)]
/// #[chunked(table = "books", join = "LEFT JOIN authors ON authors.id = books.author_id")]
/// struct Book {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     name: String,
///     #[chunked(column = "authors.name")]
///     author: Option<String>,
/// }
///
/// # fn read(pool: sqlx::SqlitePool) {
/// Book::iter(&pool).filter(|b| b.author.ne("Anonymous"));
/// # }
/// ```
///
/// ```sql
/// SELECT "books"."id", "books"."name", "authors"."name"
///   FROM "books" LEFT JOIN authors ON authors.id = books.author_id
///  WHERE ("authors"."name" <> 'Anonymous') ORDER BY "books"."id" ASC LIMIT 1001
/// ```
///
/// The text goes into every statement as it is; it can hold several joins, but no values to bind.
/// `column` is a table of it, or the alias given there, and the name of a column, each of them
/// quoted; a schema may stand before the table: `"library.authors.name"`. Fields without it are
/// columns of the model's own table, and a `filter_sql` has to say which table it means. A join
/// without any `column` leaves rows out, as SQL does.
///
/// A `LEFT JOIN` gives NULL where it finds nothing, so that the fields of its columns are `Option`s.
/// Without that a NULL is an error, or on SQLite what sqlx reads it as, 0 or an empty text; and an
/// order trusts that its columns after the first hold none.
///
/// A joined column cannot be marked unique, since its row can stand beside many rows of the table:
/// an order by it is completed by a column of the table itself,
/// `|b| b.author.asc().then(b.id.asc())`. And the join must not multiply the rows of the table. Two
/// rows with the same key are [`Error::DuplicateKey`](crate::Error::DuplicateKey), wherever batches
/// end; what a row has many of is not for `join`, but for
/// [`with_many`](crate::Iteration::with_many).
///
/// A batch costs the same anywhere in the table if the database walks along the index of the order
/// and looks up the rest. For an order by the table's own columns PostgreSQL and SQLite do. MySQL
/// and MariaDB may rather begin with the other table of an inner join, if that is the smaller one,
/// and then read and sort everything behind the position for each batch: `EXPLAIN` names that table
/// first, with `Using temporary; Using filesort`. Write `STRAIGHT_JOIN` there instead of `JOIN`
/// (1,000 of 100,000 rows took 2 ms, and 185 ms without), or `LEFT JOIN`, if rows without a partner
/// are welcome or do not exist. No index reaches over two tables: in an order that a joined column
/// leads, a batch costs as much as all rows in front of it, or as a sort of all rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "help: `#[derive(Chunked)]` on the struct makes it one"
)]
pub trait Chunked: Described {
    /// The columns of the table, one field each: what `filter` and `order_by` are given.
    type Columns;

    /// The types of the chunk key's columns, as a tuple: what `range` takes.
    type Key;

    #[doc(hidden)]
    fn columns() -> Self::Columns;

    /// Reads the table row by row, in the order of the chunk key.
    fn iter<'s, S>(source: S) -> Iter<'s, Self, S::Database, Self::Key>
    where
        S: Source<'s>,
        Self: ReadRow<S::Database>,
    {
        Iteration::new(source)
    }

    /// Reads the table in batches, in the order of the chunk key.
    fn batch_iter<'s, S>(source: S) -> BatchIter<'s, Self, S::Database, Self::Key>
    where
        S: Source<'s>,
        Self: ReadRow<S::Database>,
    {
        Iteration::new(source)
    }
}

/// A model whose rows can be read from the database `DB`: implemented by the derive wherever `DB` has
/// the types of its fields.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be read from this database",
    label = "not known to be a model that this database has the types of",
    note = "help: in generic code, bound the model by `M: ReadRow<DB>`, with the database for `DB`; a struct becomes a model by `#[derive(Chunked)]`"
)]
pub trait ReadRow<DB: Backend>: Chunked + DecodeRow<DB> {}

/// The rows of a table, one by one: what `iter` returns.
///
/// Its options are those of [`Iteration`]. `T` is what it yields: the model, or a tuple of it and
/// its related rows.
pub type Iter<'s, M, DB, K = <M as Chunked>::Key, T = M> = Iteration<'s, M, DB, K, Rows<T>>;

/// The rows of a table in batches: what `batch_iter` returns.
///
/// Its options are those of [`Iteration`]. `T` is what the batches hold: the model, or a tuple of
/// it and its related rows.
pub type BatchIter<'s, M, DB, K = <M as Chunked>::Key, T = M> = Iteration<'s, M, DB, K, Batches<T>>;
