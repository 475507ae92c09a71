//! Plan to SQL text: a pure function of the key, the filters, the position and the number of rows.
//!
//! Every column is qualified by its table. On SQLite an unknown name in double quotes would
//! otherwise be read as a string.

use std::{collections::VecDeque, mem::discriminant, ops::Range};

use sqlx::{Arguments as _, IntoArguments, QueryBuilder, error::BoxDynError};

use crate::{
    backend::{Backend, CompanionOf, NullTest, Statement, is_number, value::RawValue},
    batches::plan::Filter,
    expr::{
        operand::Bind,
        order::{Direction, Sort},
        predicate::{DEEPEST, Node, Operator},
    },
    model::{ColumnName, Model, Select},
    position::{guard::Doubt, key::Key},
    sql::{
        compare,
        seek::{Place, Start},
    },
};

/// What a statement asks for beside the plan.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Where to begin, if not at the first row.
    pub(crate) from: Option<Start<'a>>,
    /// The range of places to read, by their index; `None` reads them all.
    pub(crate) places: Option<(usize, usize)>,
    /// Whether the row there met all conditions.
    pub(crate) inside: bool,
    /// How many rows to read at most.
    pub(crate) rows: u64,
    /// A column whose NULLs, if any, are to be reported in one more column.
    pub(crate) nulls_of: Option<usize>,
    /// The columns that are selected with their companions.
    pub(crate) companions: &'a [usize],
}

/// How many places there are behind a position.
pub(crate) fn count_places<DB: Backend>(
    key: &Key,
    filters: &[Filter<DB>],
    from: Start<'_>,
) -> usize {
    Place::after::<DB>(key, from, &|column| leave_out_nulls(filters, column)).len()
}

/// The statement that reads one batch.
///
/// ```sql
/// SELECT "t"."id", "t"."name" FROM "t" WHERE ("t"."id" > ?) ORDER BY "t"."id" ASC LIMIT ?
/// ```
pub(crate) fn batch<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(key.model);
    let places = ask
        .from
        .map(|from| Place::after::<DB>(key, from, &|column| leave_out_nulls(filters, column)));
    let places = places.as_deref().map(|places| match ask.places {
        Some((start, end)) => &places[start..end],
        None => places,
    });
    match places {
        None => select(&mut sql, key, filters, ask, &[], None)?,
        Some(place @ [_]) => select(&mut sql, key, filters, ask, place, None)?,
        Some(places) => gated(&mut sql, key, filters, ask, places)?,
    }
    Ok(sql.statement)
}

/// The rows of several places, nearest first, each sorted and limited by itself. A place is read only
/// if the nearer ones have too few rows, and what makes it wait is no more than a count.
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
            sql.push(" AS (");
        }
        let gate = Gate { nearer: index, rows: ask.rows };
        select(sql, key, filters, ask, places, Some(gate))?;
        sql.push(")");
        if is_last {
            sql.push(" AS ");
            sql.name(&place_name(index));
        }
    }
    sort_and_limit(sql, key, ask, Writer::selected)
}

/// The name of a place in a statement, which no name of the user's should clash with.
fn place_name(index: usize) -> String {
    format!("sqlx_chunked_place_{index}")
}

/// What a place waits for: that so many nearer ones have fewer rows than are asked for.
#[derive(Clone, Copy)]
struct Gate {
    nearer: usize,
    rows: u64,
}

impl Gate {
    fn write<DB: Backend>(self, sql: &mut Writer<DB>) -> Result<(), BoxDynError> {
        let nearer = 0..self.nearer;
        sql.separated(" + ", nearer, |sql, index| {
            sql.push("(SELECT count(*) FROM ");
            sql.name(&place_name(index));
            sql.push(")");
            Ok(())
        })?;
        sql.push(" < ");
        sql.limit(self.rows)
    }
}

