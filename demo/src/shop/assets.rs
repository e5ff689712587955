//! The stylesheet and the script. They are small and come from the same machine: browsers ask again each time.

use axum::http::header;
use axum::response::IntoResponse;

/// `GET /demo/assets/demo.css`.
pub(super) async fn style() -> impl IntoResponse {
    let kind = "text/css; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")],
        include_str!("../../templates/demo.css"),
    )
}

/// `GET /demo/assets/demo.js`.
pub(super) async fn script() -> impl IntoResponse {
    let kind = "text/javascript; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")],
        include_str!("../../templates/demo.js"),
    )
}
