//! One batch as a page of a paginated listing.

use std::{fmt, future::poll_fn, sync::Arc};

#[cfg(feature = "serde")]
use serde::ser::SerializeStruct as _;

use super::{Iteration, yields::Batches};
use crate::{
    backend::Backend,
    batches::{loaded::Loaded, plan::Plan},
    error::Error,
    model::Described,
    position::{cursor::Cursor, keys::Keys, point::Point},
    related::item::Item,
};

/// Pages.
impl<M, DB, K, T, L> Iteration<'_, M, DB, K, Batches<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Reads one batch as a page, with the cursors of the pages around it. This takes one
    /// statement, and those for related rows. If more rows follow and the order contains text, an
    /// extra statement asks whether the database, when it compares, finds the next row in the place
    /// where it sorts it; a cursor alone cannot tell.
    ///
    /// [`batch_size`](Self::batch_size) sets the number of rows on a page. No page follows the one
    /// that reaches the [`limit`](Self::limit).
    ///
    /// ```
    /// # use sqlx_chunked::{Chunked, Cursor, Error, Page};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # async fn page(pool: sqlx::SqlitePool, cursor: Cursor<Entry>) -> Result<(), Error> {
    /// let first: Page<Entry> = Entry::batch_iter(&pool).batch_size(50).page().await?;
    /// if let Some(cursor) = first.next {
    ///     let second = Entry::batch_iter(&pool).batch_size(50).after(cursor).page().await?;
    ///     if let Some(cursor) = second.previous {
    ///         Entry::batch_iter(&pool).batch_size(50).before(cursor).page().await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors that the first item of the stream would report.
    pub async fn page(mut self) -> Result<Page<T>, Error> {
        self.check()?;
        let given = self.cursor();
        let plan = self.run.plan_mut();
        plan.read_ahead = 0;
        plan.is_page = true;
        let read = poll_fn(|context| self.run.poll_next(context)).await;
        let (rows, keys, more) = match read.transpose()? {
            Some(Loaded { rows, keys, extra, .. }) => (rows, keys, extra.is_some()),
            None => (Vec::new(), Arc::new(Keys::new(0)), false),
        };
        Ok(Page::new(self.run.plan(), rows, &keys, given, more))
    }
}

/// A page of rows with the cursors of the pages around it, as returned by
/// [`page`](crate::Iteration::page).
///
/// In the direction of travel, the cursor is exact: it is `None` if no more rows follow. In the
/// other direction, there is a cursor whenever the page was reached by one.
#[non_exhaustive]
pub struct Page<T: Item> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// The cursor of the next page, for [`after`](crate::Iteration::after).
    pub next: Option<Cursor<T::Model>>,
    /// The cursor of the previous page, for [`before`](crate::Iteration::before). If this page has
    /// no rows, the previous page includes the row of the cursor that was given.
    pub previous: Option<Cursor<T::Model>>,
    cursors: Vec<Cursor<T::Model>>,
    /// The position to continue from if the page has no rows.
    onward: Option<Cursor<T::Model>>,
}

impl<T: Item> Page<T> {
    /// Creates a page from the rows that were read, their keys in the order of travel, the cursor
    /// that the page was reached by, and whether more rows follow.
    fn new(
        plan: &Plan,
        mut rows: Vec<T>,
        keys: &Keys,
        given: Option<Cursor<T::Model>>,
        more: bool,
    ) -> Self {
        let at = |values: &[_]| Cursor::at(Point::of(plan.key.clone(), values.to_vec()));
        let mut cursors: Vec<_> = keys.iter().map(at).collect();
        let (first, last) = (cursors.first().cloned(), cursors.last().cloned());
        let back = if first.is_some() {
            first.filter(|_| given.is_some())
        } else {
            // Without rows, only the way back is known. It includes the row at the cursor, which is
            // not on this page.
            given.clone().map(|cursor| Cursor::at(cursor.point.including()))
        };
        let ahead = last.filter(|_| more);
        if plan.backwards {
            rows.reverse();
            cursors.reverse();
            Self { rows, cursors, onward: back.clone(), next: back, previous: ahead }
        } else {
            Self { rows, cursors, onward: given, next: ahead, previous: back }
        }
    }

    /// Returns the position after the last row of the page, even if [`next`](Self::next) is `None`.
    /// If the page has no rows, this is the cursor that it was reached by; after
    /// [`before`](crate::Iteration::before) it includes the row of that cursor, which comes next.
    ///
    /// A program that keeps it can continue there when the table has more rows.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<T::Model>> {
        self.cursors.last().cloned().or_else(|| self.onward.clone())
    }

    /// Returns the cursor of each row, in the order of the rows, as GraphQL connections have them.
    ///
    /// Pass one to [`after`](crate::Iteration::after) or [`before`](crate::Iteration::before) to
    /// read the rows on that side of it.
    pub fn cursors(&self) -> impl ExactSizeIterator<Item = Cursor<T::Model>> {
        self.cursors.iter().cloned()
    }
}

impl<T: Item + fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("rows", &self.rows)
            .field("next", &self.next)
            .field("previous", &self.previous)
            .finish_non_exhaustive()
    }
}

/// Serialises the rows, and the cursors of the pages around them as tokens:
/// `{rows, next, previous}`.
#[cfg(feature = "serde")]
impl<T: Item + serde::Serialize> serde::Serialize for Page<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_struct("Page", 3)?;
        page.serialize_field("rows", &self.rows)?;
        page.serialize_field("next", &self.next)?;
        page.serialize_field("previous", &self.previous)?;
        page.end()
    }
}
