//! The place on this machine that a browser comes back to with the code.
// Parity: awscli/customizations/sso/utils.py, AuthCodeFetcher; but for the
// interface: the AWS CLI listens on all of them, this on loopback alone.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::{CredentialsError, oauth};

/// How long a browser may take.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// No request of a browser to this place is longer.
const LONGEST: usize = 64 * 1024;

const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>awl</title>\
<style>body{font-family:sans-serif;max-width:32em;margin:6em auto;padding:0 1em}</style></head>\
<body><h1>Back to the terminal</h1><p>The answer has reached the command that asked for it, which \
goes on by itself. This window can be closed.</p></body></html>\n";

/// A listener for one code.
#[derive(Debug)]
pub(super) struct Callback {
    listener: TcpListener,
    port: u16,
}

/// What a browser came back with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A code, and the state that it was asked for with.
    Code { code: String, state: String },
    /// The user or the service would not.
    Refused,
}

impl Callback {
    /// Listens on a free port.
    pub(super) async fn listen() -> Result<Self, CredentialsError> {
        let listen = async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let port = listener.local_addr()?.port();
            io::Result::Ok(Self { listener, port })
        };
        listen.await.map_err(|error| CredentialsError::Sso {
            message: format!(
                "Unable to initialize the OAuth 2.0 authorization callback handler: {error} \n \
                 You may use --use-device-code to fall back to the device code flow which does \
                 not require the callback handler."
            ),
            log_in: false,
        })
    }

    /// Where the browser is to come back to.
    pub(super) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/oauth/callback", self.port)
    }

    /// Waits for the browser.
    pub(super) async fn arrival(self) -> Result<Arrival, CredentialsError> {
        let (sender, mut receiver) = mpsc::channel(1);
        let accept = async {
            loop {
                // Browsers open connections that they never use, so that none
                // may hold up the others.
                if let Ok((stream, _)) = self.listener.accept().await {
                    let sender = sender.clone();
                    tokio::spawn(async move {
                        if let Ok(Some(arrival)) = serve(stream).await {
                            let _ = sender.send(arrival).await;
                        }
                    });
                }
            }
        };
        tokio::select! {
            Some(arrival) = receiver.recv() => Ok(arrival),
            () = accept => Err(restart()),
            () = tokio::time::sleep(PATIENCE) => Err(restart()),
        }
    }
}

/// The code came too late.
pub(super) fn restart() -> CredentialsError {
    CredentialsError::Sso {
        message: "The pending authorization to retrieve an SSO token has expired. The login flow \
                  to retrieve an SSO token must be restarted."
            .to_owned(),
        log_in: false,
    }
}

/// Answers a request; what it brings, if it is the one waited for.
async fn serve(mut stream: TcpStream) -> io::Result<Option<Arrival>> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&bytes);
    let arrival = arrival(head.lines().next().unwrap_or_default());
    let (status, page) = match arrival {
        Some(_) => ("200 OK", PAGE),
        None => ("404 Not Found", ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // The code counts, even if the browser does not wait for the page.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    Ok(arrival)
}

/// What the first line of a request brings.
fn arrival(line: &str) -> Option<Arrival> {
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    let (path, query) = target.split_once('?')?;
    if path != "/oauth/callback" {
        return None;
    }
    if oauth::parameter(query, "error").is_some() {
        return Some(Arrival::Refused);
    }
    Some(Arrival::Code {
        code: oauth::parameter(query, "code")?,
        state: oauth::parameter(query, "state")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_request_waited_for_counts() {
        let code = |code: &str, state: &str| {
            Some(Arrival::Code {
                code: code.to_owned(),
                state: state.to_owned(),
            })
        };
        for (line, expected) in [
            (
                "GET /oauth/callback?code=a%2Bb&state=s HTTP/1.1",
                code("a+b", "s"),
            ),
            (
                "GET /oauth/callback?error=access_denied&state=s HTTP/1.1",
                Some(Arrival::Refused),
            ),
            ("GET /oauth/callback?code=a HTTP/1.1", None),
            ("GET /oauth/callback HTTP/1.1", None),
            ("GET /favicon.ico?code=a&state=s HTTP/1.1", None),
            ("POST /oauth/callback?code=a&state=s HTTP/1.1", None),
            ("", None),
        ] {
            assert_eq!(arrival(line), expected, "{line}");
        }
    }

    #[tokio::test]
    async fn a_silent_connection_does_not_hold_up_the_one_that_speaks() {
        let callback = Callback::listen().await.unwrap();
        let address = ("127.0.0.1", callback.port);
        let silent = TcpStream::connect(address).await.unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "GET /oauth/callback?code=c&state=s HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let arrival = callback.arrival().await.unwrap();
        let (code, state) = ("c".to_owned(), "s".to_owned());
        assert_eq!(arrival, Arrival::Code { code, state });
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        drop(silent);
    }
}
