//! `impl DecodeRow` and `impl ReadRow`: turn a row into a struct, for every database that has the
//! types of its columns.

use std::{collections::HashSet, mem::discriminant};

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::GenericParam;

use super::{
    Names,
    spans::{Place, as_written, generated},
    tokens::Tokens,
};
use crate::model::{Column, Field, Model, Origin};

pub(super) fn expand(model: &Model, names: &Names, correct: bool) -> TokenStream {
    let Names { generics, .. } = names;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let ident = &model.input.ident;
    // The trait and the struct get spans in the user's code, not in the derive. The compiler then
    // says of a bound that it is "introduced here", at a field, instead of advising to implement
    // the trait by hand. They are imported to keep a path out of the user's code.
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
        #[automatically_derived]
        impl<#(#parameters,)* __DB: __chunked::Backend>
            #decode_row for #ident #ty_generics
        where
            #(#given,)*
            #(#bounds,)*
        {
            fn decode_row(
                __row: &__chunked::RowReader<'_, '_, __DB>,
            ) -> ::core::result::Result<Self, __chunked::ColumnError> {
                #body
            }
        }

        #[automatically_derived]
        impl<#(#parameters,)* __DB: __chunked::Backend>
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
    let mut seen = HashSet::new();
    let mut bounds = Vec::new();
    for field in &model.fields {
        let other;
        let (ty, place) = match &field.origin {
            Origin::Column(column) => {
                let tokens = names.tokens(column);
                (&tokens.ty, tokens.place)
            }
            // A known type either has a default or not; the body shows which.
            Origin::Skipped if !model.is_generic(&field.source.ty) => continue,
            Origin::Skipped => {
                other = Tokens::of(&field.source.ty);
                (&other, Place::of(&other))
            }
            Origin::Flattened => {
                other = Tokens::of(field.decoded());
                (&other, Place::of(&other))
            }
        };
        if seen.insert((discriminant(&field.origin), ty.to_string())) {
            let bound = match field.origin {
                Origin::Column(_) => quote_spanned!(place.span()=> __chunked::FieldType<__DB>),
                Origin::Flattened => quote_spanned!(place.span()=> __chunked::FlattenedRow<__DB>),
                Origin::Skipped => quote_spanned!(place.span()=> ::core::default::Default),
            };
            bounds.push(place.put(quote_spanned!(place.span()=> #ty: #bound)));
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
    let fields = model.fields.iter().map(|field| value(model, names, field));
    quote! {
        #default
        ::core::result::Result::Ok(Self { #(#fields,)* })
    }
}

/// Generates a field of the struct, with its value.
fn value(model: &Model, names: &Names, field: &Field) -> TokenStream {
    let ty = &field.source.ty;
    let (ident, place) = match &field.origin {
        Origin::Column(column) if field.attrs.try_from.is_none() => {
            let tokens = names.tokens(column);
            (tokens.ident.clone(), tokens.place)
        }
        _ => (generated(field.ident), Place::of(&Tokens::of(ty))),
    };
    let default = if field.attrs.default.is_some() {
        Some(quote_spanned!(place.span()=> <#ty as ::core::default::Default>::default()))
    } else {
        let default = || quote_spanned!(place.span()=> __default.#ident);
        model.attrs.default.is_some().then(default)
    };
    let value = match &field.origin {
        Origin::Skipped => {
            quote_spanned!(place.span()=> <#ty as ::core::default::Default>::default())
        }
        Origin::Flattened => flattened(field, place, default),
        Origin::Column(column) => {
            let index = Literal::usize_unsuffixed(column.index);
            let value = decoded(names, field, place, column);
            match default {
                Some(default) => quote_spanned! { place.span()=>
                    if __row.has(#index) { #value } else { #default }
                },
                None => value,
            }
        }
    };
    let value = place.put(value);
    quote!(#ident: #value)
}

/// Generates the code that reads a field from a column that the row has.
fn decoded(names: &Names, field: &Field, place: Place, column: &Column) -> TokenStream {
    let index = Literal::usize_unsuffixed(column.index);
    let ty = &field.source.ty;
    if field.attrs.json.is_none() && field.attrs.try_from.is_none() {
        return quote_spanned!(place.span()=> __row.get(#index)?);
    }
    let decoded = &names.tokens(column).ty;
    let value = quote_spanned!(place.span()=> __row.get::<#decoded>(#index)?);
    let value = match &field.attrs.json {
        None => value,
        // The inner `Option` is JSON's `null`; see `sqlx::FromRow`.
        Some(json) if json.nullable => quote_spanned!(place.span()=> match #value {
            ::core::option::Option::Some(__json) => __json.0,
            ::core::option::Option::None => ::core::option::Option::None,
        }),
        Some(_) => quote_spanned!(place.span()=> #value.0),
    };
    match &field.attrs.try_from {
        None => value,
        Some((_, raw)) => {
            quote_spanned!(place.span()=> __row.convert::<#raw, #ty>(#index, #value)?)
        }
    }
}

/// Generates the code that reads a field by `FromRow`, which reports only afterwards that a column
/// was missing.
fn flattened(field: &Field, place: Place, default: Option<TokenStream>) -> TokenStream {
    let (ty, name) = (&field.source.ty, &field.name);
    let span = place.span();
    match (&field.attrs.try_from, default) {
        (None, None) => quote_spanned!(span=> __row.flatten::<#ty>()?),
        (None, Some(default)) => quote_spanned!(span=> __row.flatten_or::<#ty>(|| #default)?),
        (Some((_, raw)), None) => {
            quote_spanned!(span=> __row.convert_flattened::<#raw, #ty>(#name)?)
        }
        (Some((_, raw)), Some(default)) => quote_spanned! { span=>
            __row.convert_flattened_or::<#raw, #ty>(#name, || #default)?
        },
    }
}
