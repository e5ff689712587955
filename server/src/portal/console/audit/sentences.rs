//! What each event of the log says, in both languages. The log itself keeps the raw name, which stands beside it.

use crate::portal::language::Language;

/// An event's name, and what it says in English and in Arabic.
type Sentence = (&'static str, &'static str, &'static str);

/// What an event says; none for a name that this version does not know.
pub(super) fn sentence(name: &str, language: Language) -> Option<&'static str> {
    let (_, english, arabic) = EVENTS.iter().find(|(known, ..)| *known == name)?;
    Some(match language {
        Language::English => english,
        Language::Arabic => arabic,
    })
}

/// Families of events, each with the events in it: a name is its family's word, a dot, and more.
pub(super) fn families(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    FAMILIES.iter().map(move |(word, english, arabic)| match language {
        Language::English => (*word, *english),
        Language::Arabic => (*word, *arabic),
    })
}

/// The names of a family.
pub(super) fn of_family(family: &str) -> impl Iterator<Item = &'static str> {
    EVENTS.iter().map(|(name, ..)| *name).filter(move |name| name.split('.').next() == Some(family))
}

/// The names that are meant: those of a family, or one name.
pub(super) fn names(wanted: &str) -> Vec<&'static str> {
    EVENTS.iter().map(|(name, ..)| *name).filter(|name| *name == wanted).chain(of_family(wanted)).collect()
}

const FAMILIES: [Sentence; 21] = [
    ("challenge", "Questions", "الأسئلة"),
    ("transaction", "Sign-ins on pages", "عمليات الدخول في الصفحات"),
    ("authorization", "Authorisations", "التفويضات"),
    ("oauth", "OAuth tokens", "رموز OAuth"),
    ("verification", "Verified numbers", "التحقق من الأرقام"),
    ("user", "People", "الأشخاص"),
    ("factor", "Factors", "العوامل"),
    ("reset", "Resets by two operators", "إعادة الضبط بمشغّلين اثنين"),
    ("device", "Devices", "الأجهزة"),
    ("rule", "Device rules", "قواعد الأجهزة"),
    ("enrollment", "Enrolments", "تسجيل الأجهزة"),
    ("application", "Applications", "التطبيقات"),
    ("channel", "Channels", "القنوات"),
    ("webhook", "Webhooks", "خطّافات الويب"),
    ("delivery", "Messages", "الرسائل"),
    ("provider", "Providers", "مقدّمو الخدمة"),
    ("template", "Wording", "صياغة الرسائل"),
    ("policy", "Policy", "السياسة"),
    ("access_rule", "Access rules", "قواعد الوصول"),
    ("tenant", "The tenant", "المؤسسة"),
    ("operator", "Operators", "المشغّلون"),
];

