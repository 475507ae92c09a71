//! Statements of MySQL that sqlparser does not know, and that have to do with keys.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{
    place::Place,
    replayed::About,
    schema::{Schema, Unclear},
    statements::Statement,
    words::text,
};
use crate::{Column, Dialect, TableName, collation, engine};

/// A statement with one operation.
pub(super) struct Special {
    table: String,
    operation: Operation,
}

enum Operation {
    /// `RENAME INDEX a TO b`
    RenameIndex(String, String),
    /// `ENGINE = InnoDB`
    Engine(String),
    /// `CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`, with the collation if it is said.
    Convert(Option<String>),
}

impl Special {
    pub(super) fn of(dialect: Dialect, statement: &Statement) -> Option<Self> {
        if dialect != Dialect::MySql || !statement.reads(0, &["ALTER", "TABLE"]) {
            return None;
        }
        let table = name(statement.tokens.get(2)?)?;
        let rest: Vec<_> = statement.tokens[3..]
            .iter()
            .filter(|token| token.token != Token::Eq)
            .cloned()
            .collect();
        let words: Vec<_> = (3..).map_while(|at| statement.word(at)).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let operation = match (words.as_slice(), rest.as_slice()) {
            (["RENAME", "INDEX" | "KEY", ..], [_, _, from, _, to])
                if statement.reads(6, &["TO"]) =>
            {
                Operation::RenameIndex(name(from)?, name(to)?)
            }
            (["ENGINE", ..], [_, engine]) => Operation::Engine(name(engine)?),
            (["CONVERT", "TO", "CHARACTER", "SET", ..], [_, _, _, _, _]) => {
                Operation::Convert(None)
            }
            (["CONVERT", "TO", "CHARACTER", "SET", _, "COLLATE", ..], [.., collation])
                if rest.len() == 7 =>
            {
                Operation::Convert(Some(name(collation)?.to_lowercase()))
            }
            _ => return None,
        };
        Some(Self { table, operation })
    }

    pub(super) fn run(self, schema: &mut Schema, place: &Place) -> Result<(), Unclear> {
        let name = TableName { schema: None, name: self.table };
        let at = schema.position(&name)?.ok_or(Unclear)?;
        let table = &mut schema.tables[at];
        match self.operation {
            Operation::RenameIndex(from, to) => {
                let index = table.named_index(Dialect::MySql, &from)?.ok_or(Unclear)?;
                table.rename_index(index, to, place);
            }
            Operation::Engine(engine) => table.kind = engine::kind_of(&engine),
            Operation::Convert(collation) => {
                let texts = table.columns.iter().filter(|column| column.is_text);
                let texts: Vec<_> = texts.map(|column| column.column.clone()).collect();
                for column in texts {
                    let name = column.name.clone();
                    let converted = Column {
                        by_bytes: collation.as_deref().is_some_and(collation::is_by_bytes),
                        by_letters: collation.as_deref().is_some_and(collation::is_by_letters),
                        collation: collation.clone(),
                        ..column
                    };
                    table.set_column(Dialect::MySql, &converted);
                    table.happened(place, About::Column(name));
                }
                table.collation = collation;
            }
        }
        Ok(())
    }
}

fn name(token: &TokenWithSpan) -> Option<String> {
    match &token.token {
        Token::Word(word) => Some(word.value.clone()),
        other => text(other).map(str::to_owned),
    }
}
