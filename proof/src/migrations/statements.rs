//! The statements of a migration. Only sqlparser's tokens are asked for here, so that a statement that
//! cannot be parsed takes no other with it.

use std::{mem, ops::RangeInclusive};

use sqlparser::{
    dialect::{self, MySqlDialect, PostgreSqlDialect, SQLiteDialect},
    tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace, Word},
};

use super::words::Words;
use crate::Dialect;

/// A statement.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its tokens, without space and comments.
    pub(super) tokens: Vec<TokenWithSpan>,
    /// The line that it begins on.
    pub(super) line: u64,
    /// What it names.
    pub(super) words: Words,
    /// False if it cannot be understood, whatever its tokens are.
    pub(super) is_clear: bool,
}

/// Returns sqlparser's idea of a database.
pub(super) fn parser_of(dialect: Dialect) -> &'static dyn dialect::Dialect {
    match dialect {
        Dialect::Sqlite => &SQLiteDialect {},
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::MySql => &MySqlDialect {},
    }
}

/// Splits a migration at the semicolons between its statements.
pub(super) fn split(dialect: Dialect, sql: &str) -> Vec<Statement> {
    let mut tokens = Vec::new();
    // A byte order mark is passed over by the databases, too.
    let sql = sql.trim_start_matches('\u{feff}');
    let is_broken = Tokenizer::new(parser_of(dialect), sql)
        .tokenize_with_location_into_buf(&mut tokens)
        .is_err();
    let optional = optional_lines(dialect, sql);
    let mut statements = Vec::new();
    let mut current = Vec::new();
    let mut body = Body::default();
    for token in tokens {
        match token.token {
            Token::Whitespace(Whitespace::MultiLineComment(comment))
                if dialect == Dialect::MySql && comment.starts_with("M!") =>
            {
                // MariaDB runs it.
                let mut statement = Statement::of(mem::take(&mut current), token.span.start.line);
                statement.words = Words::of_text(&comment);
                statement.is_clear = false;
                statements.push(statement);
            }
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon if !body.is_open() => {
                statements.extend(Statement::whole(mem::take(&mut current)));
                body = Body::default();
            }
            _ => {
                current.push(token);
                body.read(&current);
            }
        }
    }
    if is_broken {
        let line = current.first().map_or(1, |token| token.span.start.line);
        let mut rest = Statement::of(current, line);
        rest.words = Words::of_text(sql);
        rest.is_clear = false;
        statements.push(rest);
    } else {
        let is_open = body.is_open();
        statements.extend(
            Statement::whole(current)
                .map(|statement| Statement { is_clear: !is_open, ..statement }),
        );
    }
    for statement in &mut statements {
        let last = statement.tokens.last().map_or(statement.line, |token| token.span.end.line);
        if optional.iter().any(|lines| *lines.start() <= last && statement.line <= *lines.end()) {
            statement.is_clear = false;
        }
    }
    statements
}

/// Returns the lines of comments that only some servers run: `/*!80023 INVISIBLE */`. Those for servers
/// before 5.7 are run by all.
fn optional_lines(dialect: Dialect, sql: &str) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    if dialect != Dialect::MySql {
        return found;
    }
    let line_at = |at: usize| 1 + sql[..at].bytes().filter(|byte| *byte == b'\n').count() as u64;
    for (start, open) in sql.match_indices("/*!") {
        let rest = &sql[start + open.len()..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let is_optional = digits.parse::<u32>().map_or(!digits.is_empty(), |v| v >= 50_700);
        if is_optional {
            let end = rest.find("*/").map_or(sql.len(), |length| start + open.len() + length);
            found.push(line_at(start)..=line_at(end));
        }
    }
    found
}

impl Statement {
    fn of(tokens: Vec<TokenWithSpan>, line: u64) -> Self {
        let words = Words::of(&tokens);
        Self { tokens, line, words, is_clear: true }
    }

    fn whole(tokens: Vec<TokenWithSpan>) -> Option<Self> {
        let line = tokens.first()?.span.start.line;
        Some(Self::of(tokens, line))
    }

    /// Returns the word at a place, in upper case, if it is one without quotes.
    pub(super) fn word(&self, at: usize) -> Option<String> {
        keyword(self.tokens.get(at)?)
    }

    /// Returns whether it has these words, one after the other, from a place on.
    pub(super) fn reads(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(n, word)| self.word(at + n).as_deref() == Some(word))
    }

    /// Returns where these words begin, one after the other, outside parentheses.
    pub(super) fn find(&self, words: &[&str]) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate() {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.reads(at, words) => return Some(at),
                _ => {}
            }
        }
        None
    }
}

/// Returns a word without quotes, in upper case.
pub(super) fn keyword(token: &TokenWithSpan) -> Option<String> {
    match &token.token {
        Token::Word(Word { value, quote_style: None, .. }) => Some(value.to_uppercase()),
        _ => None,
    }
}

/// The body of a trigger or a routine, whose semicolons do not end the statement.
#[derive(Default)]
struct Body {
    /// True if the statement defines something that has one.
    is_expected: bool,
    depth: usize,
    is_after_end: bool,
}

impl Body {
    const fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// Reads the last token of a statement.
    fn read(&mut self, tokens: &[TokenWithSpan]) {
        /// No definition has more tokens in front of what it defines.
        const MODIFIERS: usize = 12;
        /// What may have the name of something with a body.
        const OTHERS: [&str; 8] =
            ["TABLE", "INDEX", "VIEW", "TYPE", "DOMAIN", "SEQUENCE", "SCHEMA", "POLICY"];
        // `NEW.begin` is a column.
        let is_column = tokens.iter().rev().nth(1).is_some_and(|t| t.token == Token::Period);
        let Some(word) = tokens.last().and_then(keyword).filter(|_| !is_column) else {
            self.is_after_end = false;
            return;
        };
        let first = tokens.first().and_then(keyword);
        match &*word {
            "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT" | "PACKAGE" => {
                let is_other = |token| keyword(token).is_some_and(|word| OTHERS.contains(&&*word));
                self.is_expected |= first.as_deref() == Some("CREATE")
                    && tokens.len() <= MODIFIERS
                    && !tokens.iter().any(is_other);
            }
            // `BEGIN NOT ATOMIC`, a block of MariaDB's.
            "ATOMIC" if first.as_deref() == Some("BEGIN") && tokens.len() == 3 => {
                self.is_expected = true;
                self.depth = 1;
            }
            "CASE" if self.is_after_end => {}
            "BEGIN" | "CASE" if self.is_expected => self.depth += 1,
            "IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR" if self.is_after_end && self.is_expected => {
                self.depth += 1;
            }
            "END" if self.is_expected => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.is_after_end = word == "END";
    }
}
