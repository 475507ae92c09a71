//! Generated code compiles, without warnings, wherever a user may put a model.

#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    non_ascii_idents,
    unused_lifetimes,
    unused_import_braces,
    trivial_casts,
    clippy::pedantic,
    clippy::nursery
)]
#![allow(clippy::redundant_pub_crate)] // the opposite of `unreachable_pub`

use sqlx_chunked::Chunked;

/// Returns the names found for a model: its table, its columns, its key.
fn names<M: Chunked>() -> (String, Vec<&'static str>, Vec<&'static str>) {
    let model = M::MODEL;
    let columns: Vec<_> = model.columns.iter().map(|column| column.column).collect();
    let key = model.key.iter().map(|&place| columns[place]).collect();
    let table = model
        .schema
        .map_or_else(|| model.table.to_owned(), |schema| format!("{schema}.{}", model.table));
    (table, columns, key)
}

/// Nothing is imported here, and the names that usually are mean something else.
mod no_prelude {
    #![no_implicit_prelude]
    #![allow(dead_code)]

    struct Option;
    struct Result;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Vec;
    struct String;
    trait Default {}
    trait Send {}
    trait Sized {}
    trait TryFrom {}
    trait From {}
    mod core {}
    mod std {}
    mod sqlx_chunked {}
    mod sqlx {}

    #[derive(::core::fmt::Debug, ::sqlx_chunked::Chunked)]
    #[chunked(table = "entries", schema = "public", unique(author, created))]
    #[sqlx(default)]
    pub(super) struct Entry {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        created: ::std::string::String,
        author: ::core::primitive::i32,
        note: ::core::option::Option<::std::string::String>,
        #[sqlx(json)]
        tags: ::std::vec::Vec<::std::string::String>,
        #[sqlx(json(nullable))]
        more: ::core::option::Option<::core::primitive::u8>,
        #[sqlx(try_from = "i64")]
        level: Level,
        #[sqlx(json, try_from = "::core::primitive::i64")]
        json_level: Level,
        #[sqlx(flatten)]
        part: Part,
        #[sqlx(default)]
        late: i64,
        #[chunked(skip)]
        cache: ::std::vec::Vec<u8>,
    }

    impl ::core::default::Default for Entry {
        fn default() -> Self {
            ::core::unimplemented!()
        }
    }

    #[derive(::core::fmt::Debug)]
    struct Level(i64);

    impl ::core::convert::From<i64> for Level {
        fn from(value: i64) -> Self {
            Self(value)
        }
    }

    #[derive(::core::fmt::Debug, ::sqlx::FromRow)]
    struct Part {
        one: i64,
    }

    /// Generic code means the same here.
    #[derive(::sqlx_chunked::Chunked)]
    #[chunked(table = "generic")]
    pub(super) struct Generic<T, const N: usize = 4>
    where
        T: ::core::fmt::Debug,
    {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        value: T,
        values: ::core::option::Option<T>,
        #[chunked(skip)]
        sized: ::core::marker::PhantomData<[u8; N]>,
    }
}

#[test]
fn without_a_prelude() {
    assert_eq!(
        names::<no_prelude::Entry>(),
        (
            "public.entries".to_owned(),
            vec!["id", "created", "author", "note", "tags", "more", "level", "json_level", "late"],
            vec!["id"]
        )
    );
    assert_eq!(names::<no_prelude::Generic<i64>>().1, ["id", "value", "values"]);
}

/// Every form of struct that can be a model.
pub mod spellings {
    #![allow(dead_code)]

    use std::{collections::HashMap, fmt::Debug, marker::PhantomData};

    use sqlx_chunked::Chunked;

