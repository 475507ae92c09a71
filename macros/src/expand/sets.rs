//! The declared unique sets, as state machines that read an order from left to right: a state is
//! how many columns of the set have been seen, in its order, and each column of the model is a
//! transition from each state.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Names;
use crate::model::Model;

pub(super) struct Sets {
    /// The type that an order begins with: a list of states.
    pub(super) start: TokenStream,
    /// The types of the states, and their transitions.
    pub(super) items: TokenStream,
    /// The sets, as indices of columns.
    pub(super) indices: TokenStream,
}

pub(super) fn expand(model: &Model, names: &Names) -> Sets {
    let krate = &names.krate;
    let mut start = quote!(());
    let mut items = TokenStream::new();
    let sets = model.unique_columns();
    for (number, set) in sets.iter().enumerate() {
        let name = format_ident!("__Set{number}");
        start = quote!((#name<0>, #start));
        items.extend(quote!(pub struct #name<const __SEEN: usize>;));
        for seen in 0..=set.len() {
            let complete = format_ident!("{}", if seen == set.len() { "Yes" } else { "No" });
            let state = Literal::usize_unsuffixed(seen);
            items.extend(quote! {
                impl #krate::__private::SetsSeen for #name<#state> {
                    type Complete = #krate::__private::#complete;
                }
            });
            for (_, column) in model.columns() {
                let next = seen + usize::from(set.get(seen) == Some(&column.index));
                let next = Literal::usize_unsuffixed(next);
                let index = Literal::usize_unsuffixed(column.index);
                items.extend(quote! {
                    impl #krate::__private::Advance<#index> for #name<#state> {
                        type Next = #name<#next>;
                    }
                });
            }
        }
    }
    let indices = sets.iter().map(|set| {
        let columns = set.iter().map(|index| Literal::usize_unsuffixed(*index));
        quote!(&[#(#columns,)*])
    });
    Sets { start, items, indices: quote!(&[#(#indices,)*]) }
}
