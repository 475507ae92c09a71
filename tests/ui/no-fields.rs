// A row is read into fields.

use sqlx_chunked::Chunked;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Entry;

#[derive(Chunked)]
#[chunked(table = "entries")]
struct Empty {}

fn main() {}
