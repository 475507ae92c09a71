//! The statement that reads one batch: a pure function of the key, the filters, the position and
//! the number of rows.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, is_implied, leading_equalities, sort, sort_by_names, write_filters},
    nulls::{HiddenNulls, select_nulls},
    seek::{End, Place, Start, up_to},
    span::Span,
    writer::Writer,
};
use crate::{
    backend::{Backend, statement::Statement},
    expr::{
        filter::{Filter, leave_out_nulls},
        predicate::Node,
    },
    position::key::Key,
};

/// The arguments of one statement, in addition to the key and the filters.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// The start, if not at the first row.
    pub(crate) from: Option<Start<'a>>,
    /// Where reading ends, if not after the last row of all.
    pub(crate) up_to: Option<End<'a>>,
    /// The range of places to read, by their index; `None` reads them all.
    pub(crate) places: Option<(usize, usize)>,
    /// True if the row at `from` met all conditions.
    pub(crate) inside: bool,
    /// The number of rows to pass over before the first one that is read.
    pub(crate) skip: u64,
    /// The maximum number of rows to read.
    pub(crate) rows: u64,
    /// The columns that are read.
    pub(crate) selection: Selection,
    /// The NULLs to look for; an extra column for each part reports the result.
    pub(crate) nulls: HiddenNulls<'a>,
    /// The columns that are selected with their companions.
    pub(crate) companions: &'a [usize],
}

/// The columns that a statement reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Those of the model.
    Model,
    /// Those of the key.
    Key,
    /// Those of the key, each by a name of its own: the statement is part of another one.
    NamedKey,
    /// None: the rows of one place are counted, all of them.
    Count,
}

/// The places that are read, in order.
struct Places<'a> {
    /// `None` if all rows are read, as far as the end.
    all: Option<Vec<Place<'a>>>,
    /// True if none of them has rows after the end.
    end: bool,
}

impl<'a> Places<'a> {
    fn of<DB: Backend>(
        key: &Key,
        filters: &[Filter<DB>],
        from: Option<Start<'a>>,
        end: Option<End<'a>>,
    ) -> Self {
        let without_nulls = |column| leave_out_nulls(filters, column);
        let pieces = end.and_then(|end| Span { from, end }.places::<DB>(key, &without_nulls));
        if pieces.is_some() {
            return Self { all: pieces, end: true };
        }
        let all = from.map(|from| Place::after::<DB>(key, from, &without_nulls));
        Self { all, end: end.is_none() }
    }
}

/// Returns the number of places to read; `None` if all rows are read, as far as the end.
pub(crate) fn count_places<DB: Backend>(
    key: &Key,
    filters: &[Filter<DB>],
    from: Option<Start<'_>>,
    end: Option<End<'_>>,
) -> Option<usize> {
    Places::of(key, filters, from, end).all.map(|places| places.len())
}

/// Builds the statement that reads one batch.
///
/// ```sql
/// SELECT "t"."id", "t"."name" FROM "t" WHERE ("t"."id" > ?) ORDER BY "t"."id" ASC LIMIT ? + 0
/// ```
pub(crate) fn batch<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&key.table);
    write_batch(&mut sql, key, filters, ask)?;
    Ok(sql.statement)
}

/// Writes the statement that reads one batch.
pub(super) fn write_batch<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
) -> Result<(), BoxDynError> {
    let Places { all, end } = Places::of(key, filters, ask.from, ask.up_to);
    let places = all.as_deref().map(|places| match ask.places {
        Some((start, end)) => &places[start..end],
        None => places,
    });
    let ask = Ask { up_to: ask.up_to.filter(|_| !end), ..ask };
    match places {
        None => select(sql, key, filters, ask, &[], None),
        Some(place @ [_]) => select(sql, key, filters, ask, place, None),
        Some(places) => gated(sql, key, filters, ask, places),
    }
}

