//! What stands on every page of the console, in both languages. The words of one page are with that page.

use crate::engine::console::Role;
use crate::portal::language::in_both;

/// What stands on every page.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) name: &'static str,
    pub(super) menu: &'static str,
    /// Behind a number in the menu, for those who hear the page.
    pub(super) waits: &'static str,
    pub(super) nav: Nav,
    pub(super) signed_in_as: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) back_home: &'static str,
    pub(super) save: &'static str,
    pub(super) search: &'static str,
    pub(super) next_page: &'static str,
    pub(super) many_applications: &'static str,
    pub(super) first_page: &'static str,
    pub(super) none_yet: &'static str,
    pub(super) never: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    /// Above a secret that was just made.
    pub(super) shown_once: &'static str,
    pub(super) copy: &'static str,
    /// Above a form that cannot be taken back.
    pub(super) for_good: &'static str,
    /// Times of the console are given in UTC.
    pub(super) utc: &'static str,
    pub(super) problems: Problems,
    roles: [&'static str; 4],
}

/// The menu.
#[derive(Debug)]
pub(super) struct Nav {
    pub(super) server: &'static str,
    pub(super) tenants: &'static str,
    pub(super) overview: &'static str,
    pub(super) applications: &'static str,
    pub(super) channels: &'static str,
    pub(super) users: &'static str,
    pub(super) resets: &'static str,
    pub(super) challenges: &'static str,
    pub(super) webhooks: &'static str,
    pub(super) providers: &'static str,
    pub(super) templates: &'static str,
    pub(super) messages: &'static str,
    pub(super) audit: &'static str,
    /// The log of the console itself.
    pub(super) own_audit: &'static str,
    pub(super) settings: &'static str,
    pub(super) api: &'static str,
    pub(super) operators: &'static str,
    pub(super) account: &'static str,
}

/// Titles and sentences of problem pages.
#[derive(Debug)]
pub(super) struct Problems {
    pub(super) signed_out: (&'static str, &'static str),
    pub(super) not_found: (&'static str, &'static str),
    pub(super) no_application: (&'static str, &'static str),
    pub(super) not_allowed: (&'static str, &'static str),
    pub(super) foreign_form: (&'static str, &'static str),
    pub(super) malformed: (&'static str, &'static str),
    pub(super) refused: (&'static str, &'static str),
    pub(super) later: (&'static str, &'static str),
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn role(&self, role: Role) -> &'static str {
        let [owner, admin, helpdesk, auditor] = self.roles;
        match role {
            Role::Owner => owner,
            Role::Admin => admin,
            Role::HelpDesk => helpdesk,
            Role::Auditor => auditor,
        }
    }
}

const ENGLISH: Words = Words {
    name: "Countersign console",
    menu: "Menu",
    waits: "waiting for you",
    nav: Nav {
        server: "This server",
        tenants: "Tenants",
        overview: "Overview",
        applications: "Applications",
        channels: "Channels",
        users: "People",
        resets: "Resets",
        challenges: "Open questions",
        webhooks: "Webhooks",
        providers: "Providers",
        templates: "Wording",
        messages: "Messages",
        audit: "Audit log",
        own_audit: "Operators' log",
        settings: "Settings",
        api: "API",
        operators: "Operators",
        account: "Your account",
    },
    signed_in_as: "Signed in as",
    sign_out: "Sign out",
    back_home: "To the console",
    save: "Save",
    search: "Search",
    next_page: "Next page",
    many_applications: "There are more than 200. Choose one that is suggested, or type the client id of another: it stands on the application's page.",
    first_page: "To the beginning",
    none_yet: "There are none yet.",
    never: "never",
    yes: "yes",
    no: "no",
    shown_once: "This is shown once. Keep it where only the program that needs it can read it.",
    copy: "Copy",
    for_good: "This cannot be taken back.",
    utc: "Times are in UTC.",
    problems: Problems {
        signed_out: (
            "You are signed out",
            "Nothing was changed. Sign in again, and send the form once more.",
        ),
        not_found: (
            "There is nothing here",
            "It may have been removed, or its address was not copied whole. Go back to the console and look for it there.",
        ),
        no_application: (
            "There is no such application here",
            "Its client id begins with app_, and stands on the application's page: go back, copy it whole, and choose again.",
        ),
        not_allowed: (
            "Your role does not allow this",
            "Nothing was changed. Ask an owner to do it, or to give you another role.",
        ),
        foreign_form: (
            "This was not sent by our page",
            "Nothing was changed. Open the page again and send the form once more. If a link or a message led you here, do \
             not follow it.",
        ),
        malformed: (
            "This request cannot be read",
            "Nothing was changed. Open the page again and send the form once more.",
        ),
        refused: (
            "This was not done",
            "Nothing was changed. Go back, see what the sentence below says, and send it again.",
        ),
        later: (
            "This does not work at the moment",
            "Nothing is lost. Wait a minute and load this page again.",
        ),
    },
    roles: ["Owner", "Administrator", "Help desk", "Auditor"],
};

