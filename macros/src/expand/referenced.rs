//! `impl Referenced`: the columns that foreign keys of other models refer to.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Names, spans::located};
use crate::model::Model;

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { krate, this, generics, .. } = names;
    let key = model.referenced();
    let Some((first, _)) = key.first() else { return TokenStream::new() };
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let types: Vec<_> = key.iter().map(|(field, _)| names.column_type(field)).collect();
    let types = match &types[..] {
        [only] => quote!(type ReferencedKey = #only;),
        types => quote!(type ReferencedKey = (#(#types,)*);),
    };
    // As for `Chunked::Key`.
    let types = located(types, first.decoded());
    let indices = key.iter().map(|(_, column)| Literal::usize_unsuffixed(column.index));
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::bounds::Referenced for #this #where_clause {
            #types
            const REFERENCED: &'static [usize] = &[#(#indices,)*];
            const SEAL: #krate::__private::Seal = #krate::__private::Seal;
        }
    }
}
