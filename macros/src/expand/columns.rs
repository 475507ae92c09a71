//! The struct of typed columns, which the closures of `filter` and `order_by` receive.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Names, column_tokens::ColumnTokens, substitute};
use crate::model::{Column, Field, Model};

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { this, columns: name, generics, .. } = names;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let where_clause = where_clause.map(|clause| substitute::self_type(quote!(#clause), this));
    let columns = model.columns().map(|(field, column)| {
        let vis = &field.source.vis;
        let tokens = names.tokens(column);
        let (ident, ty) = (&tokens.ident, typed(field, column, tokens, names));
        quote!(#vis #ident: #ty)
    });
    let is_probed = names
        .column_tokens
        .iter()
        .any(|tokens| tokens.nullable.literal().is_none() || tokens.is_read_probed);
    // The trait that a `Probe` falls back to.
    let fallback = if is_probed {
        quote!(
            use __chunked::Fallback as _;
        )
    } else {
        quote!()
    };
    quote! {
        #fallback

        #[doc(hidden)]
        pub struct #name #impl_generics #where_clause {
            #(#columns,)*
        }
    }
}

/// How many columns have types with names of their own; see `expr/named.rs` in the runtime.
const NAMED: usize = 64;

/// Generates the type of a typed column.
fn typed(field: &Field, column: &Column, tokens: &ColumnTokens, names: &Names) -> TokenStream {
    let (this, ty) = (&names.this, &tokens.ty);
    let (unique, index) = (field.unique, column.index);
    match tokens.nullable.literal() {
        Some(nullable) if index < NAMED => {
            let kind = match (unique, nullable) {
                (false, false) => format_ident!("plain"),
                (true, false) => format_ident!("unique"),
                (false, true) => format_ident!("nullable"),
                (true, true) => format_ident!("unique_nullable"),
            };
            let name = format_ident!("C{index}");
            quote!(__chunked::#kind::#name<#this, #ty>)
        }
        _ => {
            let nullable = nullable(tokens);
            let index = Literal::usize_unsuffixed(index);
            quote!(__chunked::Column<#this, #ty, #unique, #nullable, #index>)
        }
    }
}

/// Generates whether a column may be NULL.
pub(super) fn nullable(ColumnTokens { ty, nullable, .. }: &ColumnTokens) -> TokenStream {
    let literal = nullable.literal().map(|nullable| quote!(#nullable));
    literal.unwrap_or_else(|| quote!({ <__chunked::Probe<#ty>>::NULLABLE }))
}
