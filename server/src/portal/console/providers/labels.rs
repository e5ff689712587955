//! What each field of an account is called, and where what belongs there is found: in English and in Arabic.

type Label = (&'static str, &'static str);

/// By the field's name.
pub(super) const LABELS: [(&str, Label, Label); 32] = [
    (
        "key_file",
        (
            "Key file",
            "The .p8 file from Apple, the JSON file from Google, or a P-256 key in PEM for Web Push.",
        ),
        ("ملف المفتاح", "ملف ‎.p8 من Apple أو ملف JSON من Google أو مفتاح P-256 بصيغة PEM لإشعارات الويب."),
    ),
    (
        "key",
        ("or paste what is in it", "For Web Push, leave both empty and a key is made."),
        ("أو ألصق محتواه", "لإشعارات الويب اترك الاثنين فارغين فيُنشأ مفتاح."),
    ),
    (
        "key_id",
        ("Key id", "10 characters; they are in the file's name."),
        ("معرّف المفتاح", "10 أحرف تجدها في اسم الملف."),
    ),
    (
        "team_id",
        ("Team id", "10 characters; Apple shows them under Membership details."),
        ("معرّف الفريق", "10 أحرف تعرضها Apple في تفاصيل العضوية."),
    ),
    ("topic", ("App's bundle id", "Such as org.example.app."), ("معرّف حزمة التطبيق", "مثل org.example.app.")),
    ("sandbox", ("The app was signed for development", ""), ("وُقّع التطبيق للتطوير", "")),
    (
        "endpoint",
        (
            "Another address than the provider's",
            "https://host:port. Leave it empty unless you were given one.",
        ),
        ("عنوان غير عنوان مقدّم الخدمة", "https://host:port. اتركه فارغًا ما لم تُعطَ عنوانًا."),
    ),
    (
        "ca",
        ("Certificate authority", "In PEM, for a server whose certificate no public authority vouches for."),
        ("سلطة الشهادات", "بصيغة PEM، لخادم لا تشهد لشهادته سلطة عامة."),
    ),
    (
        "subject",
        ("Whom a push service can turn to", "mailto:you@example.org, or an https:// address."),
        ("من تراجعه خدمة الإشعارات", "mailto:you@example.org أو عنوان يبدأ بـ https://."),
    ),
    (
        "account_sid",
        ("Account SID", "AC and 32 characters, as Twilio's console shows it."),
        ("معرّف الحساب (SID)", "AC و32 حرفًا كما تعرضه لوحة Twilio."),
    ),
    ("auth_token", ("Auth token", ""), ("رمز المصادقة (Auth token)", "")),
    (
        "from",
        ("Sender", "A number or a name for messages; for mail an address, or Name <address>."),
        ("المرسل", "رقم أو اسم للرسائل؛ وللبريد عنوان، أو Name <address>."),
    ),
    (
        "url",
        (
            "Gateway's address",
            "For Kannel its beginning, such as http://127.0.0.1:13013. Otherwise the whole with {to}, {text} and other blanks.",
        ),
        (
            "عنوان البوّابة",
            "لـ Kannel بدايته مثل http://127.0.0.1:13013، ولغيره العنوان كاملًا مع {to} و{text} وغيرهما من الخانات.",
        ),
    ),
    ("user", ("User there", ""), ("اسم المستخدم هناك", "")),
    ("password", ("Password there", ""), ("كلمة المرور هناك", "")),
    ("method", ("Kind of request", ""), ("نوع الطلب", "")),
    ("body", ("Body", "For POST, with the same blanks."), ("نص الطلب", "لطلبات POST، بالخانات نفسها.")),
    (
        "content_type",
        ("The body's content type", "Such as application/json."),
        ("نوع محتوى النص", "مثل application/json."),
    ),
    (
        "accepted",
        ("Words of a good answer", "For gateways that say 200 whatever happens."),
        ("كلمات الجواب الصحيح", "للبوّابات التي تجيب بـ 200 دائمًا."),
    ),
    ("host", ("Server", "Its name or address alone."), ("الخادم", "اسمه أو عنوانه وحده.")),
    ("port", ("Port", "Leave it empty for the usual one."), ("المنفذ", "اتركه فارغًا للمعتاد.")),
    ("tls", ("By TLS", ""), ("عبر TLS", "")),
    (
        "system_id",
        ("System id", "Who we are there, 15 characters at most."),
        ("معرّف النظام (system id)", "من نحن هناك، 15 حرفًا على الأكثر."),
    ),
    (
        "security",
        ("What keeps it secret", "Without TLS mail goes to this machine only."),
        ("ما يحفظ السرّية", "بدون TLS لا يذهب البريد إلا إلى هذا الجهاز."),
    ),
    (
        "countries",
        ("Countries", "Two letters each with commas between, such as SA,AE; or all."),
        ("البلدان", "حرفان لكل بلد تفصل بينها فواصل مثل SA,AE؛ أو all."),
    ),
    (
        "per_day",
        ("Messages a day, for each tenant", "Each one costs: this bounds what an attack can cost."),
        ("الرسائل في اليوم لكل مؤسسة", "لكل رسالة ثمن: هذا حدّ ما قد يكلّفه هجوم."),
    ),
    ("project_id", ("Project", ""), ("المشروع", "")),
    ("client_email", ("Service account", ""), ("حساب الخدمة", "")),
    ("private_key_id", ("Key id", ""), ("معرّف المفتاح", "")),
    ("public_key", ("Public key for apps", ""), ("المفتاح العام للتطبيقات", "")),
    ("fingerprint", ("Key's fingerprint", ""), ("بصمة المفتاح", "")),
    ("kind", ("Kind of account", ""), ("نوع الحساب", "")),
];
