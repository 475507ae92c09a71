//! The joined tables: `join`, and the fields that are read from their columns.

use crate::{
    attr::Text,
    errors::Errors,
    model::{Field, Model, Origin},
};

/// The text goes into the query unchanged, between the table and its conditions.
pub(super) fn join_is_one(model: &Model, errors: &mut Errors) {
    let Some(Text { value, span }) = &model.attrs.join else {
        return;
    };
    let text = value.trim();
    if text.is_empty() {
        let code = r#"#[chunked(join = "JOIN authors ON …")]"#;
        errors.push(*span, "`join` is empty", format_args!("leave it out, or join: `{code}`"));
    } else if !text.starts_with(',') && !text.to_ascii_uppercase().contains("JOIN") {
        errors.push(
            *span,
            "`join` holds no `JOIN`",
            format_args!("with the word itself: `#[chunked(join = \"JOIN {text}\")]`"),
        );
    }
}

/// Without its table, a name does not say which table it belongs to.
pub(super) fn columns_are_qualified(model: &Model, errors: &mut Errors) {
    for (_, Text { value, span }) in joined(model) {
        let example = r#"`#[chunked(column = "authors.name")]`"#;
        if value.is_empty() {
            errors.push(*span, "`column` is empty", example);
        } else if !value.contains('.') {
            errors.push(
                *span,
                format_args!("`column` does not say which table `{value}` is in"),
                format_args!(
                    "{example} for a column of a joined table, \
                     `#[chunked(rename = \"{value}\")]` for one of the table itself"
                ),
            );
        } else if value.split('.').any(str::is_empty) {
            errors.push(*span, format_args!("a part of `{value}` is empty"), example);
        } else if let Some(name) = own_column(model, value) {
            errors.push_clear(
                *span,
                format_args!("`{value}` is a column of the table itself, not of a joined one"),
                format_args!("`#[chunked(rename = \"{name}\")]`"),
            );
        }
    }
}

/// Returns the column of the model's own table that a qualified name refers to.
fn own_column<'n>(model: &Model, name: &'n str) -> Option<&'n str> {
    let table = &model.attrs.table.as_ref()?.value;
    let (qualifier, column) = name.rsplit_once('.')?;
    let is_own = match &model.attrs.schema {
        Some(schema) => qualifier == table || qualifier == format!("{}.{table}", schema.value),
        None => qualifier == table,
    };
    is_own.then_some(column)
}

/// A column of another table needs that table to be joined.
pub(super) fn columns_are_joined(model: &Model, errors: &mut Errors) {
    if model.attrs.join.is_some() {
        return;
    }
    let of_another = |text: &&Text| {
        !text.value.split('.').any(str::is_empty) && own_column(model, &text.value).is_none()
    };
    // Only the first one is reported, since only one thing is missing.
    if let Some(Text { value, span }) = joined(model).map(|(_, text)| text).find(of_another)
        && let Some((qualifier, _)) = value.rsplit_once('.')
    {
        errors.push(
            *span,
            format_args!("`{value}` is a column of a table that is not joined"),
            format_args!("`#[chunked(join = \"JOIN {qualifier} ON …\")]` on the struct"),
        );
    }
}

/// `column` already is the whole name.
pub(super) fn columns_are_not_renamed(model: &Model, errors: &mut Errors) {
    for (field, column) in joined(model) {
        let attrs = &field.attrs;
        if let Some(rename) = attrs.rename.as_ref().or(attrs.sqlx_rename.as_ref()) {
            errors.push_clear(
                rename.span,
                format_args!("`{}` has both `column` and `rename`", field.name),
                format_args!("`#[chunked(column = \"{}\")]` says it all", column.value),
            );
        }
    }
}

/// A column that is unique in its own table need not be unique among the joined rows: each row of
/// that table can be joined to many.
pub(super) fn joined_columns_are_not_unique(model: &Model, errors: &mut Errors) {
    for (field, _) in joined(model) {
        let marks = [
            ("#[chunk_key]", field.attrs.chunk_key),
            ("#[chunked(primary_key)]", field.attrs.primary_key),
            ("#[chunked(unique)]", field.attrs.unique),
        ];
        for (mark, span) in marks {
            if let Some(span) = span {
                errors.push(
                    span,
                    format_args!(
                        "`{}` is a column of a joined table, so it can come several times",
                        field.name
                    ),
                    format_args!("mark a column of the table itself: `{mark}`"),
                );
                // Several marks are a single mistake.
                break;
            }
        }
    }
}

/// If the columns are not known, all columns of the table are selected, and none of another.
pub(super) fn columns_are_listed(model: &Model, errors: &mut Errors) {
    let Some((_, column)) = joined(model).next() else {
        return;
    };
    let defaults = model.fields.iter().filter_map(|field| field.attrs.default);
    let flattened = model.fields.iter().filter(|field| matches!(field.origin, Origin::Flattened));
    let words = model.attrs.default.into_iter().chain(defaults).map(|span| ("default", span));
    let flattened = flattened.filter_map(|field| Some(("flatten", field.attrs.flatten?)));
    for (word, span) in words.chain(flattened) {
        errors.push(
            span,
            format_args!(
                "`{word}` selects all columns of the table, and so not the joined `{}`",
                column.value
            ),
            format_args!(
                "remove `{word}`, or join in a view: `#[chunked(table = \"books_with_authors\")]`"
            ),
        );
    }
}

/// Returns the fields read from a joined table, each with the name of its column.
fn joined<'m>(model: &'m Model) -> impl Iterator<Item = (&'m Field<'m>, &'m Text)> {
    model.columns().filter_map(|(field, _)| Some((field, field.attrs.column.as_ref()?)))
}
