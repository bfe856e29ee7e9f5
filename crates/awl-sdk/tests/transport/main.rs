//! The transport against small servers on loopback: what goes over the wire,
//! what comes back, and what is said when it does not. Clocks stand still
//! where a test is about time, so that none of it passes.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]
#![expect(unreachable_pub, reason = "modules of one test binary")]

mod exchange;
mod expect;
mod failure;
mod http2;
mod proxy;
mod server;
mod tls;

use awl_sdk::transport::{HttpRequest, HttpResponse, Transport, TransportConfig, TransportError};

/// A configuration without any limit of time.
fn patient() -> TransportConfig {
    TransportConfig {
        connect_timeout: None,
        read_timeout: None,
        ..TransportConfig::default()
    }
}

fn transport() -> Transport {
    Transport::new(patient())
}

fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest::new("GET", url)
}

fn post(url: impl Into<String>, body: &str) -> HttpRequest {
    let mut request = HttpRequest::new("POST", url);
    request.body = body.to_owned().into();
    request
}

async fn text(response: HttpResponse) -> String {
    let body = response.body.collect().await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn refused(transport: &Transport, request: &HttpRequest) -> TransportError {
    transport.send(request).await.unwrap_err()
}
