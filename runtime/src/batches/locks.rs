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
        locked::LockedRows,
        request::{Expected, Request, RowKind},
    },
    related::item::Item,
    sql::{
        batch::{Ask, Selection},
        lock::{AskLocked, locked_batch},
        nulls::HiddenNulls,
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
        let included = self.includes_start(wanted);
        let companions = Arc::clone(&self.progress.companions);
        let of_key: Vec<_> = key.own_companions(&companions).collect();
        let Self { filters, up_to, progress, .. } = self;
        let keys = Ask {
            from: progress.start(included),
            up_to: up_to.as_deref(),
            places: None,
            inside: progress.moved,
            skip: 0,
            rows: rows.saturating_add(1),
            selection: Selection::NamedKey,
            nulls: HiddenNulls { parts: &nulls_of, from: progress.position.as_deref() },
            companions: &of_key,
        };
        let ask = AskLocked { keys, lock, rows: *rows, companions: &companions };
        let statement = locked_batch(key, filters, ask).map_err(unbound(key))?;
        let expected = Expected {
            position: progress.position.clone(),
            included,
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
}

impl<T: Item, DB: Backend> BatchReader<'_, T, DB> {
    /// Reads and locks the next rows. If none of a batch can be had any more, goes on after it.
    pub(super) async fn read_locked(
        &mut self,
        lock: Lock,
    ) -> Result<Option<Undelivered<T>>, Error> {
        self.check_lock(lock).await?;
        loop {
            let Some(wanted) = self.wanted().await? else { return Ok(None) };
            let request = self.seeker.request_locked(&wanted, lock)?;
            let expected = Arc::clone(&request.expected);
            let rows = LockedRows::new(self.decode, Arc::clone(&expected));
            let mut batch = self.connector.read_by_driver(request, rows).await?.finish();
            self.check(&expected, &mut batch).await?;
            if batch.rows.is_empty() && batch.extra.is_some() {
                self.advance(&mut batch);
                continue;
            }
            let assemble = self.load(&batch.taken).await?;
            return Ok(Some((batch, assemble)));
        }
    }

    /// Refuses a lock that would be gone before the caller sees the rows.
    async fn check_lock(&mut self, lock: Lock) -> Result<(), Error> {
        let key = &self.seeker.plan.key;
        let held = self.connector.is_in_transaction().await;
        if held.map_err(|source| key.refused::<DB>(source))? {
            return Ok(());
        }
        Err(Error::Option {
            model: key.model().name,
            method: lock.method(),
            reason: "a lock ends with its transaction, and this source is in none: read from a pool \
                     with `transactional()`, or from a transaction that was begun by sqlx's `begin()`"
                .into(),
        })
    }
}
