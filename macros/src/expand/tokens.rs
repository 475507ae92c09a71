//! Tokens that stand at many places of the generated code, made once.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};

/// A list of tokens. To append it costs less than a `TokenStream`, which the compiler holds and is
/// asked for each time: users build the derive unoptimised, and run it whenever they check a crate.
pub(super) struct Tokens(Vec<TokenTree>);

impl Tokens {
    pub(super) fn of(tokens: impl ToTokens) -> Self {
        Self(tokens.into_token_stream().into_iter().collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &TokenTree> {
        self.0.iter()
    }

    pub(super) fn first(&self) -> Option<&TokenTree> {
        self.0.first()
    }

    /// Returns the last of several tokens.
    pub(super) fn last(&self) -> Option<&TokenTree> {
        self.0.get(1..)?.last()
    }
}

impl From<Vec<TokenTree>> for Tokens {
    fn from(tokens: Vec<TokenTree>) -> Self {
        Self(tokens)
    }
}

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for token in &self.0 {
            tokens.append(token.clone());
        }
    }
}

/// The text of the tokens, which is the same if they are.
impl std::fmt::Display for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|token| write!(f, "{token} "))
    }
}
