//! The words of the pages about providers.

use super::labels::LABELS;
use crate::engine::providers::Channel;
use crate::portal::language::{Language, in_both};

#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) what: &'static str,
    pub(super) what_platform: &'static str,
    pub(super) files: &'static str,
    pub(super) channel: &'static str,
    pub(super) in_force: &'static str,
    pub(super) last_hour: &'static str,
    pub(super) state: &'static str,
    pub(super) works: &'static str,
    pub(super) refused: &'static str,
    pub(super) refused_what: &'static str,
    pub(super) since: &'static str,
    pub(super) nobody: &'static str,
    pub(super) nobody_what: &'static str,
    pub(super) file: &'static str,
    pub(super) file_what: &'static str,
    pub(super) off: &'static str,
    pub(super) off_what: &'static str,
    pub(super) platforms: &'static str,
    pub(super) own: &'static str,
    pub(super) countries: &'static str,
    pub(super) all_countries: &'static str,
    pub(super) per_day: &'static str,
    pub(super) no_limit: &'static str,
    pub(super) taken: &'static str,
    pub(super) waiting: &'static str,
    pub(super) dead: &'static str,
    pub(super) set: &'static str,
    pub(super) set_what: &'static str,
    pub(super) save: &'static str,
    pub(super) take_platform: &'static str,
    pub(super) take_platform_what: &'static str,
    pub(super) turn_off: &'static str,
    pub(super) remove: &'static str,
    pub(super) remove_what: &'static str,
    pub(super) others: &'static str,
    pub(super) test: &'static str,
    pub(super) test_what: &'static str,
    pub(super) to: [&'static str; 3],
    pub(super) language: &'static str,
    pub(super) send: &'static str,
    pub(super) took: &'static str,
    pub(super) took_file: &'static str,
    pub(super) took_not: &'static str,
    pub(super) account_at_fault: &'static str,
    pub(super) status: &'static str,
    pub(super) reference: &'static str,
    pub(super) reason: &'static str,
    pub(super) too_often: &'static str,
    pub(super) sent_just_now: &'static str,
    pub(super) done_set: &'static str,
    pub(super) done_platform: &'static str,
    pub(super) done_off: &'static str,
    pub(super) done_removed: &'static str,
    pub(super) nothing_to_remove: &'static str,
    pub(super) choose_kind: &'static str,
    channels: [&'static str; 6],
}

in_both!(Words, ENGLISH, ARABIC);

impl Words {
    pub(super) fn channel(&self, channel: Channel) -> &'static str {
        let [apns, fcm, web_push, sms, voice, email] = self.channels;
        match channel {
            Channel::Apns => apns,
            Channel::Fcm => fcm,
            Channel::WebPush => web_push,
            Channel::Sms => sms,
            Channel::Voice => voice,
            Channel::Email => email,
        }
    }

    /// What is typed in for a trial.
    pub(super) fn to(&self, channel: Channel) -> &'static str {
        let [number, address, token] = self.to;
        match channel {
            Channel::Sms | Channel::Voice => number,
            Channel::Email => address,
            Channel::Apns | Channel::Fcm | Channel::WebPush => token,
        }
    }
}

/// Label and hint of a field, or of a fact about an account.
pub(super) fn field(name: &str, language: Language) -> (&'static str, &'static str) {
    let row = LABELS.iter().find(|(known, _, _)| *known == name);
    row.map_or(("", ""), |(_, english, arabic)| match language {
        Language::English => *english,
        Language::Arabic => *arabic,
    })
}

const ENGLISH: Words = Words {
    title: "Providers",
    what: "Who carries this tenant's messages. Where nothing is chosen, the platform's provider does.",
    files: "Messages of the server itself, in files",
    what_platform: "Who carries the messages of every tenant that has not chosen otherwise.",
    channel: "Channel",
    in_force: "In force",
    last_hour: "Last hour",
    state: "State",
    works: "no trouble known",
    refused: "refused",
    refused_what: "The provider refuses this account. See there whether the key or the password still holds, set the account again \
                   below, and send a test.",
    since: "Since",
    nobody: "nobody",
    nobody_what: "Nobody carries these messages. Set an account below.",
    file: "files, while developing",
    file_what: "There is no provider, so messages are written to files, which «Messages» shows. In production nothing is sent \
                until there is a provider.",
    off: "off",
    off_what: "Nothing is sent by this channel.",
    platforms: "the platform's",
    own: "chosen here",
    countries: "Countries",
    all_countries: "all",
    per_day: "Messages a day, for each tenant",
    no_limit: "any number",
    taken: "taken",
    waiting: "waiting",
    dead: "given up",
    set: "Set an account",
    set_what: "It takes the place of the one before. Keys and passwords are sealed and never shown again; to change anything, fill \
               in all of it. A running server follows within three seconds.",
    save: "Set",
    take_platform: "Use the platform's",
    take_platform_what: "What the platform has chosen, now and later. Countries and a number a day can only take away from what it \
                         allows; leave them empty for just that.",
    turn_off: "Send nothing by this channel",
    remove: "Forget what was chosen here",
    remove_what: "Its key or password is forgotten with it.",
    others: "Or",
    test: "Send a test",
    test_what: "One message with a code that opens nothing. The answer may take up to 10 seconds; this page then says what it was. \
                You have ten an hour.",
    to: ["Number, with + and country code", "E-mail address", "Push token, as the app shows it"],
    language: "Language",
    send: "Send",
    took: "The provider took the message.",
    took_file: "There is no provider: the message was written to a file, which «Messages» shows.",
    took_not: "The provider did not take the message.",
    account_at_fault: "It is the account that is refused: mend that first.",
    status: "Status",
    reference: "Its name there",
    reason: "Reason",
    too_often: "You have sent as many tests as an hour may have. Seconds to wait: ",
    sent_just_now: "Something went there just now, or as much as an hour may have. Seconds to wait: ",
    done_set: "Set. Send a test to see whether it works.",
    done_platform: "The platform's provider carries these messages from now on.",
    done_off: "Nothing is sent by this channel from now on.",
    done_removed: "Forgotten. What is in force now stands below.",
    nothing_to_remove: "Nothing was chosen here.",
    choose_kind: "Kind of account",
    channels: [
        "Push to Apple devices",
        "Push to Android, by Google",
        "Web Push",
        "Short messages",
        "Calls",
        "E-mail",
    ],
};

