//! Related rows, which an iteration loads along with the rows of a batch.

use std::{marker::PhantomData, sync::Arc};

pub(crate) mod children;
pub(crate) mod foreign_key;

use self::{
    children::Children,
    foreign_key::{AlwaysRefers, ForeignKey, NamesColumns, Referenced, RefersTo},
};
use super::{
    Iteration,
    chunked::{Chunked, ReadRow},
    yields::Yields,
};
use crate::{
    backend::Backend,
    position::key::Key,
    related::{
        item::{Append, HasRoom},
        lookup::Lookup,
        many::{Many, ManyThrough},
        one::{One, Optional, Reference},
        relation::Relation,
    },
};

/// An iteration whose items also have related rows of type `V`.
type With<'s, M, DB, K, Y, V> =
    Iteration<'s, M, DB, K, <Y as Yields<M>>::Of<<<Y as Yields<M>>::Item as Append<V>>::With>>;

/// Related rows, loaded once per batch.
///
/// They come next to the rows: `Book::iter(&pool).with_one::<Author>(|book| book.author_id)` yields
/// `(Book, Arc<Author>)`, and each further relation adds to the tuple.
///
/// ```
/// # use std::sync::Arc;
/// # use futures_util::TryStreamExt;
/// # use sqlx_chunked::{Chunked, Error};
/// #[derive(Chunked)]
/// #[chunked(table = "authors")]
/// struct Author {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// #[derive(Chunked)]
/// #[chunked(table = "books")]
/// struct Book {
///     #[chunk_key]
///     #[chunked(primary_key)]
///     id: i64,
///     author_id: i64,
///     editor_id: Option<i64>,
///     title: String,
/// }
///
/// # async fn read(pool: sqlx::SqlitePool) -> Result<(), Error> {
/// let mut books = Book::batch_iter(&pool)
///     .with_one::<Author>(|book| book.author_id)
///     .with_optional::<Author>(|book| book.editor_id);
/// while let Some(batch) = books.try_next().await? {
///     for (book, author, editor) in &batch {
///         let editor = editor.as_ref().map_or("nobody", |editor| &editor.name);
///         println!("{} by {}, edited by {editor}", book.title, author.name);
///     }
/// }
///
/// let mut authors = Author::iter(&pool)
///     .with_many_as::<Book>(|book| book.author_id, |books| books.order_by(|b| b.title.asc()));
/// while let Some((author, books)) = authors.try_next().await? {
///     println!("{}: {} books", author.name, books.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Statements
///
/// For each relation and batch, one statement asks for each key once:
///
/// ```sql
/// -- PostgreSQL
/// SELECT "authors"."id", "authors"."name", "keys"."number"
///   FROM unnest($1) WITH ORDINALITY AS "keys" ("key_1", "number") CROSS JOIN "authors"
///  WHERE ("authors"."id" = "keys"."key_1");
/// -- SQLite
/// SELECT … FROM (SELECT … FROM (VALUES (?, 1), (?, 2))) AS "keys" CROSS JOIN "authors"
///  WHERE ("keys"."number" <= ?) AND ("authors"."id" = "keys"."key_1");
/// -- MySQL
/// SELECT `authors`.`id`, `authors`.`name` FROM `authors` WHERE (`authors`.`id` IN (?, ?));
/// ```
///
/// Lists are filled up to a power of two by repeating the last key, so that few different texts are
/// prepared. They have at most 16,384 values: a batch with more keys takes several statements. On
/// PostgreSQL a list is one array, of any length, if its type is built in. No statement is sent if
/// all keys are NULL, and nothing is kept from one batch to the next.
///
/// The database decides which row a key refers to: a foreign key `'ANNE'` finds the author `'Anne'`
/// if the collation of `authors.name` says so, just as a constraint in the database does.
/// `with_many` uses the collation of the key that is referred to, so that a row has at most one
/// parent. If the foreign key has another collation, MySQL cannot use its index, and another
/// character set is an error there. On MySQL, rows are first matched by the values themselves. If
/// some are left over, because text and some other values may be equal without being the same, they
/// are asked for again, 256 keys per statement, with a number for each key.
///
/// A text foreign key is an error if the connection's character set cannot hold it, or if it has
/// characters with two codes (in `cp932`, `sjis`, `ujis`, `eucjpms`, `big5`, `tis620` and the like
/// on MySQL), since it could refer to another row than the one that it names.
///
/// Statements are sent one after the other, on one connection at a time. They are not in one
/// transaction, unless the source is one: a row may be written between them. The columns on the far
/// side should have an index, in the collation that they are compared by.
///
/// The keys of a batch are sorted before they are bound, so that rows that are neighbours in an index
/// are found one after the other. If the keys of a batch are spread over a large table of SQLite, its
/// page cache of 2 MB decides: `PRAGMA cache_size` or `PRAGMA mmap_size`, which sqlx's
/// `SqliteConnectOptions::pragma` sets, can halve the time.
///
/// # Memory
///
/// One batch with all its related rows is in memory at a time, or several with
/// [`read_ahead`](Self::read_ahead).
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M>,
{
    /// Adds an `Arc<R>` to each item: the row of `R` that a foreign key refers to. Rows with the
    /// same key share it within a batch.
    ///
    /// The closure names the foreign key, a column or a tuple of columns of `M`:
    /// `|flight| (flight.origin, flight.hour)`. It must have the type of `R`'s primary key (see
    /// [`Referenced`]), without `Option`s. The columns must be in the order of `R`'s fields: if
    /// several have the same type, another order compiles, but finds no rows.
    ///
    /// # Errors
    ///
    /// A foreign key without a row is [`Error::Missing`](crate::Error::Missing). Two rows of `R`
    /// with the same key are [`Error::DuplicateKey`](crate::Error::DuplicateKey).
    pub fn with_one<R>(
        self,
        foreign_key: impl NamesColumns<
            M,
            Named: ForeignKey<M, Values: RefersTo<R, R::ReferencedKey>, Nulls: AlwaysRefers>,
        >,
    ) -> With<'s, M, DB, K, Y, Arc<R>>
    where
        R: Referenced + ReadRow<DB> + Sync,
        Y::Item: Append<Arc<R>> + HasRoom,
    {
        let columns = foreign_key(M::columns()).columns();
        self.with("with_one", One { reference: reference::<M, R, DB>(columns) })
    }

    /// Adds an `Option<Arc<R>>` to each item: the row of `R` that a foreign key refers to, or
    /// `None` if the key is NULL or no row has it.
    ///
    /// The closure is that of [`with_one`](Self::with_one), but the columns may be `Option`s.
    pub fn with_optional<R>(
        self,
        foreign_key: impl NamesColumns<M, Named: ForeignKey<M, Values: RefersTo<R, R::ReferencedKey>>>,
    ) -> With<'s, M, DB, K, Y, Option<Arc<R>>>
    where
        R: Referenced + ReadRow<DB> + Sync,
        Y::Item: Append<Option<Arc<R>>> + HasRoom,
    {
        let columns = foreign_key(M::columns()).columns();
        self.with("with_optional", Optional { reference: reference::<M, R, DB>(columns) })
    }

    /// Adds a `Vec<C>` to each item: the rows of `C` whose foreign key refers to the item's row, in
    /// the order of `C`'s chunk key.
    ///
    /// The closure names the foreign key, a column or a tuple of columns of `C`. It must have the
    /// type of `M`'s primary key (see [`Referenced`]). All rows of `C` that belong to a batch are
    /// in memory at once: if a row may have very many, choose a small
    /// [`batch_size`](Self::batch_size), or iterate over `C` instead.
    pub fn with_many<C>(
        self,
        foreign_key: impl NamesColumns<C, Named: ForeignKey<C, Values: RefersTo<M, M::ReferencedKey>>>,
    ) -> With<'s, M, DB, K, Y, Vec<C>>
    where
        M: Referenced,
        C: ReadRow<DB>,
        Y::Item: Append<Vec<C>> + HasRoom,
    {
        self.with_many_as(foreign_key, |children| children)
    }

    /// Adds a `Vec<C>` to each item like [`with_many`](Self::with_many), but with only some of the
    /// rows, or in another order:
    /// `.with_many_as::<Book>(|book| book.author_id, |books| books.filter(|b| b.pages.gt(9)))`.
    pub fn with_many_as<C>(
        self,
        foreign_key: impl NamesColumns<C, Named: ForeignKey<C, Values: RefersTo<M, M::ReferencedKey>>>,
        children: impl FnOnce(Children<C, DB>) -> Children<C, DB>,
    ) -> With<'s, M, DB, K, Y, Vec<C>>
    where
        M: Referenced,
        C: ReadRow<DB>,
        Y::Item: Append<Vec<C>> + HasRoom,
    {
        let columns = foreign_key(C::columns()).columns();
        let parents = Key::by(M::MODEL, M::REFERENCED);
        let children = lookup(columns, parents.clone(), children(Children::all()));
        self.with("with_many", Many { parents, children })
    }

    /// Adds a `Vec<Arc<R>>` to each item: the rows of `R` that the item's row is linked to by the
    /// rows of `L`, in the order of `L`'s chunk key. Rows of `R` are shared within a batch.
    ///
    /// The first closure names the foreign key of `L` that refers to `M`, the second the one that
    /// refers to `R`. This takes two statements per batch.
    ///
    /// ```
    /// # use sqlx_chunked::Chunked;
    /// # #[derive(Chunked)] #[chunked(table = "playlists")]
    /// # struct Playlist { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # #[derive(Chunked)] #[chunked(table = "tracks")]
    /// # struct Track { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # #[derive(Chunked)] #[chunked(table = "playlist_tracks")]
    /// # struct PlaylistTrack {
    /// #     #[chunk_key] #[chunked(primary_key)] playlist_id: i64,
    /// #     #[chunk_key] #[chunked(primary_key)] position: i64,
    /// #     track_id: i64,
    /// # }
    /// # fn read(pool: sqlx::SqlitePool) {
    /// Playlist::iter(&pool)
    ///     .with_many_through::<PlaylistTrack, Track>(|l| l.playlist_id, |l| l.track_id);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`with_one`](Self::with_one), from `L` to `R`.
    pub fn with_many_through<L, R>(
        self,
        near: impl NamesColumns<L, Named: ForeignKey<L, Values: RefersTo<M, M::ReferencedKey>>>,
        far: impl NamesColumns<
            L,
            Named: ForeignKey<L, Values: RefersTo<R, R::ReferencedKey>, Nulls: AlwaysRefers>,
        >,
    ) -> With<'s, M, DB, K, Y, Vec<Arc<R>>>
    where
        M: Referenced,
        L: ReadRow<DB>,
        R: Referenced + ReadRow<DB> + Sync,
        Y::Item: Append<Vec<Arc<R>>> + HasRoom,
    {
        self.with_many_through_as(near, far, |links| links)
    }

    /// Adds a `Vec<Arc<R>>` to each item like [`with_many_through`](Self::with_many_through), but
    /// by only some of the links, or in another order of them.
    pub fn with_many_through_as<L, R>(
        self,
        near: impl NamesColumns<L, Named: ForeignKey<L, Values: RefersTo<M, M::ReferencedKey>>>,
        far: impl NamesColumns<
            L,
            Named: ForeignKey<L, Values: RefersTo<R, R::ReferencedKey>, Nulls: AlwaysRefers>,
        >,
        links: impl FnOnce(Children<L, DB>) -> Children<L, DB>,
    ) -> With<'s, M, DB, K, Y, Vec<Arc<R>>>
    where
        M: Referenced,
        L: ReadRow<DB>,
        R: Referenced + ReadRow<DB> + Sync,
        Y::Item: Append<Vec<Arc<R>>> + HasRoom,
    {
        let near = near(L::columns()).columns();
        let far = far(L::columns()).columns();
        let parents = Key::by(M::MODEL, M::REFERENCED);
        let links = lookup(near, parents.clone(), links(Children::all()));
        let links = links.taking(far.clone());
        let far = reference::<L, R, DB>(far);
        self.with("with_many_through", ManyThrough { parents, links, far })
    }

    fn with<R>(mut self, method: &'static str, relation: R) -> With<'s, M, DB, K, Y, R::Value>
    where
        R: Relation<DB>,
        Y::Item: Append<R::Value>,
    {
        self.is_late(method);
        let Self { run, late, refused, .. } = self;
        let run = run.with(relation);
        Iteration { run, yields: Yields::nothing(), late, refused, key: PhantomData }
    }
}

/// Returns a lookup of the rows of `C` for each value of a key.
fn lookup<C: ReadRow<DB>, DB: Backend>(
    columns: Box<[usize]>,
    key: Key,
    children: Children<C, DB>,
) -> Lookup<C, DB> {
    let Children { filters, order, .. } = children;
    Lookup::of_many(columns, key, filters, order)
}

/// Returns a reference from a foreign key of `M` to the rows of `R`.
fn reference<M, R, DB>(columns: Box<[usize]>) -> Reference<R, DB>
where
    M: Chunked,
    R: Referenced + ReadRow<DB>,
    DB: Backend,
{
    Reference { model: M::MODEL, columns, rows: Lookup::of_one(R::REFERENCED) }
}
