//! The declared sets: `unique(a, b)`.

use crate::{
    errors::Errors,
    model::{Model, Origin},
};

/// A constraint on one column is a mark on its field; a name given twice adds nothing.
pub(super) fn sets_of_several(model: &Model, errors: &mut Errors) {
    for set in &model.sets {
        match set.names.as_slice() {
            [] => {
                let help = "`#[chunked(unique(a, b))]`, of the fields that are unique together";
                errors.push(set.span, "`unique()` names no fields", help);
            }
            [name] => errors.push_clear(
                name.span(),
                format_args!("`unique({name})` names one field only"),
                format_args!("`#[chunked(unique)]` on the field `{name}`"),
            ),
            names => {
                for (place, name) in names.iter().enumerate() {
                    if names[..place].contains(name) {
                        errors.push_clear(
                            name.span(),
                            format_args!("`unique` names `{name}` twice"),
                            "name each field once: `#[chunked(unique(a, b))]`",
                        );
                    }
                }
            }
        }
    }
}

/// A set promises that no two rows agree in all its columns. That says nothing if one of them may
/// be NULL, since NULLs do not count as equal. No constraint covers columns of two tables.
pub(super) fn sets_of_comparable(model: &Model, errors: &mut Errors) {
    for set in &model.sets {
        for name in &set.names {
            let Some(field) = set
                .fields
                .iter()
                .map(|&field| &model.fields[field])
                .find(|field| field.ident == name)
            else {
                continue;
            };
            let not_null = "name fields whose columns are NOT NULL: `#[chunked(unique(a, b))]`";
            let (without, help) = match &field.origin {
                Origin::Skipped => ("is skipped, so it has no column", not_null),
                Origin::Flattened => ("is flattened, so it has no column of its own", not_null),
                Origin::Column(column) if column.joined => (
                    "is a column of a joined table, so it can come several times",
                    "name fields of the table itself: `#[chunked(unique(a, b))]`",
                ),
                Origin::Column(_) if field.looks_nullable() => {
                    ("may be NULL, and NULLs are never equal", not_null)
                }
                Origin::Column(_) => continue,
            };
            let problem = format!("`unique` names `{name}`, which {without}");
            errors.push(name.span(), problem, help);
        }
    }
}
