//! When a claim is proven.

use crate::{Claim, Claims, Column, Dialect, Fault, Flaw, Index, Kind, Mark, NotNull, Part, Table};

/// The outcome for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The database upholds it.
    Proven,
    /// The database does not uphold it; this is what it has instead.
    Refuted(String),
    /// It cannot be proven, for this reason.
    Unknown(String),
}

/// Returns everything that a model claims and its table does not bear out. `None` stands for a table
/// that is not there.
pub fn faults(dialect: Dialect, claims: &Claims, table: Option<&Table>) -> Vec<Fault> {
    let Claims { model, table: name, claims, .. } = claims;
    let Some(table) = table else {
        let nothing = Table::empty(Kind::Table);
        let claim = Claim { mark: Mark::Table, columns: Vec::new() };
        let found = "there is no such table".to_owned();
        return vec![Fault::of(dialect, model, name, &claim, &nothing, found)];
    };
    let fault = |claim: &Claim| match judge(dialect, table, claim) {
        Verdict::Proven => None,
        Verdict::Refuted(found) | Verdict::Unknown(found) => {
            Some(Fault::of(dialect, model, name, claim, table, found))
        }
    };
    claims.iter().filter_map(fault).collect()
}

/// Decides about one claim. One that is about a missing column is not refuted a second time: a claim of
/// [`Mark::Column`] does that.
pub fn judge(dialect: Dialect, table: &Table, claim: &Claim) -> Verdict {
    let columns: Option<Vec<_>> =
        claim.columns.iter().map(|name| table.column(dialect, name)).collect();
    let Some(columns) = columns else {
        return if claim.mark == Mark::Column {
            Verdict::Refuted("there is no such column".to_owned())
        } else {
            Verdict::Proven
        };
    };
    match &table.kind {
        Kind::Unprovable(reason) if claim.mark.is_unique() || claim.mark.is_not_null() => {
            return Verdict::Unknown(format!("it cannot be proven, because the table {reason}"));
        }
        _ => {}
    }
    if claim.mark.is_unique() {
        unique(dialect, table, &columns)
    } else if claim.mark.is_not_null() {
        columns
            .into_iter()
            .map(not_null)
            .find(|verdict| *verdict != Verdict::Proven)
            .unwrap_or(Verdict::Proven)
    } else {
        Verdict::Proven
    }
}

fn not_null(column: &Column) -> Verdict {
    match &column.not_null {
        NotNull::Yes => Verdict::Proven,
        NotNull::No => Verdict::Refuted("the column may be NULL".to_owned()),
        NotNull::Unknown(reason) => {
            Verdict::Unknown(format!("it cannot be proven, because {reason}"))
        }
    }
}

/// A set of columns is unique if an index keeps rows apart by some of them.
fn unique(dialect: Dialect, table: &Table, columns: &[&Column]) -> Verdict {
    let objections: Vec<_> = table
        .indexes
        .iter()
        .filter_map(|index| objection(dialect, table, index, columns).map(|found| (index, found)))
        .collect();
    if objections.len() < table.indexes.len() {
        return Verdict::Proven;
    }
    // The index that comes nearest has most to say.
    let nearest = objections.into_iter().max_by_key(|(_, objection)| objection.rank);
    match nearest {
        Some((index, Objection { rank, text })) if rank > 0 => {
            let name = index.name.as_deref().unwrap_or("rowid");
            let found = format!("index `{name}` {text}");
            if rank == Objection::UNCLEAR {
                Verdict::Unknown(format!("it cannot be proven, because {found}"))
            } else {
                Verdict::Refuted(found)
            }
        }
        _ => Verdict::Refuted("no unique index or constraint is on it".to_owned()),
    }
}

/// A reason why an index does not prove a set, and how near it comes.
struct Objection {
    rank: u8,
    text: String,
}

impl Objection {
    /// The rank of a reason that may be none.
    const UNCLEAR: u8 = 5;
}

fn objection(
    dialect: Dialect,
    table: &Table,
    index: &Index,
    columns: &[&Column],
) -> Option<Objection> {
    let of = |rank, text: String| Some(Objection { rank, text });
    let is_in_set = |part: &Part| {
        let name = part.column.as_deref();
        name.is_some_and(|name| columns.iter().any(|c| dialect.is_same_column(&c.name, name)))
    };
    if index.parts.is_empty() {
        return of(0, String::new());
    }
    let others: Vec<_> = index.parts.iter().filter(|part| !is_in_set(part)).collect();
    if !others.is_empty() {
        if others.len() == index.parts.len() || !index.unique {
            return of(0, String::new());
        }
        let others: Vec<_> = others
            .into_iter()
            .map(|part| match &part.column {
                Some(column) => format!("`{column}`"),
                None => "an expression".to_owned(),
            })
            .collect();
        return of(1, format!("is unique only together with {}", others.join(", ")));
    }
    if !index.unique {
        return of(2, "on it is not unique".to_owned());
    }
    if let Some(flaw) = index.flaws.first() {
        let rank = if *flaw == Flaw::Unclear { Objection::UNCLEAR } else { 4 };
        return of(rank, flaw.to_string());
    }
    let text = index.parts.iter().find_map(|part| {
        let column = table.column(dialect, part.column.as_deref()?)?;
        difference(part, column)
    });
    text.and_then(|text| of(3, text))
}

/// Returns in what an index tells values apart which the column calls equal.
fn difference(part: &Part, column: &Column) -> Option<String> {
    let Column { name, collation, by_bytes, .. } = column;
    if let Some(operators) = &part.operators {
        return Some(format!(
            "compares `{name}` by the operators of `{operators}`, and not by the `=` of its type"
        ));
    }
    if part.prefix && !column.by_letters {
        let own = collation.as_deref().unwrap_or("none");
        return Some(format!(
            "has only the beginning of `{name}`, and by the collation `{own}` texts can be equal whose \
             beginnings are not (`ss` and `ß`)"
        ));
    }
    // A collation that calls no two texts equal has nothing that another could tell apart.
    if *by_bytes || same(part.collation.as_deref(), collation.as_deref()) {
        return None;
    }
    let [index, own] = [&part.collation, collation].map(|name| name.as_deref().unwrap_or("none"));
    Some(format!(
        "has the collation `{index}`, by which texts differ that are equal by the collation `{own}` of \
         `{name}`"
    ))
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other,
        (one, other) => one.is_none() && other.is_none(),
    }
}

#[cfg(test)]
mod tests;
