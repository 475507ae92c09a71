//! Where generated code says it stands, and whose it is: what the compiler points to, and whom its
//! lints concern.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// A name of the user's as part of the generated code, whose lints are not the user's concern.
pub(super) fn generated(ident: &Ident) -> Ident {
    let mut generated = ident.clone();
    generated.set_span(Span::call_site().located_at(ident.span()));
    generated
}

/// Puts generated code where `place` is, for the compiler to point there, without making it the
/// user's code: its names resolve and its lints are judged as before.
pub(super) fn located(tokens: TokenStream, place: &impl ToTokens) -> TokenStream {
    let mut place = place.to_token_stream().into_iter();
    let Some(first) = place.next() else {
        return tokens;
    };
    let last = place.last().map_or(first.span(), |last| last.span());
    between(tokens, first.span(), last)
}

/// Makes generated code the user's, standing at `span`.
pub(super) fn as_written(tokens: TokenStream, span: Span) -> TokenStream {
    let written = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(written).collect()
}

/// The last token ends the span of the whole, as that of every expression within.
fn between(tokens: TokenStream, first: Span, last: Span) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut located = Vec::new();
    while let Some(token) = tokens.next() {
        let place = if tokens.peek().is_some() { first } else { last };
        let mut token = match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), between(group.stream(), first, last));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        token.set_span(token.span().located_at(place));
        located.push(token);
    }
    located.into_iter().collect()
}
