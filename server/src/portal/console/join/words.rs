//! The words of becoming an operator.

use crate::portal::language::Language;

#[derive(Debug)]
pub(in crate::portal::console) struct Words {
    pub(super) title: &'static str,
    /// `{}`: the role.
    pub(super) what_server: &'static str,
    pub(super) what_tenant: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) rule: &'static str,
    pub(super) go: &'static str,
    pub(super) once: &'static str,
    pub(super) known: &'static str,
    pub(super) busy: &'static str,
    pub(super) cannot_be: &'static str,
    pub(super) factor_title: &'static str,
    pub(super) signed_as: &'static str,
    pub(super) choose: &'static str,
    pub(super) totp: &'static str,
    pub(super) totp_how: &'static str,
    pub(super) app: &'static str,
    pub(super) app_how: &'static str,
    pub(super) ready: &'static str,
    pub(super) finish: &'static str,
    pub(super) not_yet: &'static str,
    pub(in crate::portal::console) scan: &'static str,
    pub(in crate::portal::console) qr: &'static str,
    pub(in crate::portal::console) typed: &'static str,
    pub(in crate::portal::console) code: &'static str,
    pub(in crate::portal::console) no_code: &'static str,
    pub(in crate::portal::console) wrong_code: &'static str,
    pub(super) locked: &'static str,
    pub(super) another: &'static str,
    pub(super) open: &'static str,
    pub(super) scan_app: &'static str,
    pub(super) terminal: &'static str,
    pub(super) app_done: &'static str,
    pub(super) codes_title: &'static str,
    pub(super) in_now: &'static str,
    pub(super) codes: &'static str,
    pub(super) on: &'static str,
    pub(super) to_sign_in: &'static str,
    pub(super) unknown: (&'static str, &'static str),
    pub(super) used: (&'static str, &'static str),
    pub(super) expired: (&'static str, &'static str),
    pub(super) other_browser: (&'static str, &'static str),
}

impl Words {
    pub(in crate::portal::console) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Arabic => &ARABIC,
        }
    }
}

const ENGLISH: Words = Words {
    title: "Become an operator",
    what_server: "With this link you can use the console of the whole server. Your role: {}.",
    what_tenant: "With this link you can use the console for one tenant. Your role: {}.",
    name: "Your name",
    email: "E-mail address: you sign in with it",
    password: "New password",
    rule: "8 to 256 characters, and not your own name or address.",
    go: "Go on",
    once: "The link works once, for a day at most. From now on it works in this browser only.",
    known: "An operator has this address already. Sign in as them, or type another address.",
    busy: "The server has too many passwords to check. Send it again in a few seconds.",
    cannot_be: "Something cannot be so. The name has 1 to 100 characters, the address looks like name@example.org, and the \
                password has 8 to 256 characters and is not your own name or address.",
    factor_title: "Your second factor",
    signed_as: "You will sign in as",
    choose: "Each time you sign in, you show something besides your password. Choose what:",
    totp: "An authenticator app",
    totp_how: "It shows a new code every 30 seconds.",
    app: "The Countersign app",
    app_how: "It asks you whether it is you, and you answer on your phone.",
    ready: "Your second factor is set up.",
    finish: "Become an operator",
    not_yet: "Your phone is not set up yet. Scan the code with the Countersign app first, and go on when the app says that it \
              is done. Choose the app once more to see a new code.",
    scan: "Scan this with your authenticator app. Then type the code that it shows.",
    qr: "QR code for your authenticator app",
    typed: "Cannot scan? Type this into the app:",
    code: "Code",
    no_code: "A code has six digits. Type the one that the app shows now.",
    wrong_code: "The code is wrong. Wait for the next one and type it. If it stays wrong, see that your phone's clock is right.",
    locked: "There were too many wrong codes. Choose another second factor, or ask for a new link.",
    another: "Choose something else",
    open: "Open in Countersign",
    scan_app: "On another screen? Scan this code with the Countersign app. It works once, for five minutes.",
    terminal: "The terminal authenticator takes the link too: countersign enroll, and then",
    app_done: "My phone is set up",
    codes_title: "Your recovery codes",
    in_now: "You are an operator now, and signed in.",
    codes: "Each of these codes takes the place of your second factor once, if you lose it. They are shown this once: print them \
            or write them down, and keep them apart from your phone.",
    on: "I have kept them. To the console",
    to_sign_in: "To signing in",
    unknown: (
        "This link is not known here",
        "Was it copied whole? A link for the first owner ends when the server starts again: look at what it printed last. For \
         any other one ask an owner for a new link.",
    ),
    used: (
        "This link was used already",
        "If that was you, sign in. If it was not, tell an owner at once: somebody else became an operator with it.",
    ),
    expired: ("This link has expired", "A link is good for a day. Ask whoever sent it for a new one."),
    other_browser: (
        "This link is being used in another browser",
        "Go on there. If you cannot, or if that is not you, ask for a new link: the old one ends then.",
    ),
};

