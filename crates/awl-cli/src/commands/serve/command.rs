//! `awl credentials serve`. The AWS CLI has no such command.

use super::{Endpoints, Server, Source};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::error::CommandError;

/// `serve`.
pub(crate) const COMMAND: Custom = Custom::new(
    "serve",
    &[
        Argument::option("--port").integer(),
        Argument::flag("--container"),
        Argument::flag("--imds"),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let port = match given.get("--port") {
        None => 0,
        Some(word) => word.trim().parse().map_err(|_| {
            CommandError::validation(format!(
                "Bad value for --port {word}: a port is a number up to 65535"
            ))
        })?,
    };
    let endpoints = Endpoints {
        container: given.has("--container") || !given.has("--imds"),
        metadata: given.has("--imds"),
    };
    let config = call::with_region(&call::load_config(invocation, globals)?)?;
    let host = invocation.host.clone();
    call::block_on(async {
        let open = async { Ok(Source::open(&config, None).await?) };
        let source = call::interruptible(open).await?;
        let server = Server::listen(port, source, &host, endpoints).await?;
        let lines: String = server
            .variables()
            .into_iter()
            .map(|(name, value)| format!("export {name}={value}\n"))
            .collect();
        invocation.ui.write_out(&lines);
        invocation
            .ui
            .hint("the variables lead any SDK here, until this is interrupted");
        // To interrupt it is how it ends.
        tokio::select! {
            never = server.serve() => match never {},
            () = ended() => Ok(()),
        }
    })
}

/// Waits for one of the signals that end a server.
pub(in crate::commands) async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
        // Then they end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
