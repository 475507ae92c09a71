//! The words that attributes are made of, with the place of each and its written form.

use std::fmt;

use crate::suggest;

/// The attribute that a word is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Chunked,
    Sqlx,
}

impl Owner {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chunked => "chunked",
            Self::Sqlx => "sqlx",
        }
    }

    /// Returns the attribute with `words` in it.
    pub(super) fn code(self, words: impl fmt::Display) -> String {
        format!("#[{}({words})]", self.name())
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Chunked => Self::Sqlx,
            Self::Sqlx => Self::Chunked,
        }
    }
}

/// The item that an attribute is written on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Field,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Struct => "the struct",
            Self::Field => "a field",
        })
    }
}

/// The meaning of a word in one of the places; every meaning must be handled.
pub(crate) trait Meaning: Copy + 'static {
    /// The meanings in the other place.
    type Elsewhere: Meaning;

    const PLACE: Place;
    const WORDS: &'static [Word<Self>];
}

/// The meanings of words on the struct.
#[derive(Clone, Copy)]
pub(crate) enum StructWord {
    Table,
    Query,
    Schema,
    Join,
    Unique,
    Migrations,
    Dialect,
    Crate,
    RenameAll,
    Default,
    /// Nothing here; it means something to another derive of sqlx.
    OfOthers,
}

/// The meanings of words on a field.
#[derive(Clone, Copy)]
pub(crate) enum FieldWord {
    PrimaryKey,
    Unique,
    Rename,
    Column,
    Skip,
    SqlxRename,
    Default,
    Flatten,
    TryFrom,
    Json,
}

/// A word that an attribute may hold.
pub(crate) struct Word<M> {
    pub(crate) owner: Owner,
    pub(crate) name: &'static str,
    /// Its written form, including the word itself.
    pub(crate) form: &'static str,
    pub(super) meaning: M,
    /// True if it may be given several times.
    pub(super) repeats: bool,
    /// False if it only means something to other derives of sqlx, and so has no use here.
    listed: bool,
}

impl<M> Word<M> {
    /// Returns the attribute to type: `#[chunked(unique)]`.
    pub(crate) fn code(&self) -> String {
        self.owner.code(self.form)
    }

    /// Returns whether it takes no value.
    pub(super) fn is_flag(&self) -> bool {
        self.form == self.name
    }
}

const fn word<M>(owner: Owner, name: &'static str, form: &'static str, meaning: M) -> Word<M> {
    Word { owner, name, form, meaning, repeats: false, listed: true }
}

/// A word that only means something to other derives of sqlx.
const fn of_others(name: &'static str, form: &'static str) -> Word<StructWord> {
    let meaning = StructWord::OfOthers;
    Word { owner: Sqlx, name, form, meaning, repeats: false, listed: false }
}

use Owner::{Chunked, Sqlx};

impl Meaning for StructWord {
    type Elsewhere = FieldWord;

    const PLACE: Place = Place::Struct;
    const WORDS: &'static [Word<Self>] = &[
        word(Chunked, "table", "table = \"entries\"", Self::Table),
        word(Chunked, "query", "query = \"SELECT …\"", Self::Query),
        word(Chunked, "schema", "schema = \"public\"", Self::Schema),
        word(Chunked, "join", "join = \"JOIN authors ON …\"", Self::Join),
        Word { repeats: true, ..word(Chunked, "unique", "unique(a, b)", Self::Unique) },
        word(Chunked, "migrations", "migrations = \"migrations\"", Self::Migrations),
        word(Chunked, "dialect", "dialect = \"sqlite\"", Self::Dialect),
        word(Chunked, "crate", "crate = path::to::sqlx_chunked", Self::Crate),
        word(Sqlx, "rename_all", "rename_all = \"camelCase\"", Self::RenameAll),
        word(Sqlx, "default", "default", Self::Default),
        of_others("transparent", "transparent"),
        of_others("type_name", "type_name = \"…\""),
        of_others("no_pg_array", "no_pg_array"),
    ];
}

impl Meaning for FieldWord {
    type Elsewhere = StructWord;

    const PLACE: Place = Place::Field;
    const WORDS: &'static [Word<Self>] = &[
        word(Chunked, "primary_key", "primary_key", Self::PrimaryKey),
        word(Chunked, "unique", "unique", Self::Unique),
        word(Chunked, "rename", "rename = \"column\"", Self::Rename),
        word(Chunked, "column", "column = \"authors.name\"", Self::Column),
        word(Chunked, "skip", "skip", Self::Skip),
        word(Sqlx, "rename", "rename = \"column\"", Self::SqlxRename),
        word(Sqlx, "default", "default", Self::Default),
        word(Sqlx, "flatten", "flatten", Self::Flatten),
        word(Sqlx, "try_from", "try_from = \"i64\"", Self::TryFrom),
        word(Sqlx, "skip", "skip", Self::Skip),
        word(Sqlx, "json", "json", Self::Json),
    ];
}

pub(super) fn find<M: Meaning>(owner: Owner, name: &str) -> Option<&'static Word<M>> {
    of(owner).find(|word| word.name == name)
}

/// Returns the word of this attribute that `name` most likely misspells.
pub(super) fn nearest<M: Meaning>(owner: Owner, name: &str) -> Option<&'static Word<M>> {
    let nearest = suggest::nearest(name, listed::<M>(owner).map(|word| word.name))?;
    find(owner, nearest)
}

/// Returns every word of this attribute that has a use here.
pub(super) fn listed<M: Meaning>(owner: Owner) -> impl Iterator<Item = &'static Word<M>> {
    of(owner).filter(|word| word.listed)
}

fn of<M: Meaning>(owner: Owner) -> impl Iterator<Item = &'static Word<M>> {
    M::WORDS.iter().filter(move |word| word.owner == owner)
}
