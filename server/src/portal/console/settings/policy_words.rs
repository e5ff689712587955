//! What each setting of a policy is called, what it means, and what its words stand for: in English and in Arabic.

use crate::engine::policy::Factor;
use crate::portal::language::Language;

/// A text in both languages.
type Both = (&'static str, &'static str);

/// The words about a setting.
#[derive(Debug)]
pub(super) struct SettingWords {
    name: &'static str,
    /// Whether it holds for a whole tenant, and no application differs.
    pub(super) of_tenant: bool,
    label: Both,
    meaning: Both,
    choices: &'static [(&'static str, Both)],
}

fn said(language: Language, (english, arabic): Both) -> &'static str {
    match language {
        Language::English => english,
        Language::Arabic => arabic,
    }
}

impl SettingWords {
    /// The words about a setting.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|words| words.name == name)
    }

    pub(super) fn label(&self, language: Language) -> &'static str {
        said(language, self.label)
    }

    pub(super) fn meaning(&self, language: Language) -> &'static str {
        said(language, self.meaning)
    }

    /// What a word stands for.
    pub(super) fn choice(&self, word: &str, language: Language) -> Option<&'static str> {
        let found = self.choices.iter().find(|(known, _)| *known == word);
        found.map(|(_, text)| said(language, *text))
    }
}

/// A factor's name.
pub(super) fn factor(factor: Factor, language: Language) -> &'static str {
    let both = match factor {
        Factor::Push => ("the app", "التطبيق"),
        Factor::Totp => ("one-time passwords", "كلمات مرور لمرة واحدة"),
        Factor::Sms => ("codes by short message", "رموز بالرسائل القصيرة"),
        Factor::Voice => ("codes by call", "رموز بالمكالمات"),
        Factor::Email => ("codes by e-mail", "رموز بالبريد الإلكتروني"),
        Factor::Recovery => ("recovery codes", "رموز الاسترداد"),
    };
    said(language, both)
}

macro_rules! setting {
    ($name:literal, $of_tenant:literal, $label:expr, $meaning:expr, $choices:expr) => {
        SettingWords {
            name: $name,
            of_tenant: $of_tenant,
            label: $label,
            meaning: $meaning,
            choices: &$choices,
        }
    };
}

