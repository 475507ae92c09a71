//! The struct of typed columns, which the closures of `filter` and `order_by` receive.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Names, spans, substitute};
use crate::model::{Field, Model};

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { krate, this, columns: name, generics, .. } = names;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let where_clause = where_clause.map(|clause| substitute::self_type(quote!(#clause), this));
    let columns = model.columns().map(|(field, column)| {
        let (vis, ident) = (&field.source.vis, spans::generated(field.ident));
        let ty = names.column_type(field);
        let unique = field.unique;
        let nullable = nullable(model, names, field);
        let index = Literal::usize_unsuffixed(column.index);
        quote!(#vis #ident: #krate::__private::Column<#this, #ty, #unique, #nullable, #index>)
    });
    quote! {
        // The trait that a `Probe` falls back to.
        use #krate::__private::Fallback as _;

        #[doc(hidden)]
        pub struct #name #impl_generics #where_clause {
            #(#columns,)*
        }
    }
}

/// Generates whether the column may be NULL. The type checker decides this, so an alias of `Option`
/// counts too, except in types that depend on parameters.
pub(super) fn nullable(model: &Model, names: &Names, field: &Field) -> TokenStream {
    let krate = &names.krate;
    if field.attrs.json.is_some() || model.is_generic(field.decoded()) {
        let nullable = field.looks_nullable();
        return quote!(#nullable);
    }
    let ty = names.column_type(field);
    quote!({ <#krate::__private::Probe<#ty>>::NULLABLE })
}
