//! Spans of generated code: they decide where the compiler points, and whom its lints concern.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

use super::tokens::Tokens;

/// Makes a name of the user's part of the generated code, so that its lints do not reach the user.
pub(super) fn generated(ident: &Ident) -> Ident {
    let mut generated = ident.clone();
    generated.set_span(Span::call_site().located_at(ident.span()));
    generated
}

/// A place in the user's code, for the compiler to point to generated code there. It does not become
/// the user's code: names resolve and lints apply as before.
#[derive(Clone, Copy)]
pub(super) struct Place {
    first: Span,
    /// Only if the place is of several tokens.
    last: Option<Span>,
}

impl Place {
    pub(super) fn of(tokens: &Tokens) -> Self {
        let Some(first) = tokens.first() else { return Self::of_derive() };
        Self {
            first: Span::call_site().located_at(first.span()),
            last: tokens.last().map(TokenTree::span),
        }
    }

    /// The place of the derive itself.
    pub(super) fn of_derive() -> Self {
        Self { first: Span::call_site(), last: None }
    }

    /// Returns the span that generated tokens begin with, before they are [put](Place::put) here.
    pub(super) fn span(&self) -> Span {
        self.first
    }

    pub(super) fn put(&self, tokens: TokenStream) -> TokenStream {
        match self.last {
            None => tokens,
            Some(last) => between(tokens, self.first, last),
        }
    }
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
