package org.countersign.app.ui

import android.Manifest
import android.content.ClipboardManager
import android.content.Context
import android.content.pm.PackageManager
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import androidx.core.content.ContextCompat
import kotlinx.coroutines.launch
import org.countersign.app.R
import org.countersign.app.model.ScanModel
import org.countersign.app.phone.Picked
import org.countersign.app.phone.read
import org.countersign.app.phone.rememberPicker
import org.countersign.core.ScanHint

/** The camera, a picture or a text. Whatever is found is shown first, and done after the person's yes. */
@Composable
fun ScanScreen(
    model: ScanModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Frame(stringResource(R.string.scan_title), model, back) {
        Column(
            Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(16.dp),
            verticalArrangement = Arrangement.spacedBy(12.dp),
        ) {
            state.added?.let { Notice(stringResource(if (state.alreadyThere) R.string.scan_already_there else R.string.scan_added)) }
            Found(model, state.page)
            // What was found is decided first: the camera rests meanwhile.
            if (!state.page.found) Looking(model, state.page.hint)
            OtherSources(model)
        }
    }
}

@Composable
private fun Looking(
    model: ScanModel,
    hint: ScanHint?,
) {
    val context = LocalContext.current
    var allowed by remember { mutableStateOf(mayUseCamera(context)) }
    val ask = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) { allowed = it }
    if (!allowed) {
        Text(stringResource(R.string.scan_camera_needed))
        Button(onClick = { ask.launch(Manifest.permission.CAMERA) }) { Text(stringResource(R.string.scan_camera_allow)) }
        return
    }
    Text(stringResource(words(hint)))
    CameraView(model::frame)
}

private fun mayUseCamera(context: Context): Boolean =
    ContextCompat.checkSelfPermission(context, Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

private fun words(hint: ScanHint?): Int =
    when (hint) {
        null -> R.string.scan_aim
        ScanHint.TOO_DARK -> R.string.hint_dark
        ScanHint.TOO_BRIGHT -> R.string.hint_bright
        ScanHint.TOO_SMALL -> R.string.hint_small
        ScanHint.TOO_BLURRED -> R.string.hint_blurred
    }

@Composable
private fun OtherSources(model: ScanModel) {
    val context = LocalContext.current
    val scope = rememberCoroutineScope()
    var fault by remember { mutableStateOf<Int?>(null) }
    val pick =
        rememberPicker(ActivityResultContracts.PickVisualMedia()) { picture ->
            if (picture != null) {
                scope.launch {
                    when (val picked = context.read(picture)) {
                        is Picked.Content -> model.file(picked.bytes)
                        Picked.TooLarge -> fault = R.string.file_too_large
                        Picked.Unreadable -> fault = R.string.file_not_read
                    }
                }
            }
        }
    fault?.let { words -> Notice(stringResource(words), isError = true) { fault = null } }
    Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        TextButton(onClick = { pick(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageOnly)) }) {
            Text(stringResource(R.string.scan_picture))
        }
        TextButton(onClick = { clipboardText(context)?.let(model::text) }) { Text(stringResource(R.string.scan_paste)) }
    }
}

private fun clipboardText(context: Context): String? {
    val clipboard = context.getSystemService(Context.CLIPBOARD_SERVICE) as ClipboardManager
    val clip = clipboard.primaryClip ?: return null
    return if (clip.itemCount == 0) null else clip.getItemAt(0).coerceToText(context).toString()
}
