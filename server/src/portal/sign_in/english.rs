//! The words of a sign-in's pages in English.

use super::words::{Choose, Ended, Passcode, Problems, Refusals, Unit, Waiting, Words, in_units};

pub(super) const ENGLISH: Words = Words {
    choose: Choose {
        title: "Confirm your sign-in",
        sign_in_to: "You are signing in to",
        as_whom: "as",
        how: "How do you want to confirm that it is you?",
        push: "Approve on your phone",
        totp: "Code from your authenticator app",
        sms: "Code by text message",
        voice: "Code by phone call",
        email: "Code by e-mail",
        recovery: "Recovery code",
        no_way: "There is no way in which you can confirm this sign-in. Ask those who look after accounts at {} to set one \
                 up for you.",
        still_waits: "What was asked before still waits for your answer.",
        back_to_it: "Go back to it",
        expired: "Nobody answered in time. Choose how to go on.",
        replaced: "Another sign-in of yours took the place of this question. Choose how to go on.",
        failed: "The question could not be delivered. Choose another way.",
    },
    waiting: Waiting {
        title: "Answer on your phone",
        open_app: "Open Countersign on your phone and approve the request.",
        type_number: "Open Countersign on your phone and type this number there:",
        pick_number: "Open Countersign on your phone and pick this number there:",
        type_shown: "Open Countersign on your phone and approve the request. The phone then shows a code. Type it here.",
        shown_code: "Code from your phone",
        only_you: "Approve only if you are signing in at this moment. Nobody who calls or writes to you needs this number.",
        time_left: "Time left:",
        still: "You have {} left.",
        offline: "Your phone has no network?",
        offline_how: "Scan this code with Countersign on your phone. It then shows eight digits. Type them here.",
        offline_device: "This works with your phone",
        offline_code: "Eight digits from your phone",
        offline_qr: "QR code with this request",
        looks_again: "This page looks every five seconds whether you have answered.",
        look: "Look whether I have answered",
    },
    passcode: Passcode {
        title: "Enter the code",
        sms_to: "A code is on its way by text message to",
        voice_to: "We call and read a code out to",
        email_to: "A code is on its way by e-mail to",
        totp: "Type the code that your authenticator app shows now.",
        recovery: "Type one of your recovery codes. Each of them works once.",
        code: "Code",
        again: "Send another code",
        call_again: "Call again",
        again_in: "You can have another one in {}.",
        no_more: "No more codes are sent for this sign-in. If none has arrived, use another way.",
    },
    ended: Ended {
        approved: ("Sign-in confirmed", "You have confirmed that it is you."),
        rejected: (
            "Sign-in not confirmed",
            "The sign-in was refused. If somebody else began it, tell those who look after your account.",
        ),
        expired: (
            "The time is over",
            "Nobody confirmed the sign-in in time. Begin again where you came from.",
        ),
        go_on: "Continue",
        go_back: "Go back",
        close: "You can close this page.",
    },
    problems: Problems {
        malformed: (
            "This request cannot be read",
            "Go back to where you wanted to sign in, and begin again there.",
        ),
        bad_callback: (
            "This link is not right",
            "The address to go back to is not one that the application has registered. Begin again where you wanted to sign \
             in. If that does not help, tell those who run it.",
        ),
        unknown: (
            "This sign-in is not known here",
            "It may have ended, or its link was not copied whole. Begin again where you wanted to sign in.",
        ),
        other_browser: (
            "This sign-in belongs to another browser",
            "It was opened in another browser first, or this browser keeps no cookies. Go on where you began. If that was \
             here, allow cookies for this site and begin again.",
        ),
        no_cookie: (
            "This browser keeps no cookies",
            "A sign-in needs one cookie, which is gone when the browser is closed. Allow cookies for this site and begin \
             again.",
        ),
        foreign_form: (
            "This was not sent by our page",
            "Nothing was done. Begin again where you wanted to sign in. If a link or a message led you here, do not follow \
             it.",
        ),
        later: (
            "This does not work at the moment",
            "Nothing is lost. Wait a minute and load this page again.",
        ),
    },
    refusals: Refusals {
        locked: "This way is locked after too many failures. Use another way, or have those who look after your account \
                 unlock it.",
        resting: "You refused on your phone, so it is not asked again for {}. Use another way.",
        asked_often: "Your phone was asked too often. Wait {}, or use another way.",
        no_phone: "You have no phone that can be asked. Use another way.",
        not_possible: "This way does not work for this sign-in. Use another way.",
        just_sent: "A code was sent a moment ago. Look for it. You can have another one in {}.",
        no_more: "No more codes are sent for this sign-in. Use another way.",
        too_many_there: "Too many codes were sent there. Wait {}, or use another way.",
        cannot_send: "No code can be sent there at the moment. Use another way.",
        busy: "There is too much to do at the moment. Try again in {}.",
        wrong: "The code is not right.",
        not_yet: "Approve the request on your phone first. The phone then shows the code.",
        no_code: "This cannot be the code. Type it as it was shown or sent to you.",
    },
    cancel: "Cancel this sign-in",
    another: "Use another way",
    confirm: "Confirm",
    tries,
    seconds,
};

fn tries(left: i64) -> String {
    match left {
        ..=0 => "It was the last try.".to_owned(),
        1 => "You have one try left.".to_owned(),
        more => format!("You have {more} tries left."),
    }
}

fn seconds(seconds: u64) -> String {
    let (number, unit) = in_units(seconds);
    let unit = match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
