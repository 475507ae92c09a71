//! Tokens: what is written can be read, and anything else is refused.

use base64::Engine as _;

use crate::{
    backend::{dialect::Direction, value::RawValue},
    expr::order::Sort,
    model::{ColumnName, Model},
    position::key::Key,
};

use super::{
    TableTag, TokenError, URL_SAFE_NO_PAD,
    cursor::{self, Content},
    hash, part,
};
use crate::position::share::{Edge, Share};

const MODEL: &Model = Model::ENTRIES;

fn write(key: &Key, values: &[RawValue], included: bool) -> String {
    cursor::write(key, TableTag::of(&key.table), values, included)
}

fn read(
    model: &'static Model,
    token: &str,
) -> Result<(Vec<Sort>, Vec<RawValue>, bool), TokenError> {
    let Content { order, values, included, .. } = cursor::read(model, token)?;
    Ok((order, values, included))
}

fn key() -> Key {
    let delay = Sort { column: 1, direction: Direction::Descending };
    Key::new(MODEL, vec![delay, Sort { column: 0, direction: Direction::Ascending }])
}

/// Returns a value of every kind that the enabled databases have.
fn values() -> Vec<RawValue> {
    let mut values = vec![RawValue::Null];
    let text = ["", "a", "\u{1F980}", &"long ".repeat(100)].map(str::to_owned);
    #[cfg(feature = "sqlite")]
    {
        use crate::backend::sqlite::value::Value;
        values.extend([i64::MIN, -1, 0, i64::MAX].map(Value::Integer).map(RawValue::Sqlite));
        values.extend([f64::NEG_INFINITY, 0.1].map(Value::Real).map(RawValue::Sqlite));
        values.extend(text.clone().map(Value::Text).map(RawValue::Sqlite));
        values.push(RawValue::Sqlite(Value::Blob(vec![0; 300])));
    }
    #[cfg(feature = "mysql")]
    {
        use crate::backend::mysql::value::Value;
        values.extend([i64::MIN, i64::MAX].map(Value::Integer).map(RawValue::MySql));
        values.extend([0, u64::MAX].map(Value::Unsigned).map(RawValue::MySql));
        values.push(RawValue::MySql(Value::Double(-0.5)));
        values.push(RawValue::MySql(Value::Decimal("-1.50".to_owned())));
        values.push(RawValue::MySql(Value::Date("2024-02-29".to_owned())));
        values.push(RawValue::MySql(Value::DateTime("2024-02-29 00:00:00.000001".to_owned())));
        values.push(RawValue::MySql(Value::Time("-838:59:59.000000".to_owned())));
        values.extend(text.map(Value::Text).map(RawValue::MySql));
        values.push(RawValue::MySql(Value::Bytes(vec![0; 16])));
        let text = crate::backend::mysql::text::Text::of(b"utf16_bin\0\0a").expect("a collation");
        values.push(RawValue::MySql(Value::Collated(text)));
    }
    values
}

#[test]
fn every_value_comes_back() {
    for first in values() {
        for second in values() {
            let position = vec![first.clone(), second];
            for included in [false, true] {
                let token = write(&key(), &position, included);
                assert!(token.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c)));
                // The first column ascends in the order of a token.
                let order = key().reversed().order.to_vec();
                assert_eq!(read(MODEL, &token), Ok((order, position.clone(), included)));
                assert_eq!(write(&key().reversed(), &position, included), token);
            }
        }
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_token_is_short() {
    let position = [RawValue::Sqlite(crate::backend::sqlite::value::Value::Integer(336_776))];
    assert_eq!(write(&Key::of(MODEL), &position, false).len(), 31);
}

#[test]
fn a_part_of_a_token_is_damaged() {
    let token = write(&key(), &[RawValue::Null, RawValue::Null], false);
    for end in 0..token.len() {
        assert_eq!(read(MODEL, &token[..end]), Err(TokenError::Damaged));
    }
    assert_eq!(read(MODEL, &format!("{token}AAAA")), Err(TokenError::Damaged));
    assert_eq!(read(MODEL, "no token!"), Err(TokenError::Damaged));
}

