package org.countersign.app.phone

import android.content.ActivityNotFoundException
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContract
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.platform.LocalContext
import org.countersign.app.CountersignApp

/**
 * Lets the person pick something in another app: a file, a picture, a folder. Meanwhile this app is not in front, but the person
 * has not left it, so the vault is not locked for that; the time without a touch goes on counting.
 */
@Composable
fun <I, O> rememberPicker(
    contract: ActivityResultContract<I, O>,
    onPicked: (O) -> Unit,
): (I) -> Unit {
    val app = CountersignApp.of(LocalContext.current)
    val launcher =
        rememberLauncherForActivityResult(contract) { picked ->
            app.picking = false
            onPicked(picked)
        }
    return remember(launcher) {
        { wanted ->
            app.picking = true
            try {
                launcher.launch(wanted)
            } catch (none: ActivityNotFoundException) {
                // No app here has anything to pick from.
                app.picking = false
            }
        }
    }
}