const ARABIC: Words = Words {
    title: "مقدّمو الخدمة",
    what: "من ينقل رسائل هذه المؤسسة. وحيث لم يُختر شيء ينقلها مقدّم خدمة المنصّة.",
    files: "رسائل الخادم نفسه المكتوبة في ملفات",
    what_platform: "من ينقل رسائل كل مؤسسة لم تختر غير ذلك.",
    channel: "القناة",
    in_force: "المعمول به",
    last_hour: "الساعة الأخيرة",
    state: "الحالة",
    works: "لا مشكلة معروفة",
    refused: "مرفوض",
    refused_what: "يرفض مقدّم الخدمة هذا الحساب. تحقّق لديه من أن المفتاح أو كلمة المرور ما زالا صالحين، ثم اضبط الحساب مجددًا أدناه \
                   وأرسل رسالة اختبار.",
    since: "منذ",
    nobody: "لا أحد",
    nobody_what: "لا أحد ينقل هذه الرسائل. اضبط حسابًا أدناه.",
    file: "ملفات، أثناء التطوير",
    file_what: "لا يوجد مقدّم خدمة، فتُكتب الرسائل في ملفات تعرضها صفحة «الرسائل». وفي الإنتاج لا يُرسل شيء حتى يوجد مقدّم خدمة.",
    off: "متوقّفة",
    off_what: "لا يُرسل شيء عبر هذه القناة.",
    platforms: "مقدّم خدمة المنصّة",
    own: "اختير هنا",
    countries: "البلدان",
    all_countries: "كلها",
    per_day: "الرسائل في اليوم لكل مؤسسة",
    no_limit: "أي عدد",
    taken: "مقبولة",
    waiting: "منتظرة",
    dead: "متروكة",
    set: "ضبط حساب",
    set_what: "يحلّ محلّ الحساب السابق. تُختم المفاتيح وكلمات المرور ولا تُعرض ثانية؛ ولتغيير أي شيء املأ كل الحقول. يعمل به الخادم خلال \
               ثلاث ثوانٍ.",
    save: "ضبط",
    take_platform: "استخدام مقدّم خدمة المنصّة",
    take_platform_what: "ما اختارته المنصّة الآن ولاحقًا. البلدان والعدد اليومي لا يمكنهما إلا تقليل ما تسمح به؛ اتركهما فارغين لقبوله \
                         كما هو.",
    turn_off: "عدم إرسال شيء عبر هذه القناة",
    remove: "نسيان ما اختير هنا",
    remove_what: "يُنسى معه مفتاحه أو كلمة مروره.",
    others: "أو",
    test: "إرسال رسالة اختبار",
    test_what: "رسالة واحدة برمز لا يفتح شيئًا. قد يستغرق الجواب حتى 10 ثوانٍ، ثم تعرضه هذه الصفحة. لك عشر رسائل في الساعة.",
    to: ["الرقم مع + ورمز البلد", "عنوان البريد الإلكتروني", "رمز الإشعارات كما يعرضه التطبيق"],
    language: "اللغة",
    send: "إرسال",
    took: "قبل مقدّم الخدمة الرسالة.",
    took_file: "لا يوجد مقدّم خدمة: كُتبت الرسالة في ملف تعرضه صفحة «الرسائل».",
    took_not: "لم يقبل مقدّم الخدمة الرسالة.",
    account_at_fault: "الحساب نفسه مرفوض: أصلحه أولًا.",
    status: "رمز الحالة",
    reference: "اسمها لديه",
    reason: "السبب",
    too_often: "أرسلت من رسائل الاختبار ما تسمح به الساعة. ثواني الانتظار: ",
    sent_just_now: "أُرسل شيء إلى هناك للتو، أو أُرسل ما تسمح به الساعة. ثواني الانتظار: ",
    done_set: "تمّ الضبط. أرسل رسالة اختبار لترى هل يعمل.",
    done_platform: "ينقل مقدّم خدمة المنصّة هذه الرسائل من الآن.",
    done_off: "لا يُرسل شيء عبر هذه القناة من الآن.",
    done_removed: "تمّ النسيان. المعمول به الآن مذكور أدناه.",
    nothing_to_remove: "لم يُختر شيء هنا.",
    choose_kind: "نوع الحساب",
    channels: [
        "إشعارات أجهزة Apple",
        "إشعارات Android عبر Google",
        "إشعارات الويب",
        "الرسائل القصيرة",
        "المكالمات",
        "البريد الإلكتروني",
    ],
};
