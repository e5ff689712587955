//! The words of the pages about wording, and what is wrong with a template, in both languages.

use crate::engine::Template;
use crate::engine::words::{Medium, TemplateError};
use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) message: &'static str,
    pub(super) english: &'static str,
    pub(super) arabic: &'static str,
    pub(super) ours: &'static str,
    pub(super) own: &'static str,
    pub(super) since: &'static str,
    pub(super) preview: &'static str,
    pub(super) preview_what: &'static str,
    pub(super) parts: &'static str,
    pub(super) subject: &'static str,
    pub(super) page: &'static str,
    pub(super) page_what: &'static str,
    pub(super) edit: &'static str,
    pub(super) edit_what: &'static str,
    pub(super) body: &'static str,
    pub(super) try_it: &'static str,
    pub(super) save: &'static str,
    pub(super) reset: &'static str,
    pub(super) reset_what: &'static str,
    pub(super) test: &'static str,
    pub(super) test_what: &'static str,
    pub(super) send: &'static str,
    pub(super) to: [&'static str; 2],
    pub(super) saved: &'static str,
    pub(super) was_reset: &'static str,
    pub(super) is_ours: &'static str,
    pub(super) not_used: &'static str,
    media: [&'static str; 3],
    messages: [&'static str; 5],
    errors: Errors,
}

#[derive(Debug)]
struct Errors {
    too_long: &'static str,
    not_allowed: &'static str,
    syntax: &'static str,
    no_such_name: &'static str,
    no_code: &'static str,
    no_subject: &'static str,
    code_in_subject: &'static str,
    too_many_parts: &'static str,
    empty: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn medium(&self, medium: Medium) -> &'static str {
        let [sms, voice, email] = self.media;
        match medium {
            Medium::Sms => sms,
            Medium::Voice => voice,
            Medium::Email => email,
        }
    }

    pub(super) fn template(&self, template: Template) -> &'static str {
        let [enrollment, sign_in, contact, added, removed] = self.messages;
        match template {
            Template::EnrollmentCode => enrollment,
            Template::SignInCode => sign_in,
            Template::ContactCode => contact,
            Template::FactorAdded => added,
            Template::FactorRemoved => removed,
            // No tenant has words of its own for them.
            Template::Registration | Template::Invitation => "",
        }
    }

    /// What is wrong, and what to write instead. `{}` stands for what was found.
    pub(super) fn wrong(&self, error: &TemplateError) -> String {
        let errors = &self.errors;
        match error {
            TemplateError::TooLong => errors.too_long.to_owned(),
            TemplateError::NotAllowed(found) => errors.not_allowed.replace("[]", found),
            TemplateError::Syntax(line, why) => {
                errors.syntax.replace("[n]", &line.to_string()).replace("[]", why)
            }
            TemplateError::NoSuchName(name) => errors.no_such_name.replace("[]", name),
            TemplateError::NoCode => errors.no_code.to_owned(),
            TemplateError::NoSubject => errors.no_subject.to_owned(),
            TemplateError::CodeInSubject => errors.code_in_subject.to_owned(),
            TemplateError::TooManyParts(parts) => errors.too_many_parts.replace("[]", &parts.to_string()),
            TemplateError::Empty => errors.empty.to_owned(),
        }
    }
}

const ENGLISH: Words = Words {
    title: "Wording",
    what: "What people are told. Each message has words of ours until you write your own.",
    message: "Message",
    english: "English",
    arabic: "Arabic",
    ours: "ours",
    own: "your own",
    since: "since",
    preview: "What people get",
    preview_what: "With your name and an example code.",
    parts: "Short messages that it takes: ",
    subject: "Subject",
    page: "The same as a page",
    page_what: "As it is sent, for programs that show pages.",
    edit: "Words",
    edit_what: "{{ code }} stands for the code, {{ name }} for who asks, {{ tenant }} for you, {{ application }} for the application, \
                {{ validity }} for how long the code holds. {% if NAME %} … {% else %} … {% endif %} and {# remark #} work too. A mail \
                begins with the line Subject: …, an empty line, and its text.",
    body: "Template",
    try_it: "Check and preview",
    save: "Save",
    reset: "Go back to our words",
    reset_what: "Your own are forgotten.",
    test: "Send this message to somebody",
    test_what: "In the words that are saved, with a code that opens nothing. It may take up to 10 seconds. You have ten an hour, on \
                all pages together.",
    send: "Send",
    to: ["Number, with + and country code", "E-mail address"],
    saved: "Saved. The next message is in these words.",
    was_reset: "These are our words again.",
    is_ours: "These are our words already; there is nothing to go back from.",
    not_used: "Not saved, because it could not be used: ",
    media: ["Short message", "Call", "E-mail"],
    messages: [
        "Code to set up a phone",
        "Code to sign in",
        "Code that confirms a number or address",
        "Notice: a factor was added",
        "Notice: a factor was removed",
    ],
    errors: Errors {
        too_long: "A template has at most 8192 bytes; shorten it.",
        not_allowed: "«[]» cannot be said in a template. It can say {{ NAME }}, {% if NAME %} … {% else %} … {% endif %} and \
                      {# remark #}, where NAME is code, name, tenant, application, minutes or validity.",
        syntax: "Line [n] cannot be read: []",
        no_such_name: "This message has no «[]»: leave it out, or ask for it with {% if [] %} where it may be empty.",
        no_code: "This message is there to bring a code: write {{ code }} where it belongs.",
        no_subject: "A mail begins with the line Subject: …, an empty line, and then its text.",
        code_in_subject: "The code never stands in a subject, which shows on locked screens: leave it out there.",
        too_many_parts: "With the longest names it takes [] short messages; at most 3 may be needed, so shorten it.",
        empty: "Nothing would be said: write some words.",
    },
};

