package org.countersign.app.phone

import android.app.PendingIntent
import android.appwidget.AppWidgetManager
import android.appwidget.AppWidgetProvider
import android.content.Context
import android.content.Intent
import android.widget.RemoteViews
import org.countersign.app.MainActivity
import org.countersign.app.R

/** Two buttons on the home screen: codes and scanner. */
class CodesWidget : AppWidgetProvider() {
    override fun onUpdate(
        context: Context,
        manager: AppWidgetManager,
        ids: IntArray,
    ) {
        val views = RemoteViews(context.packageName, R.layout.widget)
        views.setOnClickPendingIntent(R.id.codes, open(context, Intent.ACTION_MAIN, request = 0))
        views.setOnClickPendingIntent(R.id.scan, open(context, MainActivity.ACTION_SCAN, request = 1))
        manager.updateAppWidget(ids, views)
    }

    private fun open(
        context: Context,
        action: String,
        request: Int,
    ): PendingIntent {
        val intent = Intent(context, MainActivity::class.java).setAction(action).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        return PendingIntent.getActivity(context, request, intent, PendingIntent.FLAG_IMMUTABLE)
    }
}
