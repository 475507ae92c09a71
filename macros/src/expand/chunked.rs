//! `impl Described` and `impl Chunked`: the names, the key, and the typed columns.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use super::{
    Names,
    column_tokens::{ColumnTokens, Nullable},
    columns::nullable,
    sets::Sets,
    spans::Place,
};
use crate::{
    attr::Text,
    model::{Column, Field, Model},
};

pub(super) fn expand(model: &Model, names: &Names, sets: &Sets) -> TokenStream {
    let Names { this, columns, generics, .. } = names;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let key: Vec<_> = model.key().iter().map(|(_, column)| names.tokens(column)).collect();
    // A private type cannot be the key of a public model; the compiler should report that there.
    let place = key.first().map_or_else(Place::of_derive, |first| first.place);
    let key_types = key.iter().map(|tokens| &tokens.ty);
    let key_types = place.put(quote_spanned!(place.span()=> type Key = (#(#key_types,)*);));
    let fields = model.columns();
    let fields = fields.map(|(field, column)| constructed(field, names.tokens(column)));
    let model_of = names_of(model, names, &sets.indices);
    let sets = &sets.start;
    quote! {
        #[automatically_derived]
        impl #impl_generics __chunked::Described for #this #where_clause {
            type Sets = #sets;
            const MODEL: &'static __chunked::Model = &#model_of;
        }

        #[automatically_derived]
        impl #impl_generics __chunked::Chunked for #this #where_clause {
            type Columns = #columns #ty_generics;
            #key_types

            fn columns() -> <Self as __chunked::Chunked>::Columns {
                #columns { #(#fields,)* }
            }
        }
    }
}

/// Generates the field of a typed column, and has the type checker confirm what its type must be.
fn constructed(field: &Field, tokens: &ColumnTokens) -> TokenStream {
    let ColumnTokens { ident, place, nullable, .. } = tokens;
    let span = place.span();
    let value = match nullable {
        Nullable::Given(_) => return quote!(#ident: __chunked::column()),
        _ if field.is_key() => quote_spanned!(span=> __chunked::chunk_key(0, 0)),
        Nullable::Probed => return quote!(#ident: __chunked::column()),
        // So rarely wrong that the first token will do as its place.
        Nullable::Option => return quote_spanned!(span=> #ident: __chunked::option()),
        Nullable::Believed => quote_spanned!(span=> __chunked::not_null(0)),
    };
    let value = place.put(value);
    quote!(#ident: #value)
}

/// Generates the `Model` from which the runtime makes its SQL.
fn names_of(model: &Model, names: &Names, sets: &TokenStream) -> TokenStream {
    let name = model.input.ident.unraw().to_string();
    let table = model.attrs.table.as_ref().map_or("", |table| &table.value);
    let attrs = &model.attrs;
    let [schema, query, join] = [&attrs.schema, &attrs.query, &attrs.join].map(|text| {
        text.as_ref().map_or_else(
            || quote!(::core::option::Option::None),
            |Text { value, .. }| quote!(::core::option::Option::Some(#value)),
        )
    });
    let has_default = |field: &Field| attrs.default.is_some() || field.attrs.default.is_some();
    let columns = model.columns();
    let columns =
        columns.map(|(field, column)| described(field, column, has_default(field), names));
    let primary_key = model.primary_key().into_iter().map(Literal::usize_unsuffixed);
    let key = model.key().into_iter().map(|(_, column)| Literal::usize_unsuffixed(column.index));
    let select = if model.selects_everything() { quote!(Everything) } else { quote!(Columns) };
    quote! {
        __chunked::Model {
            name: #name,
            schema: #schema,
            table: #table,
            query: #query,
            join: #join,
            columns: &[#(#columns,)*],
            primary_key: &[#(#primary_key,)*],
            sets: #sets,
            key: &[#(#key,)*],
            select: __chunked::Select::#select,
        }
    }
}

/// Generates the description of a column.
fn described(field: &Field, column: &Column, is_optional: bool, names: &Names) -> TokenStream {
    let tokens = names.tokens(column);
    let (ty, field_name, column_name) = (&tokens.ty, &field.name, &column.name);
    let mut code = quote!(__chunked::ColumnName::of::<#ty>(#field_name, #column_name));
    if column.joined {
        code.extend(quote!(.joined()));
    }
    if field.unique {
        code.extend(quote!(.unique()));
    }
    if is_optional {
        code.extend(quote!(.optional()));
    }
    if tokens.nullable.literal() != Some(false) {
        let nullable = nullable(tokens);
        code.extend(quote!(.nullable(#nullable)));
    }
    if tokens.is_read_probed {
        code.extend(quote!(.read_by(<__chunked::Probe<#ty>>::READ)));
    }
    code
}
