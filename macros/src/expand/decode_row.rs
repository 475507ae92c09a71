//! `impl DecodeRow` and `impl ReadRow`: turn a row into a struct, for every database that has the
//! types of its columns.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use syn::GenericParam;

use super::{
    Names,
    spans::{as_written, generated, located},
};
use crate::model::{Column, Field, Model, Origin};

pub(super) fn expand(model: &Model, names: &Names, correct: bool) -> TokenStream {
    let Names { krate, generics, .. } = names;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let ident = &model.input.ident;
    // The trait and the struct get spans in the user's code, not in the derive. The compiler then
    // says of a bound that it is "introduced here", at a field, instead of advising to implement
    // the trait by hand. The import keeps a path out of the user's code.
    let decode_row = as_written(quote!(__DecodeRow<__DB>), ident.span());
    let read_row = as_written(quote!(__ReadRow<__DB>), ident.span());
    let parameters: Vec<_> = generics.params.iter().map(without_default).collect();
    let given: Vec<_> =
        generics.where_clause.iter().flat_map(|clause| &clause.predicates).collect();
    let (bounds, body) = if correct {
        (bounds(model, names), body(model, names))
    } else {
        // Never runs, and should cause no errors of its own.
        (Vec::new(), quote!(::core::unimplemented!()))
    };
    quote! {
        use #krate::{ReadRow as __ReadRow, __private::DecodeRow as __DecodeRow};

        #[automatically_derived]
        impl<#(#parameters,)* __DB: #krate::__private::Backend>
            #decode_row for #ident #ty_generics
        where
            #(#given,)*
            #(#bounds,)*
        {
            fn decode_row(
                __row: &#krate::__private::RowReader<'_, '_, __DB>,
            ) -> ::core::result::Result<Self, #krate::__private::ColumnError> {
                #body
            }
        }

        #[automatically_derived]
        impl<#(#parameters,)* __DB: #krate::__private::Backend>
            #read_row for #ident #ty_generics
        where
            #(#given,)*
            Self: #decode_row,
        {}
    }
}

fn without_default(parameter: &GenericParam) -> GenericParam {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(ty) => ty.default = None,
        GenericParam::Const(constant) => constant.default = None,
        GenericParam::Lifetime(_) => {}
    }
    parameter
}

/// Generates a bound for each type that the database must be able to read, once, at the first field
/// of that type; the error then points to that field.
fn bounds(model: &Model, names: &Names) -> Vec<TokenStream> {
    let krate = &names.krate;
    let mut seen = HashSet::new();
    let mut bounds = Vec::new();
    for field in &model.fields {
        let (ty, bound) = match field.origin {
            Origin::Column(_) => {
                (names.column_type(field), quote!(#krate::__private::FieldType<__DB>))
            }
            Origin::Flattened => {
                (field.decoded().to_token_stream(), quote!(#krate::__private::FlattenedRow<__DB>))
            }
            // A known type either has a default or not; the body shows which.
            Origin::Skipped if !model.is_generic(&field.source.ty) => continue,
            Origin::Skipped => {
                (field.source.ty.to_token_stream(), quote!(::core::default::Default))
            }
        };
        let bound = quote!(#ty: #bound);
        if seen.insert(bound.to_string()) {
            bounds.push(located(bound, field.decoded()));
        }
    }
    bounds
}

fn body(model: &Model, names: &Names) -> TokenStream {
    let default = model
        .attrs
        .default
        .is_some()
        .then(|| quote!(let __default = <Self as ::core::default::Default>::default();));
    let fields = model.fields.iter().map(|field| {
        let ident = generated(field.ident);
        let value = located(value(model, names, field), &field.source.ty);
        quote!(#ident: #value)
    });
    quote! {
        #default
        ::core::result::Result::Ok(Self { #(#fields,)* })
    }
}

fn value(model: &Model, names: &Names, field: &Field) -> TokenStream {
    let ty = &field.source.ty;
    let ident = generated(field.ident);
    let default = if field.attrs.default.is_some() {
        Some(quote!(<#ty as ::core::default::Default>::default()))
    } else {
        model.attrs.default.is_some().then(|| quote!(__default.#ident))
    };
    match &field.origin {
        Origin::Skipped => quote!(<#ty as ::core::default::Default>::default()),
        Origin::Flattened => flattened(field, default),
        Origin::Column(column) => {
            let index = Literal::usize_unsuffixed(column.index);
            let value = decoded(names, field, column);
            match default {
                Some(default) => quote!(if __row.has(#index) { #value } else { #default }),
                None => value,
            }
        }
    }
}

/// Generates the code that reads a field from a column that the row has.
fn decoded(names: &Names, field: &Field, column: &Column) -> TokenStream {
    let index = Literal::usize_unsuffixed(column.index);
    let ty = &field.source.ty;
    let decoded = names.column_type(field);
    let value = quote!(__row.get::<#decoded>(#index)?);
    let value = match &field.attrs.json {
        None => value,
        // The inner `Option` is JSON's `null`; see `sqlx::FromRow`.
        Some(json) if json.nullable => quote!(match #value {
            ::core::option::Option::Some(__json) => __json.0,
            ::core::option::Option::None => ::core::option::Option::None,
        }),
        Some(_) => quote!(#value.0),
    };
    match &field.attrs.try_from {
        None => value,
        Some((_, raw)) => quote!(__row.convert::<#raw, #ty>(#index, #value)?),
    }
}

/// Generates the code that reads a field by `FromRow`, which reports only afterwards that a column
/// was missing.
fn flattened(field: &Field, default: Option<TokenStream>) -> TokenStream {
    let (ty, name) = (&field.source.ty, &field.name);
    match (&field.attrs.try_from, default) {
        (None, None) => quote!(__row.flatten::<#ty>()?),
        (None, Some(default)) => quote!(__row.flatten_or::<#ty>(|| #default)?),
        (Some((_, raw)), None) => quote!(__row.convert_flattened::<#raw, #ty>(#name)?),
        (Some((_, raw)), Some(default)) => {
            quote!(__row.convert_flattened_or::<#raw, #ty>(#name, || #default)?)
        }
    }
}