const ARABIC: Words = Words {
    title: "صياغة الرسائل",
    what: "ما يُقال للأشخاص. لكل رسالة صياغتنا إلى أن تكتب صياغتك.",
    message: "الرسالة",
    english: "الإنجليزية",
    arabic: "العربية",
    ours: "صياغتنا",
    own: "صياغتك",
    since: "منذ",
    preview: "ما يصل إلى الأشخاص",
    preview_what: "باسمك وبرمز للمثال.",
    parts: "عدد الرسائل القصيرة اللازمة: ",
    subject: "الموضوع",
    page: "الرسالة نفسها كصفحة",
    page_what: "كما تُرسل للبرامج التي تعرض الصفحات.",
    edit: "الصياغة",
    edit_what: "تقوم {{ code }} مقام الرمز، و{{ name }} مقام من يسأل، و{{ tenant }} مقام اسمك، و{{ application }} مقام التطبيق، \
                و{{ validity }} مقام مدة صلاحية الرمز. ويمكن كذلك {% if NAME %} … {% else %} … {% endif %} و{# ملاحظة #}. يبدأ \
                البريد بالسطر Subject: … ثم سطر فارغ ثم النص.",
    body: "القالب",
    try_it: "تحقّق ومعاينة",
    save: "حفظ",
    reset: "العودة إلى صياغتنا",
    reset_what: "تُنسى صياغتك.",
    test: "إرسال هذه الرسالة إلى شخص",
    test_what: "بالصياغة المحفوظة وبرمز لا يفتح شيئًا. قد يستغرق ذلك حتى 10 ثوانٍ. لك عشر رسائل في الساعة في كل الصفحات معًا.",
    send: "إرسال",
    to: ["الرقم مع + ورمز البلد", "عنوان البريد الإلكتروني"],
    saved: "حُفظت. الرسالة القادمة بهذه الصياغة.",
    was_reset: "هذه صياغتنا من جديد.",
    is_ours: "هذه صياغتنا أصلًا، فلا شيء يُعاد.",
    not_used: "لم تُحفظ لأنها لا تصلح: ",
    media: ["رسالة قصيرة", "مكالمة", "بريد إلكتروني"],
    messages: [
        "رمز إعداد هاتف",
        "رمز تسجيل الدخول",
        "رمز تأكيد رقم أو عنوان",
        "إشعار: أُضيفت وسيلة تحقّق",
        "إشعار: أُزيلت وسيلة تحقّق",
    ],
    errors: Errors {
        too_long: "الحد الأقصى للقالب 8192 بايت؛ اختصره.",
        not_allowed: "لا يمكن قول «[]» في قالب. الممكن {{ NAME }} و{% if NAME %} … {% else %} … {% endif %} و{# ملاحظة #}، حيث NAME \
                      هو code أو name أو tenant أو application أو minutes أو validity.",
        syntax: "تعذّرت قراءة السطر [n]: []",
        no_such_name: "ليس في هذه الرسالة «[]»: احذفها، أو اسأل عنها بـ {% if [] %} حيث قد تكون فارغة.",
        no_code: "هذه الرسالة لإيصال رمز: اكتب {{ code }} في موضعه.",
        no_subject: "يبدأ البريد بالسطر Subject: … ثم سطر فارغ ثم النص.",
        code_in_subject: "لا يكون الرمز في الموضوع أبدًا، فهو يظهر على الشاشات المقفلة: احذفه منه.",
        too_many_parts: "مع أطول الأسماء يلزمها [] رسائل قصيرة، والحد 3 على الأكثر؛ اختصرها.",
        empty: "لن يُقال شيء: اكتب بعض الكلمات.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::language::Language;

    #[test]
    fn every_error_is_said_in_both_languages_with_what_was_found() {
        let found = || "{% for %}".to_owned();
        let all = [
            TemplateError::TooLong,
            TemplateError::NotAllowed(found()),
            TemplateError::Syntax(7, found()),
            TemplateError::NoSuchName(found()),
            TemplateError::NoCode,
            TemplateError::NoSubject,
            TemplateError::CodeInSubject,
            TemplateError::TooManyParts(4),
            TemplateError::Empty,
        ];
        for error in &all {
            for language in [Language::English, Language::Arabic] {
                let said = Words::of(language).wrong(error);
                assert!(!said.contains("[]") && !said.contains("[n]"), "{said}");
                let has_found = matches!(
                    error,
                    TemplateError::NotAllowed(_) | TemplateError::Syntax(..) | TemplateError::NoSuchName(_)
                );
                assert!(!has_found || said.contains("{% for %}"), "{said}");
            }
        }
    }
}
