package org.countersign.app.phone

import android.content.Context

/** Where pushes reach this app, as the push service said last. It names no account and no person. */
class PushTokens(
    context: Context,
    private val changed: () -> Unit,
) {
    private val kept = context.getSharedPreferences("push", Context.MODE_PRIVATE)

    val token: String? get() = kept.getString(TOKEN, null)

    /** None when the push service does not deliver any more. */
    fun set(token: String?) {
        if (token == this.token) return
        kept.edit().putString(TOKEN, token).apply()
        changed()
    }

    private companion object {
        const val TOKEN = "token"
    }
}
