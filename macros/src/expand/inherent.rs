//! `Entry::iter` and `Entry::batch_iter`, so that the trait need not be imported.

use proc_macro2::TokenStream;
use quote::quote;

use super::Names;
use crate::model::Model;

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Names { krate, this, generics, .. } = names;
    let vis = &model.input.vis;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let database = quote!(<__S as #krate::Source<'__s>>::Database);
    let key = quote!(<Self as #krate::Chunked>::Key);
    let bounds = quote!(__S: #krate::Source<'__s>, Self: #krate::ReadRow<#database>);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #this #where_clause {
            /// Reads the table row by row, in the order of the chunk key.
            #vis fn iter<'__s, __S>(
                source: __S,
            ) -> #krate::Iter<'__s, Self, #database, #key>
            where
                #bounds,
            {
                <Self as #krate::Chunked>::iter(source)
            }

            /// Reads the table in batches, in the order of the chunk key.
            #vis fn batch_iter<'__s, __S>(
                source: __S,
            ) -> #krate::BatchIter<'__s, Self, #database, #key>
            where
                #bounds,
            {
                <Self as #krate::Chunked>::batch_iter(source)
            }
        }
    }
}
