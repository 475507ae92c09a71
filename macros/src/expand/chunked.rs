//! `impl Chunked`: the names, the key, and the typed columns.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;

use super::{
    Names,
    substitute::{generated, located},
};
use crate::{attr::Text, model::Model};

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { krate, this, columns, generics, .. } = names;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let key = model.key();
    let key_types = key.iter().map(|(field, _)| names.column_type(field));
    let key_types = quote!(type Key = (#(#key_types,)*););
    // A private type cannot be the key of a public model, which the compiler should say there.
    let key_types = match key.first() {
        Some((field, _)) => located(key_types, field.decoded()),
        None => key_types,
    };
    let fields = model.columns().map(|(field, _)| generated(field.ident));
    let model_of = names_of(model, names);
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Chunked for #this #where_clause {
            type Columns = #columns #ty_generics;
            #key_types
            const MODEL: &'static #krate::__private::Model = &#model_of;

            fn columns() -> <Self as #krate::Chunked>::Columns {
                #columns { #(#fields: #krate::__private::Column::new(),)* }
            }
        }
    }
}

/// The `Model` that the runtime makes its SQL of.
fn names_of(model: &Model, names: &Names) -> TokenStream {
    let krate = &names.krate;
    let name = model.input.ident.unraw().to_string();
    let table = model.attrs.table.as_ref().map_or("", |table| &table.value);
    let schema = model.attrs.schema.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |Text { value, .. }| quote!(::core::option::Option::Some(#value)),
    );
    let columns = model.columns().map(|(field, column)| {
        let (field, column) = (&field.name, &column.name);
        quote!(#krate::__private::ColumnName { field: #field, column: #column })
    });
    let key = model.key().into_iter().map(|(_, column)| Literal::usize_unsuffixed(column.index));
    let select = if model.selects_everything() { quote!(Everything) } else { quote!(Columns) };
    quote! {
        #krate::__private::Model {
            name: #name,
            schema: #schema,
            table: #table,
            columns: &[#(#columns,)*],
            key: &[#(#key,)*],
            select: #krate::__private::Select::#select,
        }
    }
}
