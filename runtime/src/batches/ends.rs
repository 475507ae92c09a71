//! What is asked at the ends of a table, for reading and writing alike.

use super::seeker::Seeker;
use crate::{
    backend::Backend,
    error::Error,
    fetch::{answer::AtEnd, connector::Connector, key_rows::KeyRows, request::Request},
};

/// Finds the row that the iteration ends at.
pub(crate) async fn find_end<DB: Backend>(
    seeker: &mut Seeker<DB>,
    connector: &mut Connector<'_, DB>,
    request: Request<DB>,
) -> Result<(), Error> {
    let rows = KeyRows::of(&request.expected);
    let (last, _) = connector.read_by_driver(request, rows).await?.into_first_two();
    if last.is_none() {
        let question = seeker.question_without_end()?;
        ask_at_end(connector, question).await?;
    }
    seeker.end_at(last);
    Ok(())
}

/// Asks what only a row could have told, if there is anything to ask.
pub(crate) async fn ask_at_end<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    question: Option<Request<DB>>,
) -> Result<(), Error> {
    if let Some(question) = question {
        let answer = AtEnd::to(&question.expected);
        connector.read_by_driver(question, answer).await?;
    }
    Ok(())
}
