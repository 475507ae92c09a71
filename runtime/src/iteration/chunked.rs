//! The trait that the derive implements, and the iterations that it starts.

use futures_core::future::BoxFuture;

use super::{
    Iteration,
    yields::{Batches, Rows},
};
use crate::{
    backend::Backend,
    error::Error,
    fetch::source::Source,
    model::{Described, row::DecodeRow},
    verify::{Read, verify},
};

/// A struct whose rows can be read in batches, implemented by `#[derive(Chunked)]`.
///
/// The derive also generates inherent `iter` and `batch_iter` methods, so that the trait is needed
/// only in generic code. Their options, and the SQL that they send, are documented at
/// [`Iteration`].
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
/// | `#[chunked(schema = "blog")]` | its schema (MySQL: its database; SQLite: an attached one) |
/// | `#[chunked(query = "SELECT …")]` | the rows are those of a [query], which `table` then names |
/// | `#[chunked(join = "JOIN …")]` | SQL that joins other tables, see [below](#joined-columns) |
/// | `#[chunked(unique(a, b))]` | the table makes these fields unique together; may repeat |
/// | `#[chunked(migrations = "migrations")]` | the marks are held against [migrations] when compiling |
/// | `#[chunked(dialect = "sqlite")]` | of which database these are: `sqlite`, `postgres`, `mysql` |
/// | `#[chunked(crate = path::to::sqlx_chunked)]` | this crate's path, if renamed or re-exported |
///
/// # Attributes of a field
///
/// | attribute | meaning |
/// |---|---|
/// | `#[chunk_key]` | the column to cut batches along; on several, in order, a composite key |
/// | `#[chunked(primary_key)]` | part of the table's primary key; unique if on one field alone |
/// | `#[chunked(unique)]` | the table constrains the column to be unique |
/// | `#[chunked(rename = "head line")]` | the column's name, if it is not the field's |
/// | `#[chunked(column = "authors.name")]` | a column of a joined table |
/// | `#[chunked(skip)]` | not a column; filled by [`Default`] |
///
/// A chunk key must be unique: by a mark of its own, or as a composite that contains a unique field
/// or a declared set. The table must also constrain it to be NOT NULL. Without this, rows would be
/// lost, so a struct that does not declare it does not compile.
///
/// An iteration believes the marks, and does not look them up. Rows that contradict them are reported
/// as errors when they are read: [`Error::DuplicateKey`](crate::Error::DuplicateKey),
/// [`Error::NullKey`](crate::Error::NullKey). [`verify`](Chunked::verify) holds them against the catalog
/// of the database.
///
/// A constraint counts only if it tells values apart as the column itself does, because rows are
/// sorted and searched by the column. A constraint with its own collation does not count: after
/// `CREATE UNIQUE INDEX by_slug ON entries (slug COLLATE BINARY)` a column
/// `slug TEXT COLLATE NOCASE` can hold `a` and `A`, which tie. If a batch ends between the two,
/// that is [`Error::Order`](crate::Error::Order). This can happen on SQLite, and on PostgreSQL with
/// collations that are not deterministic; a plain `UNIQUE` has the column's collation. `verify` finds
/// such a constraint before any row is lost to it.
///
/// On MariaDB some collations sort by one rule and compare by another. A key with such a collation
/// is [`Error::KeyType`](crate::Error::KeyType); the README lists them.
///
/// On MySQL a `TIMESTAMP` is compared as it is written in the session's time zone. sqlx sets that
/// to UTC. In a zone with daylight saving, one hour comes twice, and batches that end in it can
/// lose or repeat rows. Leave the zone as sqlx sets it, or order by another column.
///
/// # Migrations
///
/// With the feature `migrations`, the marks of a struct are proven when it is compiled:
///
/// ```ignore
/// #[derive(Chunked)]
/// #[chunked(table = "entries", migrations = "migrations")]
/// struct Entry {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     #[chunked(unique)]
///     slug: String,
/// }
/// ```
///
/// The directory is that of `sqlx::migrate!`, from the folder of the crate's Cargo.toml. Its files are
/// replayed as sqlx names and orders them (`.down.sql` and folders are passed over), by the words of the
/// only driver that is turned on; if there are several, `dialect = "sqlite"` says which. There are three
/// outcomes for each mark, and for each column:
///
/// - It is proven: nothing is said.
/// - The migrations contradict it: an error at the mark, which names the file and the line of the last
///   statement about it, and the DDL that would bear it out.
/// - It "cannot be proven": an error too, with the statement that is the reason. One that is not understood
///   takes the proof from every table that it names, and so does one that runs code (`DO`, `CALL`, a
///   function that alters tables); one that could do anything (`EXECUTE` of a text that is put together,
///   `ROLLBACK`, `PRAGMA writable_schema`) takes it from all. [`verify`](Chunked::verify) asks the database
///   instead.
///
/// The rules are those of `verify`. It is also for what migrations cannot tell: tables that are named at run
/// time, orders, joined columns, and whether the migrations have run. By the text of a struct, a type that is
/// an alias of an `Option` is none.
///
/// Cargo compiles the crate anew if a migration was changed. If one was added, it does so only with a
/// `build.rs`, as for `sqlx::migrate!`:
///
/// ```
/// println!("cargo:rerun-if-changed=migrations");
/// ```
///
/// # Attributes of sqlx
///
/// `#[sqlx(rename, rename_all, skip, json, try_from)]` mean the same as for [`sqlx::FromRow`], so
/// that a struct which derives both needs them only once. Predicates and ranges take the type that
/// `try_from` names. With `#[sqlx(flatten)]`, on a field whose type is a `FromRow`, or
/// `#[sqlx(default)]`, the query selects `table.*`, and the columns are found by name.
///
/// # Joined columns
///
/// `join` is SQL that comes after the table, and a field with `column` is read from one of the
/// tables that it joins:
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
/// The text goes into every statement as it is; it can contain several joins, but no values to
/// bind. `column` names a table of that text, or its alias there, and a column. Both names are
/// quoted, and a schema may come before the table: `"library.authors.name"`. Fields without
/// `column` are columns of the model's own table, and SQL in `filter_sql` must name the table of
/// each column. A join leaves rows out even without any `column`, as it does in SQL.
///
/// A `LEFT JOIN` gives NULL if it finds no row, so the fields of its columns must be `Option`s. If
/// they are not, a NULL is an error, or on SQLite whatever sqlx reads it as, 0 or an empty text;
/// and an order then trusts that its columns after the first contain none.
///
/// A joined column cannot be marked unique, since its row can be joined to many rows of the table.
/// Complete an order by it with a column of the table itself:
/// `|b| b.author.asc().then(b.id.asc())`. And the join must not multiply the rows of the table. Two
/// rows with the same key are [`Error::DuplicateKey`](crate::Error::DuplicateKey), wherever batches
/// end; for one-to-many, use [`with_many`](crate::Iteration::with_many), not `join`.
///
/// A batch costs the same anywhere in the table if the database walks along the index of the order
/// and looks up the rest. PostgreSQL and SQLite do so in an order by the table's own columns. MySQL
/// and MariaDB may instead begin with the other table of an inner join, if that is the smaller one,
/// and then read and sort everything after the position for each batch: `EXPLAIN` lists that table
/// first, with `Using temporary; Using filesort`. In that case write `STRAIGHT_JOIN` instead of
/// `JOIN` (1,000 of 100,000 rows took 2 ms, and 185 ms without), or `LEFT JOIN` if rows without a
/// partner are welcome or do not exist. No index covers two tables: in an order that begins with a
/// joined column, a batch costs as much as all rows before it, or as a sort of all rows.
///
/// # Rows of a query
///
/// With `query`, the rows are those of a query, and `table` is the name that statements give it:
///
/// ```
/// # use sqlx_chunked::Chunked;
/// #[derive(Chunked)]
/// #[chunked(
///     table = "authors_books",
///     query = "SELECT author_id, COUNT(*) AS books FROM books GROUP BY author_id"
/// )]
/// struct AuthorBooks {
///     #[chunk_key]
///     #[chunked(unique)]
///     author_id: i64,
///     books: i64,
/// }
/// ```
///
/// ```sql
/// SELECT "authors_books"."author_id", "authors_books"."books"
///   FROM (SELECT author_id, COUNT(*) AS books FROM books GROUP BY author_id) AS "authors_books"
///  ORDER BY "authors_books"."author_id" ASC LIMIT 1001
/// ```
///
/// The text goes into every statement as it is, and no values can be bound in it. The key must be
/// unique in the result of the query, for instance the column of a `GROUP BY`.
/// [`table`](crate::Iteration::table) and [`schema`](crate::Iteration::schema) cannot be set at run
/// time.
///
/// The database must be able to seek in the query. PostgreSQL and SQLite push the conditions into a
/// plain `SELECT`, while a `GROUP BY` is computed again for each batch.
///
/// [migrations]: #migrations
/// [query]: #rows-of-a-query
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "help: `#[derive(Chunked)]` on the struct makes it one"
)]
pub trait Chunked: Described {
    /// The columns of the table, one field each, as the closures of `filter` and `order_by` receive
    /// them.
    type Columns;

