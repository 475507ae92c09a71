//! The names of the table and of its columns.

use crate::{
    attr::Text,
    errors::Errors,
    model::{Column, Field, Model},
};

/// The table is never guessed from the struct's name.
pub(super) fn has_table(model: &Model, errors: &mut Errors) {
    if model.attrs.table.is_some() {
        return;
    }
    let name = &model.input.ident;
    let code = table_code(model);
    match &model.attrs.query {
        Some(query) => errors.push(
            query.span,
            "the `query` has no name",
            format_args!("`{code}` beside it: conditions and joins know its rows by that name"),
        ),
        None => errors.push(
            name.span(),
            format_args!("`{name}` does not say which table it is read from"),
            format_args!("`{code}`"),
        ),
    }
}

fn table_code(model: &Model) -> String {
    let name = heck::ToSnakeCase::to_snake_case(model.input.ident.to_string().as_str());
    let plural = match name.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{name}s"),
    };
    format!("#[chunked(table = \"{plural}\")]")
}

/// No database has an empty name.
pub(super) fn names_not_empty(model: &Model, errors: &mut Errors) {
    let empty = |text: &&Text| text.value.is_empty();
    if let Some(table) = model.attrs.table.as_ref().filter(empty) {
        errors.push(table.span, "`table` is empty", format_args!("`{}`", table_code(model)));
    }
    if let Some(schema) = model.attrs.schema.as_ref().filter(empty) {
        let help = "leave it out, or name it: `#[chunked(schema = \"public\")]`";
        errors.push(schema.span, "`schema` is empty", help);
    }
    for attrs in model.fields.iter().map(|field| &field.attrs) {
        for rename in [&attrs.rename, &attrs.sqlx_rename].into_iter().flatten().filter(empty) {
            let help = "leave it out, or name the column: `#[chunked(rename = \"column\")]`";
            errors.push(rename.span, "`rename` is empty", help);
        }
    }
}

/// A dot would become part of the quoted name.
pub(super) fn table_is_one_name(model: &Model, errors: &mut Errors) {
    let Some(Text { value, span }) = &model.attrs.table else { return };
    if model.attrs.query.is_none()
        && let Some((schema, table)) = value.split_once('.')
        && !schema.is_empty()
        && !table.is_empty()
        && model.attrs.schema.is_none()
    {
        errors.push_clear(
            *span,
            format_args!("`table` names a schema, too: `{value}`"),
            format_args!(
                "`#[chunked(schema = \"{schema}\", table = \"{table}\")]`; if the dot is part of \
                 the name, give it at run time: `.table(\"{value}\")`"
            ),
        );
    }
}

/// A query stands for the table, and names its tables itself.
pub(super) fn query_is_one(model: &Model, errors: &mut Errors) {
    let Some(Text { value, span }) = &model.attrs.query else { return };
    let text = value.trim().to_ascii_uppercase();
    if !["SELECT", "WITH", "VALUES", "TABLE", "(", "/*", "--", "#"]
        .iter()
        .any(|word| text.starts_with(word))
    {
        let help = "`#[chunked(query = \"SELECT id, name FROM …\")]`";
        errors.push(*span, "`query` is no query", help);
    } else if text.ends_with(';') {
        errors.push(*span, "`query` ends in a `;`", "leave it out: it stands in parentheses");
    }
    if let Some(schema) = &model.attrs.schema {
        errors.push_clear(
            schema.span,
            "`schema` has no effect on a `query`",
            "name the schema in the query: `SELECT … FROM blog.entries`",
        );
    }
}

/// Two names cannot both be the column's.
pub(super) fn renamed_once(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        let (Some(own), Some(sqlx)) = (&field.attrs.rename, &field.attrs.sqlx_rename) else {
            continue;
        };
        if own.value != sqlx.value {
            errors.push_clear(
                own.span,
                format_args!(
                    "`{}` is renamed to `{}` here and to `{}` for sqlx",
                    field.name, own.value, sqlx.value
                ),
                format_args!("say it once, for both: `#[sqlx(rename = \"{}\")]`", sqlx.value),
            );
        }
    }
}

/// A position cannot be taken from a column that two fields read; most often a `rename` was
/// forgotten. Columns of two tables may have the same name.
pub(super) fn columns_read_once(model: &Model, errors: &mut Errors) {
    for (field, column) in model.columns().filter(|(_, column)| !column.name.is_empty()) {
        let same = |other: &(&Field, &Column)| {
            (other.1.joined, &other.1.name) == (column.joined, &column.name)
        };
        if let Some((first, other)) = model.columns().find(same)
            && other.index != column.index
        {
            let code = match column.name.rsplit_once('.').filter(|_| column.joined) {
                Some((qualifier, _)) => format!("column = \"{qualifier}.column\""),
                None => "rename = \"column\"".to_owned(),
            };
            errors.push(
                field.attrs.given_name().map_or(field.ident.span(), |text| text.span),
                format_args!(
                    "`{}` and `{}` are read from the same column `{}`",
                    first.name, field.name, column.name
                ),
                format_args!("name another column: `#[chunked({code})]`"),
            );
        }
    }
}