static ALL: [SettingWords; 18] = [
    setting!(
        "number_match",
        false,
        ("A number on both screens", "رقم على الشاشتين"),
        (
            "When a number ties the login page to the phone. Without one, approving needs biometrics or passcode.",
            "متى يربط رقمٌ صفحة الدخول بالهاتف. وبدونه تحتاج الموافقة إلى سمات حيوية أو رمز مرور.",
        ),
        [
            ("auto", ("when the caller asks for one", "عندما يطلبه التطبيق")),
            ("required", ("always", "دائمًا")),
            ("off", ("never", "أبدًا")),
        ]
    ),
    setting!(
        "number_kind",
        false,
        ("What the number is like", "شكل الرقم"),
        (
            "Picking one of three is weak: whoever approves without looking is right one time in three.",
            "الاختيار من ثلاثة ضعيف: من يوافق دون أن ينظر يصيب مرة من كل ثلاث.",
        ),
        [
            ("type2", ("two digits, typed on the phone", "رقمان يُكتبان على الهاتف")),
            ("type6", ("six digits, typed on the phone", "ستة أرقام تُكتب على الهاتف")),
            (
                "show",
                (
                    "six digits on the phone, typed on the login page",
                    "ستة أرقام على الهاتف تُكتب في صفحة الدخول"
                )
            ),
            ("pick", ("two digits, picked out of three", "رقمان يُختاران من ثلاثة")),
        ]
    ),
    setting!(
        "verification",
        false,
        ("Biometrics or passcode to approve", "السمات الحيوية أو رمز المرور للموافقة"),
        (
            "When the phone must make sure who holds it before an approval counts.",
            "متى يجب أن يتحقّق الهاتف ممّن يحمله قبل أن تُحسب الموافقة.",
        ),
        [("auto", ("when the risk asks for it", "عندما يقتضيه الخطر")), ("required", ("always", "دائمًا")),]
    ),
    setting!(
        "auto_accept",
        false,
        ("Rules that approve", "قواعد توافق تلقائيًا"),
        (
            "Whether people may sign rules on their phone that approve for them, for a while and in a place.",
            "هل يجوز للأشخاص أن يوقّعوا على هواتفهم قواعد توافق عنهم لمدة وفي مكان.",
        ),
        [("off", ("no", "لا")), ("on", ("yes", "نعم"))]
    ),
    setting!(
        "factors",
        false,
        ("Factors that may be used", "وسائل التحقّق المسموحة"),
        (
            "At least one. Codes by short message and by call are restricted: good only for want of better.",
            "واحدة على الأقل. رموز الرسائل القصيرة والمكالمات مقيّدة: لا تصلح إلا لعدم وجود أفضل منها.",
        ),
        []
    ),
    setting!(
        "risk",
        false,
        ("Least risk that is assumed", "أدنى خطر مفترض"),
        (
            "From 2 on no rule approves for anybody; 3 demands biometrics or passcode, and no code is enough.",
            "من 2 لا توافق قاعدة عن أحد؛ و3 يقتضي سمات حيوية أو رمز مرور ولا يكفي أي رمز.",
        ),
        []
    ),
    setting!(
        "answer_window",
        false,
        ("Seconds to answer", "ثواني الإجابة"),
        ("How long a question waits for its answer.", "كم ينتظر السؤال جوابه."),
        []
    ),
    setting!(
        "result_window",
        false,
        ("Seconds to read the result", "ثواني قراءة النتيجة"),
        (
            "How long applications can ask how a sign-in ended. 86400 is a day.",
            "كم يمكن للتطبيقات أن تسأل كيف انتهى تسجيل الدخول. 86400 يوم واحد.",
        ),
        []
    ),
    setting!(
        "pushes_per_minute",
        false,
        ("Pushes a minute", "الإشعارات في الدقيقة"),
        ("For each person; 0 is without limit.", "لكل شخص؛ 0 بلا حدّ."),
        []
    ),
    setting!(
        "pending_limit",
        false,
        ("Questions at once", "الأسئلة في وقت واحد"),
        (
            "Of one application for one person; the newest stay. 0 is without limit.",
            "من تطبيق واحد لشخص واحد؛ يبقى الأحدث. 0 بلا حدّ.",
        ),
        []
    ),
    setting!(
        "denial_limit",
        false,
        ("Refusals until pushes rest", "مرات الرفض حتى تتوقّف الإشعارات"),
        (
            "In a row: somebody who refuses again and again is being attacked.",
            "متتالية: من يرفض مرة بعد مرة يتعرّض لهجوم.",
        ),
        []
    ),
    setting!(
        "cool_down",
        false,
        ("Seconds that pushes rest", "ثواني توقّف الإشعارات"),
        ("After so many refusals, or at once after a report.", "بعد هذا العدد من الرفض، أو فورًا بعد بلاغ."),
        []
    ),
    setting!(
        "failure_limit",
        false,
        ("Failures until a factor is locked", "مرات الخطأ حتى تُقفل وسيلة التحقّق"),
        (
            "Wrong numbers or codes in a row. An operator unlocks it.",
            "أرقام أو رموز خاطئة متتالية. يفتحها أحد المشغّلين.",
        ),
        []
    ),
    setting!(
        "totp_window",
        false,
        ("Clock difference of one-time passwords", "فرق الساعة لكلمات المرور لمرة واحدة"),
        (
            "Steps of 30 seconds before and after now that count too.",
            "خطوات من 30 ثانية قبل الآن وبعده تُحسب أيضًا.",
        ),
        []
    ),
    setting!(
        "factor_changes",
        false,
        ("At whose word factors change", "بكلمة من تتغيّر وسائل التحقّق"),
        (
            "With proof, an application must show that the person has just signed in.",
            "مع الإثبات يجب أن يُظهر التطبيق أن الشخص سجّل الدخول للتو.",
        ),
        [
            ("application", ("the application's", "كلمة التطبيق")),
            ("proof", ("only with a fresh sign-in", "بتسجيل دخول حديث فقط")),
        ]
    ),
    setting!(
        "two_person_resets",
        true,
        ("A second operator approves resets", "مشغّل ثانٍ يوافق على إعادة الضبط"),
        (
            "Whether a reset of somebody's factors that one operator asks for waits for another one.",
            "هل تنتظر إعادة ضبط وسائل تحقّق شخصٍ طلبها مشغّلٌ موافقةَ مشغّل آخر.",
        ),
        [("off", ("no", "لا")), ("on", ("yes", "نعم"))]
    ),
    setting!(
        "help_desk_enrols",
        true,
        ("The help desk enrols phones", "مكتب المساعدة يسجّل الهواتف"),
        (
            "Whether the role help desk may make enrolment links in the console.",
            "هل يجوز لدور مكتب المساعدة إنشاء روابط التسجيل في وحدة التحكم.",
        ),
        [("on", ("yes", "نعم")), ("off", ("no", "لا"))]
    ),
    setting!(
        "require_attestation",
        true,
        ("What phones must prove", "ما يجب أن تثبته الهواتف"),
        (
            "Whether a phone must prove at its enrolment that its keys are in hardware.",
            "هل يجب أن يثبت الهاتف عند تسجيله أن مفاتيحه في عتاد مخصّص.",
        ),
        [
            ("none", ("nothing", "لا شيء")),
            ("hardware", ("that its keys are in hardware", "أن مفاتيحه في العتاد"))
        ]
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::policy::Choices;

    #[test]
    fn every_setting_of_the_policy_has_words_and_so_has_each_of_its_choices() {
        for setting in crate::engine::policy::all_settings() {
            let words = SettingWords::of(setting.name);
            let words = words.unwrap_or_else(|| panic!("{} has no words in policy_words.rs", setting.name));
            for language in [Language::English, Language::Arabic] {
                assert!(!words.label(language).is_empty() && !words.meaning(language).is_empty());
                if let Choices::Words(all) = setting.choices {
                    for word in all {
                        assert!(words.choice(word, language).is_some(), "{} {word}", setting.name);
                    }
                }
            }
        }
    }
}
