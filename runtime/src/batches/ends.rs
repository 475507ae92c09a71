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
    let about_start = seeker.question_about_start()?;
    let end = seeker.find_end()?;
    if about_start.is_none() && end.is_none() {
        return Ok(false);
    }
    // Boxed, since it happens once, and would make every batch's future larger.
    Box::pin(async {
        if let Some(question) = about_start {
            check_start(seeker, connector, question).await?;
        }
        match end {
            Some(request) => find_end(seeker, connector, request).await,
            None => Ok(()),
        }
    })
    .await?;
    Ok(true)
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
    if let Some(question) = seeker.question_about_first()?
        && !is_yes(connector, question).await?
    {
        seeker.leave_first_out();
    }
    Ok(())
}

async fn is_yes<DB: Backend>(
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
