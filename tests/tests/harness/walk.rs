//! One walk over the table: the options that the library is given, and the rows it must hand out.

use std::ops::Bound;

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Cursor, Iteration, bounds::Yields};

use super::{Key, Keyed, Table};
use crate::Db;

/// The options of an iteration, in terms of the rows in ascending order.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) batch_size: usize,
    pub(crate) order: Order,
    pub(crate) limit: Option<u64>,
    pub(crate) filter: Option<Filter>,
    /// From the key of one row to that of another.
    pub(crate) range: Option<(Bound<usize>, Bound<usize>)>,
    /// After the row at this place, in the order of the walk.
    pub(crate) after: Option<usize>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            batch_size: 1,
            order: Order::Ascending,
            limit: None,
            filter: None,
            range: None,
            after: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Ascending,
    /// By `order_by`.
    Descending,
    /// By `reverse`.
    Reversed,
    /// By `order_by` and `reverse`: ascending again.
    Restored,
}

impl Order {
    pub(crate) const ALL: [Self; 4] =
        [Self::Ascending, Self::Descending, Self::Reversed, Self::Restored];
    pub(crate) const BOTH: [Self; 2] = [Self::Ascending, Self::Descending];

    const fn is_ascending(self) -> bool {
        matches!(self, Self::Ascending | Self::Restored)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Filter {
    /// By a typed predicate: rows with these numbers.
    Among(Vec<i64>),
    /// By `filter_sql`: rows whose number does not leave this remainder when divided by three.
    NotRemainder(i64),
}

impl Filter {
    fn lets_in(&self, n: i64) -> bool {
        match self {
            Self::Among(numbers) => numbers.contains(&n),
            Self::NotRemainder(remainder) => n % 3 != *remainder,
        }
    }
}

impl Walk {
    /// Walks over the table in batches, from its pool, and row by row, on its connection. Both must
    /// hand out exactly the expected rows.
    pub(crate) async fn check<K: Key>(&self, table: &mut Table<'_, K>) {
        let cursor = self.cursor(table).await;
        let expected = self.expected(&table.rows);

        let batches = Keyed::<K>::batch_iter(table.pool());
        let batches = self.configure(&table.rows, cursor.clone(), batches);
        let batches: Vec<_> = batches.try_collect().await.unwrap_or_else(|error| self.fail(&error));
        let sizes: Vec<_> = batches.iter().map(|batch| batch.len()).collect();
        let full: Vec<_> = expected.chunks(self.batch_size).map(<[_]>::len).collect();
        let rows: Vec<_> = batches.into_iter().flatten().collect();
        assert_eq!(rows, expected, "in batches, {self:?}");
        assert_eq!(sizes, full, "only the last batch may be short, {self:?}");

        let counted = Keyed::<K>::iter(table.pool());
        let counted = self.configure(&table.rows, cursor.clone(), counted).count().await;
        let counted = counted.unwrap_or_else(|error| self.fail(&error));
        assert_eq!(counted, u64::try_from(expected.len()).unwrap(), "{self:?}");

        let rows = Keyed::<K>::iter(&mut table.connection);
        let mut rows = self.configure(&table.rows, cursor, rows);
        // The table does not grow, so that its end now is its end.
        if self.batch_size.is_multiple_of(2) {
            rows = rows.up_to_now();
        }
        let rows: Vec<_> = rows.try_collect().await.unwrap_or_else(|error| self.fail(&error));
        assert_eq!(rows, expected, "row by row, {self:?}");
    }

    fn fail(&self, error: &sqlx_chunked::Error) -> ! {
        panic!("{error}, {self:?}")
    }

    /// Sets the options, for rows and batches alike.
    pub(crate) fn configure<'s, K: Key, Y: Yields<Keyed<K>>>(
        &self,
        rows: &[Keyed<K>],
        cursor: Option<Cursor<Keyed<K>>>,
        iteration: Iteration<'s, Keyed<K>, Db, (K,), Y>,
    ) -> Iteration<'s, Keyed<K>, Db, (K,), Y> {
        let mut iteration = self.ordered(iteration).batch_size(self.batch_size);
        if let Some(limit) = self.limit {
            iteration = iteration.limit(limit);
        }
        iteration = match self.filter.clone() {
            None => iteration,
            Some(Filter::Among(numbers)) => iteration.filter(|c| c.n.is_in(numbers)),
            Some(Filter::NotRemainder(remainder)) => iteration.filter_sql(move |q| {
                q.push("n % 3 <> ").push_bind(remainder);
            }),
        };
        if let Some((start, end)) = self.range {
            let key = |place: usize| rows[place].k.clone();
            iteration = iteration.range((start.map(key), end.map(key)));
        }
        if let Some(cursor) = cursor {
            iteration = iteration.after(cursor);
        }
        iteration
    }

    fn ordered<'s, K: Key, Y: Yields<Keyed<K>>>(
        &self,
        iteration: Iteration<'s, Keyed<K>, Db, (K,), Y>,
    ) -> Iteration<'s, Keyed<K>, Db, (K,), Y> {
        match self.order {
            Order::Ascending => iteration,
            Order::Descending => iteration.order_by(|c| c.k.desc()),
            Order::Reversed => iteration.reverse(),
            Order::Restored => iteration.order_by(|c| c.k.desc()).reverse(),
        }
    }

    /// Returns the cursor to start after, taken in a walk over all rows and passed on by its token.
    pub(crate) async fn cursor<K: Key>(&self, table: &Table<'_, K>) -> Option<Cursor<Keyed<K>>> {
        let after = self.after?;
        let mut rows = self.ordered(Keyed::<K>::iter(table.pool()));
        for _ in 0..=after {
            rows.try_next().await.unwrap();
        }
        let cursor = rows.cursor().unwrap();
        let read: Cursor<Keyed<K>> = cursor.to_string().parse().unwrap();
        assert_eq!(read, cursor);
        Some(read)
    }

    /// Returns the rows to hand out, from all rows in ascending order.
    pub(crate) fn expected<K: Key>(&self, rows: &[Keyed<K>]) -> Vec<Keyed<K>> {
        let (start, end) = self.range.unwrap_or((Bound::Unbounded, Bound::Unbounded));
        let mut selected: Vec<_> = rows.iter().enumerate().collect();
        if !self.order.is_ascending() {
            selected.reverse();
        }
        selected
            .into_iter()
            .skip(self.after.map_or(0, |after| after + 1))
            .filter(|(place, _)| match start {
                Bound::Included(start) => *place >= start,
                Bound::Excluded(start) => *place > start,
                Bound::Unbounded => true,
            })
            .filter(|(place, _)| match end {
                Bound::Included(end) => *place <= end,
                Bound::Excluded(end) => *place < end,
                Bound::Unbounded => true,
            })
            .map(|(_, row)| row)
            .filter(|row| self.filter.as_ref().is_none_or(|filter| filter.lets_in(row.n)))
            .take(self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap()))
            .cloned()
            .collect()
    }
}
