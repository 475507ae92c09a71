//! Turns a model into code, with one file for each generated item. All quoting happens here.

mod chunked;
mod column_tokens;
mod columns;
mod decode_row;
mod inherent;
mod referenced;
mod sets;
mod spans;
mod substitute;
#[cfg(test)]
mod tests;
mod tokens;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, ext::IdentExt as _};

use self::{column_tokens::ColumnTokens, tokens::Tokens};
use crate::model::{Column, Model};

/// Generates the code of a model. If the model has errors, only what other code can refer to.
pub(crate) fn expand(model: &Model, correct: bool) -> TokenStream {
    let names = Names::of(model);
    let krate = &names.krate;
    let inherent = inherent::expand(model, &names);
    let columns = columns::expand(model, &names);
    let sets = sets::expand(model);
    let chunked = chunked::expand(model, &names, &sets);
    let sets = sets.items;
    let decode_row = decode_row::expand(model, &names, correct);
    let referenced = referenced::expand(model, &names);
    let code = quote! {
        #inherent

        #[allow(deprecated)]
        const _: () = {
            use #krate::__private::{self as __chunked, DecodeRow as __DecodeRow, ReadRow as __ReadRow};

            #columns
            #sets
            #chunked
            #referenced
            #decode_row
        };
    };
    // Lifetimes are already an error; their absence should not be another.
    match model.input.generics.lifetimes().next() {
        Some(_) => substitute::lifetimes(code),
        None => code,
    }
}

/// The names that several of the generated items use.
struct Names {
    /// The runtime crate. What generated code uses of it is `__chunked`.
    krate: Tokens,
    /// The struct with its parameters, for places where `Self` means something else.
    this: Tokens,
    /// The struct of typed columns.
    columns: Ident,
    /// The generics of the struct, with the bounds that the trait requires of a model.
    generics: Generics,
    column_tokens: Vec<ColumnTokens>,
}

impl Names {
    fn of(model: &Model) -> Self {
        let ident = spans::generated(&model.input.ident);
        let given = model.attrs.krate.as_ref();
        let krate = given.map_or_else(|| quote!(::sqlx_chunked), ToTokens::to_token_stream);
        let (_, ty_generics, _) = model.input.generics.split_for_impl();
        let this = Tokens::of(quote!(#ident #ty_generics));
        let tokens = |(field, _)| ColumnTokens::of(model, field, &this);
        Self {
            krate: Tokens::of(krate),
            columns: format_ident!("__{}Columns", ident.unraw(), span = Span::call_site()),
            generics: generics(&model.input.generics, &this),
            column_tokens: model.columns().map(tokens).collect(),
            this,
        }
    }

    fn tokens(&self, column: &Column) -> &ColumnTokens {
        &self.column_tokens[column.index]
    }
}

/// Adds the bound `Send + 'static` of a model to a struct with type parameters, and removes its
/// lifetimes; see [`expand`].
fn generics(generics: &Generics, this: &Tokens) -> Generics {
    let is_generic = generics.type_params().next().is_some();
    let mut generics = generics.clone();
    generics.params = generics
        .params
        .into_iter()
        .filter(|param| !matches!(param, syn::GenericParam::Lifetime(_)))
        .collect();
    if is_generic {
        let bound = syn::parse_quote!(#this: ::core::marker::Send + 'static);
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}