const ARABIC: Words = Words {
    title: "الانضمام مشغّلًا",
    what_server: "بهذا الرابط تستطيع استخدام وحدة تحكم الخادم كله. دورك: {}.",
    what_tenant: "بهذا الرابط تستطيع استخدام وحدة التحكم لمؤسسة واحدة. دورك: {}.",
    name: "اسمك",
    email: "البريد الإلكتروني الذي ستسجّل الدخول به",
    password: "كلمة مرور جديدة",
    rule: "من 8 إلى 256 حرفًا، وليست اسمك ولا بريدك.",
    go: "متابعة",
    once: "يعمل الرابط مرة واحدة ولمدة يوم على الأكثر. ومن الآن يعمل في هذا المتصفح وحده.",
    known: "لأحد المشغّلين هذا البريد من قبل. سجّل الدخول به، أو اكتب بريدًا آخر.",
    busy: "لدى الخادم كلمات مرور كثيرة ليتحقق منها. أرسل النموذج مجددًا بعد بضع ثوانٍ.",
    cannot_be: "في ما كتبته شيء غير ممكن. يتكوّن الاسم من حرف واحد إلى 100 حرف، ويكون البريد مثل name@example.org، وتتكوّن كلمة \
                المرور من 8 إلى 256 حرفًا وليست اسمك ولا بريدك.",
    factor_title: "العامل الثاني",
    signed_as: "ستسجّل الدخول باسم",
    choose: "في كل مرة تسجّل فيها الدخول تُثبت هويتك بشيء غير كلمة المرور. اختره:",
    totp: "تطبيق مصادقة",
    totp_how: "يعرض رمزًا جديدًا كل 30 ثانية.",
    app: "تطبيق Countersign",
    app_how: "يسألك هل هذا أنت، فتجيب على هاتفك.",
    ready: "أُعدّ العامل الثاني.",
    finish: "الانضمام مشغّلًا",
    not_yet: "لم يُعدّ هاتفك بعد. امسح الرمز بتطبيق Countersign أولًا، وتابع حين يقول التطبيق إنه انتهى. اختر التطبيق مرة أخرى لترى \
              رمزًا جديدًا.",
    scan: "امسح هذا بتطبيق المصادقة، ثم اكتب الرمز الذي يعرضه.",
    qr: "رمز QR لتطبيق المصادقة",
    typed: "لا تستطيع المسح؟ اكتب هذا في التطبيق:",
    code: "الرمز",
    no_code: "يتكوّن الرمز من ستة أرقام. اكتب ما يعرضه التطبيق الآن.",
    wrong_code: "الرمز غير صحيح. انتظر الرمز التالي واكتبه. وإن بقي غير صحيح فتأكد من ضبط ساعة هاتفك.",
    locked: "كُتبت رموز خاطئة كثيرة. اختر عاملًا ثانيًا آخر، أو اطلب رابطًا جديدًا.",
    another: "اختيار شيء آخر",
    open: "الفتح في Countersign",
    scan_app: "هل تستخدم شاشة أخرى؟ امسح هذا الرمز بتطبيق Countersign. يعمل مرة واحدة ولمدة خمس دقائق.",
    terminal: "يقبل تطبيق سطر الأوامر الرابط أيضًا: countersign enroll ثم",
    app_done: "أُعدّ هاتفي",
    codes_title: "رموز الاسترداد",
    in_now: "أنت الآن مشغّل، وقد سُجّل دخولك.",
    codes: "يحل كل رمز من هذه الرموز محل العامل الثاني مرة واحدة إن فقدته. تُعرض هذه المرة فقط: اطبعها أو اكتبها، واحفظها بعيدًا عن \
            هاتفك.",
    on: "حفظتها. إلى وحدة التحكم",
    to_sign_in: "إلى تسجيل الدخول",
    unknown: (
        "هذا الرابط غير معروف هنا",
        "هل نُسخ كاملًا؟ ينتهي رابط المالك الأول حين يبدأ الخادم من جديد، فانظر إلى آخر ما طبعه. أما غيره فاطلب من أحد المالكين \
         رابطًا جديدًا.",
    ),
    used: (
        "استُخدم هذا الرابط من قبل",
        "إن كنت أنت من استخدمه فسجّل الدخول. وإلا فأبلغ أحد المالكين فورًا: لقد صار شخص آخر مشغّلًا به.",
    ),
    expired: ("انتهت صلاحية هذا الرابط", "يصلح الرابط ليوم واحد. اطلب رابطًا جديدًا ممن أرسله."),
    other_browser: (
        "يُستخدم هذا الرابط في متصفح آخر",
        "تابع هناك. إن تعذّر ذلك، أو لم تكن أنت من يستخدمه، فاطلب رابطًا جديدًا، وعندها ينتهي القديم.",
    ),
};
