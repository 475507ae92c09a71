//! Rewrites types that move to a place where some of their names mean something else.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};

use super::tokens::Tokens;

/// Replaces `Self` with the type it stands for.
pub(super) fn self_type(tokens: TokenStream, this: &Tokens) -> Tokens {
    let mut replaced = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => replaced.extend(this.iter().cloned()),
            TokenTree::Group(group) => {
                let inner = self_type(group.stream(), this).into_token_stream();
                replaced.push(regroup(&group, inner));
            }
            other => replaced.push(other),
        }
    }
    replaced.into()
}

/// Makes every lifetime but `'__s` `'static`, for a struct that should have no lifetimes.
pub(super) fn lifetimes(tokens: TokenStream) -> TokenStream {
    let mut quoted = false;
    tokens
        .into_iter()
        .flat_map(|token| {
            let lifetime = std::mem::replace(
                &mut quoted,
                matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\''),
            );
            match token {
                TokenTree::Ident(ident) if lifetime && ident != "__s" && ident != "_" => {
                    quote_spanned!(ident.span()=> static)
                }
                TokenTree::Group(group) => regroup(&group, lifetimes(group.stream())).into(),
                other => other.into_token_stream(),
            }
        })
        .collect()
}

fn regroup(group: &Group, stream: TokenStream) -> TokenTree {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    TokenTree::Group(regrouped)
}