#[rustfmt::skip]
const EVENTS: &[Sentence] = &[
    ("challenge.asked", "Somebody was asked.", "سُئل شخص."),
    ("challenge.answered", "The phone agreed; the number is still to be typed.", "وافق الهاتف، وبقي إدخال الرقم."),
    ("challenge.approved", "The question was approved.", "تمت الموافقة على السؤال."),
    ("challenge.approved_by_rule", "A device rule approved without asking.", "وافقت قاعدة جهاز دون سؤال."),
    ("challenge.denied", "The question was refused.", "رُفض السؤال."),
    ("challenge.reported", "The person reported that the request was not theirs.", "أبلغ الشخص أن الطلب ليس منه."),
    ("challenge.ended_by_report", "The question ended along with a report.", "انتهى السؤال مع بلاغ."),
    ("challenge.ended_by_lock", "The question ended because a factor was locked.", "انتهى السؤال لأن عاملًا أُقفل."),
    ("challenge.superseded", "A newer question took its place.", "حلّ محله سؤال أحدث."),
    ("challenge.cancelled", "The question was taken back.", "سُحب السؤال."),
    ("challenge.wrong_number", "A wrong number was chosen on the phone.", "اختير رقم خاطئ على الهاتف."),
    ("challenge.wrong_code", "The number that the phone showed was typed wrongly.", "أُدخل الرقم الذي عرضه الهاتف خطأً."),
    ("challenge.code_sent", "A code was sent.", "أُرسل رمز."),
    ("challenge.code_refused", "A wrong code was typed.", "أُدخل رمز خاطئ."),
    ("challenge.refused_by_rule", "An access rule did not let anybody be asked.", "منعت قاعدة وصول السؤال."),
    ("transaction.begun", "A sign-in on a page began.", "بدأ تسجيل دخول في صفحة."),
    ("transaction.cancelled", "A sign-in on a page was cancelled.", "أُلغي تسجيل دخول في صفحة."),
    ("transaction.refused", "A sign-in on a page was refused.", "رُفض تسجيل دخول في صفحة."),
    ("authorization.begun", "A website was authorised for a person.", "فُوّض موقع لشخص."),
    ("authorization.ended", "A website's authorisation ended.", "انتهى تفويض موقع."),
    ("oauth.tokens_given", "Tokens were given.", "مُنحت رموز."),
    ("oauth.refresh_reused", "A refresh token came twice; all of its kin were ended.", "ورد رمز تجديد مرتين، فأُنهيت كل رموزه."),
    ("verification.sent", "A code was sent to a number or address.", "أُرسل رمز إلى رقم أو عنوان."),
    ("verification.verified", "A number or address was verified.", "تم التحقق من رقم أو عنوان."),
    ("verification.code_refused", "A wrong code for a number or address was typed.", "أُدخل رمز خاطئ لرقم أو عنوان."),
    ("verification.withdrawn", "A verification was taken back.", "سُحب تحقّق."),
    ("user.created", "A person was added.", "أُضيف شخص."),
    ("user.updated", "A person's details were changed.", "تغيّرت بيانات شخص."),
    ("user.unlocked", "A person was unlocked.", "فُتح قفل شخص."),
    ("user.removed", "A person was forgotten: all that was known of them is gone.", "نُسي شخص: أُزيل كل ما كان معروفًا عنه."),
    ("user.role_added", "A person was given a role.", "مُنح شخص دورًا."),
    ("user.role_removed", "A role was taken from a person.", "نُزع دور من شخص."),
    ("user.password_set", "A password was set.", "عُيّنت كلمة مرور."),
    ("user.password_accepted", "A password was right.", "كانت كلمة المرور صحيحة."),
    ("user.password_refused", "A password was wrong.", "كانت كلمة المرور خاطئة."),
    ("factor.offered", "A factor was offered; its first code has not come back yet.", "عُرض عامل، ولم يعد أول رموزه بعد."),
    ("factor.added", "A factor was added.", "أُضيف عامل."),
    ("factor.replaced", "Another authenticator app took the place of the one before.", "حل تطبيق مصادقة آخر محل السابق."),
    ("factor.removed", "A factor was removed.", "أُزيل عامل."),
    ("factor.code_accepted", "A code was right.", "كان الرمز صحيحًا."),
    ("factor.code_refused", "A code was wrong.", "كان الرمز خاطئًا."),
    ("reset.asked", "An operator asked to reset somebody's factors; another one has to agree.", "طلب مشغّل إعادة ضبط عوامل شخص، وينتظر موافقة مشغّل آخر."),
    ("reset.approved", "Another operator agreed, and somebody's factors were reset.", "وافق مشغّل آخر فأُعيد ضبط عوامل شخص."),
    ("reset.refused", "Another operator refused a reset.", "رفض مشغّل آخر إعادة ضبط."),
    ("reset.withdrawn", "A reset was taken back.", "سُحبت إعادة ضبط."),
    ("device.enrolled", "A device was enrolled.", "سُجّل جهاز."),
    ("device.registered", "A device was registered by its push token.", "سُجّل جهاز برمز إشعاراته."),
    ("device.updated", "A device's details were changed.", "تغيّرت بيانات جهاز."),
    ("device.renamed", "A device was renamed.", "تغيّر اسم جهاز."),
    ("device.removed", "A device was removed.", "أُزيل جهاز."),
    ("device.token_changed", "A device has another push token.", "صار للجهاز رمز إشعارات آخر."),
    ("device.token_moved", "A push token went over to another device.", "انتقل رمز إشعارات إلى جهاز آخر."),
    ("device.token_dead", "The push service says that a device's token is dead.", "تقول خدمة الإشعارات إن رمز جهاز لم يعد صالحًا."),
    ("rule.added", "A device rule was added.", "أُضيفت قاعدة جهاز."),
    ("rule.ended", "A device rule ended.", "انتهت قاعدة جهاز."),
    ("enrollment.issued", "An enrolment link was made.", "أُنشئ رابط تسجيل."),
    ("enrollment.code_sent", "A code for an enrolment was sent.", "أُرسل رمز لتسجيل جهاز."),
    ("enrollment.code_refused", "A wrong code for an enrolment was typed.", "أُدخل رمز خاطئ لتسجيل جهاز."),
    ("enrollment.cancelled", "An enrolment link was taken back.", "سُحب رابط تسجيل."),
    ("enrollment.verified", "Whoever enrols has shown who they are.", "أثبت من يسجّل جهازه هويته."),
    ("application.created", "An application was made.", "أُنشئ تطبيق."),
    ("application.changed", "An application was changed.", "تغيّر تطبيق."),
    ("application.secret_made", "An application was given a secret.", "مُنح تطبيق سرًّا."),
    ("application.secret_revoked", "An application's secret was ended.", "أُنهي سرّ تطبيق."),
    ("application.refused", "Somebody came with a wrong secret.", "جاء أحدهم بسرّ خاطئ."),
    ("application.web", "An application's website settings were changed.", "تغيّرت إعدادات الموقع لتطبيق."),
    ("application.oauth", "An application's OAuth settings were changed.", "تغيّرت إعدادات OAuth لتطبيق."),
    ("channel.created", "A channel was made.", "أُنشئت قناة."),
    ("channel.changed", "A channel was changed.", "تغيّرت قناة."),
    ("channel.key_made", "A channel was given a key.", "مُنحت قناة مفتاحًا."),
    ("channel.enabled", "A channel was enabled.", "فُعّلت قناة."),
    ("channel.disabled", "A channel was disabled.", "عُطّلت قناة."),
    ("channel.refused", "A request to a channel was refused.", "رُفض طلب إلى قناة."),
    ("webhook.added", "A webhook was added.", "أُضيف خطّاف ويب."),
    ("webhook.removed", "A webhook was removed.", "أُزيل خطّاف ويب."),
    ("webhook.enabled", "A webhook was enabled.", "فُعّل خطّاف ويب."),
    ("webhook.disabled", "A webhook was disabled.", "عُطّل خطّاف ويب."),
    ("webhook.tested", "A webhook was tried.", "جُرّب خطّاف ويب."),
    ("webhook.secret_rotated", "A webhook was given a new secret.", "مُنح خطّاف ويب سرًّا جديدًا."),
    ("webhook.secret_ended", "A webhook's old secret was ended.", "أُنهي السرّ القديم لخطّاف ويب."),
    ("delivery.replayed", "Messages were sent again.", "أُعيد إرسال رسائل."),
    ("provider.set", "A provider was chosen.", "اختير مقدّم خدمة."),
    ("provider.removed", "A provider was removed.", "أُزيل مقدّم خدمة."),
    ("provider.tried", "A provider was tried.", "جُرّب مقدّم خدمة."),
    ("template.changed", "A message's wording was changed.", "تغيّرت صياغة رسالة."),
    ("template.removed", "A message has its usual wording again.", "عادت لرسالة صياغتها المعتادة."),
    ("policy.changed", "The policy was changed.", "تغيّرت السياسة."),
    ("access_rule.added", "An access rule was added.", "أُضيفت قاعدة وصول."),
    ("access_rule.removed", "An access rule was removed.", "أُزيلت قاعدة وصول."),
    ("tenant.created", "The tenant was made.", "أُنشئت المؤسسة."),
    ("tenant.renamed", "The tenant was renamed.", "تغيّر اسم المؤسسة."),
    ("tenant.color_set", "The tenant's colour was set.", "عُيّن لون المؤسسة."),
    ("tenant.key_rotated", "The tenant signs with a new key.", "توقّع المؤسسة بمفتاح جديد."),
    ("tenant.token_key_made", "The tenant was given a key for tokens.", "مُنحت المؤسسة مفتاحًا للرموز."),
    ("tenant.issuer_set", "The tenant's address for tokens was set.", "عُيّن عنوان المؤسسة للرموز."),
    ("tenant.issuer_removed", "The tenant's address for tokens was removed.", "أُزيل عنوان المؤسسة للرموز."),
    ("operator.put", "Somebody was made an operator, or given another role.", "صار شخص مشغّلًا أو مُنح دورًا آخر."),
    ("operator.invited", "An operator was invited.", "دُعي مشغّل."),
    ("operator.disabled", "An operator may not use the console any more.", "لم يعد المشغّل مخوّلًا باستعمال وحدة التحكم."),
    ("operator.enabled", "An operator may use the console again.", "عاد المشغّل مخوّلًا باستعمال وحدة التحكم."),
    ("operator.uninvited", "An invitation was taken back.", "سُحبت دعوة."),
    ("operator.role", "An operator was given another role.", "مُنح مشغّل دورًا آخر."),
    ("operator.removed", "An operator was removed.", "أُزيل مشغّل."),
    ("operator.passkey_added", "An operator added a passkey.", "أضاف مشغّل مفتاح مرور."),
    ("operator.passkey_removed", "A passkey of an operator was removed.", "أُزيل مفتاح مرور لمشغّل."),
    ("operator.passkey_refused", "A passkey was not taken at signing in.", "لم يُقبل مفتاح مرور عند تسجيل الدخول."),
    ("operator.signed_in", "An operator signed in.", "سجّل مشغّل الدخول."),
    ("operator.signed_out", "An operator signed out.", "سجّل مشغّل الخروج."),
    ("operator.signed_out_everywhere", "An operator signed out everywhere.", "سجّل مشغّل الخروج من كل مكان."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.to_string_lossy().contains("tests")
            {
                into.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    fn is_name(text: &str) -> bool {
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        text.split_once('.').is_some_and(|(family, rest)| word(family) && word(rest))
    }

    /// Every text of the engine that is a word of a known family, a dot and a word; and every name that stands right where
    /// an event is made, whatever its family.
    fn in_the_engine() -> BTreeSet<String> {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine"), &mut all);
        let mut names = BTreeSet::new();
        for text in all {
            let pieces: Vec<_> = text.split('"').collect();
            for pair in pieces.windows(2) {
                let (before, name) = (pair[0], pair[1]);
                let made = before.rsplit(';').next().unwrap_or_default();
                let is_made = ["event(", "event_with("]
                    .iter()
                    .any(|call| made.rfind(call).is_some_and(|place| made.len() - place < 60));
                let known = FAMILIES.iter().any(|(family, ..)| name.split('.').next() == Some(family));
                if is_name(name) && (known || is_made) {
                    names.insert(name.to_owned());
                }
            }
        }
        names
    }

    #[test]
    fn every_event_has_words_in_both_languages() {
        let names = in_the_engine();
        assert!(names.len() > 80, "the engine's names are found: {}", names.len());
        let wordless: Vec<_> =
            names.iter().filter(|name| sentence(name, Language::English).is_none()).collect();
        assert!(wordless.is_empty(), "give these a sentence in both languages: {wordless:?}");
        for &(name, english, arabic) in EVENTS {
            assert!(english.ends_with('.') && arabic.ends_with('.'), "{name}");
            assert!(!arabic.is_ascii() && is_name(name), "{name}");
            assert_eq!(EVENTS.iter().filter(|(other, ..)| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn every_event_has_a_family_and_every_family_events() {
        for &(name, ..) in EVENTS {
            let family = name.split('.').next();
            assert!(FAMILIES.iter().any(|(word, ..)| Some(*word) == family), "{name}");
        }
        for (word, ..) in FAMILIES {
            assert!(of_family(word).next().is_some(), "{word}");
        }
        assert_eq!(names("rule"), ["rule.added", "rule.ended"]);
        assert_eq!(names("rule.ended"), ["rule.ended"]);
        assert!(names("nothing").is_empty());
    }
}
