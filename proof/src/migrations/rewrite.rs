//! What databases understand and sqlparser does not: taken out of a statement before it is parsed, and
//! understood here, or left for what it is if it has to do with no key.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{
    names::{identifier, in_schema},
    statements::{Statement, keyword},
};
use crate::{Dialect, TableName};

/// What was taken out of a statement.
#[derive(Default)]
pub(super) struct Extras {
    /// True if nothing is left that has to do with keys.
    pub(super) is_inert: bool,
    /// `ALTER INDEX IF EXISTS`
    pub(super) if_exists: bool,
    pub(super) is_partitioned: bool,
    pub(super) likes: Vec<Like>,
}

/// `LIKE source INCLUDING …` among the columns, on PostgreSQL.
pub(super) struct Like {
    pub(super) source: TableName,
    pub(super) with_indexes: bool,
}

/// Takes out what sqlparser does not know.
pub(super) fn rewrite(dialect: Dialect, statement: &mut Statement) -> Extras {
    let mut extras = Extras::default();
    if statement.reads(0, &["ALTER", "TABLE"]) {
        extras.is_inert = take_inert(dialect, statement);
    }
    let is_create_table =
        statement.find(&["TABLE"]).is_some_and(|at| at <= 3) && statement.reads(0, &["CREATE"]);
    match dialect {
        Dialect::Sqlite => {
            take_out(&mut statement.tokens, &["ON", "CONFLICT"], |_| 1);
        }
        Dialect::Postgres => {
            take_out(&mut statement.tokens, &["SEQUENCE", "NAME"], path_length);
            if statement.reads(0, &["DROP", "INDEX", "CONCURRENTLY"]) {
                statement.tokens.remove(2);
            }
            if statement.reads(0, &["ALTER", "INDEX", "IF", "EXISTS"]) {
                statement.tokens.drain(2..4);
                extras.if_exists = true;
            }
            if statement.reads(0, &["CREATE"])
                && let Some(at) = statement.find(&["TABLESPACE"])
            {
                statement.tokens.drain(at..(at + 2).min(statement.tokens.len()));
            }
            if is_create_table {
                extras.likes = take_likes(&mut statement.tokens);
            }
        }
        Dialect::MySql => {
            if is_create_table && let Some(at) = statement.find(&["PARTITION", "BY"]) {
                statement.tokens.truncate(at);
                extras.is_partitioned = true;
            }
            if statement.reads(0, &["ALTER"]) {
                name_keys_indexes(&mut statement.tokens);
            }
        }
    }
    extras
}

/// Takes operations out of an ALTER TABLE that have nothing to do with keys and that sqlparser does not know.
/// Returns whether none is left.
fn take_inert(dialect: Dialect, statement: &mut Statement) -> bool {
    let mut start = 2;
    for words in [&["IF", "EXISTS"][..], &["ONLY"]] {
        if statement.reads(start, words) {
            start += words.len();
        }
    }
    start += path_length(statement.tokens.get(start..).unwrap_or_default());
    if start >= statement.tokens.len() {
        return false;
    }
    let operations = split(&statement.tokens[start..]);
    let kept: Vec<_> =
        operations.iter().filter(|operation| !is_inert(dialect, operation)).cloned().collect();
    if kept.len() < operations.len() {
        statement.tokens.truncate(start);
        statement.tokens.extend(joined(&kept));
    }
    kept.is_empty()
}

/// Returns whether an operation of ALTER TABLE has nothing to do with keys.
fn is_inert(dialect: Dialect, operation: &[TokenWithSpan]) -> bool {
    let words: Vec<_> = operation.iter().map(|token| keyword(token).unwrap_or_default()).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres => match words.as_slice() {
            ["ALTER", "COLUMN", _, rest @ ..] | ["ALTER", _, rest @ ..] => matches!(
                rest,
                ["SET", "STATISTICS" | "STORAGE" | "COMPRESSION", _]
                    | ["SET", "STATISTICS", "", _]
                    | ["DROP", "IDENTITY"]
                    | ["DROP", "IDENTITY", "IF", "EXISTS"]
            ),
            words => matches!(
                words,
                ["CLUSTER", "ON", _] | ["SET", "TABLESPACE", _] | ["SET", "WITHOUT", "CLUSTER"]
            ),
        },
        Dialect::MySql => matches!(
            words.as_slice(),
            ["DROP", "CHECK", _]
                | ["COMMENT" | "ROW_FORMAT", _]
                | ["COMMENT" | "ROW_FORMAT", "", _]
                | ["FORCE"]
                | ["DISABLE" | "ENABLE", "KEYS"]
                | ["ALTER", "INDEX" | "KEY", _, "VISIBLE" | "INVISIBLE" | "IGNORED"]
        ),
    }
}