    /// Names that are also words of Rust, of SQL, or of the derive itself.
    #[derive(Chunked)]
    #[chunked(table = "select", schema = "order by")]
    #[allow(non_camel_case_types, non_snake_case)]
    pub struct r#struct {
        /// The key.
        #[chunk_key]
        #[chunked(unique)]
        pub r#type: i64,
        /// A name with a quote and a space.
        #[chunked(rename = "it's \"quoted\"")]
        pub r#fn: i64,
        /// The name of a lint.
        pub Select: i64,
        /// A name in the generated code.
        __row: i64,
        /// As above.
        pub row: i64,
        /// As above.
        __default: i64,
        /// As above.
        pub columns: i64,
        /// As above.
        pub iter: i64,
    }

    /// Parameters of every kind, bounds in every place.
    #[derive(Debug, Chunked)]
    #[chunked(table = "generic")]
    pub struct Generic<T: Debug + Clone, U = String, S = i64, const N: usize = 2>
    where
        U: Into<String>,
        Self: Sized,
        for<'a> &'a S: Debug,
    {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        first: T,
        second: Option<U>,
        third: S,
        bytes: Vec<u8>,
        #[chunked(skip)]
        array: PhantomData<[u8; N]>,
        #[sqlx(json)]
        map: HashMap<String, T>,
        #[sqlx(skip)]
        list: Vec<T>,
    }

    /// An associated type.
    #[derive(Chunked)]
    #[chunked(table = "associated")]
    pub struct Associated<I: Iterator> {
        #[chunk_key]
        #[chunked(primary_key)]
        /// The key.
        pub id: i64,
        /// An item of the iterator.
        pub item: I::Item,
        /// The same, written another way.
        pub other: <I as Iterator>::Item,
    }

    /// A key that depends on a parameter.
    #[derive(Chunked)]
    #[chunked(table = "keyed")]
    pub(crate) struct Keyed<K> {
        #[chunk_key]
        #[chunked(primary_key)]
        pub(crate) id: K,
    }

    /// A struct that mentions itself.
    #[derive(Debug, Chunked, serde::Deserialize)]
    #[chunked(table = "trees")]
    pub struct Tree<T> {
        #[chunk_key]
        #[chunked(primary_key)]
        id: Id<Self>,
        #[sqlx(json)]
        children: Vec<Self>,
        #[chunked(skip)]
        parent: Option<Box<Self>>,
        value: T,
    }

    /// The key of a `T`.
    #[derive(Debug, serde::Deserialize)]
    pub struct Id<T>(i64, PhantomData<fn() -> T>);

    impl<T, DB: sqlx::Database> sqlx::Type<DB> for Id<T>
    where
        i64: sqlx::Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            <i64 as sqlx::Type<DB>>::type_info()
        }
    }

    impl<'r, T, DB: sqlx::Database> sqlx::Decode<'r, DB> for Id<T>
    where
        i64: sqlx::Decode<'r, DB>,
    {
        fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
            <i64 as sqlx::Decode<'r, DB>>::decode(value).map(|id| Self(id, PhantomData))
        }
    }
}

/// Attributes that do not belong to the derive.
mod foreign {
    use sqlx_chunked::Chunked;

    /// One of each, before and after, with values that are not literals.
    #[derive(Debug, Default, Clone, PartialEq, Chunked, sqlx::FromRow, serde::Deserialize)]
    #[doc = concat!("docs ", "of two parts")]
    #[serde(rename_all = "camelCase", default)]
    #[chunked(table = "foreign")]
    #[chunked(schema = r"raw")]
    #[chunked(unique(id, name,))]
    #[sqlx(type_name = "foreign", rename_all = "camelCase")]
    #[allow(clippy::derive_partial_eq_without_eq)]
    #[must_use]
    #[cfg_attr(all(), sqlx(no_pg_array))]
    pub(super) struct Foreign {
        #[doc = stringify!(of a macro)]
        #[serde(skip)]
        #[chunk_key]
        #[chunked(primary_key, unique)]
        pub(in crate::foreign) id: i64,
        #[cfg(any())]
        gone: NoSuchType,
        #[sqlx(rename = "the name")]
        #[chunked(rename = "the name")]
        pub(super) name: String,
        /// An attribute with braces, and one with brackets.
        #[serde(default = "Default::default")]
        two_words: [u8; 2 + 2],
        #[sqlx(skip, default)]
        #[chunked(skip)]
        skipped: Option<i64>,
    }
}

#[test]
fn beside_foreign_attributes() {
    assert_eq!(
        names::<foreign::Foreign>(),
        ("raw.foreign".to_owned(), vec!["id", "the name", "twoWords"], vec!["id"])
    );
}

