//! Tables that are named at run time: the same columns under another name.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Cursor, CursorMismatch, Error};

use crate::{
    dialect::{BIGINT, TEXT, quoted},
    harness::{Entry, TestDatabase},
};

tests! {
    every_batch_size,
    joins_and_filters_keep_their_names,
    pages_and_counts,
    related_rows_of_a_named_table,
    cursors_belong_to_their_table,
    a_missing_table,
    the_table_of_the_struct,
    a_name_that_is_cut_short,
}

/// A name that has to be quoted.
const NAME: &str = "entries of 20\"25`.old";

async fn create(database: &TestDatabase) {
    database.create_entries(3).await;
    let name = quoted(NAME);
    database
        .execute(format!(
            "CREATE TABLE {name} (id {BIGINT} NOT NULL PRIMARY KEY, headline {TEXT} NOT NULL); \
             INSERT INTO {name} VALUES (11, 'a'), (12, 'b'), (13, 'c'), (14, 'd'), (15, 'e')"
        ))
        .await;
}

fn ids(rows: &[Entry]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

async fn every_batch_size(database: &TestDatabase) {
    create(database).await;
    for batch_size in 1..=6 {
        for read_ahead in [0, 2] {
            let rows = Entry::iter(database.pool())
                .table(NAME)
                .batch_size(batch_size)
                .read_ahead(read_ahead)
                .order_by(|e| e.headline.desc().then(e.id.asc()));
            let rows: Vec<_> = rows.try_collect().await.unwrap();
            assert_eq!(ids(&rows), [15, 14, 13, 12, 11]);
        }
    }
}

async fn joins_and_filters_keep_their_names(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries", join = "JOIN entries AS twin ON twin.id = entries.id - 10")]
    struct Joined {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(column = "twin.headline")]
        twin: String,
    }

    create(database).await;
    for batch_size in 1..=4 {
        let rows = Joined::iter(database.pool())
            .table(NAME)
            .filter(|e| e.id.gt(11).and(e.twin.ne("x")))
            .filter_sql(|q| {
                q.push("entries.id < ").push_bind(15_i64);
            })
            .batch_size(batch_size);
        let rows: Vec<_> = rows.map_ok(|row| (row.id, row.twin)).try_collect().await.unwrap();
        assert_eq!(rows, [(12, "entry 2".to_owned()), (13, "entry 3".to_owned())]);
    }
}

async fn pages_and_counts(database: &TestDatabase) {
    create(database).await;
    let entries = || Entry::batch_iter(database.pool()).table(NAME).batch_size(2);
    assert_eq!(entries().count().await.unwrap(), 5);
    let first = entries().page().await.unwrap();
    assert_eq!(ids(&first.rows), [11, 12]);
    let second = entries().after(first.next.unwrap()).page().await.unwrap();
    assert_eq!(ids(&second.rows), [13, 14]);
    let back = entries().before(second.previous.unwrap()).page().await.unwrap();
    assert_eq!(ids(&back.rows), [11, 12]);
}

async fn related_rows_of_a_named_table(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "notes")]
    struct Note {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        entry_id: i64,
    }

    create(database).await;
    // The model's own table is not there, so that nothing can be asked of it by mistake.
    database
        .execute(format!(
            "DROP TABLE entries; \
             CREATE TABLE notes (id {BIGINT} NOT NULL PRIMARY KEY, entry_id {BIGINT} NOT NULL); \
             INSERT INTO notes VALUES (1, 12), (2, 12), (3, 15)"
        ))
        .await;
    // Whichever of the two is said first.
    let named_first =
        Entry::iter(database.pool()).table(NAME).with_many::<Note>(|note| note.entry_id);
    let named_last =
        Entry::iter(database.pool()).with_many::<Note>(|note| note.entry_id).table(NAME);
    for rows in [named_first, named_last] {
        let rows: Vec<_> = rows.batch_size(2).try_collect().await.unwrap();
        assert!(rows.iter().all(|(row, notes)| notes.iter().all(|n| n.entry_id == row.id)));
        let notes: Vec<Vec<i64>> =
            rows.iter().map(|(_, notes)| notes.iter().map(|note| note.id).collect()).collect();
        assert_eq!(notes, [vec![], vec![1, 2], vec![], vec![], vec![3]]);
    }
}

async fn cursors_belong_to_their_table(database: &TestDatabase) {
    create(database).await;
    let of_named = {
        let mut rows = Entry::iter(database.pool()).table(NAME);
        rows.try_next().await.unwrap();
        rows.cursor().unwrap()
    };
    let of_own = {
        let mut rows = Entry::iter(database.pool());
        rows.try_next().await.unwrap();
        rows.cursor().unwrap()
    };
    assert_ne!(of_named, of_own);
    let through_token = |cursor: &Cursor<Entry>| cursor.to_string().parse().unwrap();
    let [named, own]: [Cursor<Entry>; 2] = [&of_named, &of_own].map(through_token);
    assert_eq!(named, of_named);
    assert_eq!(own, of_own);

    let rest = Entry::iter(database.pool()).table(NAME).after(named.clone());
    assert_eq!(ids(&rest.try_collect::<Vec<_>>().await.unwrap()), [12, 13, 14, 15]);
    for rows in [
        Entry::iter(database.pool()).after(named.clone()),
        Entry::iter(database.pool()).table("another").after(named),
        Entry::iter(database.pool()).table(NAME).after(own.clone()),
        Entry::iter(database.pool()).after(own).schema("another"),
    ] {
        let error = rows.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(error, Error::Cursor { reason: CursorMismatch::Table, .. }), "{error}");
    }
}

async fn a_missing_table(database: &TestDatabase) {
    let error = Entry::iter(database.pool()).table("nowhere").try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Query { table, .. } if table == "nowhere"), "{error}");
}

/// Named at run time, it is still the same table.
async fn the_table_of_the_struct(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut entries = Entry::iter(database.pool()).table("entries");
    assert_eq!(entries.to_sql(), Entry::iter(database.pool()).to_sql());
    entries.try_next().await.unwrap();
    let cursor = entries.cursor().unwrap();
    let rest: Vec<_> = Entry::iter(database.pool()).after(cursor).try_collect().await.unwrap();
    assert_eq!(ids(&rest), [2, 3]);
}

/// PostgreSQL looks at 63 bytes of a name. Where that many are the same, it is another table.
async fn a_name_that_is_cut_short(database: &TestDatabase) {
    database.create_entries(3).await;
    let name = "n".repeat(63);
    database.execute(format!("CREATE TABLE {name} AS SELECT * FROM entries")).await;
    let read = Entry::iter(database.pool()).table(name.as_str()).try_collect::<Vec<_>>().await;
    assert_eq!(read.unwrap(), Entry::first(3));

    let longer = format!("{name}2");
    let mut entries = Entry::iter(database.pool()).table(longer.as_str());
    let is_cut = std::any::TypeId::of::<crate::Db>() == std::any::TypeId::of::<sqlx::Postgres>();
    assert_eq!(entries.to_sql().is_empty(), is_cut);
    let error = entries.try_next().await.unwrap_err();
    if is_cut {
        assert!(matches!(error, Error::Option { method: "table", .. }), "{error}");
        let error = Entry::iter(database.pool()).schema(longer).count().await.unwrap_err();
        assert!(matches!(error, Error::Option { method: "schema", .. }), "{error}");
    } else {
        assert!(matches!(&error, Error::Query { table, .. } if *table == longer), "{error}");
    }
}
