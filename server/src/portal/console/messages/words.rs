//! The words of the pages about messages.

use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) none: &'static str,
    pub(super) none_of_these: &'static str,
    pub(super) channel: &'static str,
    pub(super) state: &'static str,
    pub(super) all: &'static str,
    pub(super) show: &'static str,
    pub(super) made: &'static str,
    pub(super) to: &'static str,
    pub(super) not_kept: &'static str,
    pub(super) waiting: &'static str,
    pub(super) arrived: &'static str,
    pub(super) dead: &'static str,
    pub(super) next_try: &'static str,
    pub(super) receipt: &'static str,
    pub(super) attempts: &'static str,
    pub(super) taken: &'static str,
    pub(super) replay: &'static str,
    pub(super) replayed: &'static str,
    pub(super) waits: &'static str,
    pub(super) files: &'static str,
    pub(super) files_what: &'static str,
    pub(super) no_files: &'static str,
    pub(super) files_platform: &'static str,
    pub(super) no_files_platform: &'static str,
    pub(super) code: &'static str,
    pub(super) session: &'static str,
    pub(super) subject: &'static str,
    pub(super) older: &'static str,
    channels: [&'static str; 5],
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    /// A kind of message, or the channel of one in a file.
    pub(super) fn channel(&self, word: &str) -> &'static str {
        let [webhook, push, sms, voice, email] = self.channels;
        match word {
            "webhook" => webhook,
            "sms" => sms,
            "voice" => voice,
            "email" => email,
            _ => push,
        }
    }
}

const ENGLISH: Words = Words {
    title: "Messages",
    what: "What the server sent, is sending and could not send, newest first. What a message says is not shown, and to whom it went \
           only while it is on its way.",
    none: "Nothing was sent yet. Messages come with the first sign-in.",
    none_of_these: "There are no such messages. Choose others above.",
    channel: "Channel",
    state: "State",
    all: "all",
    show: "Show",
    made: "Made",
    to: "To",
    not_kept: "not kept",
    waiting: "on its way",
    arrived: "taken",
    dead: "given up",
    next_try: "next try",
    receipt: "reported later",
    attempts: "Attempts",
    taken: "taken",
    replay: "Send again",
    replayed: "It is sent again.",
    waits: "It is being sent already; nothing was changed.",
    files: "Messages in files",
    files_what: "For development: no provider carries these messages, so they were written to files in place of being sent. Whoever \
                 sees this page sees codes. In production there are neither such files nor this page.",
    no_files: "There are none yet. Ask somebody to sign in, or send a test on the page of a provider.",
    files_platform: "These are the server's own: invitations, registrations, and tests of its providers. A tenant's are on that \
                     tenant's page.",
    no_files_platform: "There are none yet. Invite somebody by mail, or send a test on the page of a provider.",
    code: "Code",
    session: "Session",
    subject: "Subject",
    older: "Older ones",
    channels: ["Webhook", "Push", "Short message", "Call", "E-mail"],
};

const ARABIC: Words = Words {
    title: "الرسائل",
    what: "ما أرسله الخادم وما يرسله وما تعذّر إرساله، الأحدث أولًا. لا يُعرض مضمون الرسالة، ولا يُعرض المرسَل إليه إلا ما دامت في الطريق.",
    none: "لم يُرسل شيء بعد. تأتي الرسائل مع أول تسجيل دخول.",
    none_of_these: "لا توجد رسائل كهذه. اختر غيرها أعلاه.",
    channel: "القناة",
    state: "الحالة",
    all: "الكل",
    show: "عرض",
    made: "أُنشئت",
    to: "إلى",
    not_kept: "غير محفوظ",
    waiting: "في الطريق",
    arrived: "مقبولة",
    dead: "متروكة",
    next_try: "المحاولة القادمة",
    receipt: "أُبلغ لاحقًا",
    attempts: "المحاولات",
    taken: "مقبولة",
    replay: "إعادة الإرسال",
    replayed: "يُعاد إرسالها.",
    waits: "هي قيد الإرسال أصلًا؛ لم يتغيّر شيء.",
    files: "رسائل في ملفات",
    files_what: "للتطوير: لا مقدّم خدمة ينقل هذه الرسائل، فكُتبت في ملفات بدل إرسالها. من يرى هذه الصفحة يرى الرموز. وفي الإنتاج لا توجد \
                 هذه الملفات ولا هذه الصفحة.",
    no_files: "لا يوجد شيء بعد. اطلب من شخص تسجيل الدخول، أو أرسل رسالة اختبار من صفحة أحد مقدّمي الخدمة.",
    files_platform: "هذه رسائل الخادم نفسه: الدعوات والتسجيلات واختبارات مقدّمي خدمته. رسائل المؤسسات في صفحاتها.",
    no_files_platform: "لا يوجد شيء بعد. ادعُ شخصًا بالبريد، أو أرسل رسالة اختبار من صفحة أحد مقدّمي الخدمة.",
    code: "الرمز",
    session: "الجلسة",
    subject: "الموضوع",
    older: "الأقدم",
    channels: ["خطّاف ويب", "إشعار", "رسالة قصيرة", "مكالمة", "بريد إلكتروني"],
};