const ARABIC: Words = Words {
    name: "وحدة تحكم Countersign",
    menu: "القائمة",
    waits: "بانتظارك",
    nav: Nav {
        server: "هذا الخادم",
        tenants: "المؤسسات",
        overview: "نظرة عامة",
        applications: "التطبيقات",
        channels: "القنوات",
        users: "الأشخاص",
        resets: "إعادة التعيين",
        challenges: "الأسئلة المفتوحة",
        webhooks: "خطّافات الويب",
        providers: "مقدّمو الخدمة",
        templates: "صياغة الرسائل",
        messages: "الرسائل",
        audit: "سجل التدقيق",
        own_audit: "سجل المشغّلين",
        settings: "الإعدادات",
        api: "واجهة البرمجة",
        operators: "المشغّلون",
        account: "حسابك",
    },
    signed_in_as: "سجّلت الدخول باسم",
    sign_out: "تسجيل الخروج",
    back_home: "إلى وحدة التحكم",
    save: "حفظ",
    search: "بحث",
    next_page: "الصفحة التالية",
    many_applications: "هناك أكثر من 200 تطبيق. اختر واحدًا من المقترحة، أو اكتب معرّف عميل تطبيق آخر: تجده في صفحة التطبيق.",
    first_page: "إلى البداية",
    none_yet: "لا يوجد شيء بعد.",
    never: "أبدًا",
    yes: "نعم",
    no: "لا",
    shown_once: "يُعرض هذا مرة واحدة. احفظه حيث لا يقرؤه إلا البرنامج الذي يحتاج إليه.",
    copy: "نسخ",
    for_good: "لا يمكن التراجع عن هذا.",
    utc: "الأوقات بالتوقيت العالمي المنسّق.",
    problems: Problems {
        signed_out: ("انتهت جلستك", "لم يتغيّر شيء. سجّل الدخول مجددًا ثم أرسل النموذج مرة أخرى."),
        not_found: (
            "لا يوجد شيء هنا",
            "ربما أُزيل، أو لم يُنسخ عنوانه كاملًا. عد إلى وحدة التحكم وابحث عنه هناك.",
        ),
        no_application: (
            "لا يوجد تطبيق كهذا هنا",
            "يبدأ معرّف العميل بـ app_ وتجده في صفحة التطبيق: عد إلى الوراء وانسخه كاملًا ثم اختر مرة أخرى.",
        ),
        not_allowed: ("دورك لا يسمح بهذا", "لم يتغيّر شيء. اطلب من أحد المالكين تنفيذه، أو منحك دورًا آخر."),
        foreign_form: (
            "لم يُرسل هذا من صفحتنا",
            "لم يتغيّر شيء. افتح الصفحة مجددًا وأرسل النموذج مرة أخرى. إن قادك إلى هنا رابط أو رسالة فلا تتبعهما.",
        ),
        malformed: ("تعذّرت قراءة هذا الطلب", "لم يتغيّر شيء. افتح الصفحة مجددًا وأرسل النموذج مرة أخرى."),
        refused: (
            "لم يُنفَّذ هذا",
            "لم يتغيّر شيء. عد إلى الصفحة السابقة، وانظر ما تقوله الجملة أدناه، ثم أرسله مجددًا.",
        ),
        later: ("هذه الخدمة لا تعمل الآن", "لم يضع أي شيء. انتظر دقيقة ثم أعد تحميل هذه الصفحة."),
    },
    roles: ["مالك", "مسؤول", "مكتب مساعدة", "مدقّق"],
};
