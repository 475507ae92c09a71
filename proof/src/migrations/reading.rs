//! What the words of a statement say, without parsing it.

use sqlparser::{
    ast::Statement as Parsed,
    tokenizer::{Token, TokenWithSpan, Word},
};

use super::statements::{Statement, keyword};

/// Returns what a definition is about: the word after those that only say how.
pub(super) fn what(statement: &Statement) -> String {
    const HOW: [&str; 18] = [
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "UNLOGGED",
        "GLOBAL",
        "LOCAL",
        "UNIQUE",
        "CONSTRAINT",
        "MATERIALIZED",
        "RECURSIVE",
        "TRUSTED",
        "PROCEDURAL",
        "ALGORITHM",
        "DEFINER",
        "SQL",
        "SECURITY",
        "ONLINE",
    ];
    // `DEFINER = root@localhost` and `ALGORITHM = MERGE` have words between.
    let mut at = 1;
    while at < statement.tokens.len() {
        match statement.word(at) {
            Some(word) if HOW.contains(&&*word) => at += 1,
            Some(word) => {
                let is_value = statement.tokens[at - 1].token == Token::Eq
                    || statement.tokens[at - 1].token == Token::AtSign;
                if !is_value {
                    return word;
                }
                at += 1;
            }
            None => at += 1,
        }
    }
    String::new()
}

/// Returns whether a statement sets the `search_path` to one by which names without a schema are in `public`.
pub(super) fn is_usual_path(statement: &Statement) -> bool {
    let names = statement.tokens.iter().filter_map(|token| match &token.token {
        Token::Word(Word { value, quote_style: None, .. }) => Some(value.to_lowercase()),
        Token::Word(Word { value, .. }) | Token::SingleQuotedString(value) => Some(value.clone()),
        _ => None,
    });
    let mut schemas = names
        .skip_while(|word| word != "search_path")
        .skip(1)
        .filter(|word| !matches!(&**word, "to" | "$user"));
    schemas.next().is_none_or(|first| matches!(&*first, "" | "public" | "default"))
}

/// Returns whether a name is written as `U&"\0065ntries"`.
pub(super) fn is_in_unicode(statement: &Statement) -> bool {
    statement.tokens.windows(3).any(|tokens| {
        let is_u = |token: &TokenWithSpan| keyword(token).as_deref() == Some("U");
        let is_quoted = matches!(&tokens[2].token, Token::Word(Word { quote_style: Some(_), .. }));
        is_u(&tokens[0]) && tokens[1].token == Token::Ampersand && is_quoted
    }) || statement.tokens.iter().any(|token| matches!(token.token, Token::UnicodeStringLiteral(_)))
}

pub(super) fn is_routine(what: &str) -> bool {
    matches!(what, "FUNCTION" | "PROCEDURE" | "ROUTINE" | "EVENT")
}

/// Returns every word of a statement that could be the name of what it makes.
pub(super) fn names(statement: &Statement) -> impl Iterator<Item = String> {
    statement.tokens.iter().take(8).filter_map(|token| match &token.token {
        Token::Word(Word { value, quote_style: None, .. }) => Some(value.to_lowercase()),
        Token::Word(Word { value, .. }) => Some(value.clone()),
        _ => None,
    })
}

/// Returns whether a statement says the schema of what it is about.
pub(super) fn is_qualified(parsed: &Parsed) -> bool {
    let is_path = |name: &sqlparser::ast::ObjectName| name.0.len() > 1;
    match parsed {
        Parsed::CreateTable(created) => is_path(&created.name) && created.like.is_none(),
        Parsed::CreateIndex(created) => is_path(&created.table_name),
        Parsed::AlterTable(altered) => is_path(&altered.name),
        Parsed::AlterIndex { name, .. } => is_path(name),
        Parsed::RenameTable(renamed) => {
            renamed.iter().all(|renamed| is_path(&renamed.old_name) && is_path(&renamed.new_name))
        }
        Parsed::Drop { names, .. } => names.iter().all(is_path),
        _ => false,
    }
}
