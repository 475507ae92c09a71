//! The data of the examples: flights from New York in 2013, and the weather there.

#[path = "../../examples/src/flights/columns.rs"]
mod columns;

use std::{fs::File, ops::Range, path::Path};

use self::columns::Reader;

/// Returns some rows of a data file, as lists of SQL literals for these columns.
///
/// # Panics
///
/// If the file or one of the columns does not exist.
#[must_use]
pub fn rows(file: &str, columns: &[&str], rows: Range<usize>) -> Vec<String> {
    let data = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/data"));
    let mut reader = Reader::new(File::open(data.join(file)).unwrap()).unwrap();
    let places: Vec<_> = columns
        .iter()
        .map(|wanted| reader.header.split(',').position(|column| column == *wanted).unwrap())
        .collect();
    // No value of the data has a quote, and every database reads numbers from strings, too.
    let literal = |value: Option<&str>| value.map_or("NULL".to_owned(), |v| format!("'{v}'"));

    let mut literals = Vec::new();
    let mut seen = 0;
    let mut buffer = String::new();
    while seen < rows.end {
        let Some(block) = reader.block(&mut buffer).unwrap() else { break };
        for row in block {
            if rows.contains(&seen) {
                let row: Vec<_> = places.iter().map(|&place| literal(row[place])).collect();
                literals.push(row.join(", "));
            }
            seen += 1;
        }
    }
    literals
}
