//! This library.

use std::marker::PhantomData;

use futures_util::TryStreamExt;
use sqlx::{MySql, Pool, Postgres, Sqlite, SqlitePool, pool::PoolConnection};
use sqlx_chunked::{Backend, Chunked, ReadRow};

use super::Contender;
use crate::{
    Error,
    entry::{Author, Entry, Text, Time, Totals},
};

/// `iter(&pool)`.
pub(super) struct Rows<DB: Backend, C>(Pool<DB>, PhantomData<C>);

impl<DB, C> Contender for Rows<DB, C>
where
    DB: Backend,
    C: Send + 'static,
    Entry<C>: ReadRow<DB>,
{
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Pool::connect(url).await?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut entries = <Entry<C> as Chunked>::iter(&self.0);
        while let Some(entry) = entries.try_next().await? {
            totals.add(&entry);
        }
        Ok(totals)
    }
}

/// `batch_iter(&pool)`, which reads some batches ahead.
pub(super) struct Batches<DB: Backend, C, const AHEAD: usize = 0>(Pool<DB>, PhantomData<C>);

impl<DB, C, const AHEAD: usize> Contender for Batches<DB, C, AHEAD>
where
    DB: Backend,
    C: Send + 'static,
    Entry<C>: ReadRow<DB>,
{
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Pool::connect(url).await?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut batches = <Entry<C> as Chunked>::batch_iter(&self.0).read_ahead(AHEAD);
        while let Some(batch) = batches.try_next().await? {
            totals.extend(&batch);
        }
        Ok(totals)
    }
}

/// `batch_iter(&pool)` through sqlx's worker thread.
pub(super) struct NotDirect(SqlitePool);

impl Contender for NotDirect {
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Pool::connect(url).await?))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut batches = Entry::<Text>::batch_iter(&self.0).direct(false);
        while let Some(batch) = batches.try_next().await? {
            totals.extend(&batch);
        }
        Ok(totals)
    }
}

/// `batch_iter(&pool)`, each entry with its author.
pub(super) struct WithAuthors<DB: Backend, C>(Pool<DB>, PhantomData<C>);

/// Not generic: a column can be named only if its type is known.
macro_rules! with_authors {
    ($DB:ty, $C:ty) => {
        impl Contender for WithAuthors<$DB, $C> {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let mut batches = Entry::<$C>::batch_iter(&self.0)
                    .with_optional::<Author>(|entry| entry.author_id);
                while let Some(batch) = batches.try_next().await? {
                    for (entry, author) in &batch {
                        totals.add_with(entry, author.as_ref().map(|author| author.id))?;
                    }
                }
                Ok(totals)
            }
        }
    };
}

with_authors!(Sqlite, Text);
with_authors!(Postgres, Time);
with_authors!(MySql, Time);

/// `batch_iter(&mut connection)`.
pub(super) struct BatchesOfConnection<DB: Backend, C>(PoolConnection<DB>, PhantomData<C>);

impl<DB, C> Contender for BatchesOfConnection<DB, C>
where
    DB: Backend,
    C: Send + 'static,
    Entry<C>: ReadRow<DB>,
{
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Pool::connect(url).await?.acquire().await?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut batches = <Entry<C> as Chunked>::batch_iter(&mut self.0);
        while let Some(batch) = batches.try_next().await? {
            totals.extend(&batch);
        }
        Ok(totals)
    }
}