/// Splits at the commas outside parentheses.
fn split(tokens: &[TokenWithSpan]) -> Vec<Vec<TokenWithSpan>> {
    let mut depth = 0_usize;
    let mut elements = vec![Vec::new()];
    for token in tokens {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Comma if depth == 0 => {
                elements.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(element) = elements.last_mut() {
            element.push(token.clone());
        }
    }
    elements
}

/// Puts commas between.
fn joined(elements: &[Vec<TokenWithSpan>]) -> Vec<TokenWithSpan> {
    elements.join(&[TokenWithSpan::wrap(Token::Comma)][..])
}

/// The length of a path of names.
fn path_length(rest: &[TokenWithSpan]) -> usize {
    let is_period = |at: usize| rest.get(at).is_some_and(|token| token.token == Token::Period);
    (1..).step_by(2).find(|at| !is_period(*at)).unwrap_or(1)
}

/// Takes words out wherever they are, with as many of the tokens after them as `following` says.
fn take_out(
    tokens: &mut Vec<TokenWithSpan>,
    words: &[&str],
    following: impl Fn(&[TokenWithSpan]) -> usize,
) {
    let mut at = 0;
    while at < tokens.len() {
        let reads =
            |n: usize, word: &str| tokens.get(at + n).and_then(keyword).as_deref() == Some(word);
        if words.iter().enumerate().all(|(n, word)| reads(n, word)) {
            let rest = &tokens[at + words.len()..];
            let end = at + words.len() + following(rest).min(rest.len());
            tokens.drain(at..end);
        } else {
            at += 1;
        }
    }
}

/// `DROP KEY slug` is `DROP INDEX slug`, unless the column is called so.
fn name_keys_indexes(tokens: &mut [TokenWithSpan]) {
    for at in 1..tokens.len().saturating_sub(1) {
        let is_drop_key = keyword(&tokens[at - 1]).as_deref() == Some("DROP")
            && keyword(&tokens[at]).as_deref() == Some("KEY");
        if is_drop_key && matches!(tokens[at + 1].token, Token::Word(_)) {
            tokens[at].token = Token::make_keyword("INDEX");
        }
    }
}

/// Takes the elements out of the list of columns that begin with LIKE.
fn take_likes(tokens: &mut Vec<TokenWithSpan>) -> Vec<Like> {
    let Some(open) = tokens.iter().position(|token| token.token == Token::LParen) else {
        return Vec::new();
    };
    let mut depth = 0_usize;
    let close = tokens.iter().skip(open).position(|token| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let Some(close) = close.map(|length| open + length) else { return Vec::new() };
    let elements = split(&tokens[open + 1..close]);
    let likes: Vec<_> = elements.iter().filter_map(|element| like(element)).collect();
    if !likes.is_empty() {
        let kept: Vec<_> = elements.into_iter().filter(|element| like(element).is_none()).collect();
        tokens.splice(open + 1..close, joined(&kept));
    }
    likes
}

fn like(element: &[TokenWithSpan]) -> Option<Like> {
    if element.first().and_then(keyword)? != "LIKE" {
        return None;
    }
    let length = path_length(&element[1..]);
    let names: Vec<_> = element[1..].iter().take(length).step_by(2).map(ident).collect();
    let names: Vec<_> = names.into_iter().collect::<Option<_>>()?;
    let source = match names.as_slice() {
        [name] => in_schema(Dialect::Postgres, None, name)?,
        [schema, name] => in_schema(Dialect::Postgres, Some(schema), name)?,
        _ => return None,
    };
    let mut with_indexes = false;
    for pair in element[1 + length..].chunks(2) {
        let [including, what] = pair else { return None };
        let is_including = match &*keyword(including)? {
            "INCLUDING" => true,
            "EXCLUDING" => false,
            _ => return None,
        };
        if matches!(&*keyword(what)?, "ALL" | "INDEXES") {
            with_indexes = is_including;
        }
    }
    Some(Like { source, with_indexes })
}

fn ident(token: &TokenWithSpan) -> Option<String> {
    let Token::Word(word) = &token.token else { return None };
    let ident = sqlparser::ast::Ident {
        value: word.value.clone(),
        quote_style: word.quote_style,
        span: token.span,
    };
    Some(identifier(Dialect::Postgres, &ident))
}
