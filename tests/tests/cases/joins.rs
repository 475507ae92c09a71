//! Columns of joined tables, compared with one plain query, which has no batches that rows could be
//! lost between.

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, FromRow};
use sqlx_chunked::{BatchIter, Chunked, Cursor, ReadRow};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! {
    inner,
    left,
    filters,
    ranges,
    on_a_connection,
    several_joins,
    without_a_column,
    a_comment_at_the_end,
    what_may_be_missing_is_an_option,
    values_that_do_not_fit,
    rows_that_are_found_twice,
    found_twice_but_told_apart,
}

/// A book that has an author. Both tables have a column `id` and a column `name`.
#[derive(Chunked, Debug)]
#[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
struct Book {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
    #[chunked(column = "authors.name")]
    author: String,
    #[chunked(column = "authors.born")]
    born: Option<i64>,
}

/// A book, with or without an author.
#[derive(Chunked, Debug)]
#[chunked(table = "books", join = "LEFT JOIN authors ON authors.id = books.author_id")]
struct AnyBook {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
    #[chunked(column = "authors.name")]
    author: Option<String>,
    #[chunked(column = "authors.born")]
    born: Option<i64>,
}

/// The columns of either model.
type Row = (i64, String, Option<String>, Option<i64>);

impl From<Book> for Row {
    fn from(book: Book) -> Self {
        (book.id, book.name, Some(book.author), book.born)
    }
}

impl From<AnyBook> for Row {
    fn from(book: AnyBook) -> Self {
        (book.id, book.name, book.author, book.born)
    }
}

const INNER: &str = "JOIN authors ON authors.id = books.author_id";
const LEFT: &str = "LEFT JOIN authors ON authors.id = books.author_id";

/// Creates books, some without an author, and authors: two have the same name, two no year, and one
/// no books.
async fn create(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE authors (id {BIGINT} NOT NULL PRIMARY KEY, name {TEXT} NOT NULL, \
               born {BIGINT}); \
             CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY, name {TEXT} NOT NULL, \
               author_id {BIGINT}); \
             INSERT INTO authors VALUES (1, 'Ann', 1950), (2, 'Bob', NULL), (3, 'Ann', 1930), \
               (4, 'Cid', NULL), (5, 'Dee', 1960)"
        ))
        .await;
    for book in 0..15 {
        // 7 and 17 have no common factor, so the ids come in no order.
        let id = book * 7 % 17;
        let name = ["Ann", "Emma", "Zoe"][usize::try_from(book % 3).unwrap()];
        let author =
            if book % 5 == 0 { "NULL".to_owned() } else { format!("{}", 1 + book / 2 % 4) };
        database.execute(format!("INSERT INTO books VALUES ({id}, '{name}', {author})")).await;
    }
}

