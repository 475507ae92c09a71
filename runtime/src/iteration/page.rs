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
impl<M, DB, K, T> Iteration<'_, M, DB, K, Batches<T>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Reads one batch as a page, with the cursors of the pages around it; one statement, and those
    /// for related rows. If more rows follow and the order has texts in it, one more asks whether the
    /// database finds the next row by comparison where it sorts it, since a cursor alone cannot tell.
    ///
    /// A page has as many rows as [`batch_size`](Self::batch_size) says. A [`limit`](Self::limit)
    /// is for all pages together: there is none behind it.
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
    /// As for the first item of the stream.
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

/// A page of rows, and how to get to the pages around it: what
/// [`page`](crate::Iteration::page) returns.
///
/// In the direction of travel the cursor is exact: `None` where no further row is. In the other
/// it is there whenever the page was reached by a cursor.
#[non_exhaustive]
pub struct Page<T: Item> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// For [`after`](crate::Iteration::after): the page after this one.
    pub next: Option<Cursor<T::Model>>,
    /// For [`before`](crate::Iteration::before): the page before this one. That of a page without
    /// rows leads to the row of the cursor that was given, itself included.
    pub previous: Option<Cursor<T::Model>>,
    cursors: Vec<Cursor<T::Model>>,
    /// The cursor that the page was reached by.
    given: Option<Cursor<T::Model>>,
}

impl<T: Item> Page<T> {
    /// A page that was read, with its keys in the order of travel, where the way there began, and
    /// whether more rows follow.
    fn new(
        plan: &Plan,
        mut rows: Vec<T>,
        keys: &Keys,
        given: Option<Cursor<T::Model>>,
        more: bool,
    ) -> Self {
        let at = |values: &[_]| Cursor::at(Point::of(plan.key.clone(), values.to_vec()));
        let reached_by = given.clone();
        let mut cursors: Vec<_> = keys.iter().map(at).collect();
        let (first, last) = (cursors.first().cloned(), cursors.last().cloned());
        let behind = if first.is_some() {
            first.filter(|_| given.is_some())
        } else {
            // Of a page without rows only the way back is known, and the row there is not on it.
            given.map(|cursor| Cursor::at(cursor.point.including()))
        };
        let ahead = last.filter(|_| more);
        if plan.backwards {
            rows.reverse();
            cursors.reverse();
            Self { rows, next: behind, previous: ahead, cursors, given: reached_by }
        } else {
            Self { rows, next: ahead, previous: behind, cursors, given: reached_by }
        }
    }

    /// The position after the last row of the page, also if [`next`](Self::next) is `None`; of a page
    /// without rows, the cursor that it was reached by.
    ///
    /// A program that keeps it can continue there once more rows are in the table.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<T::Model>> {
        self.cursors.last().cloned().or_else(|| self.given.clone())
    }

    /// The cursor of each row, in the order of the rows, as connections in GraphQL have them.
    ///
    /// Pass one to [`after`](crate::Iteration::after) or [`before`](crate::Iteration::before) for the
    /// rows on that side of it.
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

/// The rows, and the cursors of the pages around them as tokens: `{rows, next, previous}`.
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
