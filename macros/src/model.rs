//! The struct as a model: the column that each field is read from, what is unique, and the key.
//!
//! A struct with errors is also built, as close as possible to what was meant.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Data, DeriveInput, Fields, Type, ext::IdentExt as _};

use crate::{
    attr::{FieldAttrs, StructAttrs},
    errors::Errors,
    known::{self, Known},
    suggest,
};

pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attrs: StructAttrs,
    /// True if something about the struct or its sets was not understood.
    pub(crate) unclear: bool,
    pub(crate) fields: Vec<Field<'a>>,
    pub(crate) sets: Vec<UniqueSet>,
}

pub(crate) struct Field<'a> {
    pub(crate) source: &'a syn::Field,
    pub(crate) ident: &'a Ident,
    /// The name, without `r#`.
    pub(crate) name: String,
    pub(crate) attrs: FieldAttrs,
    pub(crate) origin: Origin,
    /// True if no two rows share a value.
    pub(crate) unique: bool,
}

/// The source of a field's value.
pub(crate) enum Origin {
    Column(Column),
    /// Several columns, through `FromRow`.
    Flattened,
    /// No column.
    Skipped,
}

pub(crate) struct Column {
    /// Its place among the columns.
    pub(crate) index: usize,
    /// The name; for a joined column with its qualifier: `authors.name`.
    pub(crate) name: String,
    /// True for a column of another table.
    pub(crate) joined: bool,
}

/// `unique(a, b)`: the names, and the fields they refer to.
pub(crate) struct UniqueSet {
    pub(crate) span: Span,
    pub(crate) names: Vec<Ident>,
    pub(crate) fields: Vec<usize>,
}

impl<'a> Model<'a> {
    pub(crate) fn new(input: &'a DeriveInput, errors: &mut Errors) -> Self {
        let unclear = errors.unclear();
        let attrs = StructAttrs::read(&input.attrs, errors);
        let mut fields = fields(input, &attrs, errors);
        let sets: Vec<_> = attrs
            .unique
            .iter()
            .map(|(span, names)| UniqueSet::resolve(*span, names, &fields, errors))
            .collect();
        mark_unique(&mut fields, &sets);
        Self { input, attrs, unclear: errors.unclear() > unclear, fields, sets }
    }

    /// After errors, marks as unique what was most likely meant to be, so that orders by it are not
    /// reported as well.
    pub(crate) fn assume_unique(&mut self) {
        let all = self.unclear || !self.fields.iter().any(Field::is_key);
        for field in &mut self.fields {
            field.unique |= all || field.is_key();
        }
    }

    /// Returns the fields that are read from a column of their own.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&Field<'a>, &Column)> {
        self.fields.iter().filter_map(|field| match &field.origin {
            Origin::Column(column) => Some((field, column)),
            Origin::Flattened | Origin::Skipped => None,
        })
    }

    /// Returns the columns of the chunk key or, if none is marked, the one most likely meant.
    pub(crate) fn key(&self) -> Vec<(&Field<'a>, &Column)> {
        let marked: Vec<_> = self.columns().filter(|(field, _)| field.is_key()).collect();
        if !marked.is_empty() {
            return marked;
        }
        let likely = self.columns().find(|(field, _)| field.unique);
        likely.or_else(|| self.columns().next()).into_iter().collect()
    }

    /// Returns the columns of the primary key, as far as the struct names it.
    pub(crate) fn primary_key(&self) -> Vec<usize> {
        let primary = self.columns().filter(|(field, _)| field.is_primary());
        primary.map(|(_, column)| column.index).collect()
    }

    /// Returns the sets of several columns that are unique together, including the primary key, as
    /// indices of their columns.
    pub(crate) fn unique_columns(&self) -> Vec<Vec<usize>> {
        let place = |field: &Field| match &field.origin {
            Origin::Column(column) => Some(column.index),
            Origin::Flattened | Origin::Skipped => None,
        };
        let primary = self.fields.iter().filter(|field| field.is_primary());
        let declared = |set: &UniqueSet| {
            set.fields.iter().map(|&field| place(&self.fields[field])).collect::<Option<Vec<_>>>()
        };
        let sets = self.sets.iter().map(declared);
        let sets = std::iter::once(primary.map(place).collect::<Option<Vec<_>>>()).chain(sets);
        sets.flatten().filter(|set| set.len() > 1).collect()
    }

    /// Returns the columns that foreign keys refer to: the primary key, or else the only unique
    /// column or set that is never NULL. If there are several such sets, returns none.
    pub(crate) fn referenced(&self) -> Vec<(&Field<'a>, &Column)> {
        if self.fields.iter().any(Field::is_primary) {
            return self.columns().filter(|(field, _)| field.is_primary()).collect();
        }
        let fields = self.columns().filter(|(field, _)| field.unique).map(|part| vec![part]);
        let columns: Vec<_> = self.columns().collect();
        let sets = self.unique_columns().into_iter();
        let sets = sets.map(|set| set.into_iter().map(|index| columns[index]).collect());
        let mut sets = fields
            .chain(sets)
            .filter(|set: &Vec<_>| set.iter().all(|(field, _)| !field.looks_nullable()));
        match (sets.next(), sets.next()) {
            (Some(only), None) => only,
            _ => Vec::new(),
        }
    }

    /// Returns whether a type depends on the struct's parameters.
    pub(crate) fn is_generic(&self, ty: &Type) -> bool {
        let generics = &self.input.generics;
        let types = generics.type_params().map(|param| &param.ident);
        let parameters: Vec<_> =
            types.chain(generics.const_params().map(|param| &param.ident)).collect();
        !parameters.is_empty()
            && mentions(ty.to_token_stream(), &|ident| {
                parameters.contains(&ident) || ident == "Self"
            })
    }

    /// Returns whether the query selects every column, because only the database knows some of
    /// them.
    pub(crate) fn selects_everything(&self) -> bool {
        let flattened = |field: &Field| matches!(field.origin, Origin::Flattened);
        self.attrs.default.is_some()
            || self.fields.iter().any(|field| flattened(field) || field.attrs.default.is_some())
    }
}