/// Returns the rows of one plain query.
async fn ordered(database: &TestDatabase, join: &str, condition: &str, order: &str) -> Vec<Row> {
    let sql = format!(
        "SELECT books.id, books.name, authors.name, authors.born FROM books {join} \
         WHERE {condition} ORDER BY {order}"
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

/// Walks in batches of every size, forwards and backwards, and continues after each by its token.
async fn walk<M, K>(name: &str, expected: &[Row], books: impl Fn() -> BatchIter<'static, M, Db, K>)
where
    M: ReadRow<Db> + Into<Row>,
{
    let mut backwards = expected.to_vec();
    backwards.reverse();
    for batch_size in 1..=expected.len() + 1 {
        check(name, expected, || books().batch_size(batch_size)).await;
        check(name, &backwards, || books().reverse().batch_size(batch_size)).await;
    }
}

async fn check<M, K>(name: &str, expected: &[Row], books: impl Fn() -> BatchIter<'static, M, Db, K>)
where
    M: ReadRow<Db> + Into<Row>,
{
    let mut read: Vec<Row> = Vec::new();
    let mut batches = books();
    while let Some(batch) = batches.try_next().await.unwrap() {
        let cursor: Cursor<M> = batch.cursor().to_string().parse().unwrap();
        read.extend(batch.into_iter().map(Into::into));
        assert_eq!(read, expected[..read.len()], "{name}");

        let next = books().batch_size(3).after(cursor).try_next().await.unwrap();
        let next: Vec<Row> = next.into_iter().flatten().map(Into::into).collect();
        let rest = &expected[read.len()..];
        assert_eq!(next, rest[..rest.len().min(3)], "{name}, behind {} rows", read.len());
    }
    assert_eq!(read, expected, "{name}");
}

/// Walks in each of the orders, and compares with the database's own order.
macro_rules! walk {
    ($database:expr, $model:ty, $join:expr, { $($sql:literal => $order:expr;)+ }) => {$(
        let expected = ordered($database, $join, "1 = 1", $sql).await;
        walk($sql, &expected, || <$model>::batch_iter($database.pool()).order_by($order)).await;
    )+};
}

async fn inner(database: &TestDatabase) {
    create(database).await;
    walk!(database, Book, INNER, {
        "books.id" => |b| b.id.asc();
        "authors.name, books.id" => |b| b.author.asc().then(b.id.asc());
        "authors.name DESC, books.id" => |b| b.author.desc().then(b.id.asc());
        "books.name, books.id" => |b| b.name.asc().then(b.id.asc());
        "books.name, authors.name DESC, books.id DESC" =>
            |b| b.name.asc().then(b.author.desc()).then(b.id.desc());
        "authors.name, books.name, books.id" =>
            |b| b.author.asc().then(b.name.asc()).then(b.id.asc());
        "authors.born, books.id" => |b| b.born.asc().then(b.id.asc());
        "authors.born DESC, books.name, books.id" =>
            |b| b.born.desc().then(b.name.asc()).then(b.id.asc());
    });
}

/// Rows without a partner are rows with NULLs.
async fn left(database: &TestDatabase) {
    create(database).await;
    walk!(database, AnyBook, LEFT, {
        "books.id" => |b| b.id.asc();
        "authors.name, books.id" => |b| b.author.asc().then(b.id.asc());
        "authors.name DESC, books.id" => |b| b.author.desc().then(b.id.asc());
        "authors.name, authors.born DESC, books.id" =>
            |b| b.author.asc().then(b.born.desc()).then(b.id.asc());
        "books.name, authors.name, books.id DESC" =>
            |b| b.name.asc().then(b.author.asc()).then(b.id.desc());
    });
    database.execute("DELETE FROM authors").await;
    walk!(database, AnyBook, LEFT, {
        "authors.name, books.id" => |b| b.author.asc().then(b.id.asc());
        "books.name DESC, authors.name, books.id" =>
            |b| b.name.desc().then(b.author.asc()).then(b.id.asc());
    });
}

async fn filters(database: &TestDatabase) {
    create(database).await;
    let pool = database.pool();
    let books = || Book::batch_iter(pool).order_by(|b| b.author.desc().then(b.id.asc()));
    let expected = async |join, condition| {
        ordered(database, join, condition, "authors.name DESC, books.id").await
    };

    let rows = expected(INNER, "authors.name = 'Ann' AND books.name <> 'Ann'").await;
    walk("equal names", &rows, || books().filter(|b| b.author.eq("Ann").and(b.name.ne("Ann"))))
        .await;

    let rows = expected(INNER, "authors.born < 1940 OR books.id IN (1, 2, 3)").await;
    walk("either table", &rows, || books().filter(|b| b.born.lt(1940).or(b.id.is_in([1, 2, 3]))))
        .await;

    let rows = expected(INNER, "authors.born IS NULL").await;
    walk("raw", &rows, || {
        books().filter_sql(|q| {
            q.push("authors.born IS NULL AND books.id > ").push_bind(-1_i64);
        })
    })
    .await;

    let rows = ordered(database, LEFT, "authors.name IS NULL", "books.id").await;
    assert!(!rows.is_empty());
    walk("no partner", &rows, || AnyBook::batch_iter(pool).filter(|b| b.author.is_null())).await;
}

async fn ranges(database: &TestDatabase) {
    create(database).await;
    let pool = database.pool();
    let inside = "(authors.name > 'Ann' OR (authors.name = 'Ann' AND books.id >= 5)) \
                  AND (authors.name < 'Cid' OR (authors.name = 'Cid' AND books.id < 9))";
    let range = || ("Ann".to_owned(), 5)..("Cid".to_owned(), 9);
    let by_author = || Book::batch_iter(pool).order_by(|b| b.author.asc().then(b.id.asc()));

    let rows = ordered(database, INNER, inside, "authors.name, books.id").await;
    walk("in its order", &rows, || by_author().range(range())).await;
    let rows = ordered(database, INNER, inside, "authors.name DESC, books.id").await;
    walk("in another", &rows, || {
        by_author().range(range()).order_by(|b| b.author.desc().then(b.id.asc()))
    })
    .await;
    let rows = ordered(database, INNER, "books.id >= 3 AND books.id <= 12", "books.id").await;
    walk("of the chunk key", &rows, || Book::batch_iter(pool).range(3..=12)).await;
}

/// Here sqlx itself reads the rows, on every database.
async fn on_a_connection(database: &TestDatabase) {
    create(database).await;
    let expected = ordered(database, LEFT, "1 = 1", "authors.name DESC, books.id").await;
    let mut connection = database.connect().await;
    for batch_size in 1..=expected.len() + 1 {
        let books = AnyBook::iter(&mut connection)
            .order_by(|b| b.author.desc().then(b.id.asc()))
            .batch_size(batch_size);
        let books: Vec<_> = books.map_ok(Row::from).try_collect().await.unwrap();
        assert_eq!(books, expected, "batches of {batch_size}");
    }
}

/// A table can be joined to itself, under another name.
async fn several_joins(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(
        table = "books",
        join = "LEFT JOIN books AS sequel ON sequel.id = books.id + 1
                LEFT JOIN authors AS heir ON heir.id = sequel.author_id"
    )]
    struct Pair {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        name: String,
        #[chunked(column = "heir.name")]
        heir: Option<String>,
        #[chunked(column = "sequel.id")]
        sequel: Option<i64>,
    }

    impl From<Pair> for Row {
        fn from(pair: Pair) -> Self {
            (pair.id, pair.name, pair.heir, pair.sequel)
        }
    }

    create(database).await;
    let order = "heir.name DESC, sequel.id, books.id";
    let sql = format!(
        "SELECT books.id, books.name, heir.name, sequel.id FROM books \
         LEFT JOIN books sequel ON sequel.id = books.id + 1 \
         LEFT JOIN authors heir ON heir.id = sequel.author_id ORDER BY {order}"
    );
    let expected: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap();
    walk(order, &expected, || {
        Pair::batch_iter(database.pool())
            .order_by(|p| p.heir.desc().then(p.sequel.asc()).then(p.id.asc()))
    })
    .await;
}

/// An inner join leaves rows out, even of a model whose columns only the database knows.
async fn without_a_column(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
    struct Written {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    #[derive(FromRow)]
    struct Rest {
        name: String,
    }

    #[derive(Chunked)]
    #[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
    struct Flattened {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[expect(dead_code, reason = "only ordered by")]
        author_id: i64,
        #[sqlx(flatten)]
        rest: Rest,
    }

    create(database).await;
    let expected = ordered(database, INNER, "1 = 1", "books.id").await;
    let by_author = ordered(database, INNER, "1 = 1", "books.author_id DESC, books.id").await;
    let by_author: Vec<_> = by_author.into_iter().map(|(id, name, ..)| (id, name)).collect();
    for batch_size in 1..=expected.len() + 1 {
        let books = Written::iter(database.pool()).batch_size(batch_size);
        let ids: Vec<_> = books.map_ok(|book| book.id).try_collect().await.unwrap();
        assert!(ids.iter().eq(expected.iter().map(|(id, ..)| id)));

        let books = Flattened::iter(database.pool())
            .order_by(|b| b.author_id.desc().then(b.id.asc()))
            .batch_size(batch_size);
        let books: Vec<_> =
            books.map_ok(|book| (book.id, book.rest.name)).try_collect().await.unwrap();
        assert_eq!(books, by_author);
    }
}

/// The SQL after the join does not become part of its comment.
async fn a_comment_at_the_end(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(
        table = "books",
        join = "JOIN authors ON authors.id = books.author_id -- those who wrote one"
    )]
    struct Commented {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    create(database).await;
    let expected = ordered(database, INNER, "1 = 1", "books.id DESC").await;
    let books = Commented::iter(database.pool()).reverse().batch_size(2);
    let ids: Vec<_> = books.map_ok(|book| book.id).try_collect().await.unwrap();
    assert!(ids.iter().eq(expected.iter().map(|(id, ..)| id)));
}

/// Errors name the column with its table.
async fn what_may_be_missing_is_an_option(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "books", join = "LEFT JOIN authors ON authors.id = books.author_id")]
    #[expect(dead_code, reason = "never read")]
    struct Hasty {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(column = "authors.name")]
        author: String,
    }

    create(database).await;
    // NULLs that would not be read are looked for.
    let by_author = || {
        let by_author = Hasty::iter(database.pool()).batch_size(1);
        by_author.order_by(|b| b.author.asc().then(b.id.asc()))
    };
    for books in [by_author(), by_author().reverse()] {
        assert_eq!(
            books.try_collect::<Vec<_>>().await.unwrap_err().report(),
            "the key column `authors.name` of `Hasty` holds a NULL: rows without a key cannot be \
             read in its order; leave them out with `filter(|c| c.author.is_not_null())`, or order \
             by a NOT NULL column"
        );
    }
}

async fn values_that_do_not_fit(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
    #[expect(dead_code, reason = "never read")]
    struct Old {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(column = "authors.born")]
        born: Option<i8>,
    }

    create(database).await;
    database.execute("UPDATE authors SET born = NULL WHERE born <> 1950").await;
    let error = Old::iter(database.pool()).try_collect::<Vec<_>>().await.unwrap_err().report();
    assert!(error.starts_with("cannot decode column `authors.born` of `Old`; "), "{error}");
}

