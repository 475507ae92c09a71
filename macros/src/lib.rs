//! The derive macro of [`sqlx-chunked`](https://docs.rs/sqlx-chunked), which re-exports it: depend
//! on that crate, never on this one.
//!
//! ```text
//! attributes ── attr ──> values ── model ──> model ── check, migrations ──> rules ── expand ──> code
//!                 └──────────────────┴──────────────────┴── errors, all of them at once
//! ```

mod attr;
mod check;
mod errors;
mod expand;
mod known;
mod migrations;
mod model;
mod suggest;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::{errors::Errors, model::Model};

/// Makes a struct a model: implements the trait `Chunked`, and the methods `iter` and `batch_iter`.
///
/// The tables of attributes are at the
/// [trait](https://docs.rs/sqlx-chunked/latest/sqlx_chunked/trait.Chunked.html#attributes-of-the-struct):
/// `table`, `schema`, `query`, `join`, `unique(…)`, `migrations`, `dialect` and `crate` on the struct, and on a field
/// `#[chunk_key]`, `primary_key`, `unique`, `rename`, `column` and `skip`.
#[proc_macro_derive(Chunked, attributes(chunked, chunk_key, sqlx))]
pub fn chunked(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Returns the errors, if any, and always an impl, so that code using the struct does not fail too.
fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let mut model = Model::new(input, &mut errors);
    check::rules(&model, &mut errors);
    let files = migrations::hold(&model, &mut errors);
    let errors = errors.finish();
    let correct = errors.is_empty();
    if !correct {
        model.assume_unique();
    }
    let code = expand::expand(&model, correct);
    errors.into_iter().chain([files, code]).collect()
}
