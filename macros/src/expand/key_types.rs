//! Hands the types of the chunk key to the type checker, which knows an `Option` and a float by any
//! name and reports its error at the type.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Names, spans::located};
use crate::model::Model;

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let krate = &names.krate;
    let key = model.columns().filter(|(field, _)| field.is_key());
    let key =
        key.filter(|(field, _)| field.attrs.json.is_none() && !model.is_generic(field.decoded()));
    let checks: Vec<_> = key
        .map(|(field, _)| {
            let ty = names.column_type(field);
            let check = quote! {
                {
                    fn chunk_key<__J>(_: __J)
                    where
                        __J: #krate::__private::NotNull<#ty> + #krate::__private::Exact<#ty>,
                    {}
                    chunk_key(#krate::__private::Probe::<#ty>::new().judge())
                }
            };
            located(check, field.decoded())
        })
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    quote! {
        fn __key_types() {
            #(#checks)*
        }
    }
}
