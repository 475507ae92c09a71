//! The words that attributes are made of: where each belongs, and how it is written.

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

    /// The attribute with this in it.
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

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Field,
}

impl Place {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Struct => Self::Field,
            Self::Field => Self::Struct,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Struct => "the struct",
            Self::Field => "a field",
        })
    }
}

/// A word that an attribute may hold.
pub(crate) struct Word {
    pub(crate) owner: Owner,
    pub(crate) place: Place,
    pub(crate) name: &'static str,
    /// How it is written, the word included.
    pub(crate) form: &'static str,
    /// Whether it may be given several times.
    pub(super) repeats: bool,
    /// Whether it is for anyone to use here: not if it means something to other derives of sqlx
    /// only.
    listed: bool,
}

impl Word {
    /// The attribute to type: `#[chunked(unique)]`.
    pub(crate) fn code(&self) -> String {
        self.owner.code(self.form)
    }

    /// Whether it takes no value.
    pub(super) fn is_flag(&self) -> bool {
        self.form == self.name
    }

    const fn repeats(self) -> Self {
        Self { repeats: true, ..self }
    }

    const fn unlisted(self) -> Self {
        Self { listed: false, ..self }
    }
}

const fn word(owner: Owner, place: Place, name: &'static str, form: &'static str) -> Word {
    Word { owner, place, name, form, repeats: false, listed: true }
}

use Owner::{Chunked, Sqlx};
use Place::{Field, Struct};

const WORDS: &[Word] = &[
    word(Chunked, Struct, "table", "table = \"entries\""),
    word(Chunked, Struct, "schema", "schema = \"public\""),
    word(Chunked, Struct, "join", "join = \"JOIN authors ON …\""),
    word(Chunked, Struct, "unique", "unique(a, b)").repeats(),
    word(Chunked, Struct, "crate", "crate = path::to::sqlx_chunked"),
    word(Chunked, Field, "primary_key", "primary_key"),
    word(Chunked, Field, "unique", "unique"),
    word(Chunked, Field, "rename", "rename = \"column\""),
    word(Chunked, Field, "column", "column = \"authors.name\""),
    word(Chunked, Field, "skip", "skip"),
    word(Sqlx, Struct, "rename_all", "rename_all = \"camelCase\""),
    word(Sqlx, Struct, "default", "default"),
    word(Sqlx, Struct, "transparent", "transparent").unlisted(),
    word(Sqlx, Struct, "type_name", "type_name = \"…\"").unlisted(),
    word(Sqlx, Struct, "no_pg_array", "no_pg_array").unlisted(),
    word(Sqlx, Field, "rename", "rename = \"column\""),
    word(Sqlx, Field, "default", "default"),
    word(Sqlx, Field, "flatten", "flatten"),
    word(Sqlx, Field, "try_from", "try_from = \"i64\""),
    word(Sqlx, Field, "skip", "skip"),
    word(Sqlx, Field, "json", "json"),
];

pub(super) fn find(owner: Owner, place: Place, name: &str) -> Option<&'static Word> {
    at(owner, place).find(|word| word.name == name)
}

/// The word of this attribute that a misspelling stands for.
pub(super) fn nearest(owner: Owner, place: Place, name: &str) -> Option<&'static Word> {
    let nearest = suggest::nearest(name, listed(owner, place).map(|word| word.name))?;
    find(owner, place, nearest)
}

/// Every word of this attribute that is to be used.
pub(super) fn listed(owner: Owner, place: Place) -> impl Iterator<Item = &'static Word> {
    at(owner, place).filter(|word| word.listed)
}

fn at(owner: Owner, place: Place) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.owner == owner && word.place == place)
}