#[test]
fn one_changed_byte_is_damage() {
    let token = write(&key(), &[RawValue::Null, RawValue::Null], false);
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    for place in 0..bytes.len() {
        for change in 1..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[place] ^= change;
            let changed = URL_SAFE_NO_PAD.encode(bytes);
            assert_eq!(read(MODEL, &changed), Err(TokenError::Damaged));
        }
    }
}

/// A checksum stops no attacker: a forged token is refused, or read as the values of a position.
#[test]
fn forged_tokens_do_no_harm() {
    for value in values() {
        let position = [value.clone(), RawValue::Null];
        let bytes = URL_SAFE_NO_PAD.decode(write(&key(), &position, false)).unwrap();
        let content = &bytes[..bytes.len() - 4];
        // In long values, only the length and the first bytes mean anything.
        for place in 0..content.len().min(40) {
            for forged in 0..=u8::MAX {
                let mut content = content.to_vec();
                content[place] = forged;
                let _ = read(MODEL, &seal(&content));
                content.truncate(place + 1);
                let _ = read(MODEL, &seal(&content));
            }
        }
    }
}

/// The name of a collation goes into statements, so nothing else may be taken for one.
#[cfg(feature = "mysql")]
#[test]
fn a_collation_is_a_name() {
    use crate::backend::mysql::text::Text;
    assert!(Text::of(b"utf8mb4_bin\0").is_some());
    for forged in [&b"utf8mb4_bin"[..], b"\0a", b"bin; DROP TABLE\0", b"bin)\0", b"B\0", b"a`\0"] {
        assert!(Text::of(forged).is_none(), "{forged:?}");
    }
    assert!(Text::of(&[&[b'a'; 65][..], b"\0"].concat()).is_none());
}

/// A length beyond the end of the token allocates nothing.
#[test]
fn lengths_are_believed_only_as_far_as_the_token_goes() {
    let token = write(&key(), &[RawValue::Null, RawValue::Null], false);
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    // Up to the tag of the first value: version, model, number of columns, column.
    let start = &bytes[..1 + 4 + 1 + 4];
    for tag in [0x12, 0x20, 0x37] {
        let endless = [start, &[tag, 0, 0, 0, 25], &[0xff; 20], &[0x7f]].concat();
        assert!(read(MODEL, &seal(&endless)).is_err());
    }
}

#[test]
fn what_does_not_fit_is_named() {
    const OTHER: &Model = &Model { table: "authors", ..*MODEL };
    /// Changes that are allowed, since the rows stand in the same order.
    const SAME: &Model = &Model { name: "Article", schema: Some("blog"), ..*MODEL };
    const RENAMED: &Model = &Model {
        columns: &[
            ColumnName::of_integers("id", "id", true, false),
            ColumnName::of_integers("delay", "late", false, true),
        ],
        ..*MODEL
    };
    let token = write(&key(), &[RawValue::Null, RawValue::Null], false);
    assert!(read(SAME, &token).is_ok());
    assert_eq!(read(OTHER, &token), Err(TokenError::Model("Entry")));
    assert_eq!(read(RENAMED, &token), Err(TokenError::Column("Entry")));
    let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    let mut next = bytes[..bytes.len() - 4].to_vec();
    next[0] = 1;
    assert_eq!(read(MODEL, &seal(&next)), Err(TokenError::Version(1)));
}

#[test]
fn equal_names_of_two_tables_are_two() {
    const JOINED: &Model = &Model {
        join: Some("JOIN authors ON authors.id = entries.author_id"),
        columns: &[
            ColumnName::of_integers("id", "id", true, false),
            ColumnName::of_integers("author", "authors.id", false, false).joined(),
            ColumnName::of_integers("odd", "authors.id", false, false),
        ],
        ..*MODEL
    };
    for column in 0..JOINED.columns.len() {
        let order = vec![Sort { column, direction: Direction::Ascending }];
        let token = write(&Key::new(JOINED, order.clone()), &[RawValue::Null], false);
        assert_eq!(read(JOINED, &token), Ok((order, vec![RawValue::Null], false)));
        // The table's own columns are written as they are without a join.
        let without = read(MODEL, &token).map(|(order, ..)| order[0].column);
        let expected = if column == 0 { Ok(0) } else { Err(TokenError::Column("Entry")) };
        assert_eq!(without, expected);
    }
}

