//! The chunk key.

use crate::{
    errors::Errors,
    model::{Field, Model},
    suggest,
};

/// Without a key there is no order, and no place to continue from.
pub(super) fn has_key(model: &Model, errors: &mut Errors) {
    if !model.fields.iter().any(Field::is_key) {
        let name = &model.input.ident;
        errors.push(
            name.span(),
            format_args!("`{name}` has no chunk key"),
            "mark the unique column that orders it: `#[chunk_key]`",
        );
    }
}

/// Each database orders JSON in its own way, or not at all.
pub(super) fn key_is_comparable(model: &Model, errors: &mut Errors) {
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

/// Rows without a key have no place in its order. The type checker judges this, except for a type
/// that depends on parameters.
pub(super) fn key_is_not_null(model: &Model, errors: &mut Errors) {
    for (field, _) in model.columns().filter(|(field, _)| field.is_key()) {
        let ty = field.decoded();
        if field.attrs.json.is_none() && model.is_generic(ty) && field.looks_nullable() {
            errors.push_over(
                ty,
                format_args!("chunk key `{}` may be NULL", field.name),
                "mark a NOT NULL column `#[chunk_key]`, and give its field the type without `Option`",
            );
        }
    }
}

/// Batches end and begin between two rows, so no two rows may have the same key. A key is unique as
/// soon as part of it is: a field, or a set of fields, in any order.
pub(super) fn key_is_unique(model: &Model, errors: &mut Errors) {
    let fields: Vec<&Field> = model.columns().map(|(field, _)| field).collect();
    let key: Vec<usize> = (0..fields.len()).filter(|&column| fields[column].is_key()).collect();
    let sets = model.unique_columns();
    let [first, rest @ ..] = key.as_slice() else {
        return;
    };
    // A joined column is already an error, whatever else is missing.
    if key.iter().any(|&column| fields[column].unique || fields[column].attrs.column.is_some())
        || sets.iter().any(|set| set.iter().all(|column| key.contains(column)))
    {
        return;
    }
    let names = |columns: &[usize]| {
        suggest::list(columns.iter().map(|&column| fields[column].name.as_str()))
    };
    let (problem, help) = if !rest.is_empty() {
        let code: Vec<_> = key.iter().map(|&column| fields[column].ident.to_string()).collect();
        (
            format!("the chunk key ({}) is not marked unique", names(&key)),
            format!(
                "`#[chunked(unique({}))]` on the struct, if the table constrains it",
                code.join(", ")
            ),
        )
    } else if let Some(set) = sets.iter().find(|set| set.contains(first)) {
        (
            format!("chunk key {} is unique only together: ({})", names(&[*first]), names(set)),
            "mark each of those fields: `#[chunk_key]`".to_owned(),
        )
    } else {
        (
            format!("chunk key {} is not marked unique", names(&[*first])),
            "rows that tie would be skipped: add `#[chunked(unique)]` if the table constrains it, \
             or break ties with a unique column"
                .to_owned(),
        )
    };
    errors.push(fields[*first].ident.span(), problem, help);
}

#[cfg(test)]
mod tests {
    use syn::DeriveInput;

    use crate::derive;

    /// All lists of up to three of the columns, in any order.
    fn keys() -> Vec<Vec<&'static str>> {
        let columns = ["a", "b", "c", "u"];
        let mut keys: Vec<Vec<_>> = columns.iter().map(|column| vec![*column]).collect();
        for length in 1..3 {
            let shorter: Vec<_> = keys.iter().filter(|key| key.len() == length).cloned().collect();
            for key in shorter {
                for column in columns.iter().filter(|column| !key.contains(column)) {
                    keys.push(key.iter().copied().chain([*column]).collect());
                }
            }
        }
        keys
    }

    /// The sets are `a, b` and `c, b`, and `u` is unique by itself. What the types of an order and the
    /// statements say of the same is held against it in the tests of the runtime.
    #[test]
    fn a_key_is_unique_by_what_it_contains() {
        for key in keys() {
            let fields: Vec<_> = key
                .iter()
                .chain(["a", "b", "c", "u"].iter().filter(|column| !key.contains(column)))
                .map(|column| {
                    let mark = if *column == "u" { "#[chunked(unique)]" } else { "" };
                    let key = if key.contains(column) { "#[chunk_key]" } else { "" };
                    format!("{key} {mark} {column}: i64,")
                })
                .collect();
            let code = format!(
                "#[chunked(table = \"t\", unique(a, b), unique(c, b))] struct T {{ {} }}",
                fields.concat()
            );
            let input: DeriveInput = syn::parse_str(&code).expect("a struct");
            let accepted = !derive(&input).to_string().contains("compile_error");
            let has = |column: &str| key.contains(&column);
            let is_unique = has("u") || has("a") && has("b") || has("c") && has("b");
            assert_eq!(accepted, is_unique, "{code}");
        }
    }
}
