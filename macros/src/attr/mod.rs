//! Turns attributes into values. Each value keeps its span, for the rules to point to.

mod item;
mod rename_all;
mod word;

use proc_macro2::{Ident, Span};
use syn::{Attribute, Meta, Path, Type, spanned::Spanned as _};

use self::word::{FieldWord, StructWord};
pub(crate) use self::{item::Text, rename_all::Case};
use crate::errors::Errors;

/// The attributes of the struct.
#[derive(Default)]
pub(crate) struct StructAttrs {
    pub(crate) table: Option<Text>,
    pub(crate) query: Option<Text>,
    pub(crate) schema: Option<Text>,
    /// `unique(a, b)`, each with the span of its word.
    pub(crate) unique: Vec<(Span, Vec<Ident>)>,
    /// The directory of migrations that the marks are held against.
    pub(crate) migrations: Option<Text>,
    /// The database that the migrations are for.
    pub(crate) dialect: Option<Text>,
    pub(crate) krate: Option<Path>,
    pub(crate) join: Option<Text>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) default: Option<Span>,
}

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) chunk_key: Option<Span>,
    pub(crate) primary_key: Option<Span>,
    pub(crate) unique: Option<Span>,
    /// The column of a joined table, with its qualifier.
    pub(crate) column: Option<Text>,
    /// Given by `chunked`.
    pub(crate) rename: Option<Text>,
    /// Given by `sqlx`.
    pub(crate) sqlx_rename: Option<Text>,
    /// Given by either.
    pub(crate) skip: Option<Span>,
    pub(crate) flatten: Option<Span>,
    pub(crate) default: Option<Span>,
    pub(crate) json: Option<Json>,
    pub(crate) try_from: Option<(Span, Type)>,
    /// True if an attribute of the field was not understood.
    pub(crate) unclear: bool,
}

/// `json` or `json(nullable)`
#[derive(Clone, Copy)]
pub(crate) struct Json {
    pub(crate) span: Span,
    pub(crate) nullable: bool,
}

impl StructAttrs {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        for item in item::read::<StructWord>(attrs, errors) {
            match item.word.meaning {
                StructWord::Table => this.table = item.text(errors),
                StructWord::Query => this.query = item.text(errors),
                StructWord::Schema => this.schema = item.text(errors),
                StructWord::Unique => this.unique.extend(item.names(errors)),
                StructWord::Migrations => this.migrations = item.text(errors),
                StructWord::Dialect => this.dialect = item.text(errors),
                StructWord::Crate => this.krate = item.path(errors),
                StructWord::Join => this.join = item.text(errors),
                StructWord::RenameAll => {
                    let text = item.text(errors);
                    this.rename_all = text.and_then(|text| rename_all::case(&text, errors));
                }
                StructWord::Default => this.default = item.flag(errors),
                StructWord::OfOthers => {}
            }
        }
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("chunk_key")) {
            errors.push_over(
                &attr.meta,
                "`chunk_key` belongs on a field, not on the struct",
                "`#[chunk_key]` on the unique column that orders the table",
            );
        }
        this
    }
}

impl FieldAttrs {
    /// The name of the column, if it is not named like the field.
    pub(crate) fn given_name(&self) -> Option<&Text> {
        [&self.column, &self.rename, &self.sqlx_rename].into_iter().find_map(Option::as_ref)
    }

    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let unclear = errors.unclear();
        let mut this = Self::default();
        for item in item::read::<FieldWord>(attrs, errors) {
            match item.word.meaning {
                FieldWord::PrimaryKey => this.primary_key = item.flag(errors),
                FieldWord::Unique => this.unique = item.flag(errors),
                FieldWord::Rename => this.rename = item.text(errors),
                FieldWord::Column => this.column = item.text(errors),
                FieldWord::SqlxRename => this.sqlx_rename = item.text(errors),
                FieldWord::Skip => this.skip = this.skip.or(item.flag(errors)),
                FieldWord::Flatten => this.flatten = item.flag(errors),
                FieldWord::Default => this.default = item.flag(errors),
                FieldWord::Json => {
                    let json = item.option("nullable", errors);
                    this.json = json.map(|(span, nullable)| Json { span, nullable });
                }
                FieldWord::TryFrom => {
                    let span = item.span;
                    this.try_from = item.ty(errors).map(|ty| (span, ty));
                }
            }
        }
        this.chunk_key = chunk_key(attrs, errors);
        this.unclear = errors.unclear() > unclear;
        this
    }
}

/// Reads `#[chunk_key]`, which takes no arguments.
fn chunk_key(attrs: &[Attribute], errors: &mut Errors) -> Option<Span> {
    let mut first = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("chunk_key")) {
        if let Some(first) = first {
            item::twice("chunk_key", attr.path().span(), first, errors);
            continue;
        }
        first = Some(attr.path().span());
        let arguments = match &attr.meta {
            Meta::Path(_) => continue,
            Meta::List(list) => list.delimiter.span().join(),
            Meta::NameValue(pair) => pair.value.span(),
        };
        errors.push_clear(
            arguments,
            "`chunk_key` takes no arguments",
            "`#[chunk_key]`, on every column of the key in turn",
        );
    }
    first
}
