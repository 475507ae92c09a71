//! Predicates as a tree, built by the methods of [`Column`](crate::Column).

use std::{collections::VecDeque, fmt, marker::PhantomData, ops::Not};

use super::operand::Bind;
use crate::backend::Backend;

/// A condition on the rows of the model `M`, made by the methods of a [`Column`](crate::Column).
///
/// Conditions are combined by [`and`](Self::and), [`or`](Self::or) and `!`; each is parenthesised.
#[must_use = "a predicate has no effect unless it is returned from the closure of `filter`"]
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
        Self::new(Node::joined("AND", self.node, other.node))
    }

    /// `(self OR other)`
    pub fn or(self, other: Self) -> Self {
        Self::new(Node::joined("OR", self.node, other.node))
    }
}

/// `NOT (self)`. As in SQL, a condition that is neither true nor false stays that way.
impl<M, DB: Backend> Not for Predicate<M, DB> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Node::not(self.node))
    }
}

impl<M, DB: Backend> fmt::Debug for Predicate<M, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predicate").finish_non_exhaustive()
    }
}

/// A predicate without its model: its columns are indices into the model's columns.
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
    /// Conditions that are joined by one operator.
    Joined {
        operator: &'static str,
        nodes: VecDeque<Node<DB>>,
        depth: usize,
    },
    Not {
        node: Box<Node<DB>>,
        depth: usize,
    },
    /// A predicate nested too deeply for a database, or for this library's stack.
    TooDeep,
}

/// The greatest depth to which `and`, `or` and `!` may be nested in one another. A chain of only
/// `and` or only `or` is not nested. SQLite accepts a tree of depth 1,000
/// (<https://sqlite.org/limits.html>), in which each of them counts for several levels.
pub(crate) const DEEPEST: usize = 200;

impl<DB: Backend> Node<DB> {
    fn depth(&self) -> usize {
        match self {
            Self::Joined { depth, .. } | Self::Not { depth, .. } => *depth,
            Self::TooDeep => DEEPEST,
            _ => 0,
        }
    }

    /// Returns whether the predicate is never true for a row with a NULL in a column.
    pub(crate) fn leaves_out_nulls(&self, column: usize) -> bool {
        match self {
            Self::Compare { column: compared, .. } => *compared == column,
            Self::In { column: compared, values, .. } => *compared == column && !values.is_empty(),
            Self::Null { column: asked, negated } => *asked == column && *negated,
            Self::Bound { columns, .. } => columns.first() == Some(&column),
            Self::Joined { operator: "AND", nodes, .. } => {
                nodes.iter().any(|node| node.leaves_out_nulls(column))
            }
            Self::Joined { nodes, .. } => nodes.iter().all(|node| node.leaves_out_nulls(column)),
            Self::Not { .. } | Self::TooDeep => false,
        }
    }

    /// Joins two predicates. A chain of one operator stays one list, however long.
    pub(crate) fn joined(operator: &'static str, one: Self, other: Self) -> Self {
        let (mut nodes, depth) = match one {
            Self::Joined { operator: same, nodes, depth } if same == operator => (nodes, depth),
            one => {
                let depth = one.depth() + 1;
                (VecDeque::from([one]), depth)
            }
        };
        let (mut others, other_depth) = match other {
            Self::Joined { operator: same, nodes, depth } if same == operator => (nodes, depth),
            other => {
                let depth = other.depth() + 1;
                (VecDeque::from([other]), depth)
            }
        };
        // The shorter list moves.
        let nodes = if nodes.len() < others.len() {
            nodes.into_iter().rev().for_each(|node| others.push_front(node));
            others
        } else {
            nodes.append(&mut others);
            nodes
        };
        let depth = depth.max(other_depth);
        if depth > DEEPEST { Self::TooDeep } else { Self::Joined { operator, nodes, depth } }
    }

    pub(crate) fn not(node: Self) -> Self {
        let depth = node.depth() + 1;
        if depth > DEEPEST { Self::TooDeep } else { Self::Not { node: Box::new(node), depth } }
    }
}

/// The operator that compares a column with a value.
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
