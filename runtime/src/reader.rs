//! What asks for one batch after the other, each from where the last one ended. No SQL in it.

use crate::{
    backend::{Backend, Statement},
    cursor::Cursor,
    error::Error,
    link::Link,
    model::Chunked,
    plan::{Filter, Plan},
    raw::RawValue,
    read::{Expected, Fetched, Request},
    row::ReadRow,
    sql::{self, Ask},
};

/// The next batch, or why there is none; `None` behind the last one.
pub(crate) type Next<M> = Option<Result<Fetched<M>, Error>>;

/// Reads the batches of a plan.
pub(crate) struct Reader<'s, M, DB: Backend> {
    plan: Plan,
    filters: Vec<Filter<DB>>,
    link: Link<'s, DB>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<M>>,
    /// The key of the last row that was read, or of the one to begin behind.
    position: Option<Vec<RawValue>>,
    /// How many rows were read.
    rows: u64,
    /// Whether all was read.
    ended: bool,
}

impl<'s, M, DB> Reader<'s, M, DB>
where
    M: Chunked,
    DB: Backend,
{
    pub(crate) fn new(
        mut plan: Plan,
        filters: Vec<Filter<DB>>,
        link: Link<'s, DB>,
        start: Option<Cursor<M>>,
    ) -> Self {
        plan.direct &= link.is_pool() && DB::reads_directly(plan.key.model);
        let position = start.as_ref().map(|cursor| cursor.position.clone());
        Self { plan, filters, link, start, position, rows: 0, ended: false }
    }

    /// The reader, to be moved into a task of its own, unless its source is borrowed.
    pub(crate) fn into_owned(self) -> Result<Box<Reader<'static, M, DB>>, Box<Self>> {
        let Self { plan, filters, link, start, position, rows, ended } = self;
        match link.into_owned() {
            Ok(link) => Ok(Box::new(Reader { plan, filters, link, start, position, rows, ended })),
            Err(link) => Err(Box::new(Self { plan, filters, link, start, position, rows, ended })),
        }
    }

    /// Whether all was read.
    pub(crate) const fn ended(&self) -> bool {
        self.ended
    }

    /// How many batches to read before they are asked for.
    pub(crate) const fn read_ahead(&self) -> usize {
        self.plan.read_ahead
    }

    /// Reads the next batch; after an error, the same one again.
    pub(crate) async fn next(&mut self) -> Next<M>
    where
        M: ReadRow<DB>,
    {
        if self.ended {
            return None;
        }
        let request = match self.request() {
            Ok(Some(request)) => request,
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(error) => return Some(Err(error)),
        };
        let fetched = self.link.read(request).await;
        // Where something was in the way once, it is likely to be there again.
        self.plan.direct &= fetched.as_ref().is_ok_and(|fetched: &Fetched<M>| fetched.direct);
        self.advance(fetched)
    }

    /// What to ask the database for next, if anything.
    fn request(&mut self) -> Result<Option<Request<DB>>, Error> {
        let Self { plan, filters, position, .. } = self;
        if let Some(cursor) = &self.start {
            cursor.check::<DB>(&plan.key)?;
        }
        let rows = plan.next_rows(self.rows)?;
        if rows == 0 {
            return Ok(None);
        }
        let key = plan.travelled();
        // Not past the limit: what is not handed out need not be read.
        let one_more = rows.saturating_add(1);
        let asked = plan.left(self.rows).map_or(one_more, |left| left.min(one_more));
        let first = self.rows == 0;
        let nulls_of = if first { key.trailing_nulls::<DB>() } else { None };
        let ask = Ask { position: position.as_deref(), inside: !first, rows: asked, nulls_of };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let mut statement = sql::batch(&key, filters, ask).map_err(unbound)?;
        statement.persistent = plan.persistent;
        // Behind a position there may be no row to report that NULLs follow.
        let nulls = match (nulls_of, &*position) {
            (Some(column), Some(_)) => {
                let nulls = sql::nulls(&key, filters, column).map_err(unbound)?;
                Some(Statement { persistent: plan.persistent, ..nulls })
            }
            _ => None,
        };
        let direct = plan.direct && statement.values.is_some();
        let expected = Expected { key, position: position.clone(), rows, first, nulls_of };
        Ok(Some(Request { statement, nulls, expected, direct }))
    }

    /// Takes note of a batch that was read.
    fn advance(&mut self, fetched: Result<Fetched<M>, Error>) -> Next<M> {
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Some(Err(error)),
        };
        self.rows += fetched.rows.len() as u64;
        if let Some(last) = fetched.keys.last() {
            self.position = Some(last.to_vec());
        }
        self.ended = !fetched.more || self.plan.left(self.rows) == Some(0);
        (!fetched.rows.is_empty()).then_some(Ok(fetched))
    }
}
