//! The generated code, in parts small enough to read.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_quote};

/// Returns the code of a model, which must have no errors.
fn code(input: &DeriveInput) -> String {
    let code = crate::derive(input).to_string();
    assert!(!code.contains("compile_error"), "{code}");
    code
}

#[track_caller]
fn assert_contains(code: &str, part: &TokenStream) {
    assert!(dense(code).contains(&dense(&part.to_string())), "\n{part}\nis not in\n{code}");
}

/// Removes the spaces, which depend on where tokens come from.
fn dense(code: &str) -> String {
    code.split_whitespace().collect()
}

/// Tests how a model reads one field next to its key.
macro_rules! reads {
    ($($test:ident: $(#[$on_struct:meta])* { $($field:tt)* } => { $($read:tt)* })+) => {$(
        #[test]
        fn $test() {
            let code = code(&parse_quote! {
                #[chunked(table = "entries")]
                $(#[$on_struct])*
                struct Entry { #[chunk_key] #[chunked(unique)] id: i64, $($field)* }
            });
            assert_contains(&code, &quote!($($read)*));
        }
    )+};
}

reads! {
    a_column: { name: Option<String> } => { name: __row.get(1)? }
    a_skipped_field: { #[chunked(skip)] cache: Vec<u8> } => {
        cache: <Vec<u8> as ::core::default::Default>::default()
    }
    a_converted_column: { #[sqlx(try_from = "i64")] level: Level } => {
        level: __row.convert::<i64, Level>(1, __row.get::<i64>(1)?)?
    }
    json: { #[sqlx(json)] meta: Meta } => {
        meta: __row.get::<__chunked::sqlx::types::Json<Meta>>(1)?.0
    }
    json_that_may_be_null: { #[sqlx(json(nullable))] meta: Option<Meta> } => {
        ::core::option::Option::Some(__json) => __json.0,
        ::core::option::Option::None => ::core::option::Option::None,
    }
    converted_json: { #[sqlx(json, try_from = "Raw")] meta: Meta } => {
        __row.convert::<Raw, Meta>(
            1,
            __row.get::<__chunked::sqlx::types::Json<Raw>>(1)?.0
        )?
    }
    a_flattened_field: { #[sqlx(flatten)] author: Author } => {
        author: __row.flatten::<Author>()?
    }
    a_converted_flattened_field: { #[sqlx(flatten, try_from = "Row")] author: Author } => {
        author: __row.convert_flattened::<Row, Author>("author")?
    }
    a_field_with_a_default: { #[sqlx(default)] late: i64 } => {
        late: if __row.has(1) {
            __row.get(1)?
        } else {
            <i64 as ::core::default::Default>::default()
        }
    }
    a_struct_with_a_default: #[sqlx(default)] { late: i64 } => {
        late: if __row.has(1) { __row.get(1)? } else { __default.late }
    }
    a_flattened_field_with_a_default: { #[sqlx(flatten, default)] author: Author } => {
        author: __row.flatten_or::<Author>(|| <Author as ::core::default::Default>::default())?
    }
}

#[test]
fn names_are_spelt_as_sqlx_spells_them() {
    let model = |case: &str| {
        code(&parse_quote! {
            #[chunked(table = "entries")]
            #[sqlx(rename_all = #case)]
            struct Entry {
                #[chunk_key]
                #[chunked(unique)]
                two_wordsOfThree1: i64,
                r#type: i64,
                #[sqlx(rename = "as it is")]
                given: i64,
            }
        })
    };
    for (case, first, second) in [
        ("lowercase", "two_wordsofthree1", "type"),
        ("snake_case", "two_words_of_three1", "type"),
        ("UPPERCASE", "TWO_WORDSOFTHREE1", "TYPE"),
        ("SCREAMING_SNAKE_CASE", "TWO_WORDS_OF_THREE1", "TYPE"),
        ("kebab-case", "two-words-of-three1", "type"),
        ("camelCase", "twoWordsOfThree1", "type"),
        ("PascalCase", "TwoWordsOfThree1", "Type"),
    ] {
        let code = model(case);
        assert_contains(&code, &quote!(("two_wordsOfThree1", #first)));
        assert_contains(&code, &quote!(("type", #second)));
        assert_contains(&code, &quote!(("given", "as it is")));
    }
}

#[test]
fn joined_columns_have_their_table_in_their_name() {
    let code = code(&parse_quote! {
        #[chunked(table = "books", join = "JOIN authors ON authors.id = books.author_id")]
        #[sqlx(rename_all = "UPPERCASE")]
        struct Book {
            #[chunk_key]
            #[chunked(unique)]
            id: i64,
            #[chunked(column = "authors.name")]
            author: String,
        }
    });
    assert_contains(
        &code,
        &quote! {
            table: "books",
            query: ::core::option::Option::None,
            join: ::core::option::Option::Some("JOIN authors ON authors.id = books.author_id"),
        },
    );
    assert_contains(&code, &quote!(ColumnName::of::<i64>("id", "ID").unique(),));
    assert_contains(&code, &quote!(ColumnName::of::<String>("author", "authors.name").joined(),));
}

#[test]
fn a_type_is_asked_of_the_database_once() {
    let code = code(&parse_quote! {
        #[chunked(table = "entries")]
        struct Entry { #[chunk_key] #[chunked(unique)] id: i64, a: i64, b: i64 }
    });
    assert_eq!(dense(&code).matches("FieldType<__DB>").count(), 1);
}

#[test]
fn the_runtime_can_be_elsewhere() {
    let code = code(&parse_quote! {
        #[chunked(table = "entries", crate = other::path)]
        struct Entry { #[chunk_key] #[chunked(unique)] id: i64, #[sqlx(json)] meta: Meta }
    });
    assert!(!code.contains("sqlx_chunked"), "{code}");
    assert_contains(&code, &quote!(use other::path::__private));
}

#[test]
fn types_are_probed_unless_their_spelling_is_known() {
    let code = code(&parse_quote! {
        #[chunked(table = "entries")]
        struct Entry<T, const N: usize> {
            #[chunk_key]
            #[chunked(unique)]
            id: Id<Self>,
            value: Option<T>,
            bytes: [u8; { N + 1 }],
            name: Option<String>,
            slug: String,
            delay: Maybe,
        }
    });
    let probes = |of: &str| dense(&code).matches(of).count();
    // Twice for NULL, and once for a decoding without a driver.
    assert_eq!((probes("Probe<"), probes("Probe<Maybe>")), (3, 3));
    for typed in [
        quote!(id: __chunked::unique::C0<Entry<T, N>, Id<Entry<T, N>>>),
        quote!(value: __chunked::nullable::C1<Entry<T, N>, Option<T>>),
        quote!(delay: __chunked::Column<Entry<T, N>, Maybe, false, { <__chunked::Probe<Maybe>>::NULLABLE }, 5>),
    ] {
        assert_contains(&code, &typed);
    }
    for made in [
        quote!(id: __chunked::column()),
        quote!(name: __chunked::option()),
        quote!(slug: __chunked::not_null(0)),
        quote!(delay: __chunked::column()),
    ] {
        assert_contains(&code, &made);
    }
}

#[test]
fn every_column_of_a_wide_table_has_a_type() {
    let fields = (1..70).map(|index| quote::format_ident!("c{index}"));
    let code = code(&parse_quote! {
        #[chunked(table = "entries")]
        struct Entry { #[chunk_key] #[chunked(unique)] id: i64, #(#fields: bool,)* }
    });
    assert_contains(&code, &quote!(c63: __chunked::plain::C63<Entry, bool>));
    assert_contains(&code, &quote!(c64: __chunked::Column<Entry, bool, false, false, 64>));
}

#[test]
fn errors_leave_an_impl() {
    let inputs: [DeriveInput; 4] = [
        parse_quote! { enum Entry {} },
        parse_quote! { struct Entry; },
        parse_quote! { struct Entry<'a> { id: &'a str } },
        parse_quote! { #[chunked(tabel = 5, oops, unique())] struct Entry { #[chunked(=)] a: i64 } },
    ];
    for input in &inputs {
        let code = crate::derive(input).to_string();
        assert!(code.contains("compile_error"), "{code}");
        assert_contains(&code, &quote!(type Columns = __EntryColumns));
        assert_contains(&code, &quote!(fn batch_iter));
    }
}
