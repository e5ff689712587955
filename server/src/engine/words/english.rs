//! The usual words in English.

use super::Medium;
use crate::engine::Template;
use crate::engine::console::Role;

/// As a template.
pub(super) fn words(medium: Medium, template: Template) -> &'static str {
    match medium {
        Medium::Sms => sms(template),
        Medium::Voice => voice(template),
        Medium::Email => email(template),
    }
}

/// What a role is called in an invitation.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "administrator",
        Role::HelpDesk => "help desk",
        Role::Auditor => "auditor",
    }
}

fn sms(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "{{ code }} is your code to set up {{ name }}. It is good for {{ validity }}. Never tell it to anyone."
        }
        Template::SignInCode => {
            "{{ code }} is your sign-in code for {{ name }}. It is good for {{ validity }}. Never tell it to anyone."
        }
        Template::ContactCode => {
            "{{ code }} confirms this number for {{ name }}. It is good for {{ validity }}. Never tell it to anyone."
        }
        Template::FactorAdded => {
            "{{ name }}: there is a new way to sign in to your account. Was it not you? Tell whoever runs it now."
        }
        // Only mail brings it.
        Template::Registration | Template::Invitation => "",
        Template::FactorRemoved => {
            "{{ name }}: a way to sign in to your account was removed. Was it not you? Tell whoever runs it now."
        }
    }
}

fn voice(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "Hello. This is {{ name }}. Your code to set up your phone is: {{ code }}. \
             Type it where you are setting up your phone, and tell it to nobody."
        }
        Template::SignInCode => {
            "Hello. This is {{ name }}. Your sign-in code is: {{ code }}. \
             If you are not signing in now, hang up, and tell the code to nobody."
        }
        Template::ContactCode => {
            "Hello. This is {{ name }}. The code that confirms this number is: {{ code }}. Tell it to nobody."
        }
        Template::FactorAdded => {
            "Hello. This is {{ name }}. There is a new way to sign in to your account. \
             If that was not you, tell whoever runs your account now."
        }
        // Only mail brings it.
        Template::Registration | Template::Invitation => "",
        Template::FactorRemoved => {
            "Hello. This is {{ name }}. A way to sign in to your account was removed. \
             If that was not you, tell whoever runs your account now."
        }
    }
}

fn email(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "Subject: {{ tenant }}: Confirm your e-mail address

This is your code for {{ name }}:

    {{ code }}

It is good for {{ validity }}.

Type it where you are setting up your phone, and nowhere else. Nobody will call or write to ask you for it.

You are not setting up a phone? Then somebody else has given your address: do not pass the code on, and tell whoever runs your account.
"
        }
        Template::SignInCode => {
            "Subject: {{ name }}: Your sign-in code

This is your code to sign in to {{ name }}:

    {{ code }}

It is good for {{ validity }}.

Type it where you are signing in, and nowhere else. Nobody will call or write to ask you for it.

You are not signing in? Then somebody else is trying to: do not pass the code on, and tell whoever runs your account.
"
        }
        Template::ContactCode => {
            "Subject: {{ name }}: Confirm your e-mail address

This code confirms your address for {{ name }}:

    {{ code }}

It is good for {{ validity }}.

Type it where you gave this address, and nowhere else. Nobody will call or write to ask you for it.

You did not give this address? Then somebody else has: do not pass the code on. There is nothing more to do.
"
        }
        Template::FactorAdded => {
            "Subject: {{ name }}: A new way to sign in

There is a new way to sign in to your account with {{ name }}.

Was it you? Then there is nothing to do.

It was not you? Tell whoever runs your account now: somebody may be trying to take it over.
"
        }
        Template::Registration => {
            "Subject: {{ tenant }}: Register your organisation

Somebody, probably you, wants to register an organisation with this address. This link goes on, for a day:

{{ code }}

You did not ask for it? Then somebody else has given your address: do nothing, and nothing is made.
"
        }
        Template::Invitation => {
            "Subject: {{ tenant }}: Invitation to the console

{{ inviter }} invites you to the console of {{ tenant }}. Your role there: {{ role }}.

This link is yours alone. It works once, for a day:

{{ code }}

It asks for your name, a password and a second factor. Pass it on to nobody: whoever uses it first has your place.

You know nothing of this? Then do nothing, and you have no part in it.
"
        }
        Template::FactorRemoved => {
            "Subject: {{ name }}: A way to sign in was removed

A way to sign in to your account with {{ name }} was removed.

Was it you? Then there is nothing to do.

It was not you? Tell whoever runs your account now: somebody may be trying to take it over.
"
        }
    }
}
