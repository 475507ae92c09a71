//! What a batch asks for that locks its rows.

use std::sync::Arc;

use super::{
    reader::{BatchReader, Undelivered},
    seeker::{Seeker, Wanted, unbound},
};
use crate::{
    backend::{Backend, lock::Lock},
    error::Error,
    fetch::{
        collect::Collector,
        fetched::Fetched,
        locked::LockedRows,
        request::{Expected, Request, RowKind},
    },
    position::{guard::bytes, key::Key, keys::Keys},
    related::item::Item,
    sql::{
        batch::{Ask, Selection, batch},
        lock::{AskLocked, locked_batch},
        nulls::HiddenNulls,
        seek::End,
    },
};

impl<DB: Backend> Seeker<DB> {
    /// The statement that reads the next batch and locks its rows. It reads one more key, which tells
    /// whether more follows, but locks no row for it.
    pub(super) fn request_locked(
        &mut self,
        wanted: &Wanted,
        lock: Lock,
    ) -> Result<Request<DB>, Error> {
        let Wanted { key, rows, .. } = wanted;
        let nulls_of = self.asks_for_nulls(wanted, 0);
        let included = self.includes_start();
        let companions = Arc::clone(&self.progress.companions);
        let of_key: Vec<_> = key.own_companions(&companions).collect();
        let (edge, at_edge) = (self.edge(), self.is_at_edge());
        let Self { plan, filters, up_to, progress, .. } = self;
        let keys = Ask {
            from: progress.start(included),
            up_to: up_to.as_ref().map(Into::into),
            places: None,
            inside: progress.moved,
            skip: 0,
            rows: rows.saturating_add(1),
            selection: Selection::NamedKey,
            nulls: plan.nulls(&nulls_of, progress.position.as_deref()),
            companions: &of_key,
        };
        let keys_alone = locks_before_it_reads::<DB>(key);
        let ask = AskLocked { keys, lock, rows: *rows, companions: &companions, keys_alone };
        let statement = locked_batch(key, filters, ask).map_err(unbound(key))?;
        let expected = Expected {
            position: progress.position.clone(),
            included,
            edge,
            at_edge,
            extra: progress.extra.clone(),
            before: progress.rows,
            rows: *rows,
            nulls_of,
            taken: Arc::clone(&self.taken),
            companions,
            kind: RowKind::Batch,
            goes_short: !self.plan.is_page,
            ..Expected::answer(key.clone())
        };
        Ok(Request { statement, expected: Arc::new(expected) })
    }

    /// The statement that reads rows up to the last key of a batch, whose own rows are locked already.
    fn request_up_to(
        &mut self,
        wanted: &Wanted,
        locked: &Keys,
        goes_short: bool,
    ) -> Result<Request<DB>, Error> {
        let key = &wanted.key;
        let last = locked.last().unwrap_or_default();
        let included = self.includes_start();
        let Self { filters, progress, .. } = self;
        let ask = Ask {
            from: progress.start(included),
            up_to: Some(End::at(last)),
            places: None,
            inside: progress.moved,
            skip: 0,
            // Others may have rows in between, or have inserted some.
            rows: u64::MAX,
            selection: Selection::Model,
            nulls: HiddenNulls::NONE,
            companions: &progress.companions,
        };
        let statement = batch(key, filters, ask).map_err(unbound(key))?;
        let expected = Expected {
            position: progress.position.clone(),
            included,
            before: progress.rows,
            rows: locked.len() as u64,
            only: Some(locked.iter().map(bytes).collect()),
            taken: Arc::clone(&self.taken),
            companions: Arc::clone(&progress.companions),
            goes_short,
            ..Expected::answer(key.clone())
        };
        Ok(Request { statement, expected: Arc::new(expected) })
    }
}