/// The rows of one of the places of a statement: of the one at the gate, or the only one. Without
/// places, the first rows of all.
fn select<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: Ask<'_>,
    places: &[Place<'_>],
    gate: Option<Gate>,
) -> Result<(), BoxDynError> {
    sql.select(&key.order);
    sql.selection();
    sql.companions(ask.companions);
    if let Some(column) = ask.nulls_of {
        sql.push(", ");
        nulls_exist(sql, filters, column)?;
        sql.push(" AS ");
        sql.name(HAS_NULLS);
    }
    sql.push(" FROM ");
    sql.table();
    let mut conditions = Conditions::default();
    if let Some(gate) = gate.filter(|gate| gate.nearer > 0) {
        conditions.next(sql);
        gate.write(sql)?;
        sql.push(")");
    }
    // First, since SQLite searches an index by the first of several bounds on a column.
    if let Some(place) = places.get(gate.map_or(0, |gate| gate.nearer)) {
        conditions.next(sql);
        place.write(sql)?;
        sql.push(")");
    }
    // The filters are the same for all places, which may share their text.
    let implied = |node: &Node<DB>| {
        ask.inside && is_implied(key, node)
            || !places.is_empty() && places.iter().all(|place| place.implies(node))
    };
    let leading = leading_equalities(key, filters);
    sql.once(gate.is_some_and(|gate| gate.nearer > 0), |sql| {
        write_filters(sql, &mut conditions, filters, implied, &leading)
    })?;
    sort_and_limit(sql, key, ask, Writer::column)
}

fn sort_and_limit<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    ask: Ask<'_>,
    write_column: impl Fn(&mut Writer<DB>, usize),
) -> Result<(), BoxDynError> {
    sort(sql, &key.order, write_column)?;
    sql.push(" LIMIT ");
    sql.limit(ask.rows)
}

pub(super) fn sort<DB: Backend>(
    sql: &mut Writer<DB>,
    order: &[Sort],
    write_column: impl Fn(&mut Writer<DB>, usize),
) -> Result<(), BoxDynError> {
    if order.is_empty() {
        return Ok(());
    }
    sql.push(" ORDER BY ");
    sql.separated(", ", order, |sql, &Sort { column, direction }| {
        write_column(sql, column);
        let by_operator =
            DB::DIALECT.sorts_by_operator && !is_number(sql.model.columns[column].type_id);
        sql.push(match (direction, by_operator) {
            (Direction::Ascending, false) => " ASC",
            (Direction::Descending, false) => " DESC",
            (Direction::Ascending, true) => " USING <",
            (Direction::Descending, true) => " USING >",
        });
        Ok(())
    })
}

/// The statement that is sent where no row came that could tell: whether the position still is one
/// of the key's columns, by their types and collations, and whether a key column holds a NULL; none if
/// there is nothing to ask.
pub(crate) fn at_end<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    position: &[RawValue],
    nulls_of: Option<usize>,
    types: bool,
) -> Result<Option<Statement<DB>>, BoxDynError> {
    let mut sql = Writer::<DB>::new(key.model);
    let mut asked = false;
    let mut next = |sql: &mut Writer<DB>| {
        sql.push(if asked { ", " } else { "SELECT " });
        asked = true;
    };
    let parts: Vec<_> = key.typed_parts::<DB>().filter(|_| types).collect();
    for &(_, column) in &parts {
        next(&mut sql);
        sql.push("(SELECT ");
        sql.column(column);
        sql.push(" FROM ");
        sql.table();
        sql.push(" WHERE 1 = 0)");
    }
    let texts: Vec<_> =
        parts.iter().map(|&(part, column)| (sql.column_text(column), &position[part])).collect();
    if let Some(question) = DB::outdated(texts.iter().map(|(column, value)| (&**column, *value))) {
        next(&mut sql);
        sql.push("(SELECT ");
        sql.push(&question);
        sql.push(" FROM ");
        sql.table();
        sql.push(" WHERE 1 = 0)");
    }
    if let Some(column) = nulls_of {
        next(&mut sql);
        nulls_exist(&mut sql, filters, column)?;
    }
    Ok(asked.then_some(sql.statement))
}

