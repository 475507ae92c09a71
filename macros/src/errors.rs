//! The errors in the struct, collected so that all of them are reported at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors found so far; must be [finished](Errors::finish), or they are lost.
#[must_use]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    unclear: usize,
    finished: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: Vec::new(), unclear: 0, finished: false }
    }

    /// Adds an error of two lines: the problem, and the code that helps.
    pub(crate) fn push(&mut self, span: Span, problem: impl Display, help: impl Display) {
        self.unclear += 1;
        self.push_clear(span, problem, help);
    }

    /// Adds an error that leaves no doubt about what was meant; the model is built as if that had
    /// been written.
    pub(crate) fn push_clear(&mut self, span: Span, problem: impl Display, help: impl Display) {
        self.found.push(syn::Error::new(span, format_args!("{problem}\nhelp: {help}")));
    }

    /// Like [`push`](Errors::push), over several tokens.
    pub(crate) fn push_over(
        &mut self,
        tokens: impl ToTokens,
        problem: impl Display,
        help: impl Display,
    ) {
        self.unclear += 1;
        self.found.push(syn::Error::new_spanned(tokens, format_args!("{problem}\nhelp: {help}")));
    }

    /// Counts the errors that leave in doubt what was meant. Something missing may have been meant
    /// there, so rules compare this count before and after.
    pub(crate) fn unclear(&self) -> usize {
        self.unclear
    }

    /// Returns whether there are none.
    #[cfg(any(test, feature = "migrations"))]
    pub(crate) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the errors, each as a `compile_error!`.
    pub(crate) fn finish(mut self) -> Vec<TokenStream> {
        self.finished = true;
        std::mem::take(&mut self.found).iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        assert!(
            self.finished || std::thread::panicking(),
            "errors were collected and not reported"
        );
    }
}
