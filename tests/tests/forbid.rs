//! Generated code compiles in a crate that forbids what others deny.

#![forbid(
    dead_code,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    private_bounds,
    private_interfaces,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]

/// A model whose generated items are not used.
#[derive(sqlx_chunked::Chunked)]
#[chunked(table = "entries")]
pub struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: Option<String>,
}

#[test]
fn forbidden() {
    let Entry { id, name } = Entry { id: 1, name: None };
    assert_eq!((id, name), (1, None));
}