impl Field<'_> {
    pub(crate) fn is_key(&self) -> bool {
        self.attrs.chunk_key.is_some()
    }

    /// Returns whether the field is part of the table's primary key. A joined column never is;
    /// marking one is an error.
    pub(crate) fn is_primary(&self) -> bool {
        self.attrs.primary_key.is_some() && self.attrs.column.is_none()
    }

    /// Returns the type that the database's value is decoded as, before any conversion.
    pub(crate) fn decoded(&self) -> &Type {
        self.attrs.try_from.as_ref().map_or(&self.source.ty, |(_, ty)| ty)
    }

    /// Returns whether the type is spelled `Option`. Wherever the type checker is asked, it knows
    /// better.
    pub(crate) fn looks_nullable(&self) -> bool {
        match &self.attrs.json {
            Some(json) => json.nullable,
            None => matches!(known::by_spelling(self.decoded()), Some(Known::Optional(_))),
        }
    }
}

impl UniqueSet {
    fn resolve(span: Span, names: &[Ident], fields: &[Field], errors: &mut Errors) -> Self {
        let resolved = names.iter().filter_map(|name| field_named(name, fields, errors)).collect();
        Self { span, names: names.to_vec(), fields: resolved }
    }
}

fn fields<'a>(input: &'a DeriveInput, attrs: &StructAttrs, errors: &mut Errors) -> Vec<Field<'a>> {
    let Data::Struct(data) = &input.data else {
        return Vec::new();
    };
    let Fields::Named(named) = &data.fields else {
        return Vec::new();
    };
    let mut columns = 0..;
    let mut fields = Vec::new();
    for source in &named.named {
        let Some(ident) = &source.ident else { continue };
        let name = ident.unraw().to_string();
        let own = FieldAttrs::read(&source.attrs, errors);
        // A key that is skipped or flattened is an error, but still a key.
        let is_column = own.chunk_key.is_some();
        let origin = if own.skip.is_some() && !is_column {
            Origin::Skipped
        } else if own.flatten.is_some() && !is_column {
            Origin::Flattened
        } else {
            let name = match (own.given_name(), attrs.rename_all) {
                (Some(given), _) => given.value.clone(),
                (None, Some(case)) => case(&name),
                (None, None) => name.clone(),
            };
            let index = columns.next().unwrap_or(usize::MAX);
            Origin::Column(Column { index, name, joined: own.column.is_some() })
        };
        fields.push(Field { source, ident, name, attrs: own, origin, unique: false });
    }
    fields
}

/// A field is unique by its own mark, as the whole primary key, or if one of its marks was not
/// understood, since that may have been the one.
fn mark_unique(fields: &mut [Field], sets: &[UniqueSet]) {
    let primary = fields.iter().filter(|field| field.is_primary()).count();
    for (place, field) in fields.iter_mut().enumerate() {
        field.unique = field.attrs.unique.is_some()
            || (field.is_primary() && primary == 1)
            || field.attrs.unclear
            || sets.iter().any(|set| set.names.len() == 1 && set.fields == [place]);
    }
}

fn field_named(name: &Ident, fields: &[Field], errors: &mut Errors) -> Option<usize> {
    let (span, name) = (name.span(), name.unraw().to_string());
    let place = |name: &str| fields.iter().position(|field| field.name == name);
    if let Some(place) = place(&name) {
        return Some(place);
    }
    let problem = format!("`unique` names an unknown field `{name}`");
    let of_column =
        |field: &Field| matches!(&field.origin, Origin::Column(column) if column.name == name);
    if let Some(place) = fields.iter().position(of_column) {
        let help = format!("name the field instead of its column: `{}`", fields[place].name);
        errors.push_clear(span, problem, help);
        return Some(place);
    }
    let names = || fields.iter().map(|field| field.name.as_str());
    if let Some(nearest) = suggest::nearest(&name, names()) {
        errors.push_clear(span, problem, format_args!("did you mean `{nearest}`?"));
        return place(nearest);
    }
    errors.push(span, problem, format_args!("the fields are {}", suggest::list(names())));
    None
}

fn mentions(tokens: TokenStream, wanted: &dyn Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => wanted(&ident),
        TokenTree::Group(group) => mentions(group.stream(), wanted),
        _ => false,
    })
}