/// The statement that asks whether there is a row with a key that the condition for what comes after
/// a position does not let in.
///
/// Where each value has its own type (SQLite), a comparison may convert it to the type of the column.
/// A thorough question therefore looks the row up by its exact key, without an index, and asks
/// whether the batch's own condition finds it.
pub(crate) fn left_out<DB: Backend>(doubt: &Doubt) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(doubt.key.model);
    sql.push("SELECT EXISTS (");
    with_key(&mut sql, doubt)?;
    if doubt.thorough && DB::DIALECT.values_have_types {
        sql.push(") AND NOT EXISTS (");
        with_key(&mut sql, doubt)?;
        sql.push(" AND (");
        behind(&mut sql, doubt)?;
        sql.push("))");
    } else {
        sql.push(" AND (");
        behind(&mut sql, doubt)?;
        sql.push(") IS NOT TRUE)");
    }
    Ok(sql.statement)
}

fn with_key<DB: Backend>(sql: &mut Writer<DB>, doubt: &Doubt) -> Result<(), BoxDynError> {
    let Doubt { key, row, thorough, .. } = doubt;
    sql.push("SELECT 1 FROM ");
    sql.table();
    sql.push(" WHERE (");
    sql.separated(" AND ", key.order.iter().zip(row), |sql, (sort, value)| {
        if *thorough && DB::DIALECT.values_have_types {
            sql.push("+");
        }
        compare::is(sql, sort.column, value)
    })?;
    sql.push(")");
    Ok(())
}

fn behind<DB: Backend>(
    sql: &mut Writer<DB>,
    Doubt { key, position, .. }: &Doubt,
) -> Result<(), BoxDynError> {
    sql.push("(");
    sql.separated(
        ") OR (",
        &Place::after::<DB>(key, Start::behind(position), &|_| false),
        |sql, place| place.write(sql),
    )?;
    sql.push(")");
    Ok(())
}

/// The name of the column that reports NULLs; no name of the user's should clash with it.
const HAS_NULLS: &str = "sqlx_chunked_has_nulls";

/// The first part of the names of companions.
const COMPANION: &str = "sqlx_chunked_companion";

fn nulls_exist<DB: Backend>(
    sql: &mut Writer<DB>,
    filters: &mut [Filter<DB>],
    column: usize,
) -> Result<(), BoxDynError> {
    sql.push("EXISTS (SELECT 1 FROM ");
    sql.table();
    let mut conditions = Conditions::default();
    write_filters(sql, &mut conditions, filters, |_| false, &[])?;
    conditions.next(sql);
    sql.null(column, false);
    sql.push("))");
    Ok(())
}

pub(super) fn write_filters<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    filters: &mut [Filter<DB>],
    implied: impl Fn(&Node<DB>) -> bool,
    leading: &[usize],
) -> Result<(), BoxDynError> {
    for filter in filters {
        if matches!(filter, Filter::Typed(node) if implied(node)) {
            continue;
        }
        if let Filter::Typed(Node::Joined { operator: "AND", nodes, .. }) = filter
            && nodes.iter().any(&implied)
        {
            for node in nodes.iter().filter(|node| !implied(node)) {
                conditions.next(sql);
                predicate(sql, node)?;
                sql.push(")");
            }
            continue;
        }
        conditions.next(sql);
        if let Filter::Typed(Node::Compare { column, operator: Operator::Equal, value }) = filter
            && DB::DIALECT.prefers_equality
            && leading.contains(column)
        {
            // By `=` alone the server looks rows up instead of walking along the index of the order.
            for (operator, rest) in [(" >= ", " AND "), (" <= ", "")] {
                sql.column(*column);
                sql.push(operator);
                value.bind(&mut sql.statement)?;
                sql.push(rest);
            }
            sql.push(")");
            continue;
        }
        match filter {
            Filter::Typed(node) => predicate(sql, node)?,
            Filter::Sql(filter) => {
                sql.with_builder(&mut filter.push)?;
                // What the closure bound is named by nothing else in the text.
                if let Some(types) = DB::types(&sql.statement.arguments) {
                    sql.push(&format!(" /* types {types:x} */"));
                }
            }
        }
        sql.push(")");
    }
    Ok(())
}

/// The first columns of an order that filters say are equal to a value.
fn leading_equalities<DB: Backend>(key: &Key, filters: &[Filter<DB>]) -> Vec<usize> {
    let is_equal = |column: &usize| {
        filters.iter().any(|filter| {
            matches!(filter, Filter::Typed(Node::Compare { column: equal, operator: Operator::Equal, .. })
                if equal == column)
        })
    };
    key.order.iter().map(|sort| sort.column).take_while(is_equal).collect()
}

