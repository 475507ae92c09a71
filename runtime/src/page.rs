//! One batch as a page of a paginated listing.

use crate::{cursor::Cursor, item::Item};

/// A page of rows, and how to get to the pages around it: what
/// [`page`](crate::Iteration::page) returns.
///
/// In the direction of travel the cursor is exact: `None` where no further row is. In the other
/// it is there whenever the page was reached by a cursor.
#[derive(Debug)]
#[non_exhaustive]
pub struct Page<T: Item> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// For [`after`](crate::Iteration::after): the page behind this one.
    pub next: Option<Cursor<T::Model>>,
    /// For [`before`](crate::Iteration::before): the page in front of this one.
    pub previous: Option<Cursor<T::Model>>,
}

impl<T: Item> Page<T> {
    /// A page without rows, from which only the way back is known.
    pub(crate) fn empty(given: Option<Cursor<T::Model>>, backwards: bool) -> Self {
        if backwards {
            Self { rows: Vec::new(), next: given, previous: None }
        } else {
            Self { rows: Vec::new(), next: None, previous: given }
        }
    }
}
