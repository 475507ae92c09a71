//! The rules that a model has to keep, one function for each.
//!
//! They judge syntax and names only. Whether a key's type is an `Option` or a float is left to the
//! type checker, which sees through aliases: see `expand/key_types.rs`.

use proc_macro2::Span;
use syn::{Data, Fields, Type};

use crate::{
    attr::Text,
    errors::Errors,
    model::{Field, Model, Read},
    suggest,
};

pub(crate) fn rules(model: &Model, errors: &mut Errors) {
    if !is_struct_with_fields(model, errors) {
        return;
    }
    let said = errors.unclear();
    owned(model, errors);
    supported(model, errors);
    renamed_once(model, errors);
    sqlx_combinations(model, errors);
    marks_need_a_column(model, errors);
    key_is_comparable(model, errors);
    names_not_empty(model, errors);
    columns_read_once(model, errors);
    sets_of_several(model, errors);
    sets_of_comparable(model, errors);
    // What follows is about something missing. Where something was said that was not understood,
    // it may have been that.
    let unclear = model.unclear || errors.unclear() > said;
    has_table(model, errors);
    has_key(model, errors);
    if !unclear {
        key_is_unique(model, errors);
    }
}

/// A row is a list of named columns, and so is nothing but a struct with named fields.
fn is_struct_with_fields(model: &Model, errors: &mut Errors) -> bool {
    let name = &model.input.ident;
    let help = format!("`struct {name} {{ id: i64 }}`, with a field for each column");
    match &model.input.data {
        Data::Enum(data) => errors.push(
            data.enum_token.span,
            format_args!("`{name}` is an enum, but a row is read into named fields"),
            help,
        ),
        Data::Union(data) => errors.push(
            data.union_token.span,
            format_args!("`{name}` is a union, but a row is read into named fields"),
            help,
        ),
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) if !named.named.is_empty() => return true,
            Fields::Named(_) | Fields::Unit => errors.push(
                data.struct_token.span,
                format_args!("`{name}` has no fields to read a row into"),
                help,
            ),
            Fields::Unnamed(_) => errors.push(
                data.struct_token.span,
                format_args!("`{name}` is a tuple struct, so its fields name no columns"),
                help,
            ),
        },
    }
    false
}

/// A row is gone when its batch is handed out: there is nothing left to borrow from.
fn owned(model: &Model, errors: &mut Errors) {
    let help = "own what it borrows: `String` for `&str`, `Vec<u8>` for `&[u8]`";
    let mut lifetimes = model.input.generics.lifetimes().peekable();
    if lifetimes.peek().is_some() {
        for parameter in lifetimes {
            let problem =
                format!("`{}` borrows, but rows are read into owned values", model.input.ident);
            errors.push_over(&parameter.lifetime, problem, help);
        }
        return;
    }
    for field in model.fields.iter().filter(|field| !matches!(field.read, Read::Skipped)) {
        // A reference without a lifetime is an error of its own already.
        if let Type::Reference(reference) = field.decoded()
            && let Some(lifetime) = &reference.lifetime
        {
            let problem = format!("`{}` borrows, but rows are read into owned values", field.name);
            errors.push_over(lifetime, problem, help);
        }
    }
}

/// What is planned, and must not be ignored until then.
fn supported(model: &Model, errors: &mut Errors) {
    let columns = model.fields.iter().map(|field| ("column", field.attrs.column));
    for (name, span) in [("join", model.attrs.join)].into_iter().chain(columns) {
        let Some(span) = span else { continue };
        errors.push(
            span,
            format_args!("`{name}` is not supported yet"),
            "join in a view and read that: `#[chunked(table = \"entries_with_authors\")]`",
        );
    }
}

/// Two names cannot both be the column's.
fn renamed_once(model: &Model, errors: &mut Errors) {
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

/// `sqlx::FromRow` panics on these; what they would mean is not clear either.
fn sqlx_combinations(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        let Some(json) = &field.attrs.json else {
            continue;
        };
        if field.attrs.flatten.is_some() {
            errors.push(
                json.span,
                format_args!("`{}` is both `flatten` and `json`", field.name),
                "`#[sqlx(flatten)]` for several columns, `#[sqlx(json)]` for one that holds JSON",
            );
        }
        if json.nullable && field.attrs.try_from.is_some() {
            errors.push(
                json.span,
                format_args!("`{}` is both `json(nullable)` and `try_from`", field.name),
                "`#[sqlx(json(nullable))]` on a field of type `Option<…>`, without `try_from`",
            );
        }
    }
}

/// A mark is about the one column that a field is read from.
fn marks_need_a_column(model: &Model, errors: &mut Errors) {
    for field in &model.fields {
        let (word, span) = match (field.attrs.skip, field.attrs.flatten) {
            (Some(span), _) => ("skip", span),
            (None, Some(span)) => ("flatten", span),
            (None, None) => continue,
        };
        let marks = [
            ("#[chunk_key]", field.attrs.chunk_key),
            ("#[chunked(primary_key)]", field.attrs.primary_key),
            ("#[chunked(unique)]", field.attrs.unique),
            ("#[chunked(rename)]", field.attrs.rename.as_ref().map(|text| text.span)),
        ];
        if let Some((mark, _)) = marks.iter().find(|(_, span)| span.is_some()) {
            errors.push(
                span,
                format_args!("`{}` has `{mark}`, but with `{word}` it has no column", field.name),
                format_args!("remove `{word}`, or mark another field: `{mark}`"),
            );
        }
    }
}

