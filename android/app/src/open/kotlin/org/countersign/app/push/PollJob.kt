package org.countersign.app.push

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import kotlinx.coroutines.launch
import org.countersign.app.CountersignApp
import org.countersign.app.model.inboxNow

/**
 * Without a push service the servers are asked now and then, as often as Android allows. Only an open vault can ask: a locked one
 * has no keys.
 */
class PollJob : JobService() {
    override fun onStartJob(params: JobParameters): Boolean {
        val app = CountersignApp.of(this)
        app.scope.launch {
            app.model
                .inboxNow()
                ?.pending
                ?.forEach { app.notices.show(it.id, it) }
            jobFinished(params, false)
        }
        return true
    }

    /** What is under way ends by itself; the next time comes. */
    override fun onStopJob(params: JobParameters): Boolean = false

    companion object {
        private const val ID = 1
        private const val QUARTER_OF_AN_HOUR = 15 * 60 * 1000L

        fun schedule(context: Context) {
            val job =
                JobInfo
                    .Builder(ID, ComponentName(context, PollJob::class.java))
                    .setPeriodic(QUARTER_OF_AN_HOUR)
                    .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                    .build()
            scheduler(context).schedule(job)
        }

        fun end(context: Context) = scheduler(context).cancel(ID)

        private fun scheduler(context: Context) = context.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler
    }
}
