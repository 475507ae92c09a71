//! Whether an order is unique is judged in three places: the types of the order, the statements that
//! leave out what follows a unique column, and the derive of a composite key. All of them must agree
//! with what the marks mean.

use std::marker::PhantomData;

use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use sqlx_chunked::{Chunked, bounds::UniqueOrder};

use self::aliases::Aliases;

/// A column of each kind, and two sets that share one.
#[derive(Chunked)]
#[chunked(table = "kinds", unique(a, b), unique(b, c, d))]
#[expect(dead_code, reason = "no row is read")]
#[allow(clippy::duplicated_attributes, reason = "two sets share a column")]
struct Kinds {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    #[chunked(unique)]
    u: i64,
    /// Of no use against ties, since any number of rows can have none.
    #[chunked(unique)]
    n: Option<i64>,
}

/// Types of other names than their own.
mod aliases {
    use sqlx_chunked::Chunked;

    pub(crate) type Maybe = Option<i64>;
    /// Named like a type that the derive knows, but not an `Option`.
    pub(crate) type Uuid = i64;

    #[derive(Chunked)]
    #[chunked(table = "aliases")]
    #[expect(dead_code, reason = "no row is read")]
    pub(crate) struct Aliases {
        #[chunk_key]
        #[chunked(primary_key)]
        pub(crate) id: i64,
        #[chunked(unique)]
        pub(crate) maybe: Maybe,
        #[chunked(unique)]
        pub(crate) uuid: Uuid,
    }
}

/// What the marks of `Kinds` mean.
fn is_unique(columns: &[&str]) -> bool {
    let has = |column: &&str| columns.contains(column);
    has(&"u") || ["a", "b"].iter().all(has) || ["b", "c", "d"].iter().all(has)
}

/// Asks the type checker whether an order is unique: the method of `Asked` itself is there only if
/// it is, and hides that of the trait.
struct Asked<M, O>(PhantomData<(M, O)>);

impl<M, O: UniqueOrder<M>> Asked<M, O> {
    #[allow(clippy::unused_self, reason = "it is called like the method of the trait")]
    fn is_unique(&self) -> bool {
        true
    }
}

trait OtherwiseNot {
    fn is_unique(&self) -> bool {
        false
    }
}

impl<M, O> OtherwiseNot for Asked<M, O> {}

fn ask<M, O>(_: &O) -> Asked<M, O> {
    Asked(PhantomData)
}

/// Checks one order: by its type, and by whether its statement sorts by a column that follows.
macro_rules! check {
    ($checked:ident, $pool:ident, $first:ident $($next:ident)*) => {{
        let columns = [stringify!($first), $(stringify!($next)),*];
        let expected = is_unique(&columns);
        let order = |e: <Kinds as Chunked>::Columns| e.$first.asc()$(.then(e.$next.desc()))*;
        assert_eq!(ask::<Kinds, _>(&order(Kinds::columns())).is_unique(), expected, "the type of {columns:?}");
        let mut rows = Kinds::iter($pool).order_by(|e| order(e).then(Kinds::columns().id.asc()));
        let sql = rows.to_sql();
        let (_, sorted) = sql.split_once(" ORDER BY ").expect("an order");
        assert_eq!(!sorted.contains("\"id\""), expected, "{columns:?}: {sql}");
        $checked += 1;
    }};
}

/// Calls a macro with some columns and one more, once for each column.
macro_rules! each {
    ($call:ident, $checked:ident, $pool:ident, $($chosen:ident)*) => {
        $call!($checked, $pool, $($chosen)* a);
        $call!($checked, $pool, $($chosen)* b);
        $call!($checked, $pool, $($chosen)* c);
        $call!($checked, $pool, $($chosen)* d);
        $call!($checked, $pool, $($chosen)* u);
        $call!($checked, $pool, $($chosen)* n);
    };
}

/// Checks an order of one column, and all that continue it.
macro_rules! from_one {
    ($checked:ident, $pool:ident, $first:ident) => {
        check!($checked, $pool, $first);
        each!(from_two, $checked, $pool, $first);
    };
}

macro_rules! from_two {
    ($checked:ident, $pool:ident, $first:ident $second:ident) => {
        check!($checked, $pool, $first $second);
        each!(check, $checked, $pool, $first $second);
    };
}

#[tokio::test]
async fn types_and_statements_agree_with_the_marks() {
    let pool: &SqlitePool = &SqlitePoolOptions::new().connect_lazy("sqlite::memory:").unwrap();
    let mut checked = 0;
    each!(from_one, checked, pool,);
    assert_eq!(checked, 6 + 6 * 6 + 6 * 6 * 6);
}

/// The names of types are believed only if the type checker agrees.
#[tokio::test]
async fn an_alias_of_an_option_breaks_no_ties() {
    let pool: &SqlitePool = &SqlitePoolOptions::new().connect_lazy("sqlite::memory:").unwrap();
    let columns = Aliases::columns();
    assert!(!ask::<Aliases, _>(&columns.maybe.asc()).is_unique());
    assert!(ask::<Aliases, _>(&columns.uuid.asc()).is_unique());
    let sorted = |sql: String| sql.split_once(" ORDER BY ").expect("an order").1.to_owned();
    let mut rows = Aliases::iter(pool).order_by(|a| a.maybe.asc().then(a.id.asc()));
    assert!(sorted(rows.to_sql()).contains("\"id\""));
    let mut rows = Aliases::iter(pool).order_by(|a| a.uuid.asc().then(a.id.asc()));
    assert!(!sorted(rows.to_sql()).contains("\"id\""));
}
