//! The kinds of structs that can be models.

use syn::{Data, Fields, Type};

use crate::{
    errors::Errors,
    model::{Model, Origin},
};

/// A row is a list of named columns, so only a struct with named fields can be a model.
pub(super) fn is_struct_with_fields(model: &Model, errors: &mut Errors) -> bool {
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

/// A row is gone when its batch is handed out, so nothing is left to borrow from.
pub(super) fn owned(model: &Model, errors: &mut Errors) {
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
    for field in model.fields.iter().filter(|field| !matches!(field.origin, Origin::Skipped)) {
        // A reference without a lifetime is already an error of its own.
        if let Type::Reference(reference) = field.decoded()
            && let Some(lifetime) = &reference.lifetime
        {
            let problem = format!("`{}` borrows, but rows are read into owned values", field.name);
            errors.push_over(lifetime, problem, help);
        }
    }
}