impl<T: Item, DB: Backend> BatchReader<'_, T, DB> {
    /// Reads and locks the next rows. If none of a batch can be had any more, goes on after it.
    pub(super) async fn read_locked(
        &mut self,
        lock: Lock,
    ) -> Result<Option<Undelivered<T>>, Error> {
        self.check_lock(lock).await?;
        let before = self.seeker.progress();
        let read = self.read_locked_rows(lock).await;
        if read.is_err() {
            // Rows that were passed over are tried again too.
            self.seeker.go_to(before);
            self.connector.doubt_transaction();
        }
        read
    }

    async fn read_locked_rows(&mut self, lock: Lock) -> Result<Option<Undelivered<T>>, Error> {
        loop {
            let Some(wanted) = self.wanted().await? else { return Ok(None) };
            let request = self.seeker.request_locked(&wanted, lock)?;
            let expected = Arc::clone(&request.expected);
            let in_two = locks_before_it_reads::<DB>(&expected.key);
            let rows = LockedRows::new((!in_two).then_some(self.decode), Arc::clone(&expected));
            let mut batch = self.connector.read_by_driver(request, rows).await?.finish();
            self.check(&expected, &mut batch).await?;
            if in_two && batch.keys.len() > 0 {
                batch = self.read_rows_of(&wanted, batch).await?;
            }
            if batch.rows.is_empty() && batch.extra.is_some() {
                self.advance(&mut batch);
                continue;
            }
            let assemble = self.load(&batch.taken).await?;
            return Ok(Some((batch, assemble)));
        }
    }

    /// Reads the rows of a batch whose keys were locked.
    async fn read_rows_of(
        &mut self,
        wanted: &Wanted,
        locked: Fetched<T::Model>,
    ) -> Result<Fetched<T::Model>, Error> {
        let goes_short = !self.seeker.plan.is_page;
        let mut read = self.read_up_to(wanted, &locked.keys, goes_short).await?;
        if read.is_short && read.rows.is_empty() {
            // No row comes before the one that does not decode.
            read = self.read_up_to(wanted, &locked.keys, false).await?;
        }
        let Fetched { mut walked, extra, companions, .. } = locked;
        if !read.is_short {
            return Ok(Fetched { walked, extra, companions, ..read });
        }
        if let (Some(walked), Some(last)) = (&mut walked, read.keys.last()) {
            walked.end_at(last);
        }
        Ok(Fetched { walked, companions, ..read })
    }

    /// Reads the rows that were locked.
    async fn read_up_to(
        &mut self,
        wanted: &Wanted,
        locked: &Keys,
        goes_short: bool,
    ) -> Result<Fetched<T::Model>, Error> {
        let request = self.seeker.request_up_to(wanted, locked, goes_short)?;
        let rows = Collector::new(self.decode, Arc::clone(&request.expected));
        Ok(self.connector.read_by_driver(request, rows).await?.finish())
    }

    /// Refuses a lock that would be gone before the caller sees the rows.
    async fn check_lock(&mut self, lock: Lock) -> Result<(), Error> {
        let key = self.seeker.plan.key.clone();
        let held = self.connector.is_in_transaction().await;
        if !held.map_err(|source| key.refused::<DB>(source))? {
            return Err(Error::Option {
                model: key.model().name,
                method: lock.method(),
                reason: "a lock ends with its transaction, and this source is in none: read from a \
                         pool with `transactional()`, or from a transaction that was begun by sqlx's \
                         `begin()`"
                    .into(),
            });
        }
        // sqlx does not learn of it if the database ends the transaction at an error.
        let open = self.connector.confirm_transaction().await;
        open.map_err(|source| key.refused::<DB>(source))
    }
}

/// Returns whether one statement locks the rows and another one reads them. PostgreSQL needs that with a
/// join: after waiting for a row, it joins the new version to rows that it had read before.
fn locks_before_it_reads<DB: Backend>(key: &Key) -> bool {
    DB::DIALECT.locks.is_some_and(|locks| locks.in_subqueries) && key.model().join.is_some()
}
