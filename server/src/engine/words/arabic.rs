//! The usual words in Arabic.

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
        Role::Owner => "مالك",
        Role::Admin => "مسؤول",
        Role::HelpDesk => "مكتب مساعدة",
        Role::Auditor => "مدقّق",
    }
}

fn sms(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "{{ code }} هو رمز إعداد هاتفك لدى {{ name }}. صالح لمدة {{ validity }}. لا تشاركه مع أحد."
        }
        Template::SignInCode => {
            "{{ code }} هو رمز دخولك إلى {{ name }}. صالح لمدة {{ validity }}. لا تشاركه مع أحد."
        }
        Template::ContactCode => {
            "{{ code }} هو رمز تأكيد رقمك لدى {{ name }}. صالح لمدة {{ validity }}. لا تشاركه مع أحد."
        }
        Template::FactorAdded => {
            "{{ name }}: أضيفت طريقة جديدة للدخول إلى حسابك. لم تضفها أنت؟ أبلغ المسؤول عن حسابك الآن."
        }
        // Only mail brings it.
        Template::Registration | Template::Invitation => "",
        Template::FactorRemoved => {
            "{{ name }}: أزيلت طريقة للدخول إلى حسابك. لم تزلها أنت؟ أبلغ المسؤول عن حسابك الآن."
        }
    }
}

fn voice(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "مرحبا. هذه مكالمة من {{ name }}. رمز إعداد هاتفك هو: {{ code }}. \
             اكتبه حيث تُعِدّ هاتفك، ولا تخبر به أحدا."
        }
        Template::SignInCode => {
            "مرحبا. هذه مكالمة من {{ name }}. رمز دخولك هو: {{ code }}. \
             إذا لم تكن تسجل دخولك الآن فأغلق الخط، ولا تخبر بالرمز أحدا."
        }
        Template::ContactCode => {
            "مرحبا. هذه مكالمة من {{ name }}. رمز تأكيد هذا الرقم هو: {{ code }}. لا تخبر به أحدا."
        }
        Template::FactorAdded => {
            "مرحبا. هذه مكالمة من {{ name }}. أضيفت طريقة جديدة للدخول إلى حسابك. \
             إذا لم تضفها أنت فأبلغ المسؤول عن حسابك الآن."
        }
        // Only mail brings it.
        Template::Registration | Template::Invitation => "",
        Template::FactorRemoved => {
            "مرحبا. هذه مكالمة من {{ name }}. أزيلت طريقة للدخول إلى حسابك. \
             إذا لم تزلها أنت فأبلغ المسؤول عن حسابك الآن."
        }
    }
}

fn email(template: Template) -> &'static str {
    match template {
        Template::EnrollmentCode => {
            "Subject: {{ tenant }}: تأكيد بريدك الإلكتروني

هذا رمزك لدى {{ name }}:

    {{ code }}

صالح لمدة {{ validity }}.

اكتبه حيث تُعِدّ هاتفك ولا تكتبه في أي مكان آخر. لن يتصل بك أحد أو يراسلك ليطلبه منك.

لا تُعِدّ هاتفًا الآن؟ إذن أعطى شخص آخر عنوانك: لا تشارك الرمز، وأبلغ المسؤول عن حسابك.
"
        }
        Template::SignInCode => {
            "Subject: {{ name }}: رمز دخولك

هذا رمز دخولك إلى {{ name }}:

    {{ code }}

صالح لمدة {{ validity }}.

اكتبه حيث تسجل دخولك ولا تكتبه في أي مكان آخر. لن يتصل بك أحد أو يراسلك ليطلبه منك.

لا تسجل دخولك الآن؟ إذن يحاول شخص آخر ذلك: لا تشارك الرمز، وأبلغ المسؤول عن حسابك.
"
        }
        Template::ContactCode => {
            "Subject: {{ name }}: تأكيد بريدك الإلكتروني

هذا الرمز يؤكد عنوانك لدى {{ name }}:

    {{ code }}

صالح لمدة {{ validity }}.

اكتبه حيث أعطيت هذا العنوان ولا تكتبه في أي مكان آخر. لن يتصل بك أحد أو يراسلك ليطلبه منك.

لم تعط هذا العنوان؟ إذن أعطاه شخص آخر: لا تشارك الرمز. ليس عليك شيء آخر.
"
        }
        Template::FactorAdded => {
            "Subject: {{ name }}: طريقة دخول جديدة

أضيفت طريقة جديدة للدخول إلى حسابك لدى {{ name }}.

هل أضفتها أنت؟ إذن ليس عليك شيء.

لم تضفها أنت؟ أبلغ المسؤول عن حسابك الآن: قد يحاول شخص آخر الاستيلاء عليه.
"
        }
        Template::Registration => {
            "Subject: {{ tenant }}: تسجيل مؤسستك

يريد شخص، ولعلّه أنت، تسجيل مؤسسة بهذا العنوان. يكمل هذا الرابط التسجيل، وهو صالح ليوم واحد:

{{ code }}

لم تطلب ذلك؟ إذن أعطى شخص آخر عنوانك: لا تفعل شيئًا فلا يُنشأ شيء.
"
        }
        Template::Invitation => {
            "Subject: {{ tenant }}: دعوة إلى وحدة التحكم

تلقّيت دعوة من {{ inviter }} إلى وحدة تحكم {{ tenant }}. دورك فيها: {{ role }}.

هذا الرابط لك وحدك. يعمل مرة واحدة ولمدة يوم:

{{ code }}

يسألك عن اسمك وكلمة مرور ووسيلة تحقّق ثانية. لا تعطه لأحد: أول من يستخدمه يأخذ مكانك.

لا تعرف شيئًا عن هذا؟ إذن لا تفعل شيئًا، ولن يكون لك شأن به.
"
        }
        Template::FactorRemoved => {
            "Subject: {{ name }}: أزيلت طريقة دخول

أزيلت طريقة للدخول إلى حسابك لدى {{ name }}.

هل أزلتها أنت؟ إذن ليس عليك شيء.

لم تزلها أنت؟ أبلغ المسؤول عن حسابك الآن: قد يحاول شخص آخر الاستيلاء عليه.
"
        }
    }
}
