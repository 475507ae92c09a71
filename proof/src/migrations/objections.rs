//! What a model claims and the migrations do not bear out.

use super::{Migrations, place::Place, schema::Found};
use crate::{Claim, Claims, Fault, Kind, Mark, Table, TableName, Verdict, judge};

/// Something that a model claims and that the migrations do not bear out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// What is claimed.
    pub claim: Claim,
    /// Whether the migrations say otherwise, or do not say enough.
    pub outcome: Outcome,
    /// What the migrations make instead, or the reason why it cannot be proven.
    pub found: String,
    /// The last statement about it.
    pub place: Option<Place>,
    /// What would bear it out.
    pub help: String,
}

/// What migrations say about a claim that they do not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They say otherwise.
    Contradicted,
    /// They do not say enough.
    Unproven,
}

impl Migrations {
    /// Returns everything that a model claims and that the migrations do not bear out.
    pub fn objections(&self, claims: &Claims) -> Vec<Objection> {
        let dialect = self.replay.schema.dialect;
        let table = match self.replay.schema.find(&claims.table) {
            Found::Table(table) => table,
            Found::Missing(place) => {
                let claim = Claim { mark: Mark::Table, columns: Vec::new() };
                let found = match &place {
                    Some(_) => "the table is no longer there",
                    None => "no migration makes such a table",
                };
                let help = "check `table` and `schema`, or add a migration".to_owned();
                let outcome = Outcome::Contradicted;
                return vec![Objection { claim, outcome, found: found.to_owned(), place, help }];
            }
            Found::Unclear(doubt) => {
                return claims
                    .claims
                    .iter()
                    .filter(|claim| claim.mark.is_unique() || claim.mark.is_not_null())
                    .map(|claim| Objection {
                        claim: claim.clone(),
                        outcome: Outcome::Unproven,
                        found: doubt.reason.clone(),
                        place: Some(doubt.place.clone()),
                        help: String::new(),
                    })
                    .collect();
            }
        };
        let described = table.describe(dialect);
        let objection = |claim: &Claim| {
            let (outcome, found) = match judge(dialect, &described, claim) {
                Verdict::Proven => return None,
                Verdict::Refuted(found) => (Outcome::Contradicted, found),
                Verdict::Unknown(reason) => (Outcome::Unproven, reason),
            };
            let Fault { help, .. } =
                Fault::of(dialect, &claims.model, &claims.table, claim, &described, String::new());
            let help = help.replace("run the migrations", "add a migration");
            let place = Some(table.place_of(dialect, claim).clone());
            Some(Objection { claim: claim.clone(), outcome, found, place, help })
        };
        claims.claims.iter().filter_map(objection).collect()
    }

    /// Returns the description of a table that the migrations make, if all of it is certain; the same that
    /// a catalog gives.
    pub fn table(&self, name: &TableName) -> Option<Table> {
        match self.replay.schema.find(name) {
            Found::Table(table) if table.kind == Kind::Table => {
                Some(table.describe(self.replay.schema.dialect))
            }
            _ => None,
        }
    }
}
