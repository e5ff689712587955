//! The words of the overview.

use crate::engine::tallies::Span;
use crate::portal::language::in_both;

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) tenant_created: &'static str,
    pub(super) begin: &'static str,
    pub(super) steps: [&'static str; 3],
    pub(super) done: &'static str,
    pub(super) look: &'static str,
    pub(super) no_look: &'static str,
    pub(super) locked: &'static str,
    pub(super) dead: &'static str,
    pub(super) more_than: &'static str,
    pub(super) trouble: &'static str,
    pub(super) ending: &'static str,
    /// The server's own.
    pub(super) certificate: &'static str,
    pub(super) which: &'static str,
    pub(super) span: &'static str,
    spans: [&'static str; 3],
    pub(super) application: &'static str,
    pub(super) every: &'static str,
    pub(super) show: &'static str,
    pub(super) since: &'static str,
    pub(super) figures: &'static str,
    pub(super) facts: Facts,
    pub(super) how_ended: &'static str,
    pub(super) how_ended_is: &'static str,
    pub(super) ends: [&'static str; 6],
    pub(super) how_long: &'static str,
    pub(super) how_long_is: &'static str,
    pub(super) as_table: &'static str,
    pub(super) time: &'static str,
    pub(super) messages: &'static str,
    pub(super) messages_are: &'static str,
    pub(super) carrier: &'static str,
    pub(super) sent: &'static str,
    pub(super) given_up: &'static str,
    pub(super) no_messages: &'static str,
    carriers: [&'static str; 5],
}

/// What stands before single figures.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) asked: &'static str,
    pub(super) approved: &'static str,
    pub(super) refused: &'static str,
    pub(super) reported: &'static str,
    pub(super) median: &'static str,
    pub(super) most: &'static str,
    pub(super) codes: &'static str,
    pub(super) by_rule: &'static str,
    pub(super) people: &'static str,
    pub(super) devices: &'static str,
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn span(&self, span: Span) -> &'static str {
        let [day, week, month] = self.spans;
        match span {
            Span::Day => day,
            Span::Week => week,
            Span::Month => month,
        }
    }

    /// What carries messages, by its word.
    pub(super) fn carrier(&self, word: &str) -> &'static str {
        let [push, sms, voice, email, webhook] = self.carriers;
        match word {
            "sms" => sms,
            "voice" => voice,
            "email" => email,
            "webhook" => webhook,
            "apns" => "APNs",
            "fcm" => "FCM",
            "webpush" => "Web Push",
            _ => push,
        }
    }

    /// A sentence with a number in it.
    #[expect(clippy::unused_self, reason = "read as: words about so many")]
    pub(super) fn about(&self, sentence: &str, number: &str) -> String {
        sentence.replace("{n}", number)
    }
}

const ENGLISH: Words = Words {
    title: "Overview",
    tenant_created: "The tenant was made. The three steps below lead to its first sign-in.",
    begin: "First steps",
    steps: [
        "Make an application: the website or program that asks people.",
        "Enrol somebody: they get a link, and their phone is theirs.",
        "Send a first request from the API page, and answer it on the phone.",
    ],
    done: "Done.",
    look: "What needs a look",
    no_look: "Nothing needs a look.",
    locked: "Locked after too many failures: {n}. Unlock a person once you know that it is them.",
    dead: "Messages that were given up: {n}.",
    more_than: "more than {n}",
    trouble: "The provider for {channel} refuses the account ({why}) since {since}. Messages do not go out this way.",
    ending: "A secret of {name} ({prefix}…) ends at {at}. Give the program its new one before.",
    certificate: "The server's TLS certificate ends at {at}. Nobody can connect from then on, so put a new one into its files before: the server takes it by itself.",
    which: "Which figures",
    span: "Time",
    spans: ["24 hours", "7 days", "30 days"],
    application: "Application",
    every: "All of them",
    show: "Show",
    since: "Figures have been counted since {at}; there are none from before.",
    figures: "Figures",
    facts: Facts {
        asked: "People were asked",
        approved: "Approved",
        refused: "Refused or reported",
        reported: "Reported as not theirs",
        median: "Half answered within (seconds)",
        most: "95 of 100 answered within (seconds)",
        codes: "Codes right / wrong",
        by_rule: "Approved / refused by a rule, without asking",
        people: "People added",
        devices: "Devices enrolled / removed",
    },
    how_ended: "How questions ended",
    how_ended_is: "Each bar is what was asked in that time; its pieces are how it ended. What nobody has answered has expired, or still waits.",
    ends: ["approved", "refused", "reported", "wrong number", "cancelled", "no answer"],
    how_long: "How long people took, in seconds",
    how_long_is: "Of those who answered: the time that half of them, and that 95 of 100, stayed below. Times are read from steps, so they are about right.",
    as_table: "The same as a table",
    time: "From",
    messages: "Messages",
    messages_are: "What was taken by the other side or given up, up to a minute ago.",
    carrier: "Way",
    sent: "Taken",
    given_up: "Given up",
    no_messages: "No messages were sent in this time.",
    carriers: ["Push", "SMS", "Calls", "E-mail", "Webhooks"],
};

