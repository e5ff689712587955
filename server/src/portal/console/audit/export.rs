//! The log as a file: the same lines as the command's, a page of the log in memory at a time. What breaks off in the middle
//! fails at the browser too, instead of looking whole.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::unfold;

use super::{DAY, day, whose};
use crate::engine::Engine;
use crate::engine::audit::export::{Export, Line};
use crate::portal::console::desk::Desk;
use crate::portal::console::problem::{Problem, Wrong};

/// What is still to be handed out.
struct Rest {
    engine: Arc<Engine>,
    /// Lines that were read already.
    lines: Vec<Line>,
    export: Export,
}

/// `GET /console/{tenant}/audit/export`, with the first and the last day that are wanted.
pub(super) async fn export(desk: Desk) -> Result<Response, Wrong> {
    let tenant = whose(&desk).await?;
    let asked = |name| desk.asked(name).map(|text| day(text).ok_or(Problem::Malformed)).transpose();
    let (from, to) = (asked("from")?, asked("to")?.map(|to| to + DAY));
    let (head, export) = desk.engine.begin_export(tenant, from, to).await?;
    let rest = Rest { engine: Arc::clone(&desk.engine), lines: vec![head], export };
    let stream = unfold(Some(rest), async |rest| {
        let mut rest = rest?;
        let lines = std::mem::take(&mut rest.lines);
        let text = written(&lines);
        let more = rest.engine.export_page(&mut rest.export).await;
        match (text, more) {
            (Ok(text), Ok(more)) if more.is_empty() => Some((Ok(text), None)),
            (Ok(text), Ok(more)) => Some((Ok(text), Some(Rest { lines: more, ..rest }))),
            (Err(error), _) => Some((Err(error.to_string()), None)),
            (_, Err(error)) => {
                tracing::error!(%error, "an export of an audit log broke off");
                Some((Err(error.to_string()), None))
            }
        }
    });
    let file = format!("attachment; filename=\"audit-{tenant}.jsonl\"");
    let headers =
        [(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, Body::from_stream(stream)).into_response())
}

fn written(lines: &[Line]) -> Result<Bytes, serde_json::Error> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text.into())
}