/// Returns a part with these edges.
fn share(from: Option<Edge>, up_to: Option<Edge>) -> Share {
    Share {
        from,
        up_to,
        index: 2,
        count: 5,
        rows: u64::MAX - 1,
        ..Share::whole(key(), 0x0123_4567_89ab_cdef)
    }
}

/// Every pair of edges that the values make.
fn shares() -> impl Iterator<Item = Share> {
    let edges = || {
        let keys = values().into_iter().map(|value| vec![value, RawValue::Null]);
        let edges =
            keys.flat_map(|key| [false, true].map(|included| Edge { key: key.clone(), included }));
        edges.map(Some).chain([None])
    };
    edges().flat_map(move |from| edges().map(move |up_to| share(from.clone(), up_to)))
}

#[test]
fn every_part_comes_back() {
    for share in shares() {
        let token = part::write(&share);
        assert!(token.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c)));
        let read = part::read(MODEL, &token).expect("a part");
        assert_eq!(read.key.order, share.key.order);
        assert_eq!((&read.from, &read.up_to), (&share.from, &share.up_to));
        assert_eq!((read.index, read.count, read.rows), (2, 5, u64::MAX - 1));
        assert_eq!((read.table, read.filters), (share.table, share.filters));
    }
}

/// A part and its reverse are two; a cursor is the same in both.
#[test]
fn a_part_keeps_its_directions() {
    let reversed = Share::whole(key().reversed(), 0);
    let read = part::read(MODEL, &part::write(&reversed)).expect("a part");
    assert_eq!(read.key.order, reversed.key.order);
    assert_ne!(read.key.order, key().order);
}

#[test]
fn damaged_parts_are_refused() {
    let edge = || Some(Edge { key: vec![RawValue::Null; 2], included: true });
    let token = part::write(&share(edge(), edge()));
    for end in 0..token.len() {
        assert_eq!(part::read(MODEL, &token[..end]).err(), Some(TokenError::Damaged));
    }
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for place in 0..bytes.len() {
        for change in 1..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[place] ^= change;
            let changed = part::read(MODEL, &URL_SAFE_NO_PAD.encode(bytes));
            assert_eq!(changed.err(), Some(TokenError::Damaged));
        }
    }
}

/// A checksum stops no attacker: a forged part is refused, or read as values.
#[test]
fn forged_parts_do_no_harm() {
    for share in shares().filter(|share| share.from == share.up_to) {
        let bytes = URL_SAFE_NO_PAD.decode(part::write(&share)).unwrap();
        let content = &bytes[..bytes.len() - 4];
        for place in 0..content.len().min(60) {
            for forged in 0..=u8::MAX {
                let mut content = content.to_vec();
                content[place] = forged;
                if let Ok(share) = part::read(MODEL, &seal(&content)) {
                    assert!(share.index < share.count);
                    let edges = share.from.iter().chain(&share.up_to);
                    assert!(edges.into_iter().all(|edge| edge.key.len() == share.key.order.len()));
                }
            }
        }
    }
}

#[test]
fn cursors_and_parts_are_told_apart() {
    let cursor = write(&key(), &[RawValue::Null, RawValue::Null], false);
    assert_eq!(part::read(MODEL, &cursor).err(), Some(TokenError::Kind));
    assert_eq!(read(MODEL, &part::write(&share(None, None))).err(), Some(TokenError::Kind));
}

/// Returns a token with a correct checksum.
fn seal(content: &[u8]) -> String {
    let checksum = hash([content]).to_be_bytes();
    URL_SAFE_NO_PAD.encode([content, &checksum].concat())
}
