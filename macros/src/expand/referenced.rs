//! `impl Referenced`: the columns that foreign keys of other models refer to.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::Names;
use crate::model::Model;

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { this, generics, .. } = names;
    let key = model.referenced();
    let Some((_, first)) = key.first() else { return TokenStream::new() };
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    // As for `Chunked::Key`.
    let place = names.tokens(first).place;
    let types: Vec<_> = key.iter().map(|(_, column)| &names.tokens(column).ty).collect();
    let types = place.put(match &types[..] {
        [only] => quote_spanned!(place.span()=> type ReferencedKey = #only;),
        types => quote_spanned!(place.span()=> type ReferencedKey = (#(#types,)*);),
    });
    let indices = key.iter().map(|(_, column)| Literal::usize_unsuffixed(column.index));
    quote! {
        #[automatically_derived]
        impl #impl_generics __chunked::Referenced for #this #where_clause {
            #types
            const REFERENCED: &'static [usize] = &[#(#indices,)*];
            const SEAL: __chunked::Seal = __chunked::Seal;
        }
    }
}