/// Whether no row with a NULL in a column meets the filters.
fn leave_out_nulls<DB: Backend>(filters: &[Filter<DB>], column: usize) -> bool {
    filters.iter().any(|filter| match filter {
        Filter::Typed(node) => node.leaves_out_nulls(column),
        Filter::Sql(_) => false,
    })
}

/// Whether all rows behind a row that met a condition meet it too: the near end of a range over
/// the order's columns. Left in, it would compete with the seek for the index, and SQLite has been
/// seen to prefer it.
fn is_implied<DB: Backend>(key: &Key, node: &Node<DB>) -> bool {
    let Node::Bound { columns, operator, .. } = node else { return false };
    let near = match operator {
        Operator::Greater | Operator::GreaterOrEqual => Direction::Ascending,
        _ => Direction::Descending,
    };
    columns.len() >= key.order.len()
        && key
            .order
            .iter()
            .zip(columns)
            .all(|(sort, column)| sort.column == *column && sort.direction == near)
}

fn predicate<DB: Backend>(sql: &mut Writer<DB>, node: &Node<DB>) -> Result<(), BoxDynError> {
    match node {
        Node::Compare { column, operator, value } => {
            sql.column(*column);
            sql.push(" ");
            sql.push(operator.sql());
            sql.push(" ");
            value.bind(&mut sql.statement)
        }
        Node::In { values, negated, .. } if values.is_empty() => {
            sql.push(if *negated { "1 = 1" } else { "1 = 0" });
            Ok(())
        }
        Node::In { column, values, negated } => {
            let values: Vec<_> = values.iter().map(|value| &**value).collect();
            list(sql, *column, &values, *negated)
        }
        Node::Null { column, negated } => {
            sql.null(*column, *negated);
            Ok(())
        }
        Node::Joined { operator, nodes, .. } => match as_list(operator, nodes) {
            Some((column, values)) => list(sql, column, &values, *operator == "AND"),
            None => joined(sql, operator, nodes, 0..nodes.len()),
        },
        Node::TooDeep => Err(format!(
            "a predicate is nested more than {DEEPEST} levels deep; `is_in` and chains of `or` or \
             `and` are not nested"
        )
        .into()),
        Node::Not { node, .. } => {
            sql.push("NOT (");
            predicate(sql, node)?;
            sql.push(")");
            Ok(())
        }
        Node::Bound { columns, operator, values } => {
            compare::bound(sql, columns, *operator, values)
        }
    }
}

/// Whether a column has one of some values, or none of them.
fn list<DB: Backend>(
    sql: &mut Writer<DB>,
    column: usize,
    values: &[&dyn Bind<DB>],
    negated: bool,
) -> Result<(), BoxDynError> {
    sql.column(column);
    if let Some(raw) = as_array::<DB>(values) {
        sql.push(if negated { " <> ALL (" } else { " = ANY (" });
        DB::bind_array(&mut sql.statement, raw.iter())?;
        sql.push(")");
        return Ok(());
    }
    sql.push(if negated { " NOT IN (" } else { " IN (" });
    sql.separated(", ", values, |sql, value| value.bind(&mut sql.statement))?;
    sql.push(")");
    Ok(())
}

/// How long a chain has to be to be written as a list.
const LONG_CHAIN: usize = 16;

/// A long chain of comparisons of one column as what it is: planners take much longer for a chain.
fn as_list<'n, DB: Backend>(
    operator: &str,
    nodes: &'n VecDeque<Node<DB>>,
) -> Option<(usize, Vec<&'n dyn Bind<DB>>)> {
    let wanted = if operator == "OR" { Operator::Equal } else { Operator::NotEqual };
    let compared = |node: &'n Node<DB>| match node {
        Node::Compare { column, operator, value } if *operator == wanted => {
            Some((*column, &**value))
        }
        _ => None,
    };
    let (column, _) = nodes.front().filter(|_| nodes.len() > LONG_CHAIN).and_then(compared)?;
    let value = |node| compared(node).filter(|(other, _)| *other == column).map(|(_, value)| value);
    Some((column, nodes.iter().map(value).collect::<Option<_>>()?))
}

