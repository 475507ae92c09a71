//! One batch as a page of a paginated listing.

use std::fmt;

use crate::{
    position::{
        cursor::Cursor,
        key::{Key, Keys},
    },
    related::item::Item,
};

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
}

impl<T: Item> Page<T> {
    /// A page that was read, with its keys in the order of travel, and where the way there began.
    pub(crate) fn new(
        mut rows: Vec<T>,
        (key, keys): (&Key, &Keys),
        given: Option<Cursor<T::Model>>,
        (backwards, more): (bool, bool),
    ) -> Self {
        let at = |position: &[_]| Cursor::new(key.clone(), position.to_vec());
        let mut cursors: Vec<_> = keys.iter().map(at).collect();
        let (first, last) = (cursors.first().cloned(), cursors.last().cloned());
        let behind = if first.is_some() {
            first.filter(|_| given.is_some())
        } else {
            // Of a page without rows only the way back is known, and the row there is not on it.
            given.map(Cursor::including)
        };
        let ahead = last.filter(|_| more);
        if backwards {
            rows.reverse();
            cursors.reverse();
            Self { rows, next: behind, previous: ahead, cursors }
        } else {
            Self { rows, next: ahead, previous: behind, cursors }
        }
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