const ARABIC: Words = Words {
    title: "نظرة عامة",
    tenant_created: "أُنشئت المؤسسة. تقودك الخطوات الثلاث أدناه إلى أول تسجيل دخول.",
    begin: "الخطوات الأولى",
    steps: [
        "أنشئ تطبيقًا: الموقع أو البرنامج الذي يسأل الأشخاص.",
        "سجّل شخصًا: يصله رابط فيصبح هاتفه معروفًا لديك.",
        "أرسل أول طلب من صفحة واجهة البرمجة، وأجب عنه من الهاتف.",
    ],
    done: "تمّت.",
    look: "ما يحتاج إلى نظر",
    no_look: "لا شيء يحتاج إلى نظر.",
    locked: "أشخاص مقفلون بعد محاولات فاشلة كثيرة: {n}. افتح القفل لمن تأكّدت من هويته.",
    dead: "رسائل تُرك إرسالها: {n}.",
    more_than: "أكثر من {n}",
    trouble: "يرفض مقدّم خدمة {channel} الحساب ({why}) منذ {since}. لا تخرج الرسائل من هذا الطريق.",
    ending: "ينتهي أحد أسرار {name} ({prefix}…) في {at}. أعطِ البرنامج سرّه الجديد قبل ذلك.",
    certificate: "تنتهي شهادة TLS الخاصة بالخادم في {at}، ولا يستطيع أحد الاتصال بعد ذلك. ضع شهادة جديدة في ملفاتها قبل ذلك، والخادم يأخذها من تلقاء نفسه.",
    which: "أي أرقام",
    span: "المدة",
    spans: ["24 ساعة", "7 أيام", "30 يومًا"],
    application: "التطبيق",
    every: "جميع التطبيقات",
    show: "عرض",
    since: "تُحصى الأرقام منذ {at}، ولا أرقام لما قبل ذلك.",
    figures: "الأرقام",
    facts: Facts {
        asked: "عدد مرات السؤال",
        approved: "الموافقات",
        refused: "الرفض والبلاغات",
        reported: "بلاغات بأن الطلب ليس منهم",
        median: "أجاب نصفهم خلال (ثانية)",
        most: "أجاب 95 من كل 100 خلال (ثانية)",
        codes: "الرموز الصحيحة / الخاطئة",
        by_rule: "الموافقة / الرفض بقاعدة ودون سؤال",
        people: "الأشخاص المضافون",
        devices: "الأجهزة المسجّلة / المزالة",
    },
    how_ended: "كيف انتهت الأسئلة",
    how_ended_is: "كل عمود هو ما سُئل في ذلك الوقت، وأجزاؤه كيف انتهى. ما لم يُجب عنه أحد انتهت مهلته أو ما زال ينتظر. يسير الوقت من اليمين إلى اليسار.",
    ends: ["موافقة", "رفض", "بلاغ", "رقم خاطئ", "إلغاء", "بلا جواب"],
    how_long: "كم استغرق الجواب، بالثواني",
    how_long_is: "لمن أجابوا: الوقت الذي لم يتجاوزه نصفهم، والوقت الذي لم يتجاوزه 95 من كل 100. تُقرأ الأوقات من درجات، فهي تقريبية.",
    as_table: "الأرقام نفسها في جدول",
    time: "من",
    messages: "الرسائل",
    messages_are: "ما قبله الطرف الآخر أو تُرك إرساله، حتى ما قبل دقيقة.",
    carrier: "الطريق",
    sent: "قُبلت",
    given_up: "تُركت",
    no_messages: "لم تُرسل رسائل في هذه المدة.",
    carriers: ["الإشعارات", "الرسائل القصيرة", "المكالمات", "البريد الإلكتروني", "خطّافات الويب"],
};