/// Values that fit one array, where the database has that.
fn as_array<DB: Backend>(values: &[&dyn Bind<DB>]) -> Option<Vec<RawValue>> {
    let raw: Option<Vec<_>> = values.iter().map(|value| value.raw()).collect();
    raw.filter(|raw| {
        let kind = raw.first().map(discriminant);
        raw.iter().all(|value| DB::fits_array(value) && Some(discriminant(value)) == kind)
    })
}

/// Conditions that are joined by one operator, halved again and again: a database's parser goes down
/// a long chain one by one.
fn joined<DB: Backend>(
    sql: &mut Writer<DB>,
    operator: &str,
    nodes: &VecDeque<Node<DB>>,
    range: Range<usize>,
) -> Result<(), BoxDynError> {
    if range.len() == 1 {
        return predicate(sql, &nodes[range.start]);
    }
    let middle = range.start + range.len().div_ceil(2);
    sql.push("(");
    joined(sql, operator, nodes, range.start..middle)?;
    sql.push(") ");
    sql.push(operator);
    sql.push(" (");
    joined(sql, operator, nodes, middle..range.end)?;
    sql.push(")");
    Ok(())
}

/// The conditions of a WHERE clause, each in parentheses of its own: an `OR` in one of them must
/// not reach past it.
#[derive(Default)]
pub(super) struct Conditions {
    any: bool,
}

impl Conditions {
    pub(super) fn next<DB: Backend>(&mut self, sql: &mut Writer<DB>) {
        sql.push(if self.any { " AND (" } else { " WHERE (" });
        self.any = true;
    }
}

/// SQL text and its arguments, in the dialect of `DB`.
pub(crate) struct Writer<DB: Backend> {
    model: &'static Model,
    pub(crate) statement: Statement<DB>,
    /// What was written once and may be used again.
    written: Option<String>,
}

impl<DB: Backend> Writer<DB> {
    pub(crate) fn new(model: &'static Model) -> Self {
        Self { model, statement: Statement::default(), written: None }
    }

    pub(crate) fn push(&mut self, sql: &str) {
        self.statement.sql.push_str(sql);
    }

    /// A name, quoted.
    pub(super) fn name(&mut self, name: &str) {
        let quote = DB::DIALECT.quote;
        let sql = &mut self.statement.sql;
        sql.push(quote);
        for character in name.chars() {
            if character == quote {
                sql.push(quote);
            }
            sql.push(character);
        }
        sql.push(quote);
    }

    pub(super) fn table_of(&mut self, model: &Model) {
        if let Some(schema) = model.schema {
            self.name(schema);
            self.push(".");
        }
        self.name(model.table);
    }

    /// The table, and what is joined to it.
    pub(super) fn table(&mut self) {
        self.table_of(self.model);
        if let Some(join) = self.model.join {
            self.push(" ");
            self.push(join);
            // What follows must not become part of a comment at its end.
            self.push("\n");
        }
    }

    /// A column of the model, qualified by its table.
    pub(crate) fn column(&mut self, index: usize) {
        let ColumnName { column, joined, .. } = self.model.columns[index];
        if !joined {
            self.name(self.model.table);
            self.push(".");
            return self.name(column);
        }
        for (place, part) in column.split('.').enumerate() {
            if place > 0 {
                self.push(".");
            }
            self.name(part);
        }
    }

    /// A column by itself.
    fn column_text(&mut self, index: usize) -> String {
        let start = self.statement.sql.len();
        self.column(index);
        self.statement.sql.split_off(start)
    }

    /// Whether a column is NULL or has a value, as the order has it.
    pub(crate) fn null(&mut self, index: usize, negated: bool) {
        self.column(index);
        self.push(match (DB::DIALECT.null_test, negated) {
            (NullTest::Is, false) => " IS NULL",
            (NullTest::Is, true) => " IS NOT NULL",
            (NullTest::Distinct, false) => " IS NOT DISTINCT FROM NULL",
            (NullTest::Distinct, true) => " IS DISTINCT FROM NULL",
        });
    }