/// Databases order JSON each in a way of its own, or not at all.
fn key_is_comparable(model: &Model, errors: &mut Errors) {
    for (field, _) in model.columns().filter(|(field, _)| field.is_key()) {
        if let Some(json) = &field.attrs.json {
            errors.push(
                json.span,
                format_args!("chunk key `{}` is JSON, which has no order to go by", field.name),
                "mark another unique column: `#[chunk_key]`",
            );
        }
    }
}

/// No database has an empty name.
fn names_not_empty(model: &Model, errors: &mut Errors) {
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

/// Two fields of one column are one too many for a position to be taken from: most often a
/// forgotten `rename`.
fn columns_read_once(model: &Model, errors: &mut Errors) {
    for (field, column) in model.columns().filter(|(_, column)| !column.name.is_empty()) {
        let same = |other: &(&Field, &crate::model::Column)| other.1.name == column.name;
        if let Some((first, other)) = model.columns().find(same)
            && other.index != column.index
        {
            let given = field.attrs.rename.as_ref().or(field.attrs.sqlx_rename.as_ref());
            errors.push(
                given.map_or(field.ident.span(), |text| text.span),
                format_args!(
                    "`{}` and `{}` are read from the same column `{}`",
                    first.name, field.name, column.name
                ),
                "name another column: `#[chunked(rename = \"column\")]`",
            );
        }
    }
}

/// A constraint of one column is a mark on its field; a name given twice adds nothing.
fn sets_of_several(model: &Model, errors: &mut Errors) {
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

/// A set says that no two rows agree in all its columns, which says nothing where one may be NULL:
/// NULLs do not count as equal.
fn sets_of_comparable(model: &Model, errors: &mut Errors) {
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
            let without = match field.read {
                Read::Skipped => "is skipped, so it has no column",
                Read::Flattened => "is flattened, so it has no column of its own",
                Read::Column(_) if field.looks_nullable() => {
                    "may be NULL, and NULLs are never equal"
                }
                Read::Column(_) => continue,
            };
            errors.push(
                name.span(),
                format_args!("`unique` names `{name}`, which {without}"),
                "name fields whose columns are NOT NULL: `#[chunked(unique(a, b))]`",
            );
        }
    }
}

/// The table is never guessed from the struct's name.
fn has_table(model: &Model, errors: &mut Errors) {
    if model.attrs.table.is_none() && !model.unclear {
        let name = &model.input.ident;
        errors.push(
            name.span(),
            format_args!("`{name}` does not say which table it is read from"),
            format_args!("`{}`", table_code(model)),
        );
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

/// Without a key there is no order, and no place to go on from.
fn has_key(model: &Model, errors: &mut Errors) {
    let unclear = |field: &Field| field.attrs.unclear;
    if !model.fields.iter().any(|field| field.is_key() || unclear(field)) && !model.unclear {
        let name = &model.input.ident;
        errors.push(
            name.span(),
            format_args!("`{name}` has no chunk key"),
            "mark the unique column that orders it: `#[chunk_key]`",
        );
    }
}

/// Batches end and begin between two rows, so no two rows may stand at the same place. A key is
/// unique as soon as part of it is: a field, a declared set in its order, or the primary key.
fn key_is_unique(model: &Model, errors: &mut Errors) {
    let key: Vec<&Field> = model.fields.iter().filter(|field| field.is_key()).collect();
    let [first, rest @ ..] = key.as_slice() else {
        return;
    };
    let contains = |set: &[&Field]| {
        let mut columns = key.iter();
        set.len() > 1 && set.iter().all(|field| columns.any(|column| column.ident == field.ident))
    };
    let primary: Vec<&Field> =
        model.fields.iter().filter(|field| field.attrs.primary_key.is_some()).collect();
    let sets: Vec<Vec<&Field>> = model
        .sets
        .iter()
        .map(|set| set.fields.iter().map(|&field| &model.fields[field]).collect())
        .collect();
    if key.iter().any(|field| field.unique)
        || contains(&primary)
        || sets.iter().any(|set| contains(set))
    {
        return;
    }
    let span: Span = first.ident.span();
    let names = |fields: &[&Field]| suggest::list(fields.iter().map(|field| &field.name));
    if rest.is_empty() {
        let whole = std::iter::once(&primary).chain(&sets);
        let whole = whole
            .filter(|set| set.len() > 1)
            .find(|set| set.iter().any(|field| field.ident == first.ident));
        if let Some(whole) = whole {
            errors.push(
                span,
                format_args!(
                    "chunk key `{}` is unique only together: ({})",
                    first.name,
                    names(whole)
                ),
                "mark each of those fields: `#[chunk_key]`",
            );
            return;
        }
        errors.push(
            span,
            format_args!("chunk key `{}` is not marked unique", first.name),
            "rows that tie would be skipped: add `#[chunked(unique)]` if the table constrains it, \
             or break ties with a unique column",
        );
        return;
    }
    let code = key.iter().map(|field| field.ident.to_string()).collect::<Vec<_>>().join(", ");
    let scrambled = sets.iter().any(|set| {
        set.len() > 1
            && set.iter().all(|field| key.iter().any(|column| column.ident == field.ident))
    });
    let problem = if scrambled {
        format!("the chunk key ({}) has its unique fields in another order", names(&key))
    } else {
        format!("the chunk key ({}) is not marked unique", names(&key))
    };
    errors.push(
        span,
        problem,
        format_args!("`#[chunked(unique({code}))]` on the struct, if the table constrains it"),
    );
}
