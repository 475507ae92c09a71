//! Types that are known by their spelling, so that the type checker need not be asked about each.
//!
//! A spelling proves nothing, since an alias can have any name: generated code that relies on one
//! must not compile if the type is another.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// What the spelling of a type says.
pub(crate) enum Known<'a> {
    /// A number, a text or bytes of the standard library: `i64`, `String`, `Vec<u8>`.
    Plain,
    /// `Option<…>`, and the type in it.
    Optional(&'a Type),
    /// A type of another crate that sqlx reads: `Uuid`, `DateTime<Utc>`, `Json<…>`.
    Foreign,
}

/// Returns what the spelling of a type says, if it is a known one. Paths count by their last name.
pub(crate) fn by_spelling(ty: &Type) -> Option<Known<'_>> {
    match ty {
        Type::Group(group) => by_spelling(&group.elem),
        Type::Paren(paren) => by_spelling(&paren.elem),
        Type::Path(path) if path.qself.is_none() => of_name(path.path.segments.last()?),
        _ => None,
    }
}

/// Returns whether a type is spelled as one that the runtime crate reads from SQLite without being
/// told how: all known ones but `Json<…>`, whose content only the user's crate decodes.
pub(crate) fn is_read_as_it_is(ty: &Type) -> bool {
    match by_spelling(ty) {
        Some(Known::Plain) => true,
        Some(Known::Foreign) => !is_json(ty),
        Some(Known::Optional(inner)) => is_read_as_it_is(inner),
        None => false,
    }
}

fn is_json(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_json(&group.elem),
        Type::Paren(paren) => is_json(&paren.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Json"),
        _ => false,
    }
}

fn of_name(segment: &PathSegment) -> Option<Known<'_>> {
    let name = &segment.ident;
    let named = |names: &[&str]| names.iter().any(|known| name == known);
    match &segment.arguments {
        PathArguments::None if named(PLAIN) => Some(Known::Plain),
        PathArguments::None if named(FOREIGN) => Some(Known::Foreign),
        PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => {
            match arguments.args.first()? {
                GenericArgument::Type(inner) if name == "Option" => Some(Known::Optional(inner)),
                GenericArgument::Type(inner) if name == "Vec" && is_byte(inner) => {
                    Some(Known::Plain)
                }
                GenericArgument::Type(_) if named(FOREIGN_OF_ONE) => Some(Known::Foreign),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("u8"))
}

const PLAIN: &[&str] =
    &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "String"];

const FOREIGN: &[&str] = &[
    "Uuid",
    "NaiveDateTime",
    "NaiveDate",
    "NaiveTime",
    "OffsetDateTime",
    "PrimitiveDateTime",
    "Decimal",
    "BigDecimal",
];

const FOREIGN_OF_ONE: &[&str] = &["DateTime", "Json"];

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_type_is_known_by_its_last_name() {
        let plain: [Type; 5] = [
            parse_quote!(i64),
            parse_quote!((f64)),
            parse_quote!(::std::string::String),
            parse_quote!(Vec<u8>),
            parse_quote!(std::vec::Vec<u8>),
        ];
        for ty in &plain {
            assert!(matches!(by_spelling(ty), Some(Known::Plain)));
            assert!(
                is_read_as_it_is(ty) && is_read_as_it_is(&parse_quote!(core::option::Option<#ty>))
            );
        }
        let foreign: [Type; 3] =
            [parse_quote!(uuid::Uuid), parse_quote!(DateTime<Utc>), parse_quote!(Json<Vec<i64>>)];
        for ty in &foreign {
            assert!(matches!(by_spelling(ty), Some(Known::Foreign)));
            assert_eq!(is_read_as_it_is(ty), !is_json(ty));
            assert_eq!(is_read_as_it_is(&parse_quote!(Option<#ty>)), !is_json(ty));
        }
    }

    #[test]
    fn other_types_are_not_known() {
        let unknown: [Type; 8] = [
            parse_quote!(Maybe),
            parse_quote!(Vec<i64>),
            parse_quote!(Vec<u8, A>),
            parse_quote!(String<16>),
            parse_quote!(Option),
            parse_quote!(<Entry as Table>::String),
            parse_quote!([u8; 16]),
            parse_quote!(&'static str),
        ];
        for ty in &unknown {
            assert!(by_spelling(ty).is_none());
        }
    }
}
