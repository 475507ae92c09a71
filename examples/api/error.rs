//! The answer to a client if there is no page for it.

use axum::{
    Json,
    extract::rejection::QueryRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(crate) enum ApiError {
    /// The client can correct this, and is told how.
    BadRequest(String),
    /// The client cannot correct this: the reason is for the log.
    Internal(sqlx_chunked::Error),
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<sqlx_chunked::Error> for ApiError {
    fn from(error: sqlx_chunked::Error) -> Self {
        match error {
            sqlx_chunked::Error::Cursor { .. } => Self::BadRequest(
                "`after` or `before` does not fit the order: follow the links of a page as they are"
                    .into(),
            ),
            error => Self::Internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, reason) = match self {
            Self::BadRequest(reason) => (StatusCode::BAD_REQUEST, reason),
            Self::Internal(error) => {
                eprintln!("{error}");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal error".into())
            }
        };
        (status, Json(json!({ "error": reason }))).into_response()
    }
}