/// A book with each of its reviews; some books have several.
#[derive(Chunked, Debug)]
#[chunked(table = "books", join = "JOIN reviews ON reviews.book_id = books.id")]
struct Reviewed {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "reviews.stars")]
    stars: i64,
}

async fn create_reviews(database: &TestDatabase, reviews: impl IntoIterator<Item = (i64, i64)>) {
    database
        .execute(format!(
            "DROP TABLE IF EXISTS books; CREATE TABLE books (id {BIGINT} NOT NULL PRIMARY KEY); \
             DROP TABLE IF EXISTS reviews; CREATE TABLE reviews (book_id {BIGINT}, stars {BIGINT}); \
             INSERT INTO books VALUES (1), (2), (3), (4), (5), (6)"
        ))
        .await;
    for (book, stars) in reviews {
        database.execute(format!("INSERT INTO reviews VALUES ({book}, {stars})")).await;
    }
}

/// Duplicates within a batch, and as its last row and the first row of the next.
async fn rows_that_are_found_twice(database: &TestDatabase) {
    for twice in 1..=6 {
        create_reviews(database, (1..=6).chain([twice]).zip(1..)).await;
        for reverse in [false, true] {
            let before = usize::try_from(if reverse { 6 - twice } else { twice - 1 }).unwrap();
            for batch_size in 1..=8 {
                let rows = Reviewed::iter(database.pool()).batch_size(batch_size);
                let mut rows = if reverse { rows.reverse() } else { rows };
                let mut read = 0;
                let error = loop {
                    match rows.try_next().await {
                        Ok(row) => {
                            row.expect("an error before the end");
                            read += 1;
                        }
                        Err(error) => break error.report(),
                    }
                };
                assert_eq!(read, before / batch_size * batch_size);
                assert_eq!(
                    error,
                    format!(
                        "two rows of `Reviewed` have the same key, `id` = {twice}: rows that tie \
                         would be skipped; the columns must be unique in table `books`, and the \
                         `join` must find one row at most for each of its rows"
                    )
                );
            }
        }
    }
}

/// An order that starts with a joined column can tell them apart: then each is a row of its own.
async fn found_twice_but_told_apart(database: &TestDatabase) {
    create_reviews(database, [(1, 5), (1, 3), (2, 3), (3, 1), (3, 5), (3, 4), (6, 3)]).await;
    let expected = [(3, 1), (1, 3), (2, 3), (6, 3), (3, 4), (1, 5), (3, 5)];
    for batch_size in 1..=8 {
        let rows = Reviewed::iter(database.pool())
            .order_by(|r| r.stars.asc().then(r.id.asc()))
            .batch_size(batch_size);
        let rows: Vec<_> = rows.map_ok(|row| (row.id, row.stars)).try_collect().await.unwrap();
        assert_eq!(rows, expected, "batches of {batch_size}");
    }
}