    /// The types of the chunk key's columns, as a tuple, for `range`.
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

    /// Asks the catalog of the database whether the table bears out every mark of the model, so that a
    /// program that starts up, or a test, finds out what would otherwise be found out by rows.
    ///
    /// That is: the table and the columns exist; no two rows can have the same values in columns that
    /// are marked `primary_key` or `unique`; and the columns of the chunk key, and those that are marked
    /// unique and have no `Option`, cannot be NULL. A set of columns is also proven by a constraint on
    /// some of them. What the database cannot prove, it does not: an index that is partial, on an
    /// expression, not valid or deferrable, or that tells values apart which the column calls equal;
    /// on MySQL one of the beginnings of texts, unless the collation compares letter by letter (`ß` and
    /// `ss` are equal, their first letters are not); anything about a view, a foreign or virtual table, a
    /// query, or a table with children by inheritance.
    ///
    /// ```
    /// # use sqlx_chunked::Chunked;
    /// #[derive(Chunked)]
    /// #[chunked(table = "entries")]
    /// struct Entry {
    ///     #[chunk_key]
    ///     #[chunked(primary_key)]
    ///     id: i64,
    ///     #[chunked(unique)]
    ///     slug: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY, slug TEXT NOT NULL)").execute(&pool).await?;
    /// let error = Entry::verify(&pool).await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the database does not bear out what `Entry` says of it:\n\
    ///      - `unique` of `slug` in table `entries`: no unique index or constraint is on it; help: \
    ///      CREATE UNIQUE INDEX \"entries_slug_key\" ON \"entries\" (\"slug\"), or take the mark away"
    /// );
    /// # sqlx::query("CREATE UNIQUE INDEX entries_slug_key ON entries (slug)").execute(&pool).await?;
    /// # Entry::verify(&pool).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// In a test, with the migrations of the program:
    ///
    /// ```ignore
    /// #[sqlx::test]
    /// async fn entries_are_as_declared(pool: sqlx::SqlitePool) {
    ///     Entry::verify(&pool).await.unwrap();
    /// }
    /// ```
    ///
    /// It knows what the connection that it asks on sees: `search_path`, temporary tables and attached
    /// databases count as they do for a query, and no row is read (but for NULLs in a column that only a
    /// domain of PostgreSQL keeps them out of). Whether a `join` multiplies rows is not known; that is
    /// found when they are read. A warning by `tracing` says if no index serves the order.
    /// [`Iteration::verify`] does the same for a table that is named at run time, for an order, and for
    /// relations.
    ///
    /// # Statements
    ///
    /// They are sent without being prepared, so that they work behind a transaction pooler. On
    /// PostgreSQL they read `pg_class`, `pg_attribute` and `pg_index` with what these refer to; on MySQL
    /// they are `SHOW CREATE TABLE`, `SHOW FULL COLUMNS` and `SHOW INDEX`; on SQLite `PRAGMA
    /// table_list`, `table_xinfo`, `index_list` and `index_xinfo`. If the model has SQL of its own, in
    /// `join` or `query`, or a column that the catalog does not list, also `SELECT … WHERE 1 = 0`. In a
    /// transaction of the caller's they are in a savepoint, so that an error does not end it.
    ///
    /// # Errors
    ///
    /// Returns an [`Error::Unproven`] that names everything that is not borne out, each with what the
    /// database has instead and what would mend it; and an [`Error::Catalog`] if the database cannot be
    /// asked.
    ///
    /// What counts as proof is what each database documents to uphold:
    /// [`pg_index`](https://www.postgresql.org/docs/current/catalog-pg-index.html),
    /// [`SHOW INDEX`](https://mariadb.com/kb/en/show-index/),
    /// [`PRAGMA index_xinfo`](https://www.sqlite.org/pragma.html#pragma_index_xinfo).
    ///
    /// [`Error::Unproven`]: crate::Error::Unproven
    /// [`Error::Catalog`]: crate::Error::Catalog
    fn verify<'s, S>(source: S) -> BoxFuture<'s, Result<(), Error>>
    where
        S: Source<'s>,
    {
        let mut connector = source.into_connector();
        let read = Read::by_chunk_key(Self::MODEL);
        Box::pin(async move { verify(&mut connector, read, Vec::new()).await })
    }
}

/// A model whose rows can be read from the database `DB`. The derive implements it for every `DB`
/// that has the types of the model's fields.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be read from this database",
    label = "not known to be a model that this database has the types of",
    note = "help: in generic code, bound the model by `M: ReadRow<DB>`, with the database for `DB`; a struct becomes a model by `#[derive(Chunked)]`"
)]
pub trait ReadRow<DB: Backend>: Chunked + DecodeRow<DB> {}

/// The rows of a table, one by one, as returned by `iter`.
///
/// The options are those of [`Iteration`]. `T` is the type of the items: the model, or a tuple of
/// the model and its related rows.
pub type Iter<'s, M, DB, K = <M as Chunked>::Key, T = M> = Iteration<'s, M, DB, K, Rows<T>>;

/// The rows of a table in batches, as returned by `batch_iter`.
///
/// The options are those of [`Iteration`]. `T` is the type of the items in a batch: the model, or a
/// tuple of the model and its related rows.
pub type BatchIter<'s, M, DB, K = <M as Chunked>::Key, T = M> = Iteration<'s, M, DB, K, Batches<T>>;
