//! Runs the portal until standard input closes, to log in by hand. It prints
//! the variables that lead a program to it. Words on standard input change what
//! it does: `revoke`, `deny`, `allow`, `short`, `pending`.

use std::io::BufRead as _;

#[expect(clippy::print_stdout, reason = "a person reads this")]
fn main() {
    let portal = awl_test::Portal::start();
    for (name, value) in portal.variables() {
        println!("export {name}={value}");
    }
    println!();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match &*line {
            "revoke" => portal.revoke(),
            "deny" => portal.set(|settings| settings.is_denied = true),
            "allow" => portal.set(|settings| settings.is_denied = false),
            "short" => portal.set(|settings| settings.token_seconds = 60),
            "pending" => portal.set(|settings| {
                settings.device_answers.push_back("authorization_pending");
            }),
            _ => println!("{:#?}", portal.requests()),
        }
    }
}
