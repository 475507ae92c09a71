//! Spans of generated code: they decide where the compiler points, and whom its lints concern.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Makes a name of the user's part of the generated code, so that its lints do not reach the user.
pub(super) fn generated(ident: &Ident) -> Ident {
    let mut generated = ident.clone();
    generated.set_span(Span::call_site().located_at(ident.span()));
    generated
}

/// Places generated code at `place`, for the compiler to point there, without making it the user's
/// code: names resolve and lints apply as before.
pub(super) fn located(tokens: TokenStream, place: &impl ToTokens) -> TokenStream {
    let mut place = place.to_token_stream().into_iter();
    let Some(first) = place.next() else {
        return tokens;
    };
    let last = place.last().map_or(first.span(), |last| last.span());
    between(tokens, first.span(), last)
}

/// Makes generated code count as the user's, at `span`.
pub(super) fn as_written(tokens: TokenStream, span: Span) -> TokenStream {
    let written = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.into_iter().map(written).collect()
}

/// Places the last token at `last`, since it ends the span of the whole and of every expression in
/// it.
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
