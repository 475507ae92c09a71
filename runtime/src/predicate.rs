//! Predicates as a tree, built by the methods of [`Column`](crate::Column).

use std::{fmt, marker::PhantomData, ops::Not};

use crate::{backend::Backend, value::Bind};

/// A condition on the rows of the model `M`, made by the methods of a [`Column`](crate::Column).
///
/// Conditions are joined by [`and`](Self::and), [`or`](Self::or) and `!`; each is parenthesised.
#[must_use = "a predicate does nothing until it is returned to `filter`"]
pub struct Predicate<M, DB: Backend> {
    pub(crate) node: Node<DB>,
    model: PhantomData<fn() -> M>,
}

impl<M, DB: Backend> Predicate<M, DB> {
    pub(crate) fn new(node: Node<DB>) -> Self {
        Self { node, model: PhantomData }
    }

    /// `(self AND other)`
    pub fn and(self, other: Self) -> Self {
        Self::new(Node::Both { operator: "AND", sides: Box::new((self.node, other.node)) })
    }

    /// `(self OR other)`
    pub fn or(self, other: Self) -> Self {
        Self::new(Node::Both { operator: "OR", sides: Box::new((self.node, other.node)) })
    }
}

/// `NOT (self)`: as in SQL, what is neither true nor false stays so.
impl<M, DB: Backend> Not for Predicate<M, DB> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Node::Not(Box::new(self.node)))
    }
}

impl<M, DB: Backend> fmt::Debug for Predicate<M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predicate").finish_non_exhaustive()
    }
}

/// A predicate without its model: columns are indices into the model's.
pub(crate) enum Node<DB: Backend> {
    Compare {
        column: usize,
        operator: Operator,
        value: Box<dyn Bind<DB>>,
    },
    In {
        column: usize,
        values: Vec<Box<dyn Bind<DB>>>,
        negated: bool,
    },
    Null {
        column: usize,
        negated: bool,
    },
    /// One end of a range over the columns of an order.
    Bound {
        columns: Vec<usize>,
        operator: Operator,
        values: Vec<Box<dyn Bind<DB>>>,
    },
    Both {
        operator: &'static str,
        sides: Box<(Node<DB>, Node<DB>)>,
    },
    Not(Box<Node<DB>>),
}

/// How a column is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Like,
}

impl Operator {
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Like => "LIKE",
        }
    }
}
