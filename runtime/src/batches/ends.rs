//! What is asked at the ends of a table, or of its part, for reading and writing alike.

use super::seeker::Seeker;
use crate::{
    backend::Backend,
    error::{Error, PartMismatch},
    fetch::{
        answer::{Answer, AtEnd},
        connector::Connector,
        key_rows::KeyRows,
        request::Request,
    },
};

/// Finds out what has to be known before the first batch: whether the point to begin from is in the
/// part, and which row the iteration ends at. Returns whether anything was asked.
pub(crate) async fn prepare<DB: Backend>(
    seeker: &mut Seeker<DB>,
    connector: &mut Connector<'_, DB>,
) -> Result<bool, Error> {
    let mut asked = false;
    // Boxed, since they happen once, and would make every batch's future larger.
    if let Some(question) = seeker.question_about_start()? {
        Box::pin(check_start(seeker, connector, question)).await?;
        asked = true;
    }
    if let Some(request) = seeker.find_end()? {
        Box::pin(find_end(seeker, connector, request)).await?;
        asked = true;
    }
    Ok(asked)
}

/// Checks that the point to begin from is in the part.
async fn check_start<DB: Backend>(
    seeker: &mut Seeker<DB>,
    connector: &mut Connector<'_, DB>,
    question: Request<DB>,
) -> Result<(), Error> {
    if !is_yes(connector, question).await? {
        return Err(seeker.plan.key.misses_part(PartMismatch::Cursor));
    }
    // The part begins after a row, which a page may have said to include.
    let included = match seeker.question_about_first()? {
        Some(question) => is_yes(connector, question).await?,
        None => seeker.includes_start(),
    };
    seeker.trust_start(included);
    Ok(())
}

/// Asks a question that has a yes or a no for an answer.
pub(super) async fn is_yes<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    question: Request<DB>,
) -> Result<bool, Error> {
    let answer = Answer::to(&question.expected);
    Ok(connector.read_by_driver(question, answer).await?.is_yes)
}

/// Finds the row that the iteration ends at.
async fn find_end<DB: Backend>(
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
