//! Pages: one batch, and exact cursors to its neighbours.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Batch, BatchIter, Cursor, Page};

use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! {
    forwards_and_backwards,
    of_an_empty_table,
    whose_rows_are_gone,
    at_a_limit,
    backwards_as_a_stream,
    the_last_page,
    cursors_of_rows,
}

type Entries = BatchIter<'static, Entry, Db, (i64,)>;

/// From the first page to the last and back, at every size, in both directions.
async fn forwards_and_backwards(database: &TestDatabase) {
    database.create_entries(13).await;
    for size in 1..=14 {
        turn_pages(size, &Entry::first(13), || Entry::batch_iter(database.pool())).await;
        let mut reversed = Entry::first(13);
        reversed.reverse();
        turn_pages(size, &reversed, || Entry::batch_iter(database.pool()).reverse()).await;
    }
}

async fn turn_pages(size: usize, expected: &[Entry], entries: impl Fn() -> Entries) {
    let read = async |entries: Entries| entries.batch_size(size).page().await.unwrap();
    let pages: Vec<_> = expected.chunks(size).collect();

    let mut page: Page<Entry> = read(entries()).await;
    assert_eq!(page.previous, None, "nothing is known to be in front of the first page");
    for (number, rows) in pages.iter().enumerate() {
        assert_eq!(page.rows, *rows);
        assert_eq!(page.next.is_some(), number + 1 < pages.len());
        assert_eq!(page.previous.is_some(), number > 0);
        if let Some(cursor) = sent(page.next.clone()) {
            page = read(entries().after(cursor)).await;
        }
    }
    for (number, rows) in pages.iter().enumerate().rev().skip(1) {
        let cursor = sent(page.previous).expect("a page in front of this one");
        page = read(entries().before(cursor)).await;
        assert_eq!(page.rows, *rows, "in the order that was asked for");
        assert_eq!(page.previous.is_some(), number > 0);
        assert!(page.next.is_some());
    }
}

/// Returns a cursor as a client of an API sends it back.
fn sent(cursor: Option<Cursor<Entry>>) -> Option<Cursor<Entry>> {
    cursor.map(|cursor| cursor.to_string().parse().unwrap())
}

async fn of_an_empty_table(database: &TestDatabase) {
    database.create_entries(0).await;
    let page = Entry::batch_iter(database.pool()).page().await.unwrap();
    assert_eq!((page.rows, page.next, page.previous), (vec![], None, None));
}

/// The way back from a page without rows is the cursor that led there.
async fn whose_rows_are_gone(database: &TestDatabase) {
    database.create_entries(4).await;
    let entries = || Entry::batch_iter(database.pool()).batch_size(2);
    let cursor = entries().page().await.unwrap().next.unwrap();

    database.execute("DELETE FROM entries WHERE id > 2").await;
    let page = entries().after(cursor.clone()).page().await.unwrap();
    assert_eq!((&*page.rows, &page.next, &page.previous), (&[][..], &None, &Some(cursor.clone())));
    // The way back leads to a page with the row of the cursor, if that still exists.
    let back = entries().before(sent(page.previous).unwrap()).page().await.unwrap();
    assert_eq!(back.rows, Entry::first(2));
    let back = entries().before(cursor.clone()).page().await.unwrap();
    assert_eq!(back.rows, Entry::first(1), "before the row that the cursor was taken from");

    database.execute("DELETE FROM entries WHERE id < 2").await;
    let page = entries().before(cursor.clone()).page().await.unwrap();
    assert_eq!((&*page.rows, &page.next, &page.previous), (&[][..], &Some(cursor), &None));
    let next = sent(page.next).unwrap();
    let page = entries().after(next.clone()).page().await.unwrap();
    assert_eq!(page.rows, [Entry::new(2)], "the row of the cursor is not skipped");
    database.execute("DELETE FROM entries").await;
    let page = entries().after(next).page().await.unwrap();
    assert_eq!(page.rows, []);
}

async fn at_a_limit(database: &TestDatabase) {
    database.create_entries(4).await;
    let page = Entry::batch_iter(database.pool()).batch_size(3).limit(2).page().await.unwrap();
    assert_eq!((page.rows, page.next), (Entry::first(2), None));
    let page = Entry::batch_iter(database.pool()).limit(0).page().await.unwrap();
    assert_eq!((page.rows, page.next), (vec![], None));
}

async fn backwards_as_a_stream(database: &TestDatabase) {
    database.create_entries(7).await;
    let last = Entry::batch_iter(database.pool()).reverse().batch_size(1);
    let last = last.page().await.unwrap().next.unwrap();
    // A cursor of the reversed order, since a place is the same in both.
    let rest: Vec<_> = Entry::iter(database.pool()).before(last).try_collect().await.unwrap();
    assert_eq!(rest, [6, 5, 4, 3, 2, 1].map(Entry::new));

    let mut rows = Entry::iter(database.pool());
    for _ in 0..6 {
        rows.try_next().await.unwrap();
    }
    let sixth = rows.cursor().unwrap();
    let batches = Entry::batch_iter(database.pool()).before(sixth.clone()).batch_size(2);
    let batches: Vec<_> = batches.map_ok(Batch::into_vec).try_collect().await.unwrap();
    let expected = [vec![4, 5], vec![2, 3], vec![1]];
    assert_eq!(batches, expected.map(|ids| ids.into_iter().map(Entry::new).collect::<Vec<_>>()));
    let rows: Vec<_> = Entry::iter(database.pool()).before(sixth).try_collect().await.unwrap();
    assert_eq!(rows, [5, 4, 3, 2, 1].map(Entry::new));
}

/// A listing may be entered at its end; from there its pages are those of the order itself.
async fn the_last_page(database: &TestDatabase) {
    database.create_entries(10).await;
    for size in 1..=4 {
        let entries = || Entry::batch_iter(database.pool()).batch_size(size);
        let last = entries().reverse().page().await.unwrap();
        let mut expected = Entry::first(10);
        let mut rows = last.rows;
        rows.reverse();
        assert_eq!(rows, expected.split_off(10 - size));
        // The next rows in the reversed order are the previous ones in the order itself.
        let mut before = sent(last.next);
        while let Some(cursor) = before {
            let page = entries().before(cursor).page().await.unwrap();
            assert_eq!(page.rows, expected.split_off(expected.len() - page.rows.len()));
            before = sent(page.previous);
        }
        assert_eq!(expected, []);
    }
}

async fn cursors_of_rows(database: &TestDatabase) {
    database.create_entries(6).await;
    let entries = || Entry::batch_iter(database.pool()).batch_size(3);
    let first = entries().page().await.unwrap();
    let second = entries().after(first.next.clone().unwrap()).page().await.unwrap();
    let back = entries().before(second.previous.clone().unwrap()).page().await.unwrap();
    assert_eq!(back.cursors().collect::<Vec<_>>(), first.cursors().collect::<Vec<_>>());
    for page in [first, second, back] {
        assert_eq!(page.cursors().len(), page.rows.len());
        for (row, cursor) in page.rows.iter().zip(page.cursors()) {
            let after: Vec<_> =
                Entry::iter(database.pool()).after(cursor.clone()).try_collect().await.unwrap();
            assert_eq!(after, Entry::first(6)[usize::try_from(row.id).unwrap()..]);
            let before: Vec<_> =
                Entry::iter(database.pool()).before(cursor).try_collect().await.unwrap();
            assert_eq!(before.len(), usize::try_from(row.id).unwrap() - 1);
        }
    }
}
