//! Telling the user what to do in the browser, and opening it.
// Parity: awscli/customizations/sso/utils.py, PrintOnlyHandler,
// OpenBrowserHandler.

use std::sync::Arc;

use awl_sdk::credentials::sso::Verification;
use awl_sdk::env::Host;

use crate::commands::browser;
use crate::ui::Ui;

/// How the user is told.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Pending {
    /// The outside world, which knows the browser.
    pub host: Arc<dyn Host>,
    /// Whether the browser is opened, too.
    pub opens_browser: bool,
    /// The option for a browser on another machine.
    pub cross_device_option: &'static str,
    /// Whether standard output belongs to another command.
    pub is_aside: bool,
}

impl Pending {
    /// Prints what to do and, unless it shall not, opens the browser.
    pub(in crate::commands) fn show(&self, ui: &mut Ui, verification: &Verification) {
        let text = self.text(verification);
        if self.is_aside {
            ui.write_error(&text);
        } else {
            ui.write_out(&text);
        }
        if self.opens_browser {
            browser::open(&*self.host, &verification.complete_uri);
        }
    }

    fn text(&self, verification: &Verification) -> String {
        let Verification {
            uri,
            complete_uri,
            user_code,
        } = verification;
        let code = |code: &String| format!("\nThen enter the code:\n\n{code}\n");
        match (self.opens_browser, user_code) {
            (false, None) => closed(uri),
            (false, Some(user_code)) => format!(
                "{}{}\nAlternatively, you may visit the following URL which will autofill the \
                 code upon loading:\n{complete_uri}\n",
                closed(uri),
                code(user_code),
            ),
            (true, Some(user_code)) => format!(
                "Attempting to open your default browser.\nIf the browser does not open or you \
                 wish to use a different device to authorize this request, open the following \
                 URL:\n\n{uri}\n{}",
                code(user_code),
            ),
            (true, None) => format!(
                "Attempting to open your default browser. If the browser does not open, open the \
                 following URL.\nIf you are unable to open the URL on this device, run this \
                 command again with the '{}' option.\n\n{uri}\n\n",
                self.cross_device_option
            ),
        }
    }
}

fn closed(uri: &str) -> String {
    format!("Browser will not be automatically opened.\nPlease visit the following URL:\n\n{uri}\n")
}
