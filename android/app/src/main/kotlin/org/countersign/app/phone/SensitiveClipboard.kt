package org.countersign.app.phone

import android.content.ClipData
import android.content.ClipDescription
import android.content.ClipboardManager
import android.content.Context
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.os.PersistableBundle
import org.countersign.app.model.Clipboard
import java.util.UUID

/** Codes in the clipboard: hidden from its preview, and gone after a while. */
class SensitiveClipboard(
    context: Context,
) : Clipboard {
    private val clipboard = context.getSystemService(Context.CLIPBOARD_SERVICE) as ClipboardManager
    private val later = Handler(Looper.getMainLooper())

    override fun copy(
        code: String,
        wipeAfterSeconds: Int,
    ) {
        // The label tells whether it is still ours: its text may not be read while another app is in front.
        val label = UUID.randomUUID().toString()
        val clip = ClipData.newPlainText(label, code)
        val flags = PersistableBundle().apply { putBoolean(IS_SENSITIVE, true) }
        clip.description.extras = flags
        later.post { clipboard.setPrimaryClip(clip) }
        later.removeCallbacksAndMessages(WIPE)
        later.postAtTime({ wipe(label) }, WIPE, android.os.SystemClock.uptimeMillis() + wipeAfterSeconds * MILLIS)
    }

    /** From Android 10 on an app in the background is told nothing of the clipboard; then it is wiped all the same. */
    private fun wipe(label: String) {
        val there: ClipDescription? = clipboard.primaryClipDescription
        if (there != null && there.label != label) return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            clipboard.clearPrimaryClip()
        } else {
            clipboard.setPrimaryClip(ClipData.newPlainText("", ""))
        }
    }

    private companion object {
        /** As `ClipDescription.EXTRA_IS_SENSITIVE` of Android 13; earlier keyboards know it by this name too. */
        const val IS_SENSITIVE = "android.content.extra.IS_SENSITIVE"
        const val MILLIS = 1000L
        val WIPE = Any()
    }
}