/// Writes a statement that reads several places, nearest first, each sorted and limited by itself.
/// A place is read only if the nearer ones have too few rows; checking that takes only a count.
///
/// ```sql
/// WITH "place_0" AS (SELECT … WHERE a = $1 AND id > $2 ORDER BY a, id LIMIT $4)
/// SELECT * FROM "place_0" UNION ALL SELECT * FROM (
///   SELECT … WHERE (SELECT count(*) FROM "place_0") < $4 AND a > $3 ORDER BY a, id LIMIT $4
/// ) AS "place_1" ORDER BY a, id LIMIT $4
/// ```
fn gated<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
    places: &[Place<'_>],
) -> Result<(), BoxDynError> {
    for index in 0..places.len() {
        let is_last = index + 1 == places.len();
        if is_last {
            for nearer in 0..index {
                sql.push(if nearer == 0 { " SELECT * FROM " } else { " UNION ALL SELECT * FROM " });
                sql.name(&place_name(nearer));
            }
            sql.push(" UNION ALL SELECT * FROM (");
        } else {
            sql.push(if index == 0 { "WITH " } else { ", " });
            sql.name(&place_name(index));
            sql.push(if DB::DIALECT.gates_by_limit { " AS MATERIALIZED (" } else { " AS (" });
        }
        let gate = Gate { nearer: index, rows: ask.skip.saturating_add(ask.rows) };
        select(sql, key, filters, ask, places, Some(gate))?;
        sql.push(")");
        if is_last {
            sql.push(" AS ");
            sql.name(&place_name(index));
        }
    }
    match ask.selection {
        Selection::NamedKey => sort_by_names(sql, key)?,
        Selection::Model | Selection::Key | Selection::Count => {
            sort(sql, &key.order, Writer::selected)?;
        }
    }
    sql.limited_to(ask.rows)?;
    skip(sql, ask)
}

/// Returns the name of a place in a statement. No name of the user's should clash with it.
fn place_name(index: usize) -> String {
    format!("sqlx_chunked_place_{index}")
}

/// The condition for reading a place: together, the nearer places have fewer rows than asked for.
#[derive(Clone, Copy)]
struct Gate {
    nearer: usize,
    rows: u64,
}

impl Gate {
    fn write<DB: Backend>(self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        self.count(sql)?;
        sql.push(" < ");
        sql.limit(self.rows)
    }

    /// Writes `LIMIT` with the number of rows that the place may have.
    fn limit<DB: Backend>(self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        if self.nearer == 0 || !DB::DIALECT.gates_by_limit {
            return sql.limited_to(self.rows);
        }
        sql.push(" LIMIT ");
        sql.limit(self.rows)?;
        sql.push(" - (");
        self.count(sql)?;
        sql.push(")");
        Ok(())
    }

    fn count<DB: Backend>(self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        let nearer = 0..self.nearer;
        sql.separated(" + ", nearer, |sql, index| {
            sql.push("(SELECT count(*) FROM ");
            sql.name(&place_name(index));
            sql.push(")");
            Ok(())
        })
    }
}

/// Writes the `SELECT` of one place: the one that the gate belongs to, or the only one. Without
/// places, it reads the first rows of all.
fn select<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
    places: &[Place<'_>],
    gate: Option<Gate>,
) -> Result<(), BoxDynError> {
    let columns = key.order.iter().map(|sort| sort.column);
    match ask.selection {
        Selection::Model => {
            sql.select(&key.order);
            sql.selection();
        }
        Selection::Key => {
            sql.select(&key.order);
            sql.selection_of(columns);
        }
        Selection::NamedKey => {
            sql.push("SELECT ");
            sql.named_selection_of(columns);
        }
        Selection::Count => sql.push("SELECT count(*)"),
    }
    sql.companions(ask.companions);
    select_nulls(sql, key, filters, ask.nulls)?;
    sql.push(" FROM ");
    sql.table();
    let mut conditions = Conditions::default();
    if let Some(gate) = gate.filter(|gate| gate.nearer > 0 && !DB::DIALECT.gates_by_limit) {
        conditions.next(sql);
        gate.write(sql)?;
        sql.push(")");
    }
    // This comes first: of several bounds on a column, SQLite searches an index by the first.
    if let Some(place) = places.get(gate.map_or(0, |gate| gate.nearer)) {
        conditions.next(sql);
        place.write(sql)?;
        sql.push(")");
    }
    if let Some(end) = ask.up_to {
        conditions.next(sql);
        up_to(sql, key, end)?;
        sql.push(")");
    }
    // All places have the same filters, and may share their text.
    let implied = |node: &Node<DB>| {
        ask.inside && is_implied(key, node)
            || !places.is_empty() && places.iter().all(|place| place.implies(node))
    };
    let leading = leading_equalities(key, filters);
    sql.once(gate.is_some_and(|gate| gate.nearer > 0), |sql| {
        write_filters(sql, &mut conditions, filters, implied, &leading)
    })?;
    if ask.selection == Selection::Count {
        return Ok(());
    }
    sort(sql, &key.order, Writer::column)?;
    if let Some(gate) = gate {
        return gate.limit(sql);
    }
    sql.limited_to(ask.rows)?;
    skip(sql, ask)
}

fn skip<DB: Backend>(sql: &mut Writer<DB>, ask: Ask<'_>) -> Result<(), BoxDynError> {
    if ask.skip == 0 {
        return Ok(());
    }
    sql.push(" OFFSET ");
    sql.limit(ask.skip)
}
