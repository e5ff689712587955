//! The words of the bank's pages in English.

use crate::shop::words::{Calls, Messages, Overs, Phone, Run, Start, Typing, WayWords, Words};

pub(super) static ENGLISH: Words = Words {
    lang: "en",
    dir: "ltr",
    skip: "Skip to the content",
    bank: "Example Bank",
    footer: "A sample relying party of Countersign. Everything here is deleted when the demo stops.",
    home: "Back to the start",
    start: Start {
        title: "Sign in to Example Bank",
        lead: "This bank does not exist. It is a small program that signs people in through a Countersign server on this \
               machine, in the way that yours could, and shows every HTTP call that it makes for that. It is called a relying \
               party, because it relies on the server's word.",
        server: "The server's API, described:",
        phone: "1. Enrol a phone",
        no_phone: "No phone is enrolled in this browser's name yet. The terminal authenticator, which plays a phone on this \
                   machine, will do; so will a phone with the Countersign app.",
        has_phone: "Enrolled:",
        enroll: "Enrol a phone",
        another_phone: "Enrol another phone",
        sign_in: "2. Sign in",
        which: "The server speaks the words of five published APIs. Each way below is one of them, with its own application \
                and its own calls.",
        needs_phone: "Enrol a phone first.",
        you_are_in: "You are signed in.",
        by_hand: "3. Do it by hand",
        by_hand_how: "Below each sign-in stand its calls, each also as a curl command. Secrets are variables there: the demo \
                      has printed them in its terminal as export lines. Run those first, in the same shell; each reply has the tokens for the next call.",
        yours: "4. Your own program",
        yours_how: "Open the console by the link that the demo has printed in its terminal, and make an application there: its \
                    page has what goes into your program, and the first calls with its own id, one after the other.",
        forgotten: "The bank has forgotten this browser, because the demo was started again or the browser keeps no cookies. \
                    Begin here once more.",
    },
    phone: Phone {
        title: "Enrol a phone",
        good_for: "The link below is good for ten minutes and for one phone. Use it in one of two ways.",
        by_terminal: "With the terminal authenticator",
        terminal_how: "It plays the phone. It asks whether to enrol: answer y. Then choose a password for its vault, or type the \
                       one that you chose before.",
        builds: "The first time, Cargo builds it, which takes a minute or two.",
        command: "Run this in a terminal",
        by_phone: "With a phone",
        scan: "Scan this QR code with the Countersign app. There is no shop to get it from yet: it is built from android/ or \
               ios/ of the repository.",
        only_here: "The server is at an address that only this machine can reach, so a phone in your hand cannot take this link. \
                    Start the demo again with --public-url and an https address that leads here, such as a tunnel's: \
                    docs/demo.md says how.",
        qr: "QR code with the enrolment link",
        link: "The link itself",
        waiting: "Waiting for the phone. This page changes by itself.",
        done: "The phone is enrolled:",
        compare: "Compare this code with the one on the phone.",
        differ: "If they differ, somebody else has used the link: remove the account on the phone and ask for another link.",
        keep_watching: "With the terminal authenticator, run this and leave it running: it shows what the bank asks, and takes your \
                        answer. Then sign in.",
        go_on: "Sign in with it",
        another: "Make a new link",
    },
    ways: [
        WayWords {
            title: "MyPass: a push with a number",
            short: "This page shows a number, and you type it on the phone.",
            lead: "One call asks, and its reply has the number for this page. Another call reads the answer, until there is one.",
            begin: "Sign in with the phone",
            done: "You are in. The server says: approved.",
        },
        WayWords {
            title: "Auth0: password, then a push",
            short: "The password grant gets mfa_required, then the token endpoint is polled.",
            lead: "The password is right, so the server answers mfa_required. The bank asks for an out-of-band challenge, and polls \
                   the token endpoint every five seconds until you have answered.",
            begin: "Sign in with password and phone",
            done: "You are in. The bank has an access token.",
        },
        WayWords {
            title: "Auth0: password, then a one-time password",
            short: "The first time, an authenticator app is set up; then its codes are typed.",
            lead: "The password is right, so the server answers mfa_required. The first time, the bank associates an authenticator; \
                   from then on it asks for its code.",
            begin: "Sign in with password and code",
            done: "You are in. The bank has an access token.",
        },
        WayWords {
            title: "Reltio: MFA setup, then a state token",
            short: "The first time, the password alone gets tokens, and an app is set up with them.",
            lead: "Without a second factor the password gets tokens, and with them the bank sets up an authenticator app. From then on \
                   the password gets a state token, which only a code of the app turns into tokens.",
            begin: "Sign in with password and code",
            done: "You are in. The bank has an access token.",
        },
        WayWords {
            title: "Acceptto: the server's own pages",
            short: "The bank sends your browser to the server, where you choose how to answer.",
            lead: "The bank asks for a channel and sends your browser to the server's pages with it. When you come back, it asks the \
                   server how it went: that somebody comes back proves nothing.",
            begin: "Sign in on the server's pages",
            done: "You are in. The server says: approved.",
        },
        WayWords {
            title: "mPass: is this your number?",
            short: "A code goes to a telephone number, and you type it here. There is no gateway here, so it goes to a file.",
            lead: "One call has a code sent to a number, and another one checks what was typed. This answers whether somebody can read \
                   messages at the number; nobody signs in by it alone.",
            begin: "Send a code",
            done: "The number is verified: whoever has typed the code can read messages there.",
        },
    ],
    run: Run {
        person: "The bank calls you",
        type_number: "Open the request on your phone and type this number there:",
        approve: "Open the request on your phone and approve it. The phone asks for your fingerprint, face, passcode or password.",
        terminal: "With the terminal authenticator, if it does not run yet",
        waiting: "Waiting for your phone, for two minutes at most. This page changes by itself.",
        leave: "The server has given a channel. Your browser goes on to the server's pages with it, and comes back here.",
        leave_to: "Go to the server's pages",
        to: "Telephone number",
        again: "Sign in again",
        out: "Sign out",
        cancel: "Cancel",
    },
    typing: Typing {
        first: "Scan this QR code with an authenticator app, and type the first code that it shows.",
        app: "Type the code that your authenticator app shows now.",
        again: "The app is set up, and the password alone is no longer enough. Wait until the app shows its next code, and type it: \
                each code is good once.",
        sent: "A code was sent to",
        no_gateway: "Nobody carries short messages here, so the server has written the message to the newest file in",
        qr: "QR code with the app's link",
        link: "The link itself",
        command: "In a terminal",
        code: "Code",
        confirm: "Confirm",
        wrong: "That code is not right, or was used before. Look at the newest one and type it again.",
    },
    overs: Overs {
        denied: (
            "Denied.",
            "The phone said no, so nobody is in. If it was not you, tell the bank; if it was, begin again.",
        ),
        denied_or_wrong: (
            "Denied.",
            "Either the phone said no, or another number was typed there than the one that stood here. There is one try: the server \
             tells nobody which of the two it was. Begin again for a new number.",
        ),
        expired: ("Too late.", "Nobody answered in time. Begin again, and have the phone at hand."),
        cancelled: ("Cancelled.", "You have taken the question back. The phone can no longer answer it."),
        no_phone: ("There is no phone to ask.", "Enrol one first: it takes a minute."),
        link_over: (
            "Too late.",
            "Nobody used the link within its ten minutes, so it is over. Make a new one.",
        ),
        no_number: (
            "That is no telephone number.",
            "Write it with its country code, such as +966501234567, and try again.",
        ),
        busy: ("Too often.", "The server wants you to wait. Try again in a minute."),
        busy_for: "The server wants you to wait: try again in {} seconds.",
        away: (
            "The server does not answer.",
            "It was stopped, or cannot be reached. Nobody is in without its word. Look at the terminal in which the demo runs, then \
             try again.",
        ),
        astray: (
            "That was another sign-in.",
            "Your browser came back with a channel that was not given to it, so it counts for nothing. Begin again here.",
        ),
        refused: (
            "The server refused.",
            "It said: {}. The call below shows what was sent; begin again when that is mended.",
        ),
    },
    calls: Calls {
        title: "The calls that the bank made",
        lead: "The oldest comes first. Secrets are shown by how they begin.",
        sent: "What was sent",
        came: "What came back",
        nothing: "Nothing came back:",
        curl: "The same by hand",
    },
    messages: Messages {
        nowhere: ("There is no such page", "The address is none of the bank's. Begin at the start."),
        host: (
            "This is not the bank's address",
            "The bank answers only under the addresses that the demo has printed. Open one of those.",
        ),
        foreign: (
            "That form came from elsewhere",
            "The bank takes forms from its own pages only. Nothing was done.",
        ),
    },
};
