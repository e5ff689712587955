package org.countersign.app.push

import android.app.Activity
import android.content.Context
import org.countersign.app.R
import org.unifiedpush.android.connector.UnifiedPush

/** Pushes without Google: by UnifiedPush, through an app that the person has installed for that. Without one, by asking now and then. */
class Push(
    private val context: Context,
) {
    val canChoose: Boolean get() = UnifiedPush.getDistributors(context).isNotEmpty()

    /** Registers again with the service chosen before: it may have a new address for this app. */
    fun start() = if (UnifiedPush.getSavedDistributor(context) == null) PollJob.schedule(context) else register(context)

    fun choose(activity: Activity) =
        UnifiedPush.tryUseCurrentOrDefaultDistributor(activity) { chosen ->
            if (chosen) register(activity)
        }

    private fun register(context: Context) {
        PollJob.end(context)
        UnifiedPush.register(context, vapid = context.getString(R.string.vapid_key).ifEmpty { null })
    }
}
