//! Turns a model into code, with one file for each generated item. All quoting happens here.

mod chunked;
mod columns;
mod decode_row;
mod inherent;
mod key_types;
mod referenced;
mod sets;
mod spans;
mod substitute;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, ext::IdentExt as _};

use crate::{
    attr::Json,
    model::{Field, Model},
};

/// Generates the code of a model. If the model has errors, only what other code can refer to.
pub(crate) fn expand(model: &Model, correct: bool) -> TokenStream {
    let names = Names::of(model);
    let inherent = inherent::expand(model, &names);
    let columns = columns::expand(model, &names);
    let sets = sets::expand(model, &names);
    let chunked = chunked::expand(model, &names, &sets);
    let sets = sets.items;
    let decode_row = decode_row::expand(model, &names, correct);
    let key_types = key_types::expand(model, &names);
    let referenced = referenced::expand(model, &names);
    let code = quote! {
        #inherent

        #[allow(deprecated)]
        const _: () = {
            #columns
            #sets
            #chunked
            #referenced
            #decode_row
            #key_types
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
    /// The runtime crate.
    krate: TokenStream,
    /// The struct with its parameters, for places where `Self` means something else.
    this: TokenStream,
    /// The struct of typed columns.
    columns: Ident,
    /// The generics of the struct, with the bounds that the trait requires of a model.
    generics: Generics,
}

impl Names {
    fn of(model: &Model) -> Self {
        let ident = spans::generated(&model.input.ident);
        let given = model.attrs.krate.as_ref();
        let krate = given.map_or_else(|| quote!(::sqlx_chunked), ToTokens::to_token_stream);
        let (_, ty_generics, _) = model.input.generics.split_for_impl();
        let this = quote!(#ident #ty_generics);
        Self {
            krate,
            columns: format_ident!("__{}Columns", ident.unraw(), span = Span::call_site()),
            generics: generics(&model.input.generics, &this),
            this,
        }
    }

    /// Returns the type that a field's column is decoded as.
    fn column_type(&self, field: &Field) -> TokenStream {
        let krate = &self.krate;
        let ty = substitute::self_type(field.decoded().to_token_stream(), &self.this);
        match field.attrs.json {
            None => ty,
            Some(Json { nullable: false, .. }) => quote!(#krate::__private::sqlx::types::Json<#ty>),
            Some(Json { nullable: true, .. }) => {
                quote!(::core::option::Option<#krate::__private::sqlx::types::Json<#ty>>)
            }
        }
    }
}

/// Adds the bound `Send + 'static` of a model to a struct with type parameters, and removes its
/// lifetimes; see [`expand`].
fn generics(generics: &Generics, this: &TokenStream) -> Generics {
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