/// Deprecated parts of a model: the derive must still use them.
mod deprecated {
    #![allow(dead_code)]

    #[deprecated]
    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "old")]
    struct Old {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "older")]
    #[sqlx(default)]
    struct Older {
        #[chunk_key]
        #[chunked(primary_key)]
        #[deprecated]
        id: i64,
        #[deprecated]
        #[sqlx(flatten)]
        other: (i64,),
    }

    impl Default for Older {
        #[allow(deprecated)]
        fn default() -> Self {
            Self { id: 1, other: (2,) }
        }
    }
}

/// Imports the names that the generated code writes out, which is not necessary.
mod imported {
    use sqlx_chunked::{BatchIter, Chunked, Iter, ReadRow, Source};

    #[derive(Chunked)]
    #[chunked(table = "imported", unique(left, right))]
    #[allow(dead_code)]
    pub(super) struct Imported {
        #[chunk_key]
        left: i64,
        between: i64,
        #[chunk_key]
        right: i64,
    }

    /// Generic code must name what generated code names.
    pub(super) fn both<'s, M, S>(
        source: S,
    ) -> (Iter<'s, M, S::Database, M::Key>, BatchIter<'s, M, S::Database, M::Key>)
    where
        M: ReadRow<S::Database>,
        S: Source<'s> + Copy,
    {
        (M::iter(source), M::batch_iter(source))
    }
}

#[test]
fn in_generic_code() {
    let _ = |pool: &sqlx::SqlitePool| drop(imported::both::<imported::Imported, _>(pool));
    assert_eq!(names::<imported::Imported>().2, ["left", "right"]);
}

/// A private model whose generated items are not used.
mod quiet {
    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "quiet")]
    pub(super) struct Quiet {
        #[chunk_key]
        #[chunked(primary_key)]
        pub(super) id: i64,
    }
}

#[test]
fn unused() {
    let quiet::Quiet { id } = quiet::Quiet { id: 1 };
    assert_eq!(id, 1);
}

#[test]
fn inside_a_function() {
    mod outer {
        pub(super) mod inner {
            /// A type that only this module sees, in a private field of a model with wider
            /// visibility.
            #[derive(Debug, sqlx::Type)]
            #[sqlx(transparent)]
            struct Private(i64);

            #[derive(Debug, sqlx_chunked::Chunked)]
            #[chunked(table = "inner")]
            #[allow(dead_code)]
            pub(in super::super) struct Inner {
                #[chunk_key]
                #[chunked(primary_key)]
                pub(super) id: i64,
                private: Private,
            }
        }
    }

    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "local")]
    #[allow(dead_code)]
    struct Local<Columns> {
        #[chunk_key]
        #[chunked(primary_key)]
        local: i64,
        other: Columns,
    }

    assert_eq!(names::<outer::inner::Inner>().1, ["id", "private"]);
    assert_eq!(names::<Local<i64>>().1, ["local", "other"]);
}

/// A struct made by a macro, from fragments.
#[test]
fn from_a_macro() {
    macro_rules! model {
        ($name:ident, $table:literal, $key:ident: $key_type:ty, $($field:ident: $type:ty),*) => {
            #[derive(sqlx_chunked::Chunked)]
            #[chunked(table = $table, unique($key, $($field),*))]
            #[allow(dead_code)]
            struct $name {
                #[chunk_key]
                $key: $key_type,
                $(
                    #[chunk_key]
                    #[chunked(rename = $table)]
                    $field: $type
                ),*
            }
        };
    }

    model!(Made, "made", first: i64, second: Vec<u8>);

    assert_eq!(names::<Made>(), ("made".to_owned(), vec!["first", "made"], vec!["first", "made"]));
}

/// A crate that re-exports the runtime under its own name.
mod reexport {
    pub(crate) mod path {
        pub(crate) use sqlx_chunked::*;
    }
}

#[test]
fn through_a_reexport() {
    #[derive(sqlx_chunked::Chunked)]
    #[chunked(table = "renamed", crate = crate::reexport::path)]
    #[allow(dead_code)]
    struct Renamed {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    assert_eq!(names::<Renamed>().0, "renamed");
}
