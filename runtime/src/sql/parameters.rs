//! Parameters that a program writes into its SQL, instead of binding a value through the builder.
//!
//! A number or a name there refers to whatever else the statement binds: a position, or the limit.
//! The statement would run, and silently read other rows.

use std::ops::Range;

/// Returns whether SQL of the program has a parameter that did not come from the builder.
///
/// `marks` are the characters that begin a parameter with a number or a name. `bound` are the numbers
/// that the builder gave to the program's own values.
pub(super) fn has_foreign(sql: &str, marks: &str, bound: &Range<usize>) -> bool {
    let mut rest = sql.as_bytes();
    while let Some(&first) = rest.first() {
        let length = match first {
            b'\'' => text(rest),
            b'"' | b'`' => quoted(rest, first),
            // PostgreSQL's arrays are no quotes.
            b'[' if marks.contains('@') => quoted(rest, b']'),
            b'-' if rest.starts_with(b"--") => until(rest, b"\n"),
            b'/' if rest.starts_with(b"/*") => until(rest, b"*/"),
            b'E' | b'e' if rest.get(1) == Some(&b'\'') => 1 + escaped_text(&rest[1..]),
            _ if is_word(first) => word(rest),
            _ if marks.as_bytes().contains(&first) => {
                let name = word(&rest[1..]);
                match parameter(&rest[..=name], &rest[1 + name..], bound) {
                    Parameter::Foreign => return true,
                    Parameter::Own => 1 + name,
                    Parameter::DollarQuote => {
                        let tag = &rest[..2 + name];
                        tag.len() + until(&rest[tag.len()..], tag)
                    }
                }
            }
            _ => 1,
        };
        rest = &rest[length..];
    }
    false
}

enum Parameter {
    Foreign,
    /// It came from the builder, or is no parameter.
    Own,
    /// The start of a text like `$tag$ … $tag$`.
    DollarQuote,
}

fn parameter(text: &[u8], after: &[u8], bound: &Range<usize>) -> Parameter {
    let name = &text[1..];
    let number = str::from_utf8(name).ok().and_then(|name| name.parse::<usize>().ok());
    match text[0] {
        b'$' if after.first() == Some(&b'$') && number.is_none() => Parameter::DollarQuote,
        b'$' if number.is_some_and(|number| bound.contains(&number)) => Parameter::Own,
        b'?' if number.is_none() => Parameter::Own,
        _ if name.is_empty() => Parameter::Own,
        _ => Parameter::Foreign,
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Returns the length of a name or a number. A name may contain `$`, but not begin with it.
fn word(sql: &[u8]) -> usize {
    let is_part = |(place, byte): &(usize, &u8)| is_word(**byte) || **byte == b'$' && *place > 0;
    let length = sql.iter().enumerate().take_while(is_part).count();
    // The `$` at its end begins or ends a text in dollar quotes.
    if length > 0 && sql[length - 1] == b'$' { length - 1 } else { length }
}

/// Returns the length of a text, whose quotes are doubled within it.
fn text(sql: &[u8]) -> usize {
    quoted(sql, b'\'')
}

/// Returns the length of something in quotes. A doubled quote ends it and begins the next.
fn quoted(sql: &[u8], end: u8) -> usize {
    let length = sql[1..].iter().position(|byte| *byte == end);
    length.map_or(sql.len(), |length| length + 2)
}

/// Returns the length of a text in which a backslash escapes a quote.
fn escaped_text(sql: &[u8]) -> usize {
    let mut place = 1;
    while let Some(byte) = sql.get(place) {
        match byte {
            b'\\' => place += 2,
            b'\'' => return place + 1,
            _ => place += 1,
        }
    }
    sql.len()
}

/// Returns the length up to and including an end.
fn until(sql: &[u8], end: &[u8]) -> usize {
    sql.windows(end.len()).position(|part| part == end).map_or(sql.len(), |place| place + end.len())
}

#[cfg(test)]
mod tests {
    use super::has_foreign;

    const SQLITE: &str = "?:@$";
    const POSTGRES: &str = "$";

    #[test]
    fn numbers_and_names_on_sqlite() {
        for sql in
            ["id > ?1", "?12", "id=?001", ":id", "id IN (@a, @b)", "$name", "a>:b", "'x'||?1"]
        {
            assert!(has_foreign(sql, SQLITE, &(1..5)), "{sql}");
        }
        for sql in [
            "id > ? AND ? < ?",
            "name = '?1 :a @b $c' AND \"?1\" = `:a` AND [@b] = 'it''s ?1'",
            "id > 5 -- ?1\n AND 1 = 1 /* :a */",
            "value ->> '$.a' = 1 AND time = '03:04:05'",
            "a$1 = 1 AND b_$c = 2",
            "? :: ?",
        ] {
            assert!(!has_foreign(sql, SQLITE, &(1..5)), "{sql}");
        }
    }

    #[test]
    fn numbers_on_postgres() {
        for sql in
            ["id > $1", "id = $3 OR id = $5", "ARRAY[$1]", "$1::int", "E'\\'' || $1", "id=$0"]
        {
            assert!(has_foreign(sql, POSTGRES, &(3..5)), "{sql}");
        }
        for sql in [
            "id > $3 AND id < $4",
            "id = $3::int",
            "name = $$a $1 b$$ AND name <> $tag$ $1 $$ $tag$",
            "name = E'\\' $1' AND a$1 = 1 AND tags @> ARRAY['$1'] AND data ? 'a'",
            "time = '03:04'::time AND a[1:2] = b",
        ] {
            assert!(!has_foreign(sql, POSTGRES, &(3..5)), "{sql}");
        }
    }

    /// On MySQL `@name` and `:=` are variables.
    #[test]
    fn nothing_on_mysql() {
        assert!(!has_foreign("id > @start AND (@n := 1)", "", &(0..0)));
    }
}
