//! The declared unique sets, as state machines that read an order from left to right. A state
//! records for each column of the set whether it was seen; each column of the model is a
//! transition.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::model::Model;

pub(super) struct Sets {
    /// The type that an order begins with: a list of states.
    pub(super) start: TokenStream,
    /// The types of the states, and their transitions.
    pub(super) items: TokenStream,
    /// The sets, as indices of columns.
    pub(super) indices: TokenStream,
}

pub(super) fn expand(model: &Model) -> Sets {
    let [yes, no] = ["Yes", "No"].map(|word| {
        let word = format_ident!("{word}");
        quote!(__chunked::#word)
    });
    let mut start = quote!(());
    let mut items = TokenStream::new();
    let sets = model.unique_columns();
    for (number, set) in sets.iter().enumerate() {
        let name = format_ident!("__Set{number}");
        let seen: Vec<_> = (0..set.len()).map(|member| format_ident!("__Seen{member}")).collect();
        let none = seen.iter().map(|_| &no);
        start = quote!((#name<#(#none),*>, #start));
        // `if the first was seen { if the next was seen { … Yes } else { No } } else { No }`
        let (complete, bounds) =
            seen.iter().rev().fold((yes.clone(), Vec::new()), |so_far, seen| {
                let (rest, mut bounds) = so_far;
                bounds.push(quote!(#seen: __chunked::Choose<#rest, #no>));
                (quote!(<#seen as __chunked::Choose<#rest, #no>>::Output), bounds)
            });
        items.extend(quote! {
            pub struct #name<#(#seen),*>(::core::marker::PhantomData<(#(#seen,)*)>);

            impl<#(#seen),*> __chunked::SetsSeen for #name<#(#seen),*>
            where
                #(#bounds,)*
            {
                type Complete = #complete;
            }
        });
        for (_, column) in model.columns() {
            let next = seen.iter().zip(set).map(|(seen, member)| {
                if *member == column.index { yes.clone() } else { quote!(#seen) }
            });
            let index = Literal::usize_unsuffixed(column.index);
            items.extend(quote! {
                impl<#(#seen),*> __chunked::Advance<#index> for #name<#(#seen),*> {
                    type Next = #name<#(#next),*>;
                }
            });
        }
    }
    let indices = sets.iter().map(|set| {
        let columns = set.iter().map(|index| Literal::usize_unsuffixed(*index));
        quote!(&[#(#columns,)*])
    });
    Sets { start, items, indices: quote!(&[#(#indices,)*]) }
}
