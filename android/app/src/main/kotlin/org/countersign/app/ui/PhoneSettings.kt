package org.countersign.app.ui

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Build
import androidx.activity.compose.LocalActivity
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import org.countersign.app.CountersignApp
import org.countersign.app.R
import org.countersign.app.phone.Notices

/** What the phone itself settles: notifications, and the language of this app. */
@Composable
fun PhoneSettings() {
    val app = CountersignApp.of(LocalContext.current)
    val activity = LocalActivity.current
    PartTitle(stringResource(R.string.settings_push))
    if (app.tokens.token == null) Text(stringResource(R.string.settings_push_off))
    AllowNotices()
    if (app.push.canChoose && activity != null) {
        TextButton(onClick = { app.push.choose(activity) }) { Text(stringResource(R.string.settings_push_choose)) }
    }
    PartTitle(stringResource(R.string.settings_language))
    Text(stringResource(R.string.settings_language_text))
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && activity != null) {
        TextButton(onClick = { languages(activity) }) { Text(stringResource(R.string.action_change)) }
    }
}

/** From Android 13 on the person is asked; before that there was nothing to allow. */
@Composable
fun AllowNotices() {
    val ask = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) {}
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
    TextButton(onClick = { ask.launch(Notices.POST_NOTIFICATIONS) }) { Text(stringResource(R.string.settings_push_allow)) }
}

private fun languages(activity: Activity) {
    val page = Intent("android.settings.APP_LOCALE_SETTINGS", Uri.fromParts("package", activity.packageName, null))
    activity.startActivity(page)
}