    /// Begins a statement that sorts.
    pub(super) fn select(&mut self, order: &[Sort]) {
        let is_number = |sort: &Sort| is_number(self.model.columns[sort.column].type_id);
        self.push(if order.iter().all(is_number) { "SELECT " } else { DB::SELECT_SORTED });
    }

    /// The companions of columns, behind what is selected.
    pub(super) fn companions(&mut self, columns: &[usize]) {
        for (number, &index) in columns.iter().enumerate() {
            let column = self.column_text(index);
            if let Some(companion) = DB::companion(&self.model.companion_of(&column, index)) {
                self.push(", ");
                self.push(&companion);
                self.push(" AS ");
                self.name(&format!("{COMPANION}_{number}"));
            }
        }
    }

    pub(super) fn selection(&mut self) {
        match self.model.select {
            Select::Everything => {
                self.name(self.model.table);
                self.push(".*");
            }
            Select::Columns => {
                for index in 0..self.model.columns.len() {
                    if index > 0 {
                        self.push(", ");
                    }
                    self.column(index);
                }
            }
        }
    }

    /// A column of what was selected, where the tables are out of sight.
    pub(super) fn selected(&mut self, index: usize) {
        if self.model.columns.iter().any(|column| column.joined) {
            // Columns of two tables may share a name, but no place.
            self.push(&(index + 1).to_string());
        } else {
            self.name(self.model.columns[index].column);
        }
    }

    pub(super) fn limit(&mut self, rows: u64) -> Result<(), BoxDynError> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        DB::bind_limit(&mut self.statement, rows)
    }

    /// Writes what may be written more than once in a statement. Where parameters have numbers, it is
    /// the same text again, with the same parameters.
    fn once(
        &mut self,
        again: bool,
        write: impl FnOnce(&mut Self) -> Result<(), BoxDynError>,
    ) -> Result<(), BoxDynError> {
        if again && let Some(text) = self.written.clone() {
            self.push(&text);
            return Ok(());
        }
        let start = self.statement.sql.len();
        write(self)?;
        if DB::DIALECT.numbers_parameters {
            self.written = Some(self.statement.sql[start..].to_owned());
        }
        Ok(())
    }

    pub(crate) fn separated<T>(
        &mut self,
        separator: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), BoxDynError>,
    ) -> Result<(), BoxDynError> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// Lets the user push SQL and values through sqlx's own builder.
    fn with_builder(
        &mut self,
        push: &mut dyn FnMut(&mut QueryBuilder<DB>),
    ) -> Result<(), BoxDynError> {
        const MISUSE: &str =
            "`filter_sql` may only push SQL and values: it must neither build nor reset the query";
        let sql = std::mem::take(&mut self.statement.sql);
        let arguments = std::mem::take(&mut self.statement.arguments);
        let (text, bound) = (sql.len(), arguments.len());
        let mut builder = QueryBuilder::<DB>::with_arguments(sql, Bound(arguments));
        push(&mut builder);
        if builder.sql().as_str().len() == text {
            // A closure that has nothing to say leaves every row in.
            builder.push("1 = 1");
        }
        let arguments = DB::take_arguments(&mut builder)?.ok_or(MISUSE)?;
        if arguments.len() < bound {
            return Err(MISUSE.into());
        }
        if arguments.len() > bound {
            self.statement.values = None;
        }
        self.statement.sql = builder.into_string();
        self.statement.arguments = arguments;
        Ok(())
    }
}

impl Model {
    /// A column, to write a companion for it.
    fn companion_of<'a>(&'a self, sql: &'a str, index: usize) -> CompanionOf<'a> {
        let ColumnName { column, joined, type_id, .. } = self.columns[index];
        CompanionOf {
            sql,
            name: column,
            field: type_id,
            schema: self.schema,
            table: self.table,
            join: self.join.filter(|_| joined),
        }
    }

    /// Whether a column can need a companion.
    pub(crate) fn has_companion<DB: Backend>(&self, index: usize) -> bool {
        DB::companion(&self.companion_of("", index)).is_some()
    }
}

/// Arguments that were bound before the user's; sqlx implements the conversion driver by driver.
struct Bound<A>(A);

impl<DB: Backend> IntoArguments<DB> for Bound<DB::Arguments> {
    fn into_arguments(self) -> DB::Arguments {
        self.0
    }
}
