//! What a struct says of its table, as far as its text tells.

use proc_macro2::Span;
use sqlx_chunked_proof::{Claim, Claims, Mark, TableName};
use syn::{ext::IdentExt as _, spanned::Spanned as _};

use crate::model::{Column, Field, Model, Origin};

/// The claims of a model, and where each of them is made.
pub(super) struct Claimed {
    pub(super) claims: Claims,
    places: Vec<(Claim, Span)>,
    table: Span,
}

impl Claimed {
    /// Returns where a claim is made.
    pub(super) fn place_of(&self, claim: &Claim) -> Span {
        let place = self.places.iter().find(|(own, _)| own == claim);
        place.map_or(self.table, |(_, span)| *span)
    }
}

/// Returns everything that a model claims. Where the type of a field may be an alias of an `Option`, its
/// text counts.
pub(super) fn of(model: &Model) -> Option<Claimed> {
    let table = model.attrs.table.as_ref()?;
    let own: Vec<_> = model.columns().filter(|(_, column)| !column.joined).collect();
    let name =
        |index: usize| own.iter().find(|(_, c)| c.index == index).map(|(_, c)| c.name.clone());
    let names = |set: &[usize]| set.iter().map(|index| name(*index)).collect::<Option<Vec<_>>>();
    let mut places = Vec::new();
    let mut claim = |mark, columns: Vec<String>, span| {
        let claim = Claim { mark, columns };
        if places.iter().all(|(other, _)| *other != claim) {
            places.push((claim, span));
        }
    };
    let primary = model.primary_key();
    let sets = model.unique_columns();
    for (field, column) in &own {
        let has_default = model.attrs.default.is_some() || field.attrs.default.is_some();
        let is_relied_on = field.is_key() || is_in_set(field, column, &sets);
        if !has_default || is_relied_on {
            claim(Mark::Column, vec![column.name.clone()], name_of(field));
        }
    }
    for (field, column) in &own {
        if field.unique {
            let is_primary = primary == [column.index];
            let mark = if is_primary { Mark::PrimaryKey } else { Mark::Unique };
            claim(mark, vec![column.name.clone()], mark_of(field));
        }
    }
    for set in &sets {
        let is_primary = *set == primary;
        let mark = if is_primary { Mark::PrimaryKey } else { Mark::Unique };
        let first = own.iter().find(|(field, _)| is_primary && field.is_primary());
        let span = first.map_or_else(|| span_of(model, set), |(field, _)| mark_of(field));
        claim(mark, names(set)?, span);
    }
    for (field, column) in &own {
        if field.is_key() {
            let span = field.attrs.chunk_key.unwrap_or_else(|| field.ident.span());
            claim(Mark::ChunkKey, vec![column.name.clone()], span);
        } else if is_in_set(field, column, &sets) && !field.looks_nullable() {
            claim(Mark::NotNull, vec![column.name.clone()], field.source.ty.span());
        }
    }
    let claims = Claims {
        model: model.input.ident.unraw().to_string(),
        table: TableName {
            schema: model.attrs.schema.as_ref().map(|schema| schema.value.clone()),
            name: table.value.clone(),
        },
        claims: places.iter().map(|(claim, _)| claim.clone()).collect(),
        order: Vec::new(),
    };
    Some(Claimed { claims, places, table: table.span })
}

fn is_in_set(field: &Field, column: &Column, sets: &[Vec<usize>]) -> bool {
    field.unique || sets.iter().any(|set| set.contains(&column.index))
}

/// Returns the place of the name that the column is read by.
fn name_of(field: &Field) -> Span {
    field.attrs.given_name().map_or_else(|| field.ident.span(), |name| name.span)
}

/// Returns the place of the mark that makes a field unique, or part of the primary key.
fn mark_of(field: &Field) -> Span {
    let mark = field.attrs.primary_key.or(field.attrs.unique);
    mark.unwrap_or_else(|| field.ident.span())
}

/// Returns the place of `unique(a, b)`.
fn span_of(model: &Model, columns: &[usize]) -> Span {
    let column = |field: &usize| match &model.fields[*field].origin {
        Origin::Column(column) => Some(column.index),
        Origin::Flattened | Origin::Skipped => None,
    };
    let is_it = |set: &&crate::model::UniqueSet| {
        set.fields.iter().map(column).collect::<Option<Vec<_>>>().as_deref() == Some(columns)
    };
    model.sets.iter().find(is_it).map_or_else(|| model.input.ident.span(), |set| set.span)
}
