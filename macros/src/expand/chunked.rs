//! `impl Described` and `impl Chunked`: the names, the key, and the typed columns.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use super::{
    Names,
    columns::nullable,
    sets::Sets,
    spans::{generated, located},
};
use crate::{attr::Text, model::Model};

pub(super) fn expand(model: &Model, names: &Names, sets: &Sets) -> TokenStream {
    let Names { krate, this, columns, generics, .. } = names;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let key = model.key();
    let key_types = key.iter().map(|(field, _)| names.column_type(field));
    let key_types = quote!(type Key = (#(#key_types,)*););
    // A private type cannot be the key of a public model; the compiler should report that there.
    let key_types = match key.first() {
        Some((field, _)) => located(key_types, field.decoded()),
        None => key_types,
    };
    let fields = model.columns().map(|(field, _)| generated(field.ident));
    let model_of = names_of(model, names, &sets.indices);
    let sets = &sets.start;
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::__private::Described for #this #where_clause {
            type Sets = #sets;
            const MODEL: &'static #krate::__private::Model = &#model_of;
        }

        #[automatically_derived]
        impl #impl_generics #krate::Chunked for #this #where_clause {
            type Columns = #columns #ty_generics;
            #key_types

            fn columns() -> <Self as #krate::Chunked>::Columns {
                #columns { #(#fields: #krate::__private::Column::new(),)* }
            }
        }
    }
}

/// Generates the `Model` from which the runtime makes its SQL.
fn names_of(model: &Model, names: &Names, sets: &TokenStream) -> TokenStream {
    let krate = &names.krate;
    let name = model.input.ident.unraw().to_string();
    let table = model.attrs.table.as_ref().map_or("", |table| &table.value);
    let attrs = &model.attrs;
    let [schema, query, join] = [&attrs.schema, &attrs.query, &attrs.join].map(|text| {
        text.as_ref().map_or_else(
            || quote!(::core::option::Option::None),
            |Text { value, .. }| quote!(::core::option::Option::Some(#value)),
        )
    });
    let columns = model.columns().map(|(field, column)| {
        let nullable = nullable(model, names, field);
        let ty = names.column_type(field);
        let (joined, unique) = (column.joined, field.unique);
        let (field, column) = (&field.name, &column.name);
        quote! {
            #krate::__private::ColumnName {
                field: #field,
                column: #column,
                joined: #joined,
                unique: #unique,
                nullable: #nullable,
                type_id: ::core::any::TypeId::of::<#ty>(),
            }
        }
    });
    let key = model.key().into_iter().map(|(_, column)| Literal::usize_unsuffixed(column.index));
    let select = if model.selects_everything() { quote!(Everything) } else { quote!(Columns) };
    quote! {
        #krate::__private::Model {
            name: #name,
            schema: #schema,
            table: #table,
            query: #query,
            join: #join,
            columns: &[#(#columns,)*],
            sets: #sets,
            key: &[#(#key,)*],
            select: #krate::__private::Select::#select,
        }
    }
}
