//! The tokens of a column that several of the generated items use.

use proc_macro2::{Ident, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::Type;

use super::{
    spans::{Place, generated},
    substitute,
    tokens::Tokens,
};
use crate::{
    attr::Json,
    known::{self, Known},
    model::{Field, Model},
};

pub(super) struct ColumnTokens {
    /// The field's name, in generated code.
    pub(super) ident: Ident,
    /// The type that the column is decoded as.
    pub(super) ty: Tokens,
    /// The place of that type in the user's code.
    pub(super) place: Place,
    pub(super) nullable: Nullable,
    /// True if the type checker decides whether the type is generic over the database, and so can be
    /// decoded without a driver.
    pub(super) is_read_probed: bool,
}

/// How it is known whether a column may be NULL.
#[derive(Clone, Copy)]
pub(super) enum Nullable {
    /// The type checker cannot tell, and is not asked.
    Given(bool),
    /// The type is spelled `Option`. The type checker confirms it.
    Option,
    /// The type is spelled like one that has no room for NULL. The type checker confirms it.
    Believed,
    /// The type checker decides.
    Probed,
}

impl ColumnTokens {
    pub(super) fn of(model: &Model, field: &Field, this: &Tokens) -> Self {
        let written = written(field.decoded(), this);
        let place = Place::of(&written);
        let ty = match field.attrs.json {
            None => written,
            Some(Json { nullable, .. }) => json(&written, place, nullable),
        };
        let is_known = field.attrs.json.is_none() && known::is_read_as_it_is(field.decoded());
        Self {
            ident: generated(field.ident),
            ty,
            place,
            nullable: Nullable::of(model, field),
            is_read_probed: !is_known && !model.is_generic(field.decoded()),
        }
    }
}

impl Nullable {
    /// The type checker decides, so an alias of `Option` counts too, except in types that depend on
    /// parameters. Where a type is spelled like a known one, the checker is asked for less.
    fn of(model: &Model, field: &Field) -> Self {
        if field.attrs.json.is_some() || model.is_generic(field.decoded()) {
            return Self::Given(field.looks_nullable());
        }
        match known::by_spelling(field.decoded()) {
            // A key that compiles has another type of that name.
            Some(Known::Optional(_)) if field.is_key() => Self::Probed,
            Some(Known::Optional(_)) => Self::Option,
            Some(Known::Plain | Known::Foreign) => Self::Believed,
            None => Self::Probed,
        }
    }

    /// Returns the answer, unless the type checker has it.
    pub(super) fn literal(self) -> Option<bool> {
        match self {
            Self::Given(nullable) => Some(nullable),
            Self::Option => Some(true),
            Self::Believed => Some(false),
            Self::Probed => None,
        }
    }
}

/// Returns a type as the user wrote it, for a place where `Self` means something else.
fn written(ty: &Type, this: &Tokens) -> Tokens {
    if let Type::Path(path) = ty
        && path.qself.is_none()
        && let Some(name) = path.path.get_ident()
        && name != "Self"
    {
        return vec![TokenTree::from(name.clone())].into();
    }
    substitute::self_type(ty.to_token_stream(), this)
}

fn json(written: &Tokens, place: Place, nullable: bool) -> Tokens {
    let json = quote_spanned!(place.span()=> __chunked::sqlx::types::Json<#written>);
    Tokens::of(if nullable {
        quote_spanned!(place.span()=> ::core::option::Option<#json>)
    } else {
        json
    })
}
