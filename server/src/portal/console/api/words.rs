//! The words of the API explorer. What operations and fields are for is in the API's own description, which is English.

use crate::portal::language::Language;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) all: &'static str,
    pub(super) reference: &'static str,
    pub(super) choose: &'static str,
    pub(super) application: &'static str,
    pub(super) no_application: &'static str,
    pub(super) secret: &'static str,
    pub(super) secret_hint: &'static str,
    pub(super) token: &'static str,
    pub(super) required: &'static str,
    pub(super) stays: &'static str,
    pub(super) really: &'static str,
    pub(super) send: &'static str,
    pub(super) show: &'static str,
    pub(super) command: &'static str,
    pub(super) command_hint: &'static str,
    pub(super) answer: &'static str,
    pub(super) headers: &'static str,
    pub(super) body: &'static str,
    pub(super) failed: &'static str,
    pub(super) by_host: &'static str,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        }
    }
}

const ENGLISH: Words = Words {
    title: "API explorer",
    what: "Choose a call, fill it in, and send it from this browser, as one of your applications would.",
    all: "All calls",
    reference: "The whole description of the API",
    choose: "Choose a call",
    application: "Application",
    no_application: "There is no application yet. Make one first, then come back.",
    secret: "Client secret",
    secret_hint: "It goes from this browser to the API and nowhere else: no form of this page sends it, and nothing keeps it.",
    token: "Token",
    required: "required",
    stays: "Stays in this browser until you send the call.",
    really: "The call is really made: people are asked, messages go out.",
    send: "Send it",
    show: "Show the command",
    command: "The same as a command",
    command_hint: "What is secret stands there as a variable. Set it in your shell first.",
    answer: "The answer",
    headers: "Headers",
    body: "Body",
    failed: "The call was not answered. Look whether the server can be reached, and whether the secret has only plain characters.",
    by_host: "Which tenant this is about is told by the host name. From this page it works only when you opened the console under the same one:",
};

const ARABIC: Words = Words {
    title: "مستكشف الواجهة",
    what: "اختر استدعاءً واملأه وأرسله من هذا المتصفح، كما يفعل أحد تطبيقاتك.",
    all: "كل الاستدعاءات",
    reference: "وصف الواجهة كله",
    choose: "اختر استدعاءً",
    application: "التطبيق",
    no_application: "لا يوجد تطبيق بعد. أنشئ واحدًا أولًا ثم عد إلى هنا.",
    secret: "سر العميل",
    secret_hint: "ينتقل من هذا المتصفح إلى الواجهة ولا يذهب إلى أي مكان آخر: لا يرسله أي نموذج في هذه الصفحة، ولا يحفظه شيء.",
    token: "الرمز",
    required: "مطلوب",
    stays: "يبقى في هذا المتصفح إلى أن ترسل الاستدعاء.",
    really: "يُنفَّذ الاستدعاء فعلًا: يُسأل الأشخاص وتخرج الرسائل.",
    send: "إرسال",
    show: "عرض الأمر",
    command: "الشيء نفسه أمرًا",
    command_hint: "ما هو سري يظهر متغيّرًا. اضبطه أولًا في الصدفة.",
    answer: "الجواب",
    headers: "الترويسات",
    body: "المتن",
    failed: "لم يُجَب الاستدعاء. انظر هل يمكن الوصول إلى الخادم، وهل السر من حروف عادية فقط.",
    by_host: "اسم المضيف هو ما يحدد المؤسسة المقصودة. لا يعمل هذا من هذه الصفحة إلا إذا فتحت وحدة التحكم تحت الاسم نفسه:",
};
